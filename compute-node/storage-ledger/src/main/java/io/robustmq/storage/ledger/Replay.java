package io.robustmq.storage.ledger;

import io.netty.buffer.ByteBuf;
import io.robustmq.storage.Loop;
import io.robustmq.storage.ShardId;
import io.robustmq.storage.ShardLog;
import io.robustmq.storage.StorageException;
import io.robustmq.storage.StorageFault;
import io.robustmq.storage.ledger.LedgerStore.LedgerReader;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Reads the chain from the start of replay to its end: many batches ahead, delivered in order, every entry verified. What contradicts itself ends the
 * replay; nothing is skipped. Owned by the home loop of the shard; delivers at most one batch per turn of it.
 */
final class Replay {
    private static final int BATCH_ENTRIES_FIRST = 8;
    private static final int BATCH_ENTRIES_MAX = 256;

    private final ShardId shard;
    private final long epoch;
    private final Loop loop;
    private final LedgerLogOptions options;
    private final List<ChainLedger> ledgers;
    private final ReplayMarks marks;
    private final long flushedLsn;
    private final ShardLog.ReplayListener listener;
    private final CompletableFuture<Long> done = new CompletableFuture<>();

    private final ArrayDeque<Batch> ahead = new ArrayDeque<>();
    private int readLedger;
    private long readEntry;
    private int batchEntries = BATCH_ENTRIES_FIRST;
    private long expectedLsn;
    private long highestEpoch;
    private long deliveringLedger = -1;
    private boolean delivering;
    private boolean ended;

    /**
     * @param ledgers those to be read, with readers; the first from {@code start.entryId()}
     * @param marks counts what is read
     */
    Replay(
            ShardId shard,
            long epoch,
            Loop loop,
            LedgerLogOptions options,
            List<ChainLedger> ledgers,
            ShardRecord.Start start,
            ReplayMarks marks,
            long flushedLsn,
            ShardLog.ReplayListener listener) {
        this.shard = shard;
        this.epoch = epoch;
        this.loop = loop;
        this.options = options;
        this.ledgers = ledgers;
        this.marks = marks;
        this.flushedLsn = flushedLsn;
        this.listener = listener;
        this.readEntry = start.entryId();
        this.expectedLsn = start.lsn();
    }

    /** Completes with the LSN after the last record. */
    CompletionStage<Long> run() {
        fill();
        deliver();
        return done;
    }

    /** Ends without delivering anything more. */
    void cancel(StorageFault fault) {
        if (!ended) {
            end();
            done.completeExceptionally(new StorageException(fault));
        }
    }

    private void fill() {
        while (ahead.size() < options.replayReadsInFlight() && readLedger < ledgers.size()) {
            ChainLedger ledger = ledgers.get(readLedger);
            if (readEntry > ledger.lastEntryId) {
                readLedger++;
                readEntry = 0;
                continue;
            }
            Batch batch = new Batch(ledger, readEntry, Math.min(ledger.lastEntryId, readEntry + batchEntries - 1));
            readEntry = batch.last + 1;
            ahead.add(batch);
            read(batch);
        }
    }

    private void read(Batch batch) {
        LedgerReader reader = Objects.requireNonNull(batch.ledger.reader, "replay needs open ledgers");
        Result.on(loop, reader.read(batch.first, batch.last), result -> {
            switch (result) {
                case Result.Done<List<ByteBuf>>(List<ByteBuf> entries) -> {
                    if (ended) {
                        entries.forEach(ByteBuf::release);
                    } else {
                        batch.entries = entries;
                        deliver();
                    }
                }
                case Result.Failed<List<ByteBuf>>(StorageFault fault) -> {
                    if (ended) {
                        return;
                    }
                    if (fault instanceof StorageFault.Unavailable && batch.attempts < options.attemptsMax()) {
                        loop.after(options.retryNanos(batch.attempts++), () -> {
                            if (!ended) {
                                read(batch);
                            }
                        });
                    } else {
                        cancel(fault);
                    }
                }
            }
        });
    }

    private void deliver() {
        if (ended || delivering) {
            return;
        }
        Batch batch = ahead.peek();
        if (batch == null) {
            end();
            done.complete(expectedLsn);
            return;
        }
        List<ByteBuf> entries = batch.entries;
        if (entries == null) {
            return;
        }
        delivering = true;
        ahead.remove();
        long bytes = 0;
        try {
            if (entries.size() != batch.last - batch.first + 1) {
                throw damaged(batch, batch.first, "a read gave " + entries.size() + " entries");
            }
            for (int i = 0; i < entries.size(); i++) {
                ByteBuf entry = entries.get(i);
                bytes += entry.readableBytes();
                entry(batch, batch.first + i, entry);
            }
        } catch (StorageException e) {
            cancel(e.fault());
            return;
        } catch (RuntimeException | Error e) {
            end();
            done.completeExceptionally(e);
            return;
        } finally {
            entries.forEach(ByteBuf::release);
            delivering = false;
        }
        long average = Math.max(1, bytes / entries.size());
        batchEntries = Math.clamp(options.replayBatchBytes() / average, 1, BATCH_ENTRIES_MAX);
        fill();
        loop.execute(this::deliver);
    }

    private void entry(Batch batch, long entryId, ByteBuf entry) {
        EntryHeader header;
        try {
            header = EntryHeader.read(entry, shard);
        } catch (StorageException e) {
            throw damaged(batch, entryId, e.fault().reason());
        }
        if (header.epoch() < highestEpoch || header.epoch() > epoch) {
            throw damaged(
                    batch,
                    entryId,
                    "epoch " + header.epoch() + " after epoch " + highestEpoch + ", read under epoch " + epoch);
        }
        highestEpoch = header.epoch();
        if (header.firstLsn() != expectedLsn) {
            throw damaged(batch, entryId, "it starts at LSN " + header.firstLsn() + " and not at " + expectedLsn);
        }
        if (deliveringLedger != batch.ledger.ledgerId) {
            deliveringLedger = batch.ledger.ledgerId;
            long known = batch.ledger.firstLsn;
            if (entryId == 0 && known != ShardRecord.UNKNOWN_LSN && known != expectedLsn) {
                throw damaged(batch, entryId, "the record says the ledger starts at LSN " + known);
            }
        }
        marks.entry(batch.ledger.ledgerId, entryId, header.firstLsn(), entry.readableBytes());
        expectedLsn = header.nextLsn();
        if (!header.manifest() && expectedLsn - 1 > flushedLsn) {
            ByteBuf records = entry.slice(
                    entry.readerIndex() + ShardLog.HEADER_BYTES, entry.readableBytes() - ShardLog.HEADER_BYTES);
            listener.entry(records, header.firstLsn(), header.count());
        }
    }

    private void end() {
        ended = true;
        for (Batch batch : ahead) {
            if (batch.entries != null) {
                batch.entries.forEach(ByteBuf::release);
            }
        }
        ahead.clear();
    }

    private StorageException damaged(Batch batch, long entryId, String reason) {
        return new StorageException(new StorageFault.Damaged(
                shard + ", ledger " + batch.ledger.ledgerId + ", entry " + entryId + ": " + reason));
    }

    private static final class Batch {
        private final ChainLedger ledger;
        private final long first;
        private final long last;
        private @Nullable List<ByteBuf> entries;
        private int attempts;

        private Batch(ChainLedger ledger, long first, long last) {
            this.ledger = ledger;
            this.first = first;
            this.last = last;
        }
    }
}
