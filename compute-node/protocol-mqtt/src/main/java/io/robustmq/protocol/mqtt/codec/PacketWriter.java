package io.robustmq.protocol.mqtt.codec;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;

/** Measures and writes the part of a packet record behind the fixed header. */
final class PacketWriter {
    private PacketWriter() {}

    static int bodyLength(Packet packet, ProtocolVersion version) {
        return switch (packet) {
            case Connect connect -> connectLength(connect, version);
            case ConnAck connAck -> connAckLength(connAck, version);
            case Publish publish -> publishLength(publish, version);
            case PubAck ack -> ackLength(ack.reason(), ack.properties(), version);
            case PubRec ack -> ackLength(ack.reason(), ack.properties(), version);
            case PubRel ack -> ackLength(ack.reason(), ack.properties(), version);
            case PubComp ack -> ackLength(ack.reason(), ack.properties(), version);
            case Subscribe subscribe -> subscribeLength(subscribe, version);
            case SubAck subAck ->
                2
                        + propertiesLength(subAck.properties(), version)
                        + subAck.reasons().size();
            case Unsubscribe unsubscribe -> unsubscribeLength(unsubscribe, version);
            case UnsubAck unsubAck ->
                2
                        + propertiesLength(unsubAck.properties(), version)
                        + (version.hasProperties() ? unsubAck.reasons().size() : 0);
            case PingReq _, PingResp _ -> 0;
            case Disconnect disconnect -> disconnectLength(disconnect, version);
            case Auth auth -> authLength(auth, version);
        };
    }

    static void writeBody(Packet packet, ProtocolVersion version, ByteBuf out) {
        switch (packet) {
            case Connect connect -> writeConnect(connect, version, out);
            case ConnAck connAck -> writeConnAck(connAck, version, out);
            case Publish publish -> writePublish(publish, version, out);
            case PubAck ack -> writeAck(ack.packetId(), ack.reason(), ack.properties(), version, out);
            case PubRec ack -> writeAck(ack.packetId(), ack.reason(), ack.properties(), version, out);
            case PubRel ack -> writeAck(ack.packetId(), ack.reason(), ack.properties(), version, out);
            case PubComp ack -> writeAck(ack.packetId(), ack.reason(), ack.properties(), version, out);
            case Subscribe subscribe -> writeSubscribe(subscribe, version, out);
            case SubAck subAck -> writeSubAck(subAck, version, out);
            case Unsubscribe unsubscribe -> writeUnsubscribe(unsubscribe, version, out);
            case UnsubAck unsubAck -> writeUnsubAck(unsubAck, version, out);
            case PingReq _, PingResp _ -> {}
            case Disconnect disconnect -> {
                if (disconnectLength(disconnect, version) > 0) {
                    writeReason(disconnect.reason(), disconnect.properties(), out);
                }
            }
            case Auth auth -> {
                if (authLength(auth, version) > 0) {
                    out.writeByte(auth.reason().value());
                    auth.properties().writeTo(out);
                }
            }
        }
    }

    private static int connectLength(Connect connect, ProtocolVersion version) {
        if (connect.version() != version) {
            throw new IllegalArgumentException("a CONNECT of " + connect.version() + " cannot be sent as " + version);
        }
        int length = textLength(version.protocolName())
                + 1
                + 1
                + 2
                + propertiesLength(connect.properties(), version)
                + textLength(connect.clientId());
        Will will = connect.will();
        if (will != null) {
            length += propertiesLength(will.properties(), version) + textLength(will.topic());
            length += 2 + will.payload().length();
        }
        String userName = connect.userName();
        if (userName != null) {
            length += textLength(userName);
        }
        BinaryData password = connect.password();
        if (password != null) {
            length += 2 + password.length();
        }
        return length;
    }

    private static void writeConnect(Connect connect, ProtocolVersion version, ByteBuf out) {
        Will will = connect.will();
        String userName = connect.userName();
        BinaryData password = connect.password();
        PacketEncoder.writeText(out, version.protocolName());
        out.writeByte(version.level());
        out.writeByte(connectFlags(connect));
        out.writeShort(connect.keepAliveSeconds());
        writeProperties(connect.properties(), version, out);
        PacketEncoder.writeText(out, connect.clientId());
        if (will != null) {
            writeProperties(will.properties(), version, out);
            PacketEncoder.writeText(out, will.topic());
            PacketEncoder.writeBinary(out, will.payload());
        }
        if (userName != null) {
            PacketEncoder.writeText(out, userName);
        }
        if (password != null) {
            PacketEncoder.writeBinary(out, password);
        }
    }

    private static int connectFlags(Connect connect) {
        int flags = connect.cleanStart() ? 0b0000_0010 : 0;
        Will will = connect.will();
        if (will != null) {
            flags |= 0b0000_0100 | (will.qos().value() << 3) | (will.retain() ? 0b0010_0000 : 0);
        }
        if (connect.password() != null) {
            flags |= 0b0100_0000;
        }
        if (connect.userName() != null) {
            flags |= 0b1000_0000;
        }
        return flags;
    }

    private static int connAckLength(ConnAck connAck, ProtocolVersion version) {
        if (!version.hasProperties() && connAck.reason().connectReturnCode() == ReasonCode.NO_RETURN_CODE) {
            throw new IllegalArgumentException(
                    "CONNACK of " + version + " cannot tell " + connAck.reason() + " (MQTT 3.1.1 [MQTT-3.2.2-6])");
        }
        return 2 + propertiesLength(connAck.properties(), version);
    }

