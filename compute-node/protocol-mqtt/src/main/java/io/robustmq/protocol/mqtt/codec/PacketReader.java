package io.robustmq.protocol.mqtt.codec;

import java.util.ArrayList;
import java.util.List;

/** Reads the bodies of all packets that are handed on as records, except CONNECT and PUBLISH. */
final class PacketReader {
    private static final PingReq PING_REQUEST = new PingReq();
    private static final PingResp PING_RESPONSE = new PingResp();

    private PacketReader() {}

    static ConnAck readConnAck(PacketCursor cursor, ProtocolVersion version) throws DecodeFailure {
        int flags = cursor.readByte("acknowledge flags");
        // The whole byte is unused in MQTT 3.1.
        boolean sessionPresent = version != ProtocolVersion.MQTT_3_1 && (flags & 1) != 0;
        if (flags > 1 && version != ProtocolVersion.MQTT_3_1) {
            throw DecodeFailure.malformed("Reserved acknowledge flags are set [MQTT-3.2.2-1].");
        }
        ReasonCode reason = version.hasProperties() ? cursor.readReason(PacketType.CONNACK) : readReturnCode(cursor);
        if (sessionPresent && reason != ReasonCode.SUCCESS) {
            throw DecodeFailure.protocolError("A refused connection has no session [MQTT-3.2.2-6].");
        }
        Properties properties =
                version.hasProperties() ? cursor.readProperties(PropertyScope.CONNACK) : Properties.NONE;
        cursor.requireEnd();
        return new ConnAck(sessionPresent, reason, properties);
    }

    private static ReasonCode readReturnCode(PacketCursor cursor) throws DecodeFailure {
        ReasonCode reason = ReasonCode.ofConnectReturnCode(cursor.readByte("return code"));
        if (reason == null) {
            throw DecodeFailure.malformed("A reserved return code in CONNACK (MQTT 3.1.1 section 3.2.2.3).");
        }
        return reason;
    }

    /** PUBACK, PUBREC, PUBREL and PUBCOMP with their properties. */
    static Packet readAck(AckType type, PacketCursor cursor, ProtocolVersion version) throws DecodeFailure {
        int packetId = cursor.readPacketId();
        ReasonCode reason = ReasonCode.SUCCESS;
        Properties properties = Properties.NONE;
        if (version.hasProperties() && cursor.hasMore()) {
            reason = cursor.readReason(type.packetType());
            if (cursor.hasMore()) {
                properties = cursor.readProperties(type.scope());
            }
        }
        cursor.requireEnd();
        return switch (type) {
            case PUBACK -> new PubAck(packetId, reason, properties);
            case PUBREC -> new PubRec(packetId, reason, properties);
            case PUBREL -> new PubRel(packetId, reason, properties);
            case PUBCOMP -> new PubComp(packetId, reason, properties);
        };
    }

    static Subscribe readSubscribe(PacketCursor cursor, ProtocolVersion version) throws DecodeFailure {
        int packetId = cursor.readPacketId();
        Properties properties =
                version.hasProperties() ? cursor.readProperties(PropertyScope.SUBSCRIBE) : Properties.NONE;
        requirePayload(cursor, "SUBSCRIBE without a topic filter [MQTT-3.8.3-2].");
        List<Subscribe.Entry> entries = new ArrayList<>();
        while (cursor.hasMore()) {
            String filter = cursor.readTopicText("topic filter");
            SubscriptionOptions options = readOptions(cursor.readByte("subscription options"), version);
            if (options.noLocal() && SharedSubscription.isShared(filter)) {
                throw DecodeFailure.protocolError("No local on a shared subscription [MQTT-3.8.3-4].");
            }
            entries.add(new Subscribe.Entry(filter, options));
        }
        return new Subscribe(packetId, properties, entries);
    }

    private static SubscriptionOptions readOptions(int octet, ProtocolVersion version) throws DecodeFailure {
        int qos = octet & 0b11;
        if (qos == 3) {
            throw DecodeFailure.protocolError("A subscription asks for QoS 3 (MQTT 5.0 section 3.8.3.1).");
        }
        return switch (version) {
            // The upper bits are unused in MQTT 3.1.
            case MQTT_3_1 -> SubscriptionOptions.ofQos(QualityOfService.of(qos));
            case MQTT_3_1_1 -> {
                if (octet != qos) {
                    throw DecodeFailure.malformed(
                            "Reserved bits beside the requested QoS are set (MQTT 3.1.1 [MQTT-3.8.3-4]).");
                }
                yield SubscriptionOptions.ofQos(QualityOfService.of(qos));
            }
            case MQTT_5 -> {
                if ((octet & 0b1100_0000) != 0) {
                    throw DecodeFailure.malformed("Reserved subscription options are set [MQTT-3.8.3-5].");
                }
                int retainHandling = octet >> 4;
                if (retainHandling == 3) {
                    throw DecodeFailure.protocolError("The retain handling is 3 (MQTT 5.0 section 3.8.3.1).");
                }
                yield new SubscriptionOptions(
                        QualityOfService.of(qos),
                        (octet & 0b0100) != 0,
                        (octet & 0b1000) != 0,
                        RetainHandling.of(retainHandling));
            }
        };
    }

