package io.robustmq.storage.ledger;

import io.netty.buffer.ByteBuf;
import io.robustmq.storage.StorageFault;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;

/**
 * Ledgers as BookKeeper gives them, and no more: append-only, one writer, fenced and closed by recovery. The chain of a shard, its checkpoints and its runs
 * are built on this once, for every implementation (memory, simulated bookies, BookKeeper).
 *
 * <p>Any thread; completes on any thread. Stages fail with a {@link io.robustmq.storage.StorageException}.
 */
public interface LedgerStore extends AutoCloseable {

    /** Creates an open ledger. {@code labels} are kept with its metadata (cluster, shard, kind, epoch). */
    CompletionStage<LedgerWriter> create(LedgerUse use, Map<String, String> labels);

    /** Opens a ledger that is closed. Fails with {@link StorageFault.NotFound}, or Unavailable if it is still open. */
    CompletionStage<LedgerReader> open(long ledgerId);

    /**
     * Opens with recovery: fences the ledger so that its writer can add nothing more that is acknowledged, finds its end such that every acknowledged entry is in it,
     * and closes it. On a closed ledger the same as {@link #open}.
     */
    CompletionStage<LedgerReader> openAndRecover(long ledgerId);

    /** Deletes a ledger; one that does not exist is success. */
    CompletionStage<Void> delete(long ledgerId);

    /** All ledgers with the given labels (each given key has the given value), for the sweeper. May be slow. */
    CompletionStage<List<LedgerInfo>> list(Map<String, String> labels);

    @Override
    void close();

    /** What a ledger is for; a store may replicate or place the kinds differently. */
    enum LedgerUse {
        /** Minutes of a shard's log. */
        LOG,
        /** A run: written at once, read for hours or weeks. */
        RUN
    }

    /**
     * @param ledgerId not negative
     * @param labels as given to {@link #create}
     */
    record LedgerInfo(long ledgerId, Map<String, String> labels) {
        public LedgerInfo {
            labels = Map.copyOf(labels);
        }
    }

    /** The only writer of an open ledger. Calls must come from one thread at a time. */
    interface LedgerWriter {
        long ledgerId();

        /**
         * Adds an entry; entries are numbered from 0 in call order and acknowledged in that order.
         *
         * @param entry whole readable part; one reference taken over, released when the outcome is known
         * @param added called once, on any thread, in order. After the first failure all later ones fail
         */
        void append(ByteBuf entry, AddListener added);

        /** Largest entry in bytes. */
        int entryBytesMax();

        /** Closes after everything acknowledged; appends in flight fail. */
        CompletionStage<Void> close();

        /** Lets go of local resources without closing the ledger. May be called more than once, and after {@link #close}. */
        void abandon();
    }

    /** Hears the outcome of one append. */
    @FunctionalInterface
    interface AddListener {
        /**
         * @param entryId number of the entry
         * @param acknowledged true: on enough copies, synced. False: unknown (also when fenced), it may yet turn up in recovery
         */
        void added(long entryId, boolean acknowledged);
    }

    /** A closed ledger. */
    interface LedgerReader {
        long ledgerId();

        /** Number of the last entry, -1 if there is none. */
        long lastEntryId();

        /**
         * Reads entries first..last (both included, at most what a caller can hold). The caller releases each buffer.
         *
         * @return fails with {@link StorageFault.Unavailable} or {@link StorageFault.Damaged}
         */
        CompletionStage<List<ByteBuf>> read(long first, long last);

        void close();
    }
}
