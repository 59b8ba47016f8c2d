package io.robustmq.kernel;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.jspecify.annotations.Nullable;

/**
 * What an adapter hands to {@link Session#publish}: a mutable carrier, one per connection or loop, filled anew for every message. The kernel reads it during the call and
 * keeps nothing of it: buffers stay with the caller.
 */
public final class PublishDraft {
    private @Nullable Name name;
    private Guarantee guarantee = Guarantee.AT_MOST_ONCE;
    private boolean lastValue;
    private long expiresAtMillis = Long.MAX_VALUE;
    private boolean unpublished;
    private long dueAtMillis;
    private ByteBuf headers = Unpooled.EMPTY_BUFFER;
    private int headersIndex;
    private int headersLength;
    private ByteBuf payload = Unpooled.EMPTY_BUFFER;
    private int payloadIndex;
    private int payloadLength;

    /** Starts a new message: no last value, no expiry, no delay, no headers, empty payload. */
    public PublishDraft begin(Name name, Guarantee guarantee) {
        this.name = name;
        this.guarantee = guarantee;
        lastValue = false;
        expiresAtMillis = Long.MAX_VALUE;
        unpublished = false;
        dueAtMillis = 0;
        headersLength = 0;
        payloadLength = 0;
        return this;
    }

    /** Asks that the message be kept as the last value of its name; with an empty payload, that the kept one be removed. */
    public PublishDraft lastValue(boolean keep) {
        lastValue = keep;
        return this;
    }

    /** @param atMillis ms since the epoch; {@link Long#MAX_VALUE} for never */
    public PublishDraft expiresAtMillis(long atMillis) {
        expiresAtMillis = atMillis;
        unpublished = false;
        return this;
    }

    /**
     * For a {@link PartingMessage}: it is published later, by the kernel, and expires so long after that.
     *
     * @param lifetimeMillis 0 or more; {@link Long#MAX_VALUE} for never
     */
    public PublishDraft expiresAfterMillis(long lifetimeMillis) {
        expiresAtMillis = lifetimeMillis;
        unpublished = true;
        return this;
    }

    /**
     * Asks that the message be kept and published later, in this publisher's name, whether the session still exists or not. Its lifetime counts from then on: give it by
     * {@link #expiresAfterMillis}. It is kept like a message with a stronger guarantee even if it is at-most-once.
     *
     * @param atMillis ms since the epoch, above 0
     */
    public PublishDraft dueAtMillis(long atMillis) {
        dueAtMillis = atMillis;
        unpublished = true;
        return this;
    }

    public boolean isDelayed() {
        return dueAtMillis != 0;
    }

    /** Headers laid out as {@link Headers} says. */
    public PublishDraft headers(ByteBuf buffer, int index, int length) {
        headers = buffer;
        headersIndex = index;
        headersLength = length;
        return this;
    }

    public PublishDraft payload(ByteBuf buffer, int index, int length) {
        payload = buffer;
        payloadIndex = index;
        payloadLength = length;
        return this;
    }

    /** The name given to {@link #begin}. */
    public Name name() {
        Name present = name;
        if (present == null) {
            throw new IllegalStateException("begin was not called");
        }
        return present;
    }

    public Guarantee guarantee() {
        return guarantee;
    }

    public boolean isLastValue() {
        return lastValue;
    }

    public int payloadLength() {
        return payloadLength;
    }

    /** Bytes {@link #encode} will write. */
    public int encodedLength() {
        return MessageView.FIXED_BYTES
                + (expiresAtMillis != Long.MAX_VALUE ? 8 : 0)
                + (dueAtMillis != 0 ? 8 : 0)
                + 2
                + name().utf8().length
                + (headersLength > 0 ? 4 + headersLength : 0)
                + payloadLength;
    }

    /**
     * Appends the message in the kernel's encoding (see {@link MessageView}).
     *
     * @param publisher {@link SessionKey#hash64} of the publisher, 0 for none
     * @param nowMillis time of publishing
     */
    public void encode(ByteBuf out, long publisher, long nowMillis) {
        byte[] nameBytes = name().utf8();
        int flags = guarantee.code();
        if (lastValue) {
            flags |= MessageView.LAST_VALUE;
        }
        if (expiresAtMillis != Long.MAX_VALUE) {
            flags |= MessageView.EXPIRES;
        }
        if (unpublished) {
            flags |= MessageView.UNPUBLISHED;
        }
        if (headersLength > 0) {
            flags |= MessageView.HEADERS;
        }
        if (dueAtMillis != 0) {
            flags |= MessageView.DELAYED;
        }
        out.ensureWritable(encodedLength());
        out.writeInt(encodedLength() - 4).writeByte(flags).writeLong(publisher).writeLong(nowMillis);
        if (expiresAtMillis != Long.MAX_VALUE) {
            out.writeLong(expiresAtMillis);
        }
        if (dueAtMillis != 0) {
            out.writeLong(dueAtMillis);
        }
        out.writeShort(nameBytes.length).writeBytes(nameBytes);
        if (headersLength > 0) {
            out.writeInt(headersLength).writeBytes(headers, headersIndex, headersLength);
        }
        ByteCopy.append(payload, payloadIndex, payloadLength, out);
    }
}
