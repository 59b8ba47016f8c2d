package io.robustmq.protocol.mqtt.codec;

import io.netty.buffer.ByteBuf;

/**
 * The rules for UTF-8 strings (MQTT 5.0 §1.5.4): well-formed UTF-8 without surrogates and without U+0000, no overlong
 * forms, nothing above U+10FFFF, at most 65,535 bytes. A byte order mark is an ordinary character [MQTT-1.5.4-3].
 *
 * <p>Eight bytes are tested at a time as long as the text is ASCII, which topics nearly always are.
 */
public final class Utf8 {
    /** The greatest number of bytes of a string on the wire. */
    public static final int MAXIMUM_LENGTH_BYTES = 65_535;

    /** Result of {@link #inspectTopicName}: acceptable. */
    static final int ACCEPTABLE = 0;

    /** Result of {@link #inspectTopicName}: not UTF-8 as MQTT wants it. */
    static final int ILL_FORMED = 1;

    /** Result of {@link #inspectTopicName}: a wildcard character. */
    static final int WILDCARD = 2;

    private static final long ONES = 0x0101_0101_0101_0101L;
    private static final long HIGH_BITS = 0x8080_8080_8080_8080L;
    private static final long HASHES = ONES * '#';
    private static final long PLUSES = ONES * '+';

    private Utf8() {}

    /**
     * Whether the range holds a string that MQTT accepts. An empty range does.
     *
     * @param buffer stays with the caller, indexes unchanged
     */
    public static boolean validate(ByteBuf buffer, int index, int length) {
        return inspect(buffer, index, length, false) == ACCEPTABLE;
    }

    /**
     * Whether the range is well-formed UTF-8 of any length, U+0000 included: what a payload of the format "UTF-8 Encoded
     * Character Data" has to be (MQTT 5.0 §3.3.2.3.2).
     *
     * @param buffer stays with the caller, indexes unchanged
     */
    public static boolean isWellFormed(ByteBuf buffer, int start, int length) {
        int end = start + length;
        int index = start;
        while (index < end) {
            while (end - index >= Long.BYTES && (buffer.getLong(index) & HIGH_BITS) == 0) {
                index += Long.BYTES;
            }
            int stretchEnd = Math.min(end, index + Long.BYTES);
            while (index < stretchEnd) {
                int octet = buffer.getByte(index);
                int width = octet >= 0 ? 1 : sequenceWidth(buffer, index, end, octet & 0xFF);
                if (width == 0) {
                    return false;
                }
                index += width;
            }
        }
        return true;
    }

    /** Tests for a valid string and, in the same pass, for wildcard characters; the first offence decides the result. */
    static int inspectTopicName(ByteBuf buffer, int index, int length) {
        return inspect(buffer, index, length, true);
    }

    private static int inspect(ByteBuf buffer, int start, int length, boolean refuseWildcards) {
        int end = start + length;
        int index = start;
        while (index < end) {
            while (end - index >= Long.BYTES && isPlain(buffer.getLong(index), refuseWildcards)) {
                index += Long.BYTES;
            }
            // One stretch of single steps per word that is not plain, then words again.
            int stretchEnd = Math.min(end, index + Long.BYTES);
            while (index < stretchEnd) {
                int octet = buffer.getByte(index);
                if (octet > 0) {
                    if (refuseWildcards && (octet == '#' || octet == '+')) {
                        return WILDCARD;
                    }
                    index++;
                } else {
                    int width = sequenceWidth(buffer, index, end, octet & 0xFF);
                    if (width == 0) {
                        return ILL_FORMED;
                    }
                    index += width;
                }
            }
        }
        return ACCEPTABLE;
    }

    /** Whether all eight bytes are ASCII and none is U+0000 or, if so wished, a wildcard. */
    private static boolean isPlain(long word, boolean refuseWildcards) {
        // Below 0x80 a byte borrows its high bit in the subtraction only when it is zero.
        long suspects = word | (word - ONES);
        if (refuseWildcards) {
            suspects |= ((word ^ HASHES) - ONES) | ((word ^ PLUSES) - ONES);
        }
        return (suspects & HIGH_BITS) == 0;
    }

    /** The width of the multi-byte sequence that starts here, or 0 when it is ill-formed (Unicode, table 3-7). */
    private static int sequenceWidth(ByteBuf buffer, int index, int end, int lead) {
        int width;
        int secondMinimum = 0x80;
        int secondMaximum = 0xBF;
        if (lead >= 0xC2 && lead <= 0xDF) {
            width = 2;
        } else if (lead >= 0xE0 && lead <= 0xEF) {
            width = 3;
            if (lead == 0xE0) {
                secondMinimum = 0xA0;
            } else if (lead == 0xED) {
                secondMaximum = 0x9F;
            }
        } else if (lead >= 0xF0 && lead <= 0xF4) {
            width = 4;
            if (lead == 0xF0) {
                secondMinimum = 0x90;
            } else if (lead == 0xF4) {
                secondMaximum = 0x8F;
            }
        } else {
            return 0;
        }
        if (end - index < width) {
            return 0;
        }
        int second = buffer.getUnsignedByte(index + 1);
        if (second < secondMinimum || second > secondMaximum) {
            return 0;
        }
        for (int i = 2; i < width; i++) {
            if ((buffer.getByte(index + i) & 0xC0) != 0x80) {
                return 0;
            }
        }
        return width;
    }

    /** Whether a text can be sent as a string: paired surrogates, no U+0000, at most 65,535 bytes. */
    public static boolean isEncodable(CharSequence text) {
        long bytes = 0;
        for (int i = 0; i < text.length(); i++) {
            char unit = text.charAt(i);
            if (unit == 0) {
                return false;
            }
            if (unit < 0x80) {
                bytes++;
            } else if (unit < 0x800) {
                bytes += 2;
            } else if (!Character.isSurrogate(unit)) {
                bytes += 3;
            } else if (Character.isHighSurrogate(unit)
                    && i + 1 < text.length()
                    && Character.isLowSurrogate(text.charAt(i + 1))) {
                bytes += 4;
                i++;
            } else {
                return false;
            }
        }
        return bytes <= MAXIMUM_LENGTH_BYTES;
    }
}
