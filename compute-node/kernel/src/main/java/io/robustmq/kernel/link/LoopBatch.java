package io.robustmq.kernel.link;

import io.netty.buffer.ByteBuf;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Frames from one loop to another: filled by the one, read by the other, then recycled. Never touched by both at once. */
public final class LoopBatch {
    private final LoopLinks source;
    private final ByteBuf data;
    private @Nullable Object[] references = new @Nullable Object[64];
    private int referenceCount;
    private int referenceNext;
    private int sentBytes;

    LoopBatch(LoopLinks source, ByteBuf data) {
        this.source = source;
        this.data = data;
    }

    /** The frames; the receiver reads from the reader index on. */
    public ByteBuf data() {
        return data;
    }

    /** Carries an object along; the receiver takes references in the same order. */
    public void reference(@Nullable Object reference) {
        if (referenceCount == references.length) {
            references = Arrays.copyOf(references, referenceCount * 2);
        }
        references[referenceCount++] = reference;
    }

    /** The next reference, in the order they were added. */
    public @Nullable Object takeReference() {
        return references[referenceNext++];
    }

    boolean isEmpty() {
        return !data.isReadable();
    }

    void seal() {
        sentBytes = data.readableBytes();
    }

    int sentBytes() {
        return sentBytes;
    }

    LoopLinks source() {
        return source;
    }

    void reset() {
        data.clear();
        Arrays.fill(references, 0, referenceCount, null);
        referenceCount = 0;
        referenceNext = 0;
        sentBytes = 0;
    }

    void discard() {
        data.release();
    }
}
