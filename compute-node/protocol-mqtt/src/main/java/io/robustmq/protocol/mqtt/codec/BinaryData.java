package io.robustmq.protocol.mqtt.codec;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Immutable bytes on the heap: payloads of records, passwords, correlation and authentication data (MQTT 5.0 §1.5.6).
 * The text form tells the length only, because the content may be a credential.
 */
public final class BinaryData {
    /** No bytes. */
    public static final BinaryData EMPTY = new BinaryData(new byte[0]);

    private final byte[] bytes;

    private BinaryData(byte[] bytes) {
        this.bytes = bytes;
    }

    /** A copy of the given bytes. */
    public static BinaryData copyOf(byte[] bytes) {
        return bytes.length == 0 ? EMPTY : new BinaryData(bytes.clone());
    }

    /** A copy of a range of the buffer, which keeps its indexes and its reference count. */
    public static BinaryData copyOf(ByteBuf buffer, int index, int length) {
        if (length == 0) {
            return EMPTY;
        }
        byte[] copy = new byte[length];
        buffer.getBytes(index, copy);
        return new BinaryData(copy);
    }

    /** The UTF-8 form of a text. */
    public static BinaryData ofUtf8(String text) {
        return text.isEmpty() ? EMPTY : new BinaryData(text.getBytes(StandardCharsets.UTF_8));
    }

    /** The number of bytes. */
    public int length() {
        return bytes.length;
    }

    /** A copy of the bytes. */
    public byte[] toByteArray() {
        return bytes.clone();
    }

    /** Appends the bytes to the buffer, which stays with the caller. */
    public void writeTo(ByteBuf out) {
        out.writeBytes(bytes);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof BinaryData that && Arrays.equals(bytes, that.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    @Override
    public String toString() {
        return bytes.length + " bytes";
    }
}
