package io.robustmq.bookie;

import java.io.IOException;
import java.io.UncheckedIOException;
import org.apache.bookkeeper.bookie.CheckpointSource.Checkpoint;
import org.apache.bookkeeper.bookie.LedgerDirsManager;
import org.apache.bookkeeper.bookie.storage.EntryLogger;
import org.apache.bookkeeper.bookie.storage.ldb.DbLedgerStorage;
import org.apache.bookkeeper.bookie.storage.ldb.SingleDirectoryDbLedgerStorage;
import org.apache.bookkeeper.conf.ServerConfiguration;
import org.apache.bookkeeper.meta.LedgerManager;
import org.apache.bookkeeper.stats.StatsLogger;

/**
 * The bookie's ledger storage, which after a failed flush lets no checkpoint succeed any more and asks the bookie to end.
 *
 * <p>BookKeeper 4.18.0 swaps its two write caches before it writes one of them out, and keeps the entries there when that fails, for want of space for instance. The next checkpoint looks at the other cache
 * only: it reports success, the mark in the journal moves on past the entries that were never written, and the journal that holds them is deleted. They had been acknowledged. With the mark left where it is the
 * journal brings them back at the next start.
 *
 * <p>Made by the bookie from its class name.
 */
public class SteadyLedgerStorage extends DbLedgerStorage {

    @Override
    protected SingleDirectoryDbLedgerStorage newSingleDirectoryDbLedgerStorage(
            ServerConfiguration conf,
            LedgerManager ledgerManager,
            LedgerDirsManager ledgerDirsManager,
            LedgerDirsManager indexDirsManager,
            EntryLogger entryLogger,
            StatsLogger statsLogger,
            long writeCacheSize,
            long readCacheSize,
            int readAheadCacheBatchSize,
            long readAheadCacheBatchBytesSize)
            throws IOException {
        return new Directory(
                conf,
                ledgerManager,
                ledgerDirsManager,
                indexDirsManager,
                entryLogger,
                statsLogger,
                writeCacheSize,
                readCacheSize,
                readAheadCacheBatchSize,
                readAheadCacheBatchBytesSize);
    }

    /**
     * Asked for by the bookie's synchronisation thread, which only logs an {@link IOException} and goes on; anything else ends the bookie.
     *
     * @throws UncheckedIOException when this or an earlier flush failed
     */
    @Override
    public void checkpoint(Checkpoint checkpoint) throws IOException {
        try {
            super.checkpoint(checkpoint);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private final class Directory extends SingleDirectoryDbLedgerStorage {
        /** One checkpoint at a time: a second one must not look at the caches while the first has swapped and not written them. */
        private final Object turn = new Object();

        private boolean failed;

        Directory(
                ServerConfiguration conf,
                LedgerManager ledgerManager,
                LedgerDirsManager ledgerDirsManager,
                LedgerDirsManager indexDirsManager,
                EntryLogger entryLogger,
                StatsLogger statsLogger,
                long writeCacheSize,
                long readCacheSize,
                int readAheadCacheBatchSize,
                long readAheadCacheBatchBytesSize)
                throws IOException {
            super(
                    conf,
                    ledgerManager,
                    ledgerDirsManager,
                    indexDirsManager,
                    entryLogger,
                    statsLogger,
                    allocator,
                    writeCacheSize,
                    readCacheSize,
                    readAheadCacheBatchSize,
                    readAheadCacheBatchBytesSize);
        }

        /** All ways of flushing lead through here. */
        @Override
        public void checkpoint(Checkpoint checkpoint) throws IOException {
            synchronized (turn) {
                if (failed) {
                    throw new IOException(
                            "an earlier flush failed; what it held comes back from the journal at the next start");
                }
                boolean written = false;
                try {
                    super.checkpoint(checkpoint);
                    written = true;
                } finally {
                    failed = !written;
                }
            }
        }
    }
}
