package io.robustmq.storage.bookkeeper;

import io.robustmq.storage.testkit.LedgerStoreContract;
import io.robustmq.storage.testkit.StorageRig;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

final class BookKeeperLedgerStoreIT extends LedgerStoreContract {
    @SuppressWarnings("NullAway.Init")
    private static SharedStorage storage;

    @BeforeAll
    static void start(@TempDir Path directory) throws Exception {
        storage = new SharedStorage(directory);
    }

    @AfterAll
    static void stop() {
        storage.close();
    }

    @Override
    protected StorageRig newRig() {
        return storage.next();
    }
}
