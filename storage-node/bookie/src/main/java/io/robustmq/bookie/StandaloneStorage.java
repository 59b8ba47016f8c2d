package io.robustmq.bookie;

import java.nio.file.Path;
import org.rocksdb.RocksDB;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Storage of a platform in one process: one data directory, one metadata store, one bookie. Started in this order and stopped in reverse; clients are to be
 * closed before.
 */
public final class StandaloneStorage implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(StandaloneStorage.class);

    private final DataDirectory directory;
    private final EmbeddedMetadata metadata;
    private final EmbeddedBookie bookie;

    private StandaloneStorage(DataDirectory directory, EmbeddedMetadata metadata, EmbeddedBookie bookie) {
        this.directory = directory;
        this.metadata = metadata;
        this.bookie = bookie;
    }

    /**
     * Starts on a directory: a new one is initialised, one that was used before is continued, also after the process was killed. Blocks until the
     * bookie takes entries.
     *
     * @throws StartException with what is in the way
     */
    public static StandaloneStorage start(Path dataDirectory, StandaloneOptions options)
            throws StartException, InterruptedException {
        long startNanos = System.nanoTime();
        DataDirectory directory = DataDirectory.open(dataDirectory);
        // Unpacks and links a large library, while the metadata store starts.
        Thread.ofPlatform().name("load-rocksdb").daemon().start(RocksDB::loadLibrary);
        EmbeddedMetadata metadata = null;
        EmbeddedBookie bookie = null;
        try {
            metadata = EmbeddedMetadata.start(directory.metadata(), options.metadataPort());
            long metadataNanos = System.nanoTime();
            bookie = EmbeddedBookie.start(directory, metadata.connectString(), options.bookie());
            LOG.info(
                    "directory={} metadata={} bookiePort={} metadataMillis={} bookieMillis={} storage is up",
                    directory.root(),
                    metadata.connectString(),
                    bookie.port(),
                    (metadataNanos - startNanos) / 1_000_000,
                    (System.nanoTime() - metadataNanos) / 1_000_000);
            return new StandaloneStorage(directory, metadata, bookie);
        } finally {
            if (bookie == null) {
                if (metadata != null) {
                    metadata.close();
                }
                directory.close();
            }
        }
    }

    /** Where clients find the metadata, {@code host:port}; from there they find the bookie. */
    public String connectString() {
        return metadata.connectString();
    }

    @Override
    public void close() {
        bookie.close();
        metadata.close();
        directory.close();
    }
}
