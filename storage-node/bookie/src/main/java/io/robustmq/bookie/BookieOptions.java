package io.robustmq.bookie;

/**
 * How an embedded bookie uses the machine.
 *
 * @param port of the bookie on the loopback address, 0 for any that is free
 * @param writeCacheMegabytes direct memory for entries on their way from the journal to the ledger files
 * @param readCacheMegabytes direct memory for entries read ahead
 * @param indexCacheMegabytes native memory for blocks of the index
 * @param journalMegabytes size of one journal file, which bounds what a start must read again
 * @param flushIntervalMillis between checkpoints of the ledger files
 * @param garbageIntervalMillis between searches for deleted ledgers
 * @param diskUsageMax share of the disk from which the bookie takes no more entries, 0 .. 1
 */
public record BookieOptions(
        int port,
        int writeCacheMegabytes,
        int readCacheMegabytes,
        int indexCacheMegabytes,
        int journalMegabytes,
        int flushIntervalMillis,
        int garbageIntervalMillis,
        double diskUsageMax) {

    /** Small, for one process that also serves clients. */
    public static final BookieOptions DEFAULTS = new BookieOptions(0, 32, 16, 8, 128, 5_000, 60_000, 0.95);

    public BookieOptions {
        range("port", port, 0, 65_535);
        range("writeCacheMegabytes", writeCacheMegabytes, 16, 4_096);
        range("readCacheMegabytes", readCacheMegabytes, 8, 4_096);
        range("indexCacheMegabytes", indexCacheMegabytes, 1, 4_096);
        range("journalMegabytes", journalMegabytes, 16, 2_048);
        range("flushIntervalMillis", flushIntervalMillis, 100, 600_000);
        range("garbageIntervalMillis", garbageIntervalMillis, 1_000, Integer.MAX_VALUE);
        if (!(diskUsageMax > 0 && diskUsageMax < 1)) {
            throw new IllegalArgumentException("diskUsageMax must be between 0 and 1: " + diskUsageMax);
        }
    }

    private static void range(String name, int value, int min, int max) {
        if (value < min || value > max) {
            throw new IllegalArgumentException(name + " must be " + min + " .. " + max + ": " + value);
        }
    }
}
