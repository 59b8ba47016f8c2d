package io.robustmq.storage.bookkeeper;

import java.util.Objects;

/**
 * Where the bookies are found and how ledgers are laid on them.
 *
 * @param metadata ZooKeeper servers as {@code host:port,host:port}
 * @param ledgersPath root of BookKeeper's metadata
 * @param recordsPath root of our own records
 * @param sessionTimeoutMillis of the ZooKeeper sessions
 * @param ensemble bookies that one ledger is spread over
 * @param writeQuorum copies of each entry
 * @param ackQuorum copies, synced, before an entry is acknowledged
 * @param addTimeoutSeconds after which an append to one bookie has failed
 * @param readTimeoutSeconds after which a read from one bookie has failed
 * @param ioThreads that talk to bookies
 * @param workerThreads that complete operations
 * @param listingConcurrency ledgers whose metadata is read at once during a listing
 */
public record BookKeeperOptions(
        String metadata,
        String ledgersPath,
        String recordsPath,
        int sessionTimeoutMillis,
        int ensemble,
        int writeQuorum,
        int ackQuorum,
        int addTimeoutSeconds,
        int readTimeoutSeconds,
        int ioThreads,
        int workerThreads,
        int listingConcurrency) {

    public BookKeeperOptions {
        Objects.requireNonNull(metadata, "metadata");
        path("ledgersPath", ledgersPath);
        path("recordsPath", recordsPath);
        positive("sessionTimeoutMillis", sessionTimeoutMillis);
        positive("ackQuorum", ackQuorum);
        positive("addTimeoutSeconds", addTimeoutSeconds);
        positive("readTimeoutSeconds", readTimeoutSeconds);
        positive("ioThreads", ioThreads);
        positive("workerThreads", workerThreads);
        positive("listingConcurrency", listingConcurrency);
        if (ackQuorum > writeQuorum || writeQuorum > ensemble) {
            throw new IllegalArgumentException("ackQuorum <= writeQuorum <= ensemble does not hold: " + ackQuorum + ", "
                    + writeQuorum + ", " + ensemble);
        }
    }

    /** One bookie, as in a platform of one process. */
    public static BookKeeperOptions standalone(String metadata) {
        return new BookKeeperOptions(metadata, "/ledgers", "/robustmq", 20_000, 1, 1, 1, 10, 10, 1, 1, 16);
    }

    /** Three copies of which two are awaited. */
    public static BookKeeperOptions cluster(String metadata) {
        return new BookKeeperOptions(metadata, "/ledgers", "/robustmq", 10_000, 3, 3, 2, 5, 5, 2, 2, 64);
    }

    private static void positive(String name, int value) {
        if (value <= 0) {
            throw new IllegalArgumentException(name + " must be positive: " + value);
        }
    }

    private static void path(String name, String value) {
        if (!value.startsWith("/") || value.length() < 2 || value.endsWith("/")) {
            throw new IllegalArgumentException(name + " must be an absolute path: " + value);
        }
    }
}
