package io.robustmq.protocol.mqtt.connection;

import io.netty.buffer.ByteBuf;
import io.robustmq.protocol.mqtt.codec.AckType;
import io.robustmq.protocol.mqtt.codec.Packet;
import io.robustmq.protocol.mqtt.codec.PacketEncoder;
import io.robustmq.protocol.mqtt.codec.ProtocolVersion;
import io.robustmq.protocol.mqtt.codec.ReasonCode;

/** Writes packets in the form that one client speaks and in the size that it takes. Loop only. */
final class ClientWriter {
    private final Wire wire;
    private final MqttCounters counters;
    private final ProtocolVersion version;
    private final int maximumPacketBytes;

    ClientWriter(Wire wire, MqttCounters counters, ProtocolVersion version, int maximumPacketBytes) {
        this.wire = wire;
        this.counters = counters;
        this.version = version;
        this.maximumPacketBytes = maximumPacketBytes;
    }

    ProtocolVersion version() {
        return version;
    }

    boolean hasProperties() {
        return version.hasProperties();
    }

    int maximumPacketBytes() {
        return maximumPacketBytes;
    }

    Wire wire() {
        return wire;
    }

    MqttCounters counters() {
        return counters;
    }

    /** Every client takes the few bytes of it: one that does not could not be sent a CONNACK either. */
    void ack(AckType type, int packetId, ReasonCode reason) {
        counters.sent(type.packetType());
        PacketEncoder.writeAck(wire.reserve(PacketEncoder.MAXIMUM_ACK_BYTES), version, type, packetId, reason);
    }

    /** @return false, with nothing written, if the packet is larger than the client takes [MQTT-3.1.2-24] */
    boolean write(Packet packet) {
        int length = PacketEncoder.encodedLength(packet, version);
        if (length > maximumPacketBytes) {
            return false;
        }
        counters.sent(packet.type());
        ByteBuf out = wire.reserve(length);
        PacketEncoder.encode(packet, version, out);
        return true;
    }
}
