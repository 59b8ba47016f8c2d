package io.robustmq.storage.bookkeeper;

import static org.assertj.core.api.Assertions.assertThat;

import io.robustmq.storage.memory.MemoryCoordStore;
import io.robustmq.storage.memory.MemoryLedgerStore;
import io.robustmq.storage.testkit.ManualRig;
import io.robustmq.storage.testkit.StorageRig;
import io.robustmq.storage.testkit.StorageScript;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Bookies and ZooKeeper answer one script as the stores in memory do, and so as the simulated ones. */
final class FaithfulnessIT {
    private static final int OPERATIONS = 150;
    private static final int SEEDS = 5;

    @Test
    void realStorageAnswersAsMemoryDoes(@TempDir Path directory) throws Exception {
        try (SharedStorage storage = new SharedStorage(directory)) {
            for (long seed = 1; seed <= SEEDS; seed++) {
                List<String> remembered = run(
                        new ManualRig(MemoryLedgerStore::new, MemoryCoordStore::new, MemoryCoordStore::newSession),
                        seed);
                assertThat(run(storage.next(), seed)).as("seed %d", seed).isEqualTo(remembered);
            }
        }
    }

    private static List<String> run(StorageRig rig, long seed) {
        try {
            return StorageScript.run(rig, "-" + seed, seed, OPERATIONS);
        } finally {
            rig.close();
        }
    }
}
