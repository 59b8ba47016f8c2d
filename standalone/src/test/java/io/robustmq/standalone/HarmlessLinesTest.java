package io.robustmq.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.logging.Level;
import java.util.logging.LogRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class HarmlessLinesTest {

    private static boolean isShown(@Nullable String logger, @Nullable String message) {
        LogRecord record = new LogRecord(Level.SEVERE, message);
        record.setLoggerName(logger);
        return new HarmlessLines().isLoggable(record);
    }

    @Test
    void onlyTheKnownLinesOfTheirLoggersAreLeftOut() {
        String journal = "org.apache.bookkeeper.bookie.Journal";
        String firstStart = "Problems reading from file (this is okay if it is the first time starting this bookie): x";
        assertThat(isShown(journal, firstStart)).isFalse();
        assertThat(isShown(journal, "I/O exception while writing")).isTrue();
        assertThat(isShown("io.robustmq.kernel.shard.Shard", firstStart)).isTrue();
        assertThat(isShown(null, firstStart)).isTrue();
        assertThat(isShown(journal, null)).isTrue();
    }
}
