package io.robustmq.storage.memory;

import io.robustmq.storage.testkit.LogStoreContract;
import io.robustmq.storage.testkit.ManualRig;
import io.robustmq.storage.testkit.StorageRig;

final class MemoryLogStoreTest extends LogStoreContract {
    @Override
    protected StorageRig newRig() {
        return new ManualRig(MemoryLedgerStore::new, MemoryCoordStore::new, MemoryCoordStore::newSession);
    }
}
