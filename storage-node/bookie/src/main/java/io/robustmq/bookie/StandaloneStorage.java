package io.robustmq.bookie;

import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
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
    private final CompletableFuture<String> ended;

    private StandaloneStorage(
            DataDirectory directory,
            EmbeddedMetadata metadata,
            EmbeddedBookie bookie,
            CompletableFuture<String> ended) {
        this.ended = ended;
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
        CompletableFuture<String> ended = new CompletableFuture<>();
        EmbeddedMetadata metadata = null;
        EmbeddedBookie bookie = null;
        try {
            metadata = EmbeddedMetadata.start(
                    directory.metadata(), options.metadataPort(), () -> end(ended, "metadata store", directory));
            long metadataNanos = System.nanoTime();
            bookie = EmbeddedBookie.start(
                    directory, metadata.connectString(), options.bookie(), () -> end(ended, "bookie", directory));
            LOG.info(
                    "directory={} metadata={} bookiePort={} metadataMillis={} bookieMillis={} storage is up",
                    directory.root(),
                    metadata.connectString(),
                    bookie.port(),
                    (metadataNanos - startNanos) / 1_000_000,
                    (System.nanoTime() - metadataNanos) / 1_000_000);
            return new StandaloneStorage(directory, metadata, bookie, ended);
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

    /**
     * Completes, on any thread, with one sentence when storage has stopped by itself, which it does when it cannot write: from then on nothing is acknowledged, and only a
     * new start on the directory may help. Never completes exceptionally.
     */
    public CompletionStage<String> ended() {
        return ended.minimalCompletionStage();
    }

    private static void end(CompletableFuture<String> ended, String what, DataDirectory directory) {
        long megabytes = directory.root().toFile().getUsableSpace() >> 20;
        ended.complete("The " + what + " in " + directory.root() + " has stopped because it could not write ("
                + megabytes + " MiB are free now): make room if the disk is full, then start again.");
    }

    @Override
    public void close() {
        bookie.close();
        metadata.close();
        directory.close();
    }
}
