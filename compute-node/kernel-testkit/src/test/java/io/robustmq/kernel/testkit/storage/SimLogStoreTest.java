package io.robustmq.kernel.testkit.storage;

import io.robustmq.storage.testkit.LogStoreContract;
import io.robustmq.storage.testkit.StorageRig;

final class SimLogStoreTest extends LogStoreContract {
    @Override
    protected StorageRig newRig() {
        return new SimRig(1, BookieOptions.cluster(4, 3, 3, 2));
    }
}
