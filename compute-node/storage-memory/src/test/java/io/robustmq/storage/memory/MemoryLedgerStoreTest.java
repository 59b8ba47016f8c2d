package io.robustmq.storage.memory;

import io.robustmq.storage.testkit.LedgerStoreContract;
import io.robustmq.storage.testkit.ManualRig;
import io.robustmq.storage.testkit.StorageRig;

final class MemoryLedgerStoreTest extends LedgerStoreContract {
    @Override
    protected StorageRig newRig() {
        return new ManualRig(MemoryLedgerStore::new, MemoryCoordStore::new, MemoryCoordStore::newSession);
    }
}
