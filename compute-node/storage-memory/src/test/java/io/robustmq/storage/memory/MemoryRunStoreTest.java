package io.robustmq.storage.memory;

import io.robustmq.storage.testkit.ManualRig;
import io.robustmq.storage.testkit.RunStoreContract;
import io.robustmq.storage.testkit.StorageRig;

final class MemoryRunStoreTest extends RunStoreContract {
    @Override
    protected StorageRig newRig() {
        return new ManualRig(MemoryLedgerStore::new, MemoryCoordStore::new, MemoryCoordStore::newSession);
    }
}
