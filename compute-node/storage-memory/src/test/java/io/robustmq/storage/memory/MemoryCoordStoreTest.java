package io.robustmq.storage.memory;

import io.robustmq.storage.testkit.CoordStoreContract;
import io.robustmq.storage.testkit.ManualRig;
import io.robustmq.storage.testkit.StorageRig;

final class MemoryCoordStoreTest extends CoordStoreContract {
    @Override
    protected StorageRig newRig() {
        return new ManualRig(MemoryLedgerStore::new, MemoryCoordStore::new, MemoryCoordStore::newSession);
    }
}
