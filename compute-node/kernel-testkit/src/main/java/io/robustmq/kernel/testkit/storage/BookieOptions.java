package io.robustmq.kernel.testkit.storage;

/**
 * How the simulated bookies are laid out and how fast they are.
 *
 * @param bookies how many there are
 * @param ensemble bookies per ledger
 * @param writeQuorum copies of each entry
 * @param ackQuorum copies that must be synced before an entry is acknowledged
 * @param delayEnsembleChange whether a writer keeps a failed bookie in the ensemble as long as enough others answer
 * @param syncNanosMax longest usual journal sync
 * @param timeoutNanos how long a client waits for a bookie
 * @param collectNanos how often a bookie drops ledgers that no longer have metadata
 * @param entryBytesMax largest entry
 */
public record BookieOptions(
        int bookies,
        int ensemble,
        int writeQuorum,
        int ackQuorum,
        boolean delayEnsembleChange,
        long syncNanosMax,
        long timeoutNanos,
        long collectNanos,
        int entryBytesMax) {

    public BookieOptions {
        if (bookies < ensemble || ensemble < writeQuorum || writeQuorum < ackQuorum || ackQuorum < 1) {
            throw new IllegalArgumentException("need bookies >= ensemble >= writeQuorum >= ackQuorum >= 1: " + bookies
                    + " " + ensemble + " " + writeQuorum + " " + ackQuorum);
        }
    }

    /** One bookie that has everything, as in the standalone server. */
    public static BookieOptions standalone() {
        return cluster(1, 1, 1, 1);
    }

    /** A cluster with usual speeds. */
    public static BookieOptions cluster(int bookies, int ensemble, int writeQuorum, int ackQuorum) {
        return new BookieOptions(
                bookies, ensemble, writeQuorum, ackQuorum, true, 8_000_000, 400_000_000, 700_000_000, 256 * 1024);
    }

    /** The same with immediate replacement of failed bookies. */
    public BookieOptions replacingAtOnce() {
        return new BookieOptions(
                bookies,
                ensemble,
                writeQuorum,
                ackQuorum,
                false,
                syncNanosMax,
                timeoutNanos,
                collectNanos,
                entryBytesMax);
    }
}
