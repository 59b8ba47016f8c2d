package io.robustmq.protocol.mqtt.codec;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;

/**
 * A PUBLISH as it lies in the input buffer. One object per decoder, moved from packet to packet: it is valid only during
 * {@link PacketSink#publish}, and offsets are indexes of {@link #buffer()}. Who needs the bytes longer copies or retains
 * them within the call.
 *
 * <p>All of the packet is checked, properties included, with one exception: the characters of the topic. A connection
 * that finds the topic's bytes in a cache of known topics need not look at them again; any other calls
 * {@link #validateTopic} first.
 */
public final class PublishView {
    /** The value of {@link #messageExpirySeconds()} when the message does not expire. */
    public static final long NO_EXPIRY = PropertyScan.NO_EXPIRY;

    private static final int TOPIC_ALIAS_BYTES = 3;
    private static final int MESSAGE_EXPIRY_BYTES = 5;
    private static final long PROPERTIES_WITH_ACCESSOR = Property.TOPIC_ALIAS.bit()
            | Property.MESSAGE_EXPIRY_INTERVAL.bit()
            | Property.PAYLOAD_FORMAT_INDICATOR.bit();

    private final PropertyScan properties;
    private ByteBuf buffer = Unpooled.EMPTY_BUFFER;
    private int flags;
    private int topicOffset;
    private int topicLength;
    private int packetId;
    private int payloadOffset;
    private int payloadLength;

    PublishView(PropertyScan properties) {
        this.properties = properties;
    }

    void set(ByteBuf in, int header, int topicStart, int topicBytes, int identifier, int payloadStart, int end) {
        buffer = in;
        flags = header & 0x0F;
        topicOffset = topicStart;
        topicLength = topicBytes;
        packetId = identifier;
        payloadOffset = payloadStart;
        payloadLength = end - payloadStart;
    }

    /** Lets go of the input buffer, so that nothing can be read through a view whose time is over. */
    void clear() {
        buffer = Unpooled.EMPTY_BUFFER;
    }

    /** The input buffer; it belongs to the caller of the decoder. */
    public ByteBuf buffer() {
        return buffer;
    }

    /** Whether this may be a repeated delivery; never at QoS 0. */
    public boolean dup() {
        return (flags & 0b1000) != 0 && (flags & 0b0110) != 0;
    }

    /** The quality of service. */
    public QualityOfService qos() {
        return QualityOfService.of(flags >> 1 & 0b11);
    }

    /** The retain flag. */
    public boolean retain() {
        return (flags & 1) != 0;
    }

    /** Where the topic starts. */
    public int topicOffset() {
        return topicOffset;
    }

    /** The bytes of the topic; 0 when only the topic alias names it. */
    public int topicLength() {
        return topicLength;
    }

    /** 1 to 65,535, or 0 at QoS 0. */
    public int packetId() {
        return packetId;
    }

    /** Where the properties start, behind the property length. */
    public int propertiesOffset() {
        return properties.offset();
    }

    /** The bytes of all properties without the property length; 0 before MQTT 5.0. */
    public int propertiesLength() {
        return properties.length();
    }

    /** The topic alias, or 0 when there is none. Whether it is below the announced maximum is the connection's to judge. */
    public int topicAlias() {
        return properties.topicAlias();
    }

    /** The message expiry interval in seconds, 0 to 4,294,967,295, or {@link #NO_EXPIRY}. */
    public long messageExpirySeconds() {
        return properties.messageExpirySeconds();
    }

    /** The payload format indicator: 1 when the payload is declared to be UTF-8, else 0. */
    public int payloadFormat() {
        return properties.payloadFormat();
    }

    /** Whether there is any property besides topic alias, message expiry interval and payload format indicator. */
    public boolean hasOtherProperties() {
        return properties.containsOtherThan(PROPERTIES_WITH_ACCESSOR);
    }

    /** Whether the property is there. */
    public boolean has(Property property) {
        return properties.contains(property);
    }

    /** The bytes that {@link #writeForwardedProperties} writes. */
    public int forwardedPropertiesLength() {
        int length = properties.length();
        if (properties.topicAlias() != 0) {
            length -= TOPIC_ALIAS_BYTES;
        }
        if (properties.messageExpirySeconds() != NO_EXPIRY) {
            length -= MESSAGE_EXPIRY_BYTES;
        }
        return length;
    }

    /**
     * Appends the properties that travel on unchanged with the message, in their order: all but the topic alias, which
     * belongs to this connection, and the message expiry interval, which shrinks (MQTT 5.0 §3.3.2.3).
     */
    public void writeForwardedProperties(ByteBuf out) {
        int aliasOffset = properties.topicAlias() == 0 ? -1 : properties.topicAliasOffset();
        int expiryOffset = properties.messageExpirySeconds() == NO_EXPIRY ? -1 : properties.messageExpiryOffset();
        boolean aliasFirst = aliasOffset < expiryOffset;
        int at = writeUpTo(
                out,
                properties.offset(),
                aliasFirst ? aliasOffset : expiryOffset,
                aliasFirst ? TOPIC_ALIAS_BYTES : MESSAGE_EXPIRY_BYTES);
        at = writeUpTo(
                out,
                at,
                aliasFirst ? expiryOffset : aliasOffset,
                aliasFirst ? MESSAGE_EXPIRY_BYTES : TOPIC_ALIAS_BYTES);
        PacketEncoder.copy(buffer, at, properties.end() - at, out);
    }

    private int writeUpTo(ByteBuf out, int at, int gapOffset, int gapLength) {
        if (gapOffset < 0) {
            return at;
        }
        PacketEncoder.copy(buffer, at, gapOffset - at, out);
        return gapOffset + gapLength;
    }

    /** Where the payload starts. */
    public int payloadOffset() {
        return payloadOffset;
    }

    /** The bytes of the payload. */
    public int payloadLength() {
        return payloadLength;
    }

    /**
     * Checks that the topic is valid UTF-8 [MQTT-3.3.2-1] without U+0000 [MQTT-4.7.3-2] and without wildcards
     * [MQTT-3.3.2-2]. That it is not empty, unless a topic alias names it, is known already.
     */
    public void validateTopic() throws DecodeFailure {
        switch (Utf8.inspectTopicName(buffer, topicOffset, topicLength)) {
            case Utf8.ILL_FORMED -> throw DecodeFailure.malformed("The topic name is not valid UTF-8 [MQTT-3.3.2-1].");
            case Utf8.WILDCARD ->
                throw DecodeFailure.of(
                        ReasonCode.TOPIC_NAME_INVALID, "The topic name holds a wildcard character [MQTT-3.3.2-2].");
            default -> {}
        }
    }

    /** The topic as text; allocates. Call {@link #validateTopic} first. */
    public String topic() {
        return buffer.toString(topicOffset, topicLength, StandardCharsets.UTF_8);
    }

    /** The properties as a value; allocates. */
    public Properties properties() {
        return Properties.read(buffer, properties.offset(), properties.length());
    }

    /** The whole packet as a value, its topic checked; allocates. */
    public Publish toPacket() throws DecodeFailure {
        validateTopic();
        return new Publish(
                dup(),
                qos(),
                retain(),
                topic(),
                packetId,
                properties(),
                BinaryData.copyOf(buffer, payloadOffset, payloadLength));
    }
}
