package io.robustmq.kernel.route;

import io.netty.buffer.ByteBuf;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Hash over bytes, eight at a time: each word is folded in by a multiplication of 64 x 64 to 128 bits whose halves are
 * combined. Reads little-endian, so that every machine gives the same value. The value for seed 0 is part of what nodes agree
 * on and must never change.
 */
final class NameHash {
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

    private static final long START = 0x9E3779B97F4A7C15L;
    private static final long WORD = 0xD6E8FEB86659FD93L;
    private static final long LAST = 0xA0761D6478BD642FL;

    private NameHash() {}

    static int of(byte[] bytes, int from, int to, long seed) {
        int length = to - from;
        long state = START ^ seed;
        int at = from;
        for (; to - at > 8; at += 8) {
            state = fold(state ^ (long) LONG.get(bytes, at), WORD);
        }
        long last;
        if (length >= 8) {
            last = (long) LONG.get(bytes, to - 8);
        } else if (length >= 4) {
            last = ((int) INT.get(bytes, from) & 0xFFFFFFFFL) | ((long) (int) INT.get(bytes, to - 4) << 32);
        } else {
            last = length == 0 ? 0 : few(bytes[from], bytes[from + (length >> 1)], bytes[to - 1]);
        }
        return finish(state, last, length);
    }

    static int of(ByteBuf buffer, int index, int length) {
        if (buffer.hasArray()) {
            int from = buffer.arrayOffset() + index;
            if (index < 0 || length < 0 || length > buffer.capacity() - index) {
                throw new IndexOutOfBoundsException(index + " + " + length + " in " + buffer);
            }
            return of(buffer.array(), from, from + length, 0);
        }
        long state = START;
        int at = index;
        int to = index + length;
        for (; to - at > 8; at += 8) {
            state = fold(state ^ buffer.getLongLE(at), WORD);
        }
        long last;
        if (length >= 8) {
            last = buffer.getLongLE(to - 8);
        } else if (length >= 4) {
            last = (buffer.getIntLE(index) & 0xFFFFFFFFL) | ((long) buffer.getIntLE(to - 4) << 32);
        } else {
            last = length == 0
                    ? 0
                    : few(buffer.getByte(index), buffer.getByte(index + (length >> 1)), buffer.getByte(to - 1));
        }
        return finish(state, last, length);
    }

    /** Whether the bytes of the buffer are {@code bytes}, whose length is {@code length}. */
    static boolean sameBytes(byte[] bytes, ByteBuf buffer, int index, int length) {
        int at = 0;
        for (; at + 8 <= length; at += 8) {
            if ((long) LONG.get(bytes, at) != buffer.getLongLE(index + at)) {
                return false;
            }
        }
        if (at == length) {
            return true;
        }
        if (length >= 8) {
            return (long) LONG.get(bytes, length - 8) == buffer.getLongLE(index + length - 8);
        }
        if (length >= 4) {
            return (int) INT.get(bytes, 0) == buffer.getIntLE(index)
                    && (int) INT.get(bytes, length - 4) == buffer.getIntLE(index + length - 4);
        }
        for (; at < length; at++) {
            if (bytes[at] != buffer.getByte(index + at)) {
                return false;
            }
        }
        return true;
    }

    private static long few(byte first, byte middle, byte last) {
        return (first & 0xFF) | ((middle & 0xFF) << 8) | ((last & 0xFF) << 16);
    }

    private static int finish(long state, long last, int length) {
        long mixed = fold(fold(state ^ last, WORD ^ length), LAST);
        return (int) (mixed ^ (mixed >>> 32));
    }

    private static long fold(long a, long b) {
        return (a * b) ^ Math.unsignedMultiplyHigh(a, b);
    }
}
