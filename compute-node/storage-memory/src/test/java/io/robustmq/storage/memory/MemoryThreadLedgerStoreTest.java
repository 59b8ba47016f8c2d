package io.robustmq.storage.memory;

import io.robustmq.storage.testkit.LedgerStoreContract;
import io.robustmq.storage.testkit.StorageRig;
import io.robustmq.storage.testkit.ThreadRig;

final class MemoryThreadLedgerStoreTest extends LedgerStoreContract {
    @Override
    protected StorageRig newRig() {
        MemoryCoordStore coordination = new MemoryCoordStore();
        return new ThreadRig(new MemoryLedgerStore(), coordination, coordination::newSession);
    }
}
