package io.robustmq.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import io.robustmq.server.config.StorageSettings;
import io.robustmq.storage.ledger.LedgerLogOptions;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class LogChainsTest {

    @Test
    void settingsReachTheLogs() {
        LedgerLogOptions options = LogChains.options("here", new StorageSettings(7, 5 << 20, Duration.ofSeconds(90)));
        assertThat(options)
                .isEqualTo(LedgerLogOptions.defaults("here")
                        .withAppendsInFlightMax(7)
                        .withRoll(5 << 20, 90_000));
    }
}
