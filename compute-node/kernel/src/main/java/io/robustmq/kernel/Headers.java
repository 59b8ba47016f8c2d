package io.robustmq.kernel;

import io.netty.buffer.ByteBuf;

/**
 * How the headers of a message are laid out: entries one after the other, in the order of the publisher, each
 * {@code u8 kind, u16 length, value} and for {@link #USER} {@code u8 kind, u16 length, key, u16 length, value}. Adapters write them with the methods here and read them in
 * one pass. Every protocol finds its own in them: MQTT 5 properties, AMQP 0-9-1 basic properties and headers, Kafka record headers.
 */
public final class Headers {
    /** UTF-8 media type of the payload. */
    public static final int CONTENT_TYPE = 1;
    /** UTF-8 name to answer to. */
    public static final int REPLY_TO = 2;
    /** Bytes that tie an answer to its request. */
    public static final int CORRELATION = 3;
    /** Empty value: the payload is UTF-8 text. */
    public static final int TEXT = 4;
    /** UTF-8 key and value, repeatable, order kept. */
    public static final int USER = 5;

    private Headers() {}

    /** Appends an entry; {@code length} at most 65,535. */
    public static void write(ByteBuf out, int kind, ByteBuf value, int index, int length) {
        out.writeByte(kind).writeShort(length).writeBytes(value, index, length);
    }

    /** Appends a {@link #USER} entry; lengths at most 65,535. */
    public static void writeUser(
            ByteBuf out, ByteBuf source, int keyIndex, int keyLength, int valueIndex, int valueLength) {
        out.writeByte(USER).writeShort(keyLength).writeBytes(source, keyIndex, keyLength);
        out.writeShort(valueLength).writeBytes(source, valueIndex, valueLength);
    }
}
