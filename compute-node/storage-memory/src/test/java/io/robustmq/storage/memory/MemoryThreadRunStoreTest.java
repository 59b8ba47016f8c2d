package io.robustmq.storage.memory;

import io.robustmq.storage.testkit.RunStoreContract;
import io.robustmq.storage.testkit.StorageRig;
import io.robustmq.storage.testkit.ThreadRig;

final class MemoryThreadRunStoreTest extends RunStoreContract {
    @Override
    protected StorageRig newRig() {
        MemoryCoordStore coordination = new MemoryCoordStore();
        return new ThreadRig(new MemoryLedgerStore(), coordination, coordination::newSession);
    }
}
