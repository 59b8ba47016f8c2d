package io.robustmq.kernel.testkit.storage;

import io.robustmq.storage.testkit.RunStoreContract;
import io.robustmq.storage.testkit.StorageRig;

final class SimRunStoreTest extends RunStoreContract {
    @Override
    protected StorageRig newRig() {
        return new SimRig(1, BookieOptions.cluster(4, 3, 3, 2));
    }
}
