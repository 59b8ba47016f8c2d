package io.robustmq.kernel.shard;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.robustmq.kernel.KernelOptions;
import io.robustmq.kernel.KernelRule;
import io.robustmq.kernel.session.LsnMap;
import io.robustmq.kernel.session.MessageRow;
import io.robustmq.storage.Loop;
import io.robustmq.storage.RunId;
import io.robustmq.storage.RunStore;
import io.robustmq.storage.RunWriter;
import io.robustmq.storage.ShardId;
import io.robustmq.storage.ShardLog;
import io.robustmq.storage.StorageException;
import io.robustmq.storage.StorageFault;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes what survives at LSN F and shortens the log to what comes after: the messages still needed into a new run (once; later flushes name it again), the rest as a snapshot
 * (rewritten every time), then one checkpoint. What nobody names any more is deleted after the checkpoint, never before.
 */
final class Flusher {
    private static final Logger LOG = LoggerFactory.getLogger(Flusher.class);
    private static final int BLOCK_BYTES = 256 << 10;
    private static final long RETRY_NANOS = 1_000_000_000L;
    /** Message runs at which those that hold least are written together as one: the manifest names every run and must stay small. */
    static final int RUNS_MAX = 64;

    private final ShardId id;
    private final ShardState state;
    private final LogFeed feed;
    private final ShardLog log;
    private final RunStore runs;
    private final RunBlocks blocks;
    private final Loop loop;
    private final ByteBufAllocator allocator;
    private final KernelOptions options;
    private final long shareBytes;
    private final ShardFigures figures;
    private final LongSupplier committedLsn;
    private final Consumer<StorageFault> broken;
    private long flushedLsn;
    private long flushedAtNanos;
    private long notBeforeNanos;
    private boolean running;
    private boolean cancelled;
    private final List<CommitWaiter> waiters = new ArrayList<>();
    /** Copies of messages of old runs that the next flush writes again, by LSN; owned. */
    private final LsnMap<ByteBuf> gathered = new LsnMap<>();

    private Gathering gathering = Gathering.NOT_NEEDED;

    private enum Gathering {
        NOT_NEEDED,
        UNDER_WAY,
        DONE
    }

    private record CommitWaiter(long lsn, CompletableFuture<Void> done) {}

    Flusher(
            ShardId id,
            ShardState state,
            LogFeed feed,
            ShardLog log,
            RunStore runs,
            RunBlocks blocks,
            Loop loop,
            ByteBufAllocator allocator,
            KernelOptions options,
            int shards,
            ShardFigures figures,
            LongSupplier committedLsn,
            Consumer<StorageFault> broken) {
        this.id = id;
        this.state = state;
        this.feed = feed;
        this.log = log;
        this.runs = runs;
        this.blocks = blocks;
        this.loop = loop;
        this.allocator = allocator;
        this.options = options;
        this.shareBytes = Math.max(1, options.flushBytes() / shards);
        this.figures = figures;
        this.committedLsn = committedLsn;
        this.broken = broken;
        this.flushedLsn = log.checkpoint().map(ShardLog.Checkpoint::flushedLsn).orElse(0L);
        this.flushedAtNanos = loop.nanoTime();
        this.notBeforeNanos = flushedAtNanos;
    }

    /** Starts a flush if one is due. To be called often. */
    void maybeFlush() {
        if (!waiters.isEmpty()) {
            long committed = committedLsn.getAsLong();
            List<CommitWaiter> due =
                    waiters.stream().filter(one -> one.lsn <= committed).toList();
            waiters.removeAll(due);
            due.forEach(one -> one.done.complete(null));
        }
        if (running || cancelled || gathering == Gathering.UNDER_WAY) {
            return;
        }
        long records = feed.nextLsn() - 1 - flushedLsn;
        if (records == 0) {
            return;
        }
        long now = loop.nanoTime();
        boolean due = log.tailBytes() >= shareBytes
                || records >= options.flushRecords()
                || now - flushedAtNanos >= options.flushAgeMillis() * 1_000_000L;
        if (due && now - notBeforeNanos >= 0) {
            if (gathering == Gathering.NOT_NEEDED && state.runs().all().size() >= RUNS_MAX) {
                gathering = Gathering.UNDER_WAY;
                gather(rowsOfSparseRuns());
            }
            if (gathering != Gathering.UNDER_WAY) {
                gathering = Gathering.NOT_NEEDED;
                flush(now);
            }
        }
    }

