package io.robustmq.protocol.mqtt.codec;

import io.netty.buffer.ByteBuf;

/**
 * The variable byte integer (MQTT 5.0 §1.5.5). A decoded integer comes packed with its length in one {@code int}, so that
 * reading one allocates nothing: value in the lower 28 bits, number of bytes above.
 */
final class VariableByteInteger {
    /** The greatest value that four bytes can hold. */
    static final int MAXIMUM_VALUE = 268_435_455;

    /** Returned by {@link #decode} when the bytes end before the integer does. */
    static final int INCOMPLETE = -1;

    /** Returned by {@link #decode} when the fourth byte announces a fifth. */
    static final int TOO_LONG = -2;

    private VariableByteInteger() {}

    /** Reads the integer at {@code index}, looking at no byte at or after {@code limit}. */
    static int decode(ByteBuf in, int index, int limit) {
        if (index >= limit) {
            return INCOMPLETE;
        }
        int first = in.getByte(index);
        return first >= 0 ? (1 << 28) | first : decodeLonger(in, index + 1, limit, first & 0x7F);
    }

    private static int decodeLonger(ByteBuf in, int index, int limit, int lowest) {
        int value = lowest;
        for (int length = 2; length <= 4; length++) {
            if (index >= limit) {
                return INCOMPLETE;
            }
            int octet = in.getByte(index++);
            value |= (octet & 0x7F) << (7 * (length - 1));
            if (octet >= 0) {
                return (length << 28) | value;
            }
        }
        return TOO_LONG;
    }

    static int value(int packed) {
        return packed & MAXIMUM_VALUE;
    }

    static int length(int packed) {
        return packed >>> 28;
    }

    /** Whether the integer took no more bytes than it needs [MQTT-1.5.5-1]. */
    static boolean isMinimal(int packed) {
        return length(packed) == encodedLength(value(packed));
    }

    /** The number of bytes of a value from 0 to {@link #MAXIMUM_VALUE}. */
    static int encodedLength(int value) {
        if (value < 1 << 7) {
            return 1;
        }
        if (value < 1 << 14) {
            return 2;
        }
        return value < 1 << 21 ? 3 : 4;
    }

    static void write(ByteBuf out, int value) {
        int rest = value;
        while (rest >= 0x80) {
            out.writeByte(rest | 0x80);
            rest >>>= 7;
        }
        out.writeByte(rest);
    }
}
