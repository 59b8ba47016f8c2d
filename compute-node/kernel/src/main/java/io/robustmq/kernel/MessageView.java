package io.robustmq.kernel;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;

/**
 * A message in the kernel's encoding, seen through a window on a buffer. A reusable flyweight: {@link #wrap} points it somewhere else. Owns nothing; valid as long as the
 * buffer is.
 *
 * <pre>
 *  0  u32  length of all that follows
 *  4  u8   bits 0-1 guarantee, 2 last-value, 3 expires, 4 headers, 5 not published yet, 6 delayed
 *  5  i64  publisher: SessionKey.hash64 of who published, 0 if nobody in particular
 * 13  i64  time of publishing, ms since the epoch
 * 21  i64  time of expiry, ms since the epoch; only with bit 3. With bit 5 the ms from publishing to expiry
 *     i64  time before which it is not to be published, ms since the epoch; only with bit 6
 *     u16  length of name, name (UTF-8)
 *     u32  length of headers, headers (see {@link Headers}); only with bit 4
 *     payload: the rest
 * </pre>
 */
public final class MessageView {
    static final int LAST_VALUE = 1 << 2;
    static final int EXPIRES = 1 << 3;
    static final int HEADERS = 1 << 4;
    static final int UNPUBLISHED = 1 << 5;
    static final int DELAYED = 1 << 6;
    static final int FIXED_BYTES = 21;

    private ByteBuf buffer;
    private int index;
    private int flags;
    private int nameIndex;
    private int nameLength;
    private int headersIndex;
    private int headersLength;
    private int payloadIndex;
    private int payloadLength;

    public MessageView() {
        this.buffer = io.netty.buffer.Unpooled.EMPTY_BUFFER;
    }

    /**
     * Points this view at the message that starts at {@code index}.
     *
     * @return this
     */
    public MessageView wrap(ByteBuf buffer, int index) {
        this.buffer = buffer;
        this.index = index;
        int end = index + 4 + buffer.getInt(index);
        flags = buffer.getByte(index + 4);
        int at = index + FIXED_BYTES;
        if ((flags & EXPIRES) != 0) {
            at += 8;
        }
        if ((flags & DELAYED) != 0) {
            at += 8;
        }
        nameLength = buffer.getUnsignedShort(at);
        nameIndex = at + 2;
        at = nameIndex + nameLength;
        if ((flags & HEADERS) != 0) {
            headersLength = buffer.getInt(at);
            headersIndex = at + 4;
            at = headersIndex + headersLength;
        } else {
            headersLength = 0;
            headersIndex = at;
        }
        payloadIndex = at;
        payloadLength = end - at;
        return this;
    }

    /** As {@link #wrap}, cheaper if this view is there already. */
    @SuppressWarnings("ReferenceEquality") // the same buffer object is what matters
    public void wrapAgain(ByteBuf where, int at) {
        if (buffer != where || index != at) {
            wrap(where, at);
        }
    }

    /** The buffer that all indexes refer to. */
    public ByteBuf buffer() {
        return buffer;
    }

    /** Where the encoded message starts. */
    public int index() {
        return index;
    }

    /** Bytes of the whole encoding, length field included. */
    public int encodedLength() {
        return payloadIndex + payloadLength - index;
    }

    /** Bytes of the encoded message at {@code index}, without looking further. */
    public static int encodedLength(ByteBuf buffer, int index) {
        return 4 + buffer.getInt(index);
    }

    public Guarantee guarantee() {
        return Guarantee.of(flags & 3);
    }

    /** Guarantee of the encoded message at {@code index}, without looking further. */
    public static int guaranteeCode(ByteBuf buffer, int index) {
        return buffer.getByte(index + 4) & 3;
    }

    /** Whether the publisher asked that this be kept as the last value of its name. */
    public boolean lastValue() {
        return (flags & LAST_VALUE) != 0;
    }

    /** {@link SessionKey#hash64} of the publisher; 0 if there is none. */
    public long publisher() {
        return buffer.getLong(index + 5);
    }

    /** When it was published, ms since the epoch. */
    public long publishedAtMillis() {
        return buffer.getLong(index + 13);
    }

    /** When it expires, ms since the epoch; {@link Long#MAX_VALUE} if never, or if that is counted from a publishing that is still to come. */
    public long expiresAtMillis() {
        return (flags & (EXPIRES | UNPUBLISHED)) == EXPIRES ? buffer.getLong(index + FIXED_BYTES) : Long.MAX_VALUE;
    }

    /** Whether its publisher asked for a delay. The mark stays when the time has come. */
    public boolean isDelayed() {
        return (flags & DELAYED) != 0;
    }

    /** Before when it is not to be published, ms since the epoch; 0 if it is not delayed. */
    public long dueAtMillis() {
        return isDelayed() ? buffer.getLong(index + FIXED_BYTES + ((flags & EXPIRES) != 0 ? 8 : 0)) : 0;
    }

    /**
     * Writes the times of a message whose lifetime is counted from now on (see {@link PublishDraft#expiresAfterMillis}) into the copy that starts at {@code index}; any other
     * message stays as it is.
     */
    public static void publishedNow(ByteBuf buffer, int index, long nowMillis) {
        int flags = buffer.getByte(index + 4);
        if ((flags & UNPUBLISHED) == 0) {
            return;
        }
        buffer.setByte(index + 4, flags & ~UNPUBLISHED);
        buffer.setLong(index + 13, nowMillis);
        if ((flags & EXPIRES) != 0) {
            buffer.setLong(index + FIXED_BYTES, nowMillis + buffer.getLong(index + FIXED_BYTES));
        }
    }

    public int nameIndex() {
        return nameIndex;
    }

    public int nameLength() {
        return nameLength;
    }

    /** The name as text; allocates, not for hot paths. */
    public String name() {
        return buffer.toString(nameIndex, nameLength, StandardCharsets.UTF_8);
    }

    public int headersIndex() {
        return headersIndex;
    }

    /** Bytes of headers, 0 if there are none. */
    public int headersLength() {
        return headersLength;
    }

    public int payloadIndex() {
        return payloadIndex;
    }

    public int payloadLength() {
        return payloadLength;
    }
}
