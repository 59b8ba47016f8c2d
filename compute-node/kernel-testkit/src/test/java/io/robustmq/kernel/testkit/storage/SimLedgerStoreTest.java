package io.robustmq.kernel.testkit.storage;

import io.robustmq.storage.testkit.LedgerStoreContract;
import io.robustmq.storage.testkit.StorageRig;

final class SimLedgerStoreTest extends LedgerStoreContract {
    @Override
    protected StorageRig newRig() {
        return new SimRig(1, BookieOptions.cluster(4, 3, 3, 2));
    }
}
