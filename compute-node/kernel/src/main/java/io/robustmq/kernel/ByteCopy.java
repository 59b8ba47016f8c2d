package io.robustmq.kernel;

import io.netty.buffer.ByteBuf;

/**
 * Copies between buffers in words. Netty's own copy makes a view of each side where it runs without {@code Unsafe}, which for a small message costs more than the bytes.
 */
public final class ByteCopy {
    /** Above this Netty's bulk copy is faster. */
    private static final int WORDS_BYTES_MAX = 192;

    private ByteCopy() {}

    /** Appends {@code length} bytes of {@code from} to {@code out}. Only the writer index of {@code out} moves. */
    public static void append(ByteBuf from, int index, int length, ByteBuf out) {
        if (length > WORDS_BYTES_MAX || length < Long.BYTES) {
            if (length < Long.BYTES) {
                few(from, index, length, out);
            } else {
                out.writeBytes(from, index, length);
            }
            return;
        }
        out.ensureWritable(length);
        int target = out.writerIndex();
        int last = length - Long.BYTES;
        for (int at = 0; at < last; at += Long.BYTES) {
            out.setLong(target + at, from.getLong(index + at));
        }
        // The last word may overlap the one before: the same bytes again.
        out.setLong(target + last, from.getLong(index + last));
        out.writerIndex(target + length);
    }

    private static void few(ByteBuf from, int index, int length, ByteBuf out) {
        out.ensureWritable(length);
        int target = out.writerIndex();
        for (int at = 0; at < length; at++) {
            out.setByte(target + at, from.getByte(index + at));
        }
        out.writerIndex(target + length);
    }
}
