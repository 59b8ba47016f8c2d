package io.robustmq.protocol.mqtt.connection;

import io.netty.buffer.ByteBuf;
import io.robustmq.kernel.Headers;
import io.robustmq.protocol.mqtt.codec.BinaryData;
import io.robustmq.protocol.mqtt.codec.PacketEncoder;
import io.robustmq.protocol.mqtt.codec.Properties;
import io.robustmq.protocol.mqtt.codec.Property;
import io.robustmq.protocol.mqtt.codec.UserProperty;
import java.nio.charset.StandardCharsets;

/**
 * The properties of a PUBLISH or will that belong to the message (MQTT 5.0 §3.3.2.3) as the kernel's {@link Headers},
 * and back. Topic alias, message expiry and subscription identifiers belong to a connection, to the message's lifetime
 * and to a subscription, so they are not headers. Buffers stay with the caller.
 */
final class HeaderTranslation {
    private static final int PAYLOAD_FORMAT = Property.PAYLOAD_FORMAT_INDICATOR.identifier();
    private static final int MESSAGE_EXPIRY = Property.MESSAGE_EXPIRY_INTERVAL.identifier();
    private static final int CONTENT_TYPE = Property.CONTENT_TYPE.identifier();
    private static final int RESPONSE_TOPIC = Property.RESPONSE_TOPIC.identifier();
    private static final int CORRELATION_DATA = Property.CORRELATION_DATA.identifier();
    private static final int TOPIC_ALIAS = Property.TOPIC_ALIAS.identifier();
    private static final int USER_PROPERTY = Property.USER_PROPERTY.identifier();

    private HeaderTranslation() {}

    /** Appends to {@code headers} what the decoder found to be valid properties of a client's PUBLISH. */
    static void toHeaders(ByteBuf properties, int index, int length, ByteBuf headers) {
        int at = index;
        int end = index + length;
        while (at < end) {
            int identifier = properties.getByte(at);
            int value = at + 1;
            if (identifier == PAYLOAD_FORMAT) {
                if (properties.getByte(value) == 1) {
                    headers.writeByte(Headers.TEXT).writeShort(0);
                }
                at = value + 1;
            } else if (identifier == MESSAGE_EXPIRY) {
                at = value + 4;
            } else if (identifier == TOPIC_ALIAS) {
                at = value + 2;
            } else if (identifier == USER_PROPERTY) {
                int second = endOfCounted(properties, value);
                at = endOfCounted(properties, second);
                PacketEncoder.copy(properties, value, at - value, headers.writeByte(Headers.USER));
            } else {
                at = endOfCounted(properties, value);
                PacketEncoder.copy(properties, value, at - value, headers.writeByte(kindOf(identifier)));
            }
        }
    }

    /** Appends to {@code headers} the properties of a will. */
    static void toHeaders(Properties will, ByteBuf headers) {
        if (will.number(Property.PAYLOAD_FORMAT_INDICATOR, 0) == 1) {
            headers.writeByte(Headers.TEXT).writeShort(0);
        }
        String contentType = will.text(Property.CONTENT_TYPE);
        if (contentType != null) {
            headers.writeByte(Headers.CONTENT_TYPE);
            writeText(headers, contentType);
        }
        String responseTopic = will.text(Property.RESPONSE_TOPIC);
        if (responseTopic != null) {
            headers.writeByte(Headers.REPLY_TO);
            writeText(headers, responseTopic);
        }
        BinaryData correlation = will.binary(Property.CORRELATION_DATA);
        if (correlation != null) {
            headers.writeByte(Headers.CORRELATION).writeShort(correlation.length());
            correlation.writeTo(headers);
        }
        for (UserProperty pair : will.userProperties()) {
            headers.writeByte(Headers.USER);
            writeText(headers, pair.name());
            writeText(headers, pair.value());
        }
    }

    /**
     * Appends to {@code properties} the headers of a message, without a property length. What MQTT has no word for is
     * left out.
     */
    static void toProperties(ByteBuf headers, int index, int length, ByteBuf properties) {
        int at = index;
        int end = index + length;
        while (at < end) {
            int kind = headers.getByte(at);
            int value = at + 1;
            at = endOfCounted(headers, value);
            switch (kind) {
                case Headers.TEXT -> properties.writeByte(PAYLOAD_FORMAT).writeByte(1);
                case Headers.CONTENT_TYPE -> copy(headers, value, at, CONTENT_TYPE, properties);
                case Headers.REPLY_TO -> copy(headers, value, at, RESPONSE_TOPIC, properties);
                case Headers.CORRELATION -> copy(headers, value, at, CORRELATION_DATA, properties);
                case Headers.USER -> {
                    at = endOfCounted(headers, at);
                    copy(headers, value, at, USER_PROPERTY, properties);
                }
                default -> {
                    // A kind of another protocol: counted as all but USER are, and nothing in MQTT.
                }
            }
        }
    }

    private static int kindOf(int identifier) {
        if (identifier == CONTENT_TYPE) {
            return Headers.CONTENT_TYPE;
        }
        if (identifier == RESPONSE_TOPIC) {
            return Headers.REPLY_TO;
        }
        if (identifier == CORRELATION_DATA) {
            return Headers.CORRELATION;
        }
        throw new IllegalStateException("the decoder let the property " + identifier + " pass in a PUBLISH");
    }

    /** Both encodings count texts and bytes with two bytes before them, so they are copied with their count. */
    private static void copy(ByteBuf headers, int from, int to, int identifier, ByteBuf properties) {
        PacketEncoder.copy(headers, from, to - from, properties.writeByte(identifier));
    }

    private static int endOfCounted(ByteBuf buffer, int index) {
        return index + 2 + buffer.getUnsignedShort(index);
    }

    private static void writeText(ByteBuf out, String text) {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        out.writeShort(utf8.length).writeBytes(utf8);
    }
}
