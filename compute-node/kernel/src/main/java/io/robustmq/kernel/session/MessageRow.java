package io.robustmq.kernel.session;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * A durable message that somebody still needs. Its bytes are in the log entry it came with, or in a run, or both; {@code references} counts sessions, queues, the last value
 * and outbox entries that need it. At zero it is dead: dropped from memory and not written by the next flush.
 */
public final class MessageRow {
    /** Not in any run. */
    public static final int NO_RUN = -1;

    public final long lsn;
    /** {@code SessionKey.hash64} of the publisher. */
    public final long publisher;

    public final int length;
    public final int guaranteeCode;
    public int references;
    /** As a last value: when it expires, ms since the epoch, and the handle of the timer. */
    public long expiresAtMillis = Long.MAX_VALUE;

    public long expiryTimer;
    /** Index of the run in the shard's table of runs, or {@link #NO_RUN}. */
    public int run = NO_RUN;

    public long block;
    public int blockOffset;
    private @Nullable ByteBuf buffer;
    private int index;

    public MessageRow(long lsn, long publisher, int guaranteeCode, int length) {
        this.lsn = lsn;
        this.publisher = publisher;
        this.guaranteeCode = guaranteeCode;
        this.length = length;
    }

    /** The bytes are at {@code at} in {@code source}; takes a reference of its own. */
    public void load(ByteBuf source, int at) {
        unload();
        buffer = source.retain();
        index = at;
    }

    /** Lets go of the bytes in memory. */
    public void unload() {
        ByteBuf present = buffer;
        if (present != null) {
            buffer = null;
            present.release();
        }
    }

    /** The buffer with the encoded message at {@link #index()}; null while it is only in a run. Not retained for the caller. */
    public @Nullable ByteBuf buffer() {
        return buffer;
    }

    public int index() {
        return index;
    }
}