    /** What is needed of the runs that hold least: of half of them at least, unless it is more than a flush should write. By run and block. */
    private ArrayDeque<MessageRow> rowsOfSparseRuns() {
        Map<Integer, Long> bytes = new HashMap<>();
        for (MessageRow row : state.rows().values()) {
            bytes.merge(row.run, (long) row.length, Long::sum);
        }
        bytes.remove(MessageRow.NO_RUN);
        List<Map.Entry<Integer, Long>> bySize = new ArrayList<>(bytes.entrySet());
        bySize.sort(Map.Entry.comparingByValue());
        Set<Integer> chosen = new HashSet<>();
        long sum = 0;
        for (Map.Entry<Integer, Long> run : bySize) {
            sum += run.getValue();
            if (chosen.size() > 1 && sum > shareBytes) {
                break;
            }
            chosen.add(run.getKey());
        }
        List<MessageRow> rows = new ArrayList<>();
        for (MessageRow row : state.rows().values()) {
            if (chosen.contains(row.run)) {
                rows.add(row);
            }
        }
        rows.sort(Comparator.<MessageRow>comparingInt(row -> row.run).thenComparingLong(row -> row.block));
        return new ArrayDeque<>(rows);
    }

    /** Reads the messages; the flush goes on at the next look. */
    private void gather(ArrayDeque<MessageRow> left) {
        MessageRow row;
        while ((row = left.peekFirst()) != null) {
            if (row.references > 0) {
                if (!blocks.load(row)) {
                    blocks.fetch(row, failure -> {
                        if (failure == null) {
                            gather(left);
                        } else {
                            LOG.warn(
                                    "shard={} old runs could not be read, kept as they are: {}",
                                    id.value(),
                                    failure.toString());
                            dropGathered();
                            gathering = Gathering.DONE;
                        }
                    });
                    return;
                }
                ByteBuf bytes = row.buffer();
                if (bytes != null) {
                    gathered.put(
                            row.lsn, allocator.directBuffer(row.length).writeBytes(bytes, row.index(), row.length));
                    row.unload();
                }
            }
            left.removeFirst();
        }
        gathering = Gathering.DONE;
    }

    private void dropGathered() {
        gathered.values().forEach(ByteBuf::release);
        gathered.clear();
    }

    /** The shard is given up; what is under way ends without effect. */
    void cancel() {
        cancelled = true;
        dropGathered();
        waiters.forEach(one -> one.done.completeExceptionally(
                new StorageException(new StorageFault.Unavailable("the shard was given up"))));
        waiters.clear();
    }

    private void flush(long now) {
        running = true;
        feed.seal();
        feed.pump();
        long through = feed.nextLsn() - 1;
        Survivors survivors = new Survivors(state, gathered, BLOCK_BYTES);
        List<RunTable.Run> kept = new ArrayList<>();
        List<RunTable.Run> empty = state.runs().removeEmpty();
        kept.addAll(state.runs().all());
        int number = state.runs().reserve();
        ByteBuf snapshot = allocator.directBuffer(64 << 10);
        ShardSnapshot.write(state, survivors, number, feed.timeMillis(), snapshot);
        dropGathered();
        CompletionStage<Map<Integer, RunId>> messages = writeMessages(survivors, kept, number);
        messages.thenCompose(named -> writeSnapshot(snapshot)
                        .thenCompose(snapshotRun -> committed(through)
                                .thenCompose(_ -> install(new Manifest(snapshotRun, named), through))))
                .whenCompleteAsync(
                        (manifest, failure) -> {
                            survivors.release();
                            snapshot.release();
                            if (manifest != null) {
                                finished(manifest, empty, through, now);
                            } else {
                                failed(failure, empty);
                            }
                        },
                        loop);
    }

    private CompletionStage<Map<Integer, RunId>> writeMessages(
            Survivors survivors, List<RunTable.Run> kept, int number) {
        Map<Integer, RunId> named = new HashMap<>();
        kept.forEach(run -> named.put(run.number, run.id));
        if (survivors.isEmpty()) {
            return CompletableFuture.completedFuture(named);
        }
        return runs.create(id, log.epoch(), loop)
                .thenCompose(writer -> survivors
                        .writeTo(writer, allocator)
                        .thenCompose(_ -> writer.finish())
                        .whenComplete((_, failure) -> abandonIf(failure, writer)))
                .thenApplyAsync(
                        written -> {
                            named.put(number, written);
                            if (!cancelled) {
                                moved(survivors, written, number);
                            }
                            return named;
                        },
                        loop);
    }

