package io.robustmq.kernel.route;

import io.netty.buffer.ByteBuf;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Hash over bytes, sixteen at a time: two words are folded into the state by one multiplication of 64 x 64 to 128 bits whose
 * halves are combined. Reads little-endian, so that every machine gives the same value. The value for seed 0 is part of what
 * nodes agree on and must never change.
 */
final class NameHash {
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle BUFFER_LONG =
            MethodHandles.byteBufferViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle BUFFER_INT =
            MethodHandles.byteBufferViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

    private static final long START = 0x9E3779B97F4A7C15L;
    private static final long WORD = 0xD6E8FEB86659FD93L;
    private static final long LAST = 0xA0761D6478BD642FL;

    private NameHash() {}

    static int of(byte[] bytes, int from, int to, long seed) {
        int length = to - from;
        long state = START ^ seed;
        if (length > 16) {
            for (int at = from; to - at > 16; at += 16) {
                state = fold(state ^ (long) LONG.get(bytes, at), WORD ^ (long) LONG.get(bytes, at + 8));
            }
            return finish(state, (long) LONG.get(bytes, to - 16), (long) LONG.get(bytes, to - 8), length);
        }
        if (length >= 8) {
            return finish(state, (long) LONG.get(bytes, from), (long) LONG.get(bytes, to - 8), length);
        }
        if (length >= 4) {
            return finish(state, (int) INT.get(bytes, from), (int) INT.get(bytes, to - 4), length);
        }
        return length == 0
                ? finish(state, 0, 0, 0)
                : finish(state, few(bytes[from], bytes[from + (length >> 1)], bytes[to - 1]), 0, length);
    }

    /** Over {@code bytes}, with seed 0. */
    static int of(ByteBuffer bytes) {
        int from = bytes.position();
        int to = bytes.limit();
        int length = to - from;
        long state = START;
        if (length > 16) {
            for (int at = from; to - at > 16; at += 16) {
                state = fold(state ^ (long) BUFFER_LONG.get(bytes, at), WORD ^ (long) BUFFER_LONG.get(bytes, at + 8));
            }
            return finish(state, (long) BUFFER_LONG.get(bytes, to - 16), (long) BUFFER_LONG.get(bytes, to - 8), length);
        }
        if (length >= 8) {
            return finish(state, (long) BUFFER_LONG.get(bytes, from), (long) BUFFER_LONG.get(bytes, to - 8), length);
        }
        if (length >= 4) {
            return finish(state, (int) BUFFER_INT.get(bytes, from), (int) BUFFER_INT.get(bytes, to - 4), length);
        }
        return length == 0
                ? finish(state, 0, 0, 0)
                : finish(state, few(bytes.get(from), bytes.get(from + (length >> 1)), bytes.get(to - 1)), 0, length);
    }

    /** Whether what remains in {@code bytes} equals {@code name}. */
    static boolean sameBytes(byte[] name, ByteBuffer bytes) {
        int from = bytes.position();
        int length = name.length;
        if (bytes.limit() - from != length) {
            return false;
        }
        if (length < 8) {
            for (int at = 0; at < length; at++) {
                if (name[at] != bytes.get(from + at)) {
                    return false;
                }
            }
            return true;
        }
        for (int at = 0; at + 8 < length; at += 8) {
            if ((long) LONG.get(name, at) != (long) BUFFER_LONG.get(bytes, from + at)) {
                return false;
            }
        }
        return (long) LONG.get(name, length - 8) == (long) BUFFER_LONG.get(bytes, from + length - 8);
    }

    /**
     * The bytes of a buffer that has no array, as its position and limit. A buffer that owns its memory lends a view that it keeps, so
     * that nothing is allocated; the view is good until the buffer is used again.
     */
    static ByteBuffer view(ByteBuf buffer, int index, int length) {
        return buffer.unwrap() == null && buffer.nioBufferCount() == 1
                ? buffer.internalNioBuffer(index, length)
                : buffer.nioBuffer(index, length);
    }

    /** Where {@code index} is in the array of the buffer; throws if the buffer has no such bytes. */
    static int arrayIndex(ByteBuf buffer, int index, int length) {
        if (index < 0 || length < 0 || length > buffer.capacity() - index) {
            throw new IndexOutOfBoundsException(index + " + " + length + " in " + buffer);
        }
        return buffer.arrayOffset() + index;
    }

    private static long few(byte first, byte middle, byte last) {
        return (first & 0xFF) | ((middle & 0xFF) << 8) | ((last & 0xFF) << 16);
    }

    private static int finish(long state, long last, long veryLast, int length) {
        long mixed = fold(fold(state ^ last, WORD ^ length ^ veryLast), LAST);
        return (int) (mixed ^ (mixed >>> 32));
    }

    private static long fold(long a, long b) {
        return (a * b) ^ Math.unsignedMultiplyHigh(a, b);
    }
}
