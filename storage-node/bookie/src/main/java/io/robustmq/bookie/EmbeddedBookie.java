package io.robustmq.bookie;

import io.netty.buffer.PooledByteBufAllocator;
import java.io.File;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.bookkeeper.bookie.BookieException;
import org.apache.bookkeeper.bookie.BookieResources;
import org.apache.bookkeeper.bookie.Cookie;
import org.apache.bookkeeper.bookie.storage.ldb.DbLedgerStorage;
import org.apache.bookkeeper.conf.ServerConfiguration;
import org.apache.bookkeeper.discover.RegistrationManager;
import org.apache.bookkeeper.meta.MetadataBookieDriver;
import org.apache.bookkeeper.net.BookieId;
import org.apache.bookkeeper.server.EmbeddedServer;
import org.apache.bookkeeper.server.conf.BookieConfiguration;
import org.apache.bookkeeper.stats.NullStatsLogger;
import org.apache.bookkeeper.versioning.Version;
import org.apache.bookkeeper.versioning.Versioned;
import org.apache.zookeeper.KeeperException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One bookie in this process, on the loopback address, under an id that stays with its data. Its journal is synced before an entry is answered: that is what
 * makes an acknowledgement, a fence and a "no such entry" true after a power cut.
 */
public final class EmbeddedBookie implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(EmbeddedBookie.class);
    private static final Pattern COOKIE_INSTANCE = Pattern.compile("instanceId: \"([^\"]*)\"");
    private static final String HOST = "127.0.0.1";
    private static final int SESSION_TIMEOUT_MILLIS = 20_000;
    private static final int METADATA_RETRY_MILLIS = 100;
    private static final int METADATA_RETRY_MILLIS_MAX = 1_000;
    private static final long ENTRY_LOG_BYTES = 128L << 20;

    private final MetadataBookieDriver metadata;
    private final EmbeddedServer server;
    private final ServerConfiguration configuration;

    private EmbeddedBookie(MetadataBookieDriver metadata, EmbeddedServer server, ServerConfiguration configuration) {
        this.metadata = metadata;
        this.server = server;
        this.configuration = configuration;
    }

    /**
     * Starts the bookie, initialising metadata and directories if both are empty. Blocks until it takes entries.
     *
     * @param data locked by the caller
     * @param metadataServers {@code host:port} of ZooKeeper
     * @param ended run, on any thread, when the bookie has stopped though nobody closed it: it does so when its journal cannot be written
     */
    static EmbeddedBookie start(DataDirectory data, String metadataServers, BookieOptions options, Runnable ended)
            throws StartException {
        probe(options.port());
        ServerConfiguration configuration = configuration(data, metadataServers, options);
        MetadataBookieDriver driver = null;
        EmbeddedServer server = null;
        try {
            Files.createDirectories(data.journal());
            Files.createDirectories(data.ledgers());
            driver = BookieResources.createMetadataDriver(configuration, NullStatsLogger.INSTANCE);
            RegistrationManager registration = driver.createRegistrationManager();
            agree(data, configuration, registration);
            JournalTail.cut(data.journal().resolve("current"), data.ledgers().resolve("current"));
            server = EmbeddedServer.builder(new BookieConfiguration(configuration))
                    .metadataDriver(driver)
                    .registrationManager(registration)
                    .ledgerManagerFactory(driver.getLedgerManagerFactory())
                    .allocator(PooledByteBufAllocator.DEFAULT)
                    .build();
            // Its watcher looks once a second and ends with an exception when the bookie is gone.
            server.getLifecycleComponentStack().setExceptionHandler((thread, failure) -> {
                LOG.error("thread={} reason=\"{}\" the bookie has stopped", thread.getName(), failure.getMessage());
                ended.run();
            });
            server.getLifecycleComponentStack().start();
            if (!server.getBookieService().getServer().isRunning()) {
                throw new StartException(
                        new StartFault.NotStarted("the bookie stopped while it started, with exit code "
                                + server.getBookieService().getServer().getExitCode()));
            }
            EmbeddedBookie started = new EmbeddedBookie(driver, server, configuration);
            driver = null;
            server = null;
            return started;
        } catch (StartException e) {
            throw e;
        } catch (Exception e) {
            if (e instanceof InterruptedException) {
                Thread.currentThread().interrupt();
            }
            throw new StartException(new StartFault.NotStarted("the bookie did not start: " + e), e);
        } finally {
            if (server != null) {
                server.getLifecycleComponentStack().close();
            }
            if (driver != null) {
                driver.close();
            }
        }
    }

    /** BookKeeper binds last and leaves its storage open when that fails; so look first. */
    private static void probe(int port) throws StartException {
        if (port == 0) {
            return;
        }
        try (ServerSocket free = new ServerSocket()) {
            free.setReuseAddress(true);
            free.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        } catch (IOException e) {
            throw new StartException(new StartFault.PortTaken("bookie", HOST + ":" + port), e);
        }
    }

    private static ServerConfiguration configuration(
            DataDirectory data, String metadataServers, BookieOptions options) {
        ServerConfiguration configuration = new ServerConfiguration();
        configuration.setMetadataServiceUri("zk+hierarchical://" + metadataServers + "/ledgers");
        configuration.setZkTimeout(SESSION_TIMEOUT_MILLIS);
        // Left alone it waits the whole time-out before it registers again after its session expired.
        configuration.setZkRetryBackoffStartMs(METADATA_RETRY_MILLIS);
        configuration.setZkRetryBackoffMaxMs(METADATA_RETRY_MILLIS_MAX);
        configuration.setBookieId(data.bookieId());
        // Without a listening interface it would bind to all addresses; with an advertised one only that one counts.
        configuration.setListeningInterface("lo");
        configuration.setAdvertisedAddress(HOST);
        configuration.setAllowLoopback(true);
        configuration.setBookiePort(options.port());
        configuration.setJournalDirName(data.journal().toString());
        configuration.setLedgerDirNames(new String[] {data.ledgers().toString()});

        configuration.setJournalSyncData(true);
        configuration.setJournalWriteData(true);
        configuration.setJournalMaxGroupWaitMSec(0);
        configuration.setJournalFlushWhenQueueEmpty(true);
        configuration.setMaxJournalSizeMB(options.journalMegabytes());
        configuration.setProperty("journalPreAllocSizeMB", 16);
        // It would need the file descriptor out of a closed JDK field; a journal file is small and soon dropped.
        configuration.setProperty("journalRemoveFromPageCache", false);
        configuration.setMaxBackupJournals(0);

        configuration.setLedgerStorageClass(SteadyLedgerStorage.class.getName());
        configuration.setProperty(DbLedgerStorage.WRITE_CACHE_MAX_SIZE_MB, options.writeCacheMegabytes());
        configuration.setProperty(DbLedgerStorage.READ_AHEAD_CACHE_MAX_SIZE_MB, options.readCacheMegabytes());
        configuration.setProperty("dbStorage_rocksDB_blockCacheSize", (long) options.indexCacheMegabytes() << 20);
        configuration.setProperty("dbStorage_rocksDB_writeBufferSizeMB", 4);
        configuration.setProperty("dbStorage_rocksDB_sstSizeInMB", 8);
        configuration.setFlushInterval(options.flushIntervalMillis());
        configuration.setEntryLogSizeLimit(ENTRY_LOG_BYTES);
        configuration.setEntryLogFilePreAllocationEnabled(false);
        configuration.setGcWaitTime(options.garbageIntervalMillis());

        configuration.setDiskUsageThreshold((float) options.diskUsageMax());
        configuration.setDiskUsageWarnThreshold((float) options.diskUsageMax() - 0.03f);
        configuration.setDiskLowWaterMarkUsageThreshold((float) options.diskUsageMax() - 0.02f);
        configuration.setReadOnlyModeEnabled(true);

        configuration.setServerNumIOThreads(1);
        configuration.setNumAddWorkerThreads(1);
        configuration.setNumReadWorkerThreads(1);
        configuration.setNumLongPollWorkerThreads(0);
        configuration.setNumHighPriorityWorkerThreads(1);
        configuration.setHttpServerEnabled(false);
        configuration.setAutoRecoveryDaemonEnabled(false);
        configuration.setStatisticsEnabled(false);
        return configuration;
    }

    /**
     * Metadata and bookie must belong together before anything is written. Only where both are empty they are initialised; what an interrupted
     * initialisation left is completed; a directory that was moved is registered under its new name.
     */
    private static void agree(DataDirectory data, ServerConfiguration configuration, RegistrationManager registration)
            throws StartException, BookieException, IOException {
        List<File> directories = List.of(
                new File(data.journal().toFile(), "current"),
                new File(data.ledgers().toFile(), "current"));
        List<Cookie> onDisk = new ArrayList<>();
        for (File directory : directories) {
            Cookie cookie = read(directory);
            if (cookie != null) {
                onDisk.add(cookie);
            }
        }
        String instance = data.fresh() ? null : instance(registration);
        if (instance == null) {
            if (!onDisk.isEmpty() || !empty(data.journal()) || !empty(data.ledgers())) {
                throw disagree(data, "none", onDisk.isEmpty() ? "unknown" : instanceOf(onDisk.getFirst()));
            }
            initialise(registration);
            instance = registration.getClusterInstanceId();
        }
        for (Cookie cookie : onDisk) {
            if (!instance.equals(instanceOf(cookie))) {
                throw disagree(data, instance, instanceOf(cookie));
            }
        }
        Cookie expected =
                Cookie.generateCookie(configuration).setInstanceId(instance).build();
        Versioned<Cookie> registered = data.fresh() ? null : registered(configuration, registration);
        if (registered != null && onDisk.size() < directories.size()) {
            throw disagree(data, instance, onDisk.isEmpty() ? "none" : "an unknown instance in part");
        }
        if (registered == null) {
            // New, or the former start ended in the midst of this; nothing was acknowledged by then.
            stamp(expected, directories);
            expected.writeToRegistrationManager(registration, configuration, Version.NEW);
            return;
        }
        boolean moved = !registered.getValue().toString().equals(expected.toString());
        if (moved) {
            LOG.info("directory={} the data directory was moved, its bookie is registered anew", data.root());
        }
        if (moved || onDisk.stream().anyMatch(cookie -> !cookie.toString().equals(expected.toString()))) {
            for (File directory : directories) {
                expected.writeToDirectory(directory);
            }
        }
        if (moved) {
            expected.writeToRegistrationManager(registration, configuration, registered.getVersion());
        }
    }

    private static void stamp(Cookie cookie, List<File> directories) throws IOException {
        for (File directory : directories) {
            Files.createDirectories(directory.toPath());
            Path mark = directory.toPath().resolve("lastMark");
            if (!Files.exists(mark)) {
                // "Nothing of the journal is in the ledgers yet"; without the file the bookie reports its absence as an
                // error.
                Files.write(mark, new byte[2 * Long.BYTES]);
            }
            cookie.writeToDirectory(directory);
        }
    }

    private static void initialise(RegistrationManager registration) throws StartException {
        boolean initialised;
        try {
            initialised = registration.initNewCluster();
        } catch (Exception e) {
            throw new StartException(new StartFault.NotStarted("the metadata could not be initialised: " + e), e);
        }
        if (!initialised) {
            throw new StartException(new StartFault.NotStarted("the metadata could not be initialised"));
        }
    }

    private static StartException disagree(DataDirectory data, String metadataInstance, String bookieInstance) {
        return new StartException(new StartFault.StoresDisagree(data.root(), metadataInstance, bookieInstance));
    }

    private static @Nullable String instance(RegistrationManager registration) throws BookieException {
        try {
            return registration.getClusterInstanceId();
        } catch (BookieException e) {
            for (Throwable cause = e.getCause(); cause != null; cause = cause.getCause()) {
                if (cause instanceof KeeperException.NoNodeException) {
                    return null;
                }
            }
            throw e;
        }
    }

    private static @Nullable Versioned<Cookie> registered(
            ServerConfiguration configuration, RegistrationManager registration) throws BookieException {
        try {
            return Cookie.readFromRegistrationManager(registration, BookieId.parse(configuration.getBookieId()));
        } catch (BookieException.CookieNotFoundException e) {
            return null;
        }
    }

    private static @Nullable Cookie read(File directory) throws IOException {
        try {
            return Cookie.readFromDirectory(directory);
        } catch (FileNotFoundException e) {
            return null;
        }
    }

    private static String instanceOf(Cookie cookie) {
        // A cookie compares its instance but does not tell it; its text does.
        Matcher instance = COOKIE_INSTANCE.matcher(cookie.toString());
        return instance.find() ? instance.group(1) : "none";
    }

    private static boolean empty(Path directory) throws IOException {
        try (var files = Files.list(directory)) {
            return files.findAny().isEmpty();
        }
    }

    /** The port on which the bookie listens. */
    public int port() {
        return configuration.getBookiePort();
    }

    @Override
    public void close() {
        server.getLifecycleComponentStack().close();
        metadata.close();
    }
}