    private static void abandonIf(@Nullable Throwable failure, RunWriter writer) {
        if (failure != null) {
            writer.abandon();
        }
    }

    /** From now on these messages are read from the run. */
    private void moved(Survivors survivors, RunId written, int number) {
        RunTable.Run run = state.runs().add(written, number);
        List<MessageRow> rows = survivors.rows();
        for (int i = 0; i < rows.size(); i++) {
            MessageRow row = rows.get(i);
            if (row.references > 0) {
                state.runs().died(row); // where it was, if anywhere, it is needed no more
                row.run = number;
                row.block = survivors.block(i);
                row.blockOffset = survivors.offset(i);
                row.unload();
                run.live++;
            }
        }
    }

    private CompletionStage<RunId> writeSnapshot(ByteBuf snapshot) {
        return runs.create(id, log.epoch(), loop)
                .thenCompose(writer -> writeSlices(writer, snapshot)
                        .thenCompose(_ -> writer.finish())
                        .whenComplete((_, failure) -> abandonIf(failure, writer)));
    }

    private static CompletionStage<Void> writeSlices(RunWriter writer, ByteBuf snapshot) {
        if (!snapshot.isReadable()) {
            return CompletableFuture.completedFuture(null);
        }
        int length = Math.min(snapshot.readableBytes(), BLOCK_BYTES);
        return writer.write(snapshot.readRetainedSlice(length)).thenCompose(_ -> writeSlices(writer, snapshot));
    }

    /** F must be committed before anything is installed that rests on it. */
    private CompletionStage<Void> committed(long through) {
        if (committedLsn.getAsLong() >= through) {
            return CompletableFuture.completedFuture(null);
        }
        CompletableFuture<Void> done = new CompletableFuture<>();
        if (cancelled) {
            done.completeExceptionally(new StorageException(new StorageFault.Unavailable("the shard was given up")));
        } else {
            waiters.add(new CommitWaiter(through, done));
        }
        return done;
    }

    private CompletionStage<Manifest> install(Manifest manifest, long through) {
        if (cancelled) {
            return CompletableFuture.failedFuture(
                    new StorageException(new StorageFault.Unavailable("the shard was given up")));
        }
        ByteBuf bytes = allocator.directBuffer(256);
        manifest.write(bytes);
        long claimed = options.obeys(KernelRule.FLUSH_AS_OF_ITS_START) ? through : committedLsn.getAsLong();
        return log.checkpoint(bytes, claimed).thenApply(_ -> manifest);
    }

    private void finished(Manifest manifest, List<RunTable.Run> empty, long through, long startedAt) {
        running = false;
        if (cancelled) {
            return;
        }
        flushedLsn = through;
        flushedAtNanos = startedAt;
        figures.flushes.increment();
        RunId before = state.runs().snapshot();
        state.runs().snapshot(manifest.snapshot());
        if (before != null) {
            delete(before);
        }
        for (RunTable.Run run : empty) {
            blocks.forget(run);
            delete(run.id);
        }
    }

    private void delete(RunId run) {
        runs.delete(run).whenComplete((_, failure) -> {
            if (failure != null) {
                // Nobody names it any more: the next owner deletes it with the orphans.
                LOG.info("shard={} run={} could not be deleted: {}", id.value(), run.value(), String.valueOf(failure));
            }
        });
    }

    private void failed(@Nullable Throwable failure, List<RunTable.Run> empty) {
        running = false;
        if (cancelled) {
            return;
        }
        StorageFault fault =
                StorageException.faultOf(failure == null ? new IllegalStateException("no manifest") : failure);
        figures.flushFailures.increment();
        state.runs().all().addAll(empty);
        notBeforeNanos = loop.nanoTime() + RETRY_NANOS;
        switch (fault) {
            case StorageFault.Unavailable _, StorageFault.OutOfSpace _ ->
                LOG.warn("shard={} flush failed, trying again: {}", id.value(), fault.reason());
            case StorageFault.NotOwner _,
                    StorageFault.OutcomeUnknown _,
                    StorageFault.Damaged _,
                    StorageFault.NotFound _,
                    StorageFault.VersionConflict _ -> broken.accept(fault);
        }
    }
}
