package io.robustmq.server.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DiskGuardIT {

    @Test
    void publishesStopFromTheThresholdOn(@TempDir Path directory) throws Exception {
        long total = Files.getFileStore(directory).getTotalSpace();
        double used = 1 - (double) Files.getFileStore(directory).getUsableSpace() / total;

        try (DiskGuard below = DiskGuard.start(directory, (int) Math.ceil(used * 100) + 1, Duration.ofHours(1));
                DiskGuard above = DiskGuard.start(directory, (int) Math.floor(used * 100), Duration.ofHours(1))) {
            assertThat(below.hasRoom()).isTrue();
            assertThat(above.hasRoom()).isFalse();
            assertThat(above.usedRatio()).isBetween(0.0, 1.0);
        }
    }
}
