package io.robustmq.server.node;

import io.netty.buffer.ByteBuf;
import io.robustmq.storage.AppendListener;
import io.robustmq.storage.AppendOutcome;
import io.robustmq.storage.Claim;
import io.robustmq.storage.LogStore;
import io.robustmq.storage.Loop;
import io.robustmq.storage.ShardId;
import io.robustmq.storage.ShardLog;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.LongConsumer;

/** A log store that tells how long appends take from being handed over to being committed, which with a bookie is to be synced. Otherwise the one inside. */
public final class MeasuredLogStore implements LogStore {

    private final LogStore inside;
    private final LongConsumer committedNanos;

    /** Tells {@code committedNanos} of every append that was committed, on the loop of its shard. */
    public MeasuredLogStore(LogStore inside, LongConsumer committedNanos) {
        this.inside = inside;
        this.committedNanos = committedNanos;
    }

    @Override
    public CompletionStage<ShardLog> takeOver(ShardId shard, Claim claim, Loop home, AppendListener listener) {
        AppendClock clock = new AppendClock(home, listener, committedNanos);
        return inside.takeOver(shard, claim, home, clock).thenApply(log -> new MeasuredLog(log, clock));
    }

    @Override
    public CompletionStage<Optional<Claim>> owner(ShardId shard) {
        return inside.owner(shard);
    }

    @Override
    public void close() {
        inside.close();
    }

    /** When each append in flight began. Outcomes come in the order of appends, so a ring is enough. Belongs to the shard's loop. */
    private static final class AppendClock implements AppendListener {

        private static final int IN_FLIGHT_MAX = 1024;

        private final Loop loop;
        private final AppendListener listener;
        private final LongConsumer committedNanos;
        private final long[] lastLsns = new long[IN_FLIGHT_MAX];
        private final long[] startedNanos = new long[IN_FLIGHT_MAX];
        private int first;
        private int count;

        private AppendClock(Loop loop, AppendListener listener, LongConsumer committedNanos) {
            this.loop = loop;
            this.listener = listener;
            this.committedNanos = committedNanos;
        }

        private void started(long lastLsn) {
            if (count == IN_FLIGHT_MAX) {
                // More than any log allows in flight: the oldest is not measured.
                first = (first + 1) % IN_FLIGHT_MAX;
                count--;
            }
            int slot = (first + count) % IN_FLIGHT_MAX;
            lastLsns[slot] = lastLsn;
            startedNanos[slot] = loop.nanoTime();
            count++;
        }

        @Override
        public void appended(long lastLsn, AppendOutcome outcome) {
            while (count > 0 && lastLsns[first] <= lastLsn) {
                if (lastLsns[first] == lastLsn && outcome == AppendOutcome.COMMITTED) {
                    committedNanos.accept(loop.nanoTime() - startedNanos[first]);
                }
                first = (first + 1) % IN_FLIGHT_MAX;
                count--;
            }
            listener.appended(lastLsn, outcome);
        }
    }

    private record MeasuredLog(ShardLog inside, AppendClock clock) implements ShardLog {

        @Override
        public void append(ByteBuf entry, long firstLsn, int count) {
            clock.started(firstLsn + count - 1);
            inside.append(entry, firstLsn, count);
        }

        @Override
        public long epoch() {
            return inside.epoch();
        }

        @Override
        public Optional<Checkpoint> checkpoint() {
            return inside.checkpoint();
        }

        @Override
        public CompletionStage<Long> replay(ReplayListener listener) {
            return inside.replay(listener);
        }

        @Override
        public int freeSlots() {
            return inside.freeSlots();
        }

        @Override
        public void onSlotFree(Runnable task) {
            inside.onSlotFree(task);
        }

        @Override
        public int entryBytesMax() {
            return inside.entryBytesMax();
        }

        @Override
        public CompletionStage<Void> checkpoint(ByteBuf manifest, long flushedLsn) {
            return inside.checkpoint(manifest, flushedLsn);
        }

        @Override
        public long tailBytes() {
            return inside.tailBytes();
        }

        @Override
        public CompletionStage<Void> close() {
            return inside.close();
        }

        @Override
        public void abandon() {
            inside.abandon();
        }
    }
}
