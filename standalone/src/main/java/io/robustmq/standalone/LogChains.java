package io.robustmq.standalone;

import io.robustmq.server.config.StorageSettings;
import io.robustmq.storage.ledger.LedgerLogOptions;

/** How logs are kept, from the settings. */
final class LogChains {
    private LogChains() {}

    static LedgerLogOptions options(String cluster, StorageSettings settings) {
        return LedgerLogOptions.defaults(cluster)
                .withAppendsInFlightMax(settings.entriesInFlight())
                .withRoll(settings.rollBytes(), settings.rollAge().toMillis());
    }
}
