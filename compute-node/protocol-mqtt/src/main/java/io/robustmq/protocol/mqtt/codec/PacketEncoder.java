package io.robustmq.protocol.mqtt.codec;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;

/**
 * Writes packets. The methods for PUBLISH and acknowledgements allocate nothing and write straight into the buffer of a
 * connection; {@link #encode} takes any packet as a record.
 *
 * <p>No state: any thread may call it with a buffer of its own. Buffers stay with the caller; bytes are appended at the
 * writer index, for which room is made once per packet.
 */
public final class PacketEncoder {
    /** The greatest number of bytes of the fixed header: first byte and remaining length. */
    public static final int MAXIMUM_FIXED_HEADER_BYTES = 5;

    /** The greatest number of bytes that {@link #writeAck} writes. */
    public static final int MAXIMUM_ACK_BYTES = 5;

    private static final int TOPIC_ALIAS_BYTES = 3;
    private static final int WORDWISE_COPY_BYTES = 128;

    private PacketEncoder() {}

    /** The first byte of a PUBLISH. */
    public static int publishFirstByte(boolean dup, QualityOfService qos, boolean retain) {
        return PacketType.PUBLISH.firstByte() | (dup ? 0b1000 : 0) | (qos.value() << 1) | (retain ? 1 : 0);
    }

    /**
     * The greatest number of bytes that {@link #writePublishHeader} writes.
     *
     * @param topicLength bytes of the topic
     * @param propertiesLength bytes of the properties, without property length and topic alias
     */
    public static int maximumPublishHeaderBytes(int topicLength, int propertiesLength) {
        return MAXIMUM_FIXED_HEADER_BYTES + 2 + topicLength + 2 + 4 + TOPIC_ALIAS_BYTES + propertiesLength;
    }

    /**
     * The bytes of the whole packet that {@link #writePublishHeader} starts, payload included: what is compared with the
     * receiver's maximum packet size [MQTT-3.1.2-24]. A long, since the sum may be more than a packet can hold.
     */
    public static long publishLength(
            ProtocolVersion version,
            int firstByte,
            int topicLength,
            int propertiesLength,
            int topicAlias,
            int payloadLength) {
        long body = publishBodyLength(version, firstByte, topicLength, propertiesLength, topicAlias, payloadLength);
        return 1 + VariableByteInteger.encodedLength((int) Math.min(body, VariableByteInteger.MAXIMUM_VALUE)) + body;
    }

    /**
     * Writes everything of a PUBLISH but its payload, which the caller writes next.
     *
     * @param firstByte as {@link #publishFirstByte} makes it; its QoS decides whether a packet identifier is written
     * @param topic holds the bytes of the topic name; its indexes stay as they are
     * @param topicLength 0 when the topic alias alone names the topic
     * @param packetId 1 to 65,535; not looked at for QoS 0
     * @param properties holds encoded properties without their length and without a topic alias, such as
     *     {@link PublishView#writeForwardedProperties}, {@link #writeMessageExpiry} and
     *     {@link #writeSubscriptionIdentifier} write them; left out before MQTT 5.0
     * @param topicAlias 1 to 65,535, or 0 for none; left out before MQTT 5.0
     * @param payloadLength the bytes that the caller is going to write
     * @return the index of the packet identifier in {@code out}, so that a copy of the header can serve another receiver,
     *     or -1 at QoS 0
     * @throws IllegalArgumentException when the packet would be longer than the format can express
     */
    public static int writePublishHeader(
            ByteBuf out,
            ProtocolVersion version,
            int firstByte,
            ByteBuf topic,
            int topicIndex,
            int topicLength,
            int packetId,
            ByteBuf properties,
            int propertiesIndex,
            int propertiesLength,
            int topicAlias,
            int payloadLength) {
        startPublish(out, version, firstByte, topicLength, propertiesLength, topicAlias, payloadLength);
        copy(topic, topicIndex, topicLength, out);
        return finishPublishHeader(
                out, version, firstByte, packetId, properties, propertiesIndex, propertiesLength, topicAlias);
    }

    /** The same with the topic in an array, all of which is the topic. */
    public static int writePublishHeader(
            ByteBuf out,
            ProtocolVersion version,
            int firstByte,
            byte[] topic,
            int packetId,
            ByteBuf properties,
            int propertiesIndex,
            int propertiesLength,
            int topicAlias,
            int payloadLength) {
        startPublish(out, version, firstByte, topic.length, propertiesLength, topicAlias, payloadLength);
        out.writeBytes(topic);
        return finishPublishHeader(
                out, version, firstByte, packetId, properties, propertiesIndex, propertiesLength, topicAlias);
    }

    /** Appends a message expiry interval to a buffer of properties: 5 bytes. */
    public static void writeMessageExpiry(ByteBuf properties, long seconds) {
        properties.writeByte(Property.MESSAGE_EXPIRY_INTERVAL.identifier());
        properties.writeInt((int) seconds);
    }

    /** Appends a subscription identifier, 1 to 268,435,455, to a buffer of properties: 2 to 5 bytes. */
    public static void writeSubscriptionIdentifier(ByteBuf properties, int identifier) {
        properties.writeByte(Property.SUBSCRIPTION_IDENTIFIER.identifier());
        VariableByteInteger.write(properties, identifier);
    }

