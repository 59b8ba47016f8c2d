package io.robustmq.kernel.shard;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.robustmq.kernel.link.Counter;
import io.robustmq.storage.ShardLog;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * From records to log entries: one open entry, sealed when it is large enough or a slot of the log is free at the end of the tick, else filled further. So there is no timer at
 * low load and large entries at high load.
 */
final class LogFeed {
    /** Header of the log plus the time of the entry. */
    private static final int PREFIX_BYTES = ShardLog.HEADER_BYTES + 8;

    private static final int FIRST_BYTES = 4 << 10;

    private final ByteBufAllocator allocator;
    private final int targetBytes;
    /** Bytes handed over to the log. */
    private final Counter bytes;

    private final ArrayDeque<Sealed> sealed = new ArrayDeque<>();
    private @Nullable ShardLog log;
    private @Nullable ByteBuf open;
    private long openFirstLsn;
    private long nextLsn = 1;
    private long timeMillis;
    private long waitingBytes;
    private int lastEntryBytes = FIRST_BYTES;

    private record Sealed(ByteBuf entry, long firstLsn, int count) {}

    LogFeed(ByteBufAllocator allocator, int targetBytes, Counter bytes) {
        this.allocator = allocator;
        this.bytes = bytes;
        this.targetBytes = targetBytes;
    }

    /** Starts feeding a log that was replayed. */
    void start(ShardLog to, long firstLsn, long lastTimeMillis) {
        log = to;
        nextLsn = firstLsn;
        timeMillis = lastTimeMillis;
    }

    /** LSN that the next record gets. */
    long nextLsn() {
        return nextLsn;
    }

    /** Time of the open entry, ms since the epoch; never goes back. */
    long timeMillis() {
        return timeMillis;
    }

    /** Bytes of records that are not yet handed to the log. */
    long waitingBytes() {
        ByteBuf current = open;
        return waitingBytes + (current == null ? 0 : current.readableBytes());
    }

    /** Whether a decision of so many bytes fits an entry. */
    boolean fits(int bytes) {
        return PREFIX_BYTES + bytes <= require().entryBytesMax();
    }

    /**
     * The buffer to write the records of one decision to; they stay together in one entry.
     *
     * @param bytes upper bound for the decision
     */
    ByteBuf begin(long nowMillis, int bytes) {
        ByteBuf current = open;
        ShardLog to = require();
        if (current != null
                && (current.readableBytes() >= targetBytes || current.readableBytes() + bytes > to.entryBytesMax())) {
            seal();
            current = null;
        }
        if (current == null) {
            if (PREFIX_BYTES + bytes > to.entryBytesMax()) {
                throw new IllegalArgumentException("a decision of " + bytes + " bytes does not fit a log entry");
            }
            current = allocator.directBuffer(Math.max(PREFIX_BYTES + bytes, lastEntryBytes));
            current.writeZero(ShardLog.HEADER_BYTES);
            timeMillis = Math.max(timeMillis, nowMillis);
            current.writeLong(timeMillis);
            open = current;
            openFirstLsn = nextLsn;
        }
        return current;
    }

    /** The record just written is complete. */
    long recorded() {
        return nextLsn++;
    }

    /** Closes the open entry, so that everything decided is in sealed entries. */
    void seal() {
        ByteBuf current = open;
        if (current == null) {
            return;
        }
        open = null;
        int count = (int) (nextLsn - openFirstLsn);
        if (count == 0) {
            current.release();
            return;
        }
        lastEntryBytes = Math.clamp(current.readableBytes() + (current.readableBytes() >> 2), FIRST_BYTES, targetBytes);
        waitingBytes += current.readableBytes();
        sealed.addLast(new Sealed(current, openFirstLsn, count));
    }

    /** Hands over as many entries as the log takes. */
    void pump() {
        ShardLog to = require();
        while (to.freeSlots() > 0) {
            Sealed next = sealed.pollFirst();
            if (next == null) {
                seal();
                next = sealed.pollFirst();
                if (next == null) {
                    return;
                }
            }
            waitingBytes -= next.entry.readableBytes();
            bytes.add(next.entry.readableBytes());
            to.append(next.entry, next.firstLsn, next.count);
        }
    }

    /** Drops everything that was not handed over. */
    void discard() {
        ByteBuf current = open;
        if (current != null) {
            current.release();
            open = null;
        }
        Sealed next;
        while ((next = sealed.pollFirst()) != null) {
            next.entry.release();
        }
        waitingBytes = 0;
        log = null;
    }

    private ShardLog require() {
        ShardLog to = log;
        if (to == null) {
            throw new IllegalStateException("the shard has no log");
        }
        return to;
    }
}
