package io.robustmq.kernel.queue;

import io.netty.buffer.ByteBuf;

/** Non-negative longs in as few bytes as they need: seven bits each, the lowest first. */
final class Varint {
    private static final int BYTES_MAX = 9;

    private Varint() {}

    static void write(ByteBuf buffer, long value) {
        if (value < 0) {
            throw new IllegalArgumentException("value " + value);
        }
        long left = value;
        while (left > 0x7F) {
            buffer.writeByte((int) (left & 0x7F) | 0x80);
            left >>>= 7;
        }
        buffer.writeByte((int) left);
    }

    /** @throws IllegalArgumentException if it is longer than any written one */
    static long read(ByteBuf buffer) {
        long value = 0;
        for (int i = 0; i < BYTES_MAX; i++) {
            byte next = buffer.readByte();
            value |= (long) (next & 0x7F) << (7 * i);
            if (next >= 0) {
                return value;
            }
        }
        throw new IllegalArgumentException("a number of more than " + BYTES_MAX + " bytes");
    }

    static int readInt(ByteBuf buffer) {
        long value = read(buffer);
        if (value > Integer.MAX_VALUE) {
            throw new IllegalArgumentException("number " + value);
        }
        return (int) value;
    }
}
