package io.robustmq.protocol.mqtt.codec;

/** Reads CONNECT, the packet with the most rules (MQTT 5.0 §3.1, 3.1.1 §3.1). */
final class ConnectReader {
    private static final int RESERVED = 0b0000_0001;
    private static final int CLEAN_START = 0b0000_0010;
    private static final int WILL = 0b0000_0100;
    private static final int WILL_RETAIN = 0b0010_0000;
    private static final int PASSWORD = 0b0100_0000;
    private static final int USER_NAME = 0b1000_0000;

    private ConnectReader() {}

    /** Reads the first two fields, which say what the rest looks like [MQTT-3.1.2-1], [MQTT-3.1.2-2]. */
    static ProtocolVersion readVersion(PacketCursor cursor) throws DecodeFailure {
        String name = cursor.readText("protocol name");
        int level = cursor.readByte("protocol version");
        ProtocolVersion version = ProtocolVersion.of(name, level);
        if (version == null) {
            throw DecodeFailure.of(
                    ReasonCode.UNSUPPORTED_PROTOCOL_VERSION,
                    "The protocol named in CONNECT is not MQTT 3.1, 3.1.1 or 5.0; its version is " + level + ".");
        }
        return version;
    }

    /** Reads everything behind the version. */
    static Connect read(PacketCursor cursor, ProtocolVersion version) throws DecodeFailure {
        int flags = cursor.readByte("connect flags");
        requireConsistent(flags, version);
        int keepAliveSeconds = cursor.readTwoBytes("keep alive");
        Properties properties =
                version.hasProperties() ? cursor.readProperties(PropertyScope.CONNECT) : Properties.NONE;
        if (properties.contains(Property.AUTHENTICATION_DATA) && !properties.contains(Property.AUTHENTICATION_METHOD)) {
            throw DecodeFailure.protocolError("Authentication data without a method (MQTT 5.0 section 3.1.2.11.10).");
        }
        String clientId = cursor.readText("client identifier");
        Will will = (flags & WILL) == 0 ? null : readWill(cursor, version, flags);
        String userName = has(USER_NAME, flags, cursor, version) ? cursor.readText("user name") : null;
        BinaryData password = has(PASSWORD, flags, cursor, version) ? cursor.readBinary("password") : null;
        cursor.requireEnd();
        return new Connect(
                version, clientId, (flags & CLEAN_START) != 0, keepAliveSeconds, properties, will, userName, password);
    }

    private static void requireConsistent(int flags, ProtocolVersion version) throws DecodeFailure {
        if (willQos(flags) == 3) {
            throw DecodeFailure.malformed("The will QoS is 3 [MQTT-3.1.2-12].");
        }
        if ((flags & (USER_NAME | PASSWORD)) == PASSWORD && !version.hasProperties()) {
            throw DecodeFailure.malformed("A password without a user name (MQTT 3.1.1 [MQTT-3.1.2-22]).");
        }
        // MQTT 3.1 calls these bits unused and does not forbid them.
        if (version == ProtocolVersion.MQTT_3_1) {
            return;
        }
        if ((flags & RESERVED) != 0) {
            throw DecodeFailure.malformed("The reserved connect flag is set [MQTT-3.1.2-3].");
        }
        if ((flags & WILL) == 0 && willQos(flags) != 0) {
            throw DecodeFailure.malformed("A will QoS without a will [MQTT-3.1.2-11].");
        }
        if ((flags & WILL) == 0 && (flags & WILL_RETAIN) != 0) {
            throw DecodeFailure.malformed("A will retain flag without a will [MQTT-3.1.2-13].");
        }
    }

    private static Will readWill(PacketCursor cursor, ProtocolVersion version, int flags) throws DecodeFailure {
        Properties properties = version.hasProperties() ? cursor.readProperties(PropertyScope.WILL) : Properties.NONE;
        String topic = cursor.readTopicText("will topic");
        if (TopicName.hasWildcard(topic)) {
            throw DecodeFailure.of(
                    ReasonCode.TOPIC_NAME_INVALID, "The will topic holds a wildcard character [MQTT-4.7.0-1].");
        }
        BinaryData payload = cursor.readBinary("will payload");
        return new Will(QualityOfService.of(willQos(flags)), (flags & WILL_RETAIN) != 0, topic, properties, payload);
    }

    /** MQTT 3.1 lets the length of the packet win over these flags: the flag may be set and the field be missing. */
    private static boolean has(int flag, int flags, PacketCursor cursor, ProtocolVersion version) {
        return (flags & flag) != 0 && (cursor.hasMore() || version != ProtocolVersion.MQTT_3_1);
    }

    private static int willQos(int flags) {
        return flags >> 3 & 0b11;
    }
}