    /**
     * Writes PUBACK, PUBREC, PUBREL or PUBCOMP: four bytes, or five when MQTT 5.0 has a reason other than success to
     * tell. The older versions have no way to tell it.
     */
    public static void writeAck(ByteBuf out, ProtocolVersion version, AckType type, int packetId, ReasonCode reason) {
        if (reason == ReasonCode.SUCCESS || !version.hasProperties()) {
            out.writeInt((type.firstByte() << 24) | (2 << 16) | packetId);
        } else {
            out.writeInt((type.firstByte() << 24) | (3 << 16) | packetId);
            out.writeByte(reason.value());
        }
    }

    /**
     * Appends a range of a buffer, whose indexes stay as they are. Made for topics, properties and small payloads: up to
     * {@value #WORDWISE_COPY_BYTES} bytes go over in words, since the buffers' own copy allocates views of both sides where
     * Netty runs without {@code Unsafe}. The source may be read by other threads meanwhile.
     */
    public static void copy(ByteBuf from, int index, int length, ByteBuf out) {
        if (length > WORDWISE_COPY_BYTES) {
            out.writeBytes(from, index, length);
            return;
        }
        out.ensureWritable(length);
        int target = out.writerIndex();
        if (length < Long.BYTES) {
            for (int at = 0; at < length; at++) {
                out.setByte(target + at, from.getByte(index + at));
            }
        } else {
            int lastWord = length - Long.BYTES;
            for (int at = 0; at < lastWord; at += Long.BYTES) {
                out.setLong(target + at, from.getLong(index + at));
            }
            // Overlaps the word before, unless the length is a multiple of eight.
            out.setLong(target + lastWord, from.getLong(index + lastWord));
        }
        out.writerIndex(target + length);
    }

    /** The bytes of a packet in a version, with its fixed header (MQTT 5.0 §2.1.4). */
    public static int encodedLength(Packet packet, ProtocolVersion version) {
        int body = PacketWriter.bodyLength(packet, version);
        return 1 + VariableByteInteger.encodedLength(body) + body;
    }

    /**
     * Writes a packet in the form of a version and leaves out what that version cannot say.
     *
     * @throws IllegalArgumentException when the version has no such packet at all (AUTH before MQTT 5.0, CONNACK with a
     *     reason that {@link ReasonCode#connectReturnCode} does not know, PUBLISH with nothing but a topic alias), when a CONNECT is of another version, or when
     *     the packet is longer than the format can express
     */
    public static void encode(Packet packet, ProtocolVersion version, ByteBuf out) {
        int body = PacketWriter.bodyLength(packet, version);
        requireRemainingLength(body);
        out.ensureWritable(MAXIMUM_FIXED_HEADER_BYTES + body);
        out.writeByte(
                packet instanceof Publish publish
                        ? publishFirstByte(publish.dup(), publish.qos(), publish.retain())
                        : packet.type().firstByte());
        VariableByteInteger.write(out, body);
        PacketWriter.writeBody(packet, version, out);
    }

    static void writeText(ByteBuf out, String text) {
        int length = ByteBufUtil.utf8Bytes(text);
        out.writeShort(length);
        ByteBufUtil.reserveAndWriteUtf8(out, text, length);
    }

    static void writeBinary(ByteBuf out, BinaryData data) {
        out.writeShort(data.length());
        data.writeTo(out);
    }

    private static void startPublish(
            ByteBuf out,
            ProtocolVersion version,
            int firstByte,
            int topicLength,
            int propertiesLength,
            int topicAlias,
            int payloadLength) {
        long body = publishBodyLength(version, firstByte, topicLength, propertiesLength, topicAlias, payloadLength);
        requireRemainingLength(body);
        out.ensureWritable(maximumPublishHeaderBytes(topicLength, propertiesLength));
        out.writeByte(firstByte);
        VariableByteInteger.write(out, (int) body);
        out.writeShort(topicLength);
    }

    private static int finishPublishHeader(
            ByteBuf out,
            ProtocolVersion version,
            int firstByte,
            int packetId,
            ByteBuf properties,
            int propertiesIndex,
            int propertiesLength,
            int topicAlias) {
        int packetIdIndex = -1;
        if (hasPacketId(firstByte)) {
            packetIdIndex = out.writerIndex();
            out.writeShort(packetId);
        }
        if (version.hasProperties()) {
            VariableByteInteger.write(out, propertiesLength + (topicAlias == 0 ? 0 : TOPIC_ALIAS_BYTES));
            if (topicAlias != 0) {
                out.writeByte(Property.TOPIC_ALIAS.identifier());
                out.writeShort(topicAlias);
            }
            if (propertiesLength != 0) {
                copy(properties, propertiesIndex, propertiesLength, out);
            }
        }
        return packetIdIndex;
    }

    private static long publishBodyLength(
            ProtocolVersion version,
            int firstByte,
            int topicLength,
            int propertiesLength,
            int topicAlias,
            int payloadLength) {
        long body = 2L + topicLength + (hasPacketId(firstByte) ? 2 : 0) + payloadLength;
        if (version.hasProperties()) {
            int content = propertiesLength + (topicAlias == 0 ? 0 : TOPIC_ALIAS_BYTES);
            body += VariableByteInteger.encodedLength(content) + content;
        }
        return body;
    }

    private static boolean hasPacketId(int firstByte) {
        return (firstByte & 0b0110) != 0;
    }

    private static void requireRemainingLength(long body) {
        if (body > VariableByteInteger.MAXIMUM_VALUE) {
            throw new IllegalArgumentException("a packet cannot hold " + body + " bytes (MQTT 5.0 section 2.1.4)");
        }
    }
}
