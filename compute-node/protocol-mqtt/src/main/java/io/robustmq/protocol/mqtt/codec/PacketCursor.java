package io.robustmq.protocol.mqtt.codec;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;

/** Reads the fields of one packet one after another and never beyond its end. Reused from packet to packet. */
final class PacketCursor {
    private final Sender sender;
    private final PropertyScan scan;
    private ByteBuf in = Unpooled.EMPTY_BUFFER;
    private int index;
    private int limit;

    PacketCursor(Sender sender, PropertyScan scan) {
        this.sender = sender;
        this.scan = scan;
    }

    void reset(ByteBuf buffer, int start, int end) {
        in = buffer;
        index = start;
        limit = end;
    }

    Sender sender() {
        return sender;
    }

    boolean hasMore() {
        return index < limit;
    }

    int remaining() {
        return limit - index;
    }

    int readByte(String field) throws DecodeFailure {
        require(1, field);
        return in.getUnsignedByte(index++);
    }

    int readTwoBytes(String field) throws DecodeFailure {
        require(2, field);
        int value = in.getUnsignedShort(index);
        index += 2;
        return value;
    }

    int readPacketId() throws DecodeFailure {
        int packetId = readTwoBytes("packet identifier");
        if (packetId == 0) {
            throw zeroPacketId();
        }
        return packetId;
    }

    String readText(String field) throws DecodeFailure {
        int length = readTwoBytes(field);
        require(length, field);
        if (!Utf8.validate(in, index, length)) {
            throw DecodeFailure.malformed("The " + field + " is not valid UTF-8 [MQTT-1.5.4-1].");
        }
        String text = in.toString(index, length, StandardCharsets.UTF_8);
        index += length;
        return text;
    }

    /** A text of at least one character, for topics and filters [MQTT-4.7.3-1]. */
    String readTopicText(String field) throws DecodeFailure {
        String text = readText(field);
        if (text.isEmpty()) {
            throw DecodeFailure.malformed("The " + field + " is empty [MQTT-4.7.3-1].");
        }
        return text;
    }

    BinaryData readBinary(String field) throws DecodeFailure {
        int length = readTwoBytes(field);
        require(length, field);
        BinaryData data = BinaryData.copyOf(in, index, length);
        index += length;
        return data;
    }

    Properties readProperties(PropertyScope scope) throws DecodeFailure {
        scan.scan(in, index, limit, scope, sender);
        index = scan.end();
        return Properties.read(in, scan.offset(), scan.length());
    }

    ReasonCode readReason(PacketType type) throws DecodeFailure {
        return requireReason(readByte("reason code"), type, sender);
    }

    /** An absent reason code stands for success, where the sender may send success (MQTT 5.0 §3.14.2.1, §3.15.2.1). */
    ReasonCode readReasonOrSuccess(PacketType type) throws DecodeFailure {
        return hasMore() ? readReason(type) : requireReason(ReasonCode.SUCCESS.value(), type, sender);
    }

    /** The packet must end here (MQTT 5.0 §2.1.4). */
    void requireEnd() throws DecodeFailure {
        if (hasMore()) {
            throw DecodeFailure.malformed("The packet goes on behind its last field by " + remaining() + " bytes.");
        }
    }

    static ReasonCode requireReason(int value, PacketType type, Sender sender) throws DecodeFailure {
        ReasonCode reason = ReasonCode.of(value);
        if (reason == null || !reason.isLegalIn(type)) {
            throw DecodeFailure.malformed("The value " + value + " is not a reason code of " + type + ".");
        }
        if (!reason.isLegalIn(type, sender)) {
            throw DecodeFailure.protocolError("The " + sender + " must not send " + type + " with " + reason + ".");
        }
        return reason;
    }

    static DecodeFailure zeroPacketId() {
        return DecodeFailure.protocolError("The packet identifier is 0 [MQTT-2.2.1-3].");
    }

    private void require(int bytes, String field) throws DecodeFailure {
        if (limit - index < bytes) {
            throw DecodeFailure.malformed("The packet ends within its " + field + ".");
        }
    }
}