    private static void writeConnAck(ConnAck connAck, ProtocolVersion version, ByteBuf out) {
        // The acknowledge flags are unused in MQTT 3.1.
        out.writeByte(connAck.sessionPresent() && version != ProtocolVersion.MQTT_3_1 ? 1 : 0);
        out.writeByte(
                version.hasProperties()
                        ? connAck.reason().value()
                        : connAck.reason().connectReturnCode());
        writeProperties(connAck.properties(), version, out);
    }

    private static int publishLength(Publish publish, ProtocolVersion version) {
        if (publish.topic().isEmpty() && !version.hasProperties()) {
            throw new IllegalArgumentException("a topic alias cannot be sent as " + version);
        }
        return textLength(publish.topic())
                + (publish.qos() == QualityOfService.AT_MOST_ONCE ? 0 : 2)
                + propertiesLength(publish.properties(), version)
                + publish.payload().length();
    }

    private static void writePublish(Publish publish, ProtocolVersion version, ByteBuf out) {
        PacketEncoder.writeText(out, publish.topic());
        if (publish.qos() != QualityOfService.AT_MOST_ONCE) {
            out.writeShort(publish.packetId());
        }
        writeProperties(publish.properties(), version, out);
        publish.payload().writeTo(out);
    }

    private static int ackLength(ReasonCode reason, Properties properties, ProtocolVersion version) {
        return 2 + (version.hasProperties() ? reasonLength(reason, properties) : 0);
    }

    private static void writeAck(
            int packetId, ReasonCode reason, Properties properties, ProtocolVersion version, ByteBuf out) {
        out.writeShort(packetId);
        if (version.hasProperties()) {
            writeReason(reason, properties, out);
        }
    }

    /** Success without properties is left out, and the property length with the properties (MQTT 5.0 §3.4.2.1). */
    private static int reasonLength(ReasonCode reason, Properties properties) {
        if (!properties.isEmpty()) {
            return 1 + properties.encodedLength();
        }
        return reason == ReasonCode.SUCCESS ? 0 : 1;
    }

    private static void writeReason(ReasonCode reason, Properties properties, ByteBuf out) {
        if (reasonLength(reason, properties) > 0) {
            out.writeByte(reason.value());
        }
        if (!properties.isEmpty()) {
            properties.writeTo(out);
        }
    }

    private static int subscribeLength(Subscribe subscribe, ProtocolVersion version) {
        int length = 2 + propertiesLength(subscribe.properties(), version);
        for (Subscribe.Entry entry : subscribe.entries()) {
            length += textLength(entry.filter()) + 1;
        }
        return length;
    }

    private static void writeSubscribe(Subscribe subscribe, ProtocolVersion version, ByteBuf out) {
        out.writeShort(subscribe.packetId());
        writeProperties(subscribe.properties(), version, out);
        for (Subscribe.Entry entry : subscribe.entries()) {
            PacketEncoder.writeText(out, entry.filter());
            out.writeByte(entry.options().toByte(version));
        }
    }

    private static void writeSubAck(SubAck subAck, ProtocolVersion version, ByteBuf out) {
        out.writeShort(subAck.packetId());
        writeProperties(subAck.properties(), version, out);
        for (ReasonCode reason : subAck.reasons()) {
            out.writeByte(version.hasProperties() ? reason.value() : reason.subscribeReturnCode());
        }
    }

    private static int unsubscribeLength(Unsubscribe unsubscribe, ProtocolVersion version) {
        int length = 2 + propertiesLength(unsubscribe.properties(), version);
        for (String filter : unsubscribe.filters()) {
            length += textLength(filter);
        }
        return length;
    }

    private static void writeUnsubscribe(Unsubscribe unsubscribe, ProtocolVersion version, ByteBuf out) {
        out.writeShort(unsubscribe.packetId());
        writeProperties(unsubscribe.properties(), version, out);
        for (String filter : unsubscribe.filters()) {
            PacketEncoder.writeText(out, filter);
        }
    }

    private static void writeUnsubAck(UnsubAck unsubAck, ProtocolVersion version, ByteBuf out) {
        out.writeShort(unsubAck.packetId());
        if (version.hasProperties()) {
            unsubAck.properties().writeTo(out);
            for (ReasonCode reason : unsubAck.reasons()) {
                out.writeByte(reason.value());
            }
        }
    }

    private static int disconnectLength(Disconnect disconnect, ProtocolVersion version) {
        return version.hasProperties() ? reasonLength(disconnect.reason(), disconnect.properties()) : 0;
    }

    private static int authLength(Auth auth, ProtocolVersion version) {
        if (!version.hasProperties()) {
            throw new IllegalArgumentException("AUTH cannot be sent as " + version);
        }
        boolean bareSuccess =
                auth.reason() == ReasonCode.SUCCESS && auth.properties().isEmpty();
        return bareSuccess ? 0 : 1 + auth.properties().encodedLength();
    }

    private static int propertiesLength(Properties properties, ProtocolVersion version) {
        return version.hasProperties() ? properties.encodedLength() : 0;
    }

    private static void writeProperties(Properties properties, ProtocolVersion version, ByteBuf out) {
        if (version.hasProperties()) {
            properties.writeTo(out);
        }
    }

    private static int textLength(String text) {
        return 2 + ByteBufUtil.utf8Bytes(text);
    }
}
