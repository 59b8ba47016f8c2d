package io.robustmq.storage.bookkeeper;

import io.netty.buffer.PooledByteBufAllocator;
import io.robustmq.bookie.EmbeddedMetadata;
import io.robustmq.storage.CoordStore;
import io.robustmq.storage.testkit.StorageRig;
import io.robustmq.storage.testkit.ThreadRig;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.apache.bookkeeper.bookie.BookieResources;
import org.apache.bookkeeper.bookie.SortedLedgerStorage;
import org.apache.bookkeeper.client.api.BookKeeper;
import org.apache.bookkeeper.client.api.LedgerMetadata;
import org.apache.bookkeeper.conf.ClientConfiguration;
import org.apache.bookkeeper.conf.ServerConfiguration;
import org.apache.bookkeeper.meta.MetadataBookieDriver;
import org.apache.bookkeeper.server.EmbeddedServer;
import org.apache.bookkeeper.server.conf.BookieConfiguration;
import org.apache.bookkeeper.stats.NullStatsLogger;

/** Several bookies on one metadata store, which are stopped and started one by one and keep their data. */
final class Bookies implements AutoCloseable {
    private final Path directory;
    private final EmbeddedMetadata metadata;
    private final Map<Integer, Running> running = new TreeMap<>();
    private boolean initialised;

    Bookies(Path directory, int count) throws Exception {
        this.directory = directory;
        metadata = EmbeddedMetadata.start(Files.createDirectories(directory.resolve("metadata")), 0, () -> {});
        for (int number = 0; number < count; number++) {
            start(number);
        }
    }

    String servers() {
        return metadata.connectString();
    }

    void start(int number) throws Exception {
        Path root = Files.createDirectories(directory.resolve("bookie-" + number));
        ServerConfiguration configuration = new ServerConfiguration();
        configuration.setMetadataServiceUri("zk+hierarchical://" + servers() + "/ledgers");
        configuration.setZkRetryBackoffStartMs(100);
        configuration.setZkRetryBackoffMaxMs(1_000);
        configuration.setBookieId("bookie-" + number);
        configuration.setListeningInterface("lo");
        configuration.setAdvertisedAddress("127.0.0.1");
        configuration.setAllowLoopback(true);
        configuration.setBookiePort(0);
        configuration.setJournalDirName(root.resolve("journal").toString());
        configuration.setLedgerDirNames(new String[] {root.resolve("ledgers").toString()});
        configuration.setLedgerStorageClass(SortedLedgerStorage.class.getName());
        configuration.setProperty("journalPreAllocSizeMB", 4);
        configuration.setProperty("journalRemoveFromPageCache", false);
        configuration.setEntryLogFilePreAllocationEnabled(false);
        configuration.setDiskUsageThreshold(0.999f);
        configuration.setDiskUsageWarnThreshold(0.998f);
        configuration.setServerNumIOThreads(1);
        configuration.setNumAddWorkerThreads(1);
        configuration.setNumReadWorkerThreads(1);
        configuration.setHttpServerEnabled(false);
        configuration.setStatisticsEnabled(false);

        MetadataBookieDriver driver = BookieResources.createMetadataDriver(configuration, NullStatsLogger.INSTANCE);
        var registration = driver.createRegistrationManager();
        if (!initialised) {
            initialised = registration.initNewCluster();
        }
        EmbeddedServer server = EmbeddedServer.builder(new BookieConfiguration(configuration))
                .metadataDriver(driver)
                .registrationManager(registration)
                .ledgerManagerFactory(driver.getLedgerManagerFactory())
                .allocator(PooledByteBufAllocator.DEFAULT)
                .build();
        server.getLifecycleComponentStack().start();
        running.put(number, new Running(server, driver));
    }

    void stop(int number) {
        Running stopped = running.remove(number);
        if (stopped == null) {
            throw new IllegalStateException("bookie " + number + " does not run");
        }
        stopped.close();
    }

    /** Clients of their own, three copies of which two are awaited. */
    StorageRig rig() {
        BookKeeperOptions options = BookKeeperOptions.cluster(servers());
        return new ThreadRig(
                BookKeeperLedgerStore.connect(options),
                ZooKeeperCoordStore.connect(options),
                () -> ZooKeeperCoordStore.connect(options));
    }

    /** BookKeeper's own records, which name the bookies that are registered. */
    CoordStore registry() {
        BookKeeperOptions cluster = BookKeeperOptions.cluster(servers());
        return ZooKeeperCoordStore.connect(new BookKeeperOptions(
                cluster.metadata(),
                cluster.ledgersPath(),
                cluster.ledgersPath(),
                cluster.sessionTimeoutMillis(),
                cluster.ensemble(),
                cluster.writeQuorum(),
                cluster.ackQuorum(),
                cluster.addTimeoutSeconds(),
                cluster.readTimeoutSeconds(),
                cluster.ioThreads(),
                cluster.workerThreads(),
                cluster.listingConcurrency()));
    }

    /** What the metadata says of a ledger. */
    LedgerMetadata ledger(long ledgerId) throws Exception {
        ClientConfiguration configuration = new ClientConfiguration();
        configuration.setMetadataServiceUri("zk+hierarchical://" + servers() + "/ledgers");
        BookKeeper client = BookKeeper.newBuilder(configuration).build();
        try {
            return client.getLedgerMetadata(ledgerId).get();
        } finally {
            client.close();
        }
    }

    @Override
    public void close() {
        running.values().forEach(Running::close);
        metadata.close();
    }

    private record Running(EmbeddedServer server, MetadataBookieDriver driver) {
        void close() {
            server.getLifecycleComponentStack().close();
            driver.close();
        }
    }
}
