package io.robustmq.kernel.testkit.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.robustmq.storage.memory.MemoryCoordStore;
import io.robustmq.storage.memory.MemoryLedgerStore;
import io.robustmq.storage.testkit.ManualRig;
import io.robustmq.storage.testkit.StorageRig;
import io.robustmq.storage.testkit.StorageScript;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What the simulation says of storage has to be what other storage does: without faults, one script has one transcript. */
class FaithfulnessTest {
    private static final int OPERATIONS = 150;

    @Test
    void simulatedStorageAnswersAsMemoryDoes() {
        for (long seed = 1; seed <= 30; seed++) {
            List<String> simulated = run(new SimRig(seed, BookieOptions.cluster(4, 3, 3, 2)), seed);
            List<String> remembered = run(
                    new ManualRig(MemoryLedgerStore::new, MemoryCoordStore::new, MemoryCoordStore::newSession), seed);
            assertThat(simulated).as("seed %d", seed).isEqualTo(remembered);
        }
    }

    @Test
    void theLayoutOfBookiesIsInvisibleWithoutFaults() {
        List<String> alone = run(new SimRig(7, BookieOptions.standalone()), 7);
        assertThat(run(new SimRig(8, BookieOptions.cluster(5, 4, 3, 2)), 7)).isEqualTo(alone);
    }

    private static List<String> run(StorageRig rig, long seed) {
        try {
            return StorageScript.run(rig, "-" + seed, seed, OPERATIONS);
        } finally {
            rig.close();
        }
    }
}