    static SubAck readSubAck(PacketCursor cursor, ProtocolVersion version) throws DecodeFailure {
        int packetId = cursor.readPacketId();
        Properties properties = version.hasProperties() ? cursor.readProperties(PropertyScope.SUBACK) : Properties.NONE;
        requirePayload(cursor, "SUBACK without a reason code [MQTT-3.9.3-1].");
        List<ReasonCode> reasons = new ArrayList<>();
        while (cursor.hasMore()) {
            ReasonCode reason = cursor.readReason(PacketType.SUBACK);
            if (!version.hasProperties() && reason.subscribeReturnCode() != reason.value()) {
                throw DecodeFailure.malformed("A reserved return code in SUBACK (MQTT 3.1.1 [MQTT-3.9.3-2]).");
            }
            reasons.add(reason);
        }
        return new SubAck(packetId, properties, reasons);
    }

    static Unsubscribe readUnsubscribe(PacketCursor cursor, ProtocolVersion version) throws DecodeFailure {
        int packetId = cursor.readPacketId();
        Properties properties =
                version.hasProperties() ? cursor.readProperties(PropertyScope.UNSUBSCRIBE) : Properties.NONE;
        requirePayload(cursor, "UNSUBSCRIBE without a topic filter [MQTT-3.10.3-2].");
        List<String> filters = new ArrayList<>();
        while (cursor.hasMore()) {
            filters.add(cursor.readTopicText("topic filter"));
        }
        return new Unsubscribe(packetId, properties, filters);
    }

    static UnsubAck readUnsubAck(PacketCursor cursor, ProtocolVersion version) throws DecodeFailure {
        int packetId = cursor.readPacketId();
        if (!version.hasProperties()) {
            cursor.requireEnd();
            return new UnsubAck(packetId, Properties.NONE, List.of());
        }
        Properties properties = cursor.readProperties(PropertyScope.UNSUBACK);
        requirePayload(cursor, "UNSUBACK without a reason code [MQTT-3.11.3-1].");
        List<ReasonCode> reasons = new ArrayList<>();
        while (cursor.hasMore()) {
            reasons.add(cursor.readReason(PacketType.UNSUBACK));
        }
        return new UnsubAck(packetId, properties, reasons);
    }

    static PingReq readPingReq(PacketCursor cursor) throws DecodeFailure {
        cursor.requireEnd();
        return PING_REQUEST;
    }

    static PingResp readPingResp(PacketCursor cursor) throws DecodeFailure {
        cursor.requireEnd();
        return PING_RESPONSE;
    }

    static Disconnect readDisconnect(PacketCursor cursor, ProtocolVersion version) throws DecodeFailure {
        ReasonCode reason = ReasonCode.SUCCESS;
        Properties properties = Properties.NONE;
        if (version.hasProperties()) {
            reason = cursor.readReasonOrSuccess(PacketType.DISCONNECT);
            if (cursor.hasMore()) {
                properties = cursor.readProperties(PropertyScope.DISCONNECT);
            }
        }
        cursor.requireEnd();
        return new Disconnect(reason, properties);
    }

    static Auth readAuth(PacketCursor cursor) throws DecodeFailure {
        boolean bare = !cursor.hasMore();
        ReasonCode reason = cursor.readReasonOrSuccess(PacketType.AUTH);
        if (bare) {
            return new Auth(reason, Properties.NONE);
        }
        Properties properties = cursor.readProperties(PropertyScope.AUTH);
        cursor.requireEnd();
        if (!properties.contains(Property.AUTHENTICATION_METHOD)) {
            throw DecodeFailure.protocolError("AUTH without an authentication method (MQTT 5.0 section 3.15.2.2.2).");
        }
        return new Auth(reason, properties);
    }

    private static void requirePayload(PacketCursor cursor, String sentence) throws DecodeFailure {
        if (!cursor.hasMore()) {
            throw DecodeFailure.protocolError(sentence);
        }
    }
}
