package io.robustmq.storage.bookkeeper;

import io.robustmq.bookie.StandaloneOptions;
import io.robustmq.bookie.StandaloneStorage;
import io.robustmq.storage.testkit.StorageRig;
import io.robustmq.storage.testkit.ThreadRig;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;

/** One bookie and one metadata store for a class of tests; every test has records of its own. */
final class SharedStorage implements AutoCloseable {
    private final AtomicInteger rigs = new AtomicInteger();
    private final StandaloneStorage storage;

    SharedStorage(Path directory) throws Exception {
        storage = StandaloneStorage.start(directory, StandaloneOptions.DEFAULTS);
    }

    StorageRig next() {
        BookKeeperOptions defaults = BookKeeperOptions.standalone(storage.connectString());
        BookKeeperOptions options = new BookKeeperOptions(
                defaults.metadata(),
                defaults.ledgersPath(),
                "/test-" + rigs.incrementAndGet(),
                defaults.sessionTimeoutMillis(),
                defaults.ensemble(),
                defaults.writeQuorum(),
                defaults.ackQuorum(),
                defaults.addTimeoutSeconds(),
                defaults.readTimeoutSeconds(),
                defaults.ioThreads(),
                defaults.workerThreads(),
                defaults.listingConcurrency());
        return new ThreadRig(
                BookKeeperLedgerStore.connect(options),
                ZooKeeperCoordStore.connect(options),
                () -> ZooKeeperCoordStore.connect(options));
    }

    @Override
    public void close() {
        storage.close();
    }
}
