package io.robustmq.protocol.mqtt.codec;

/**
 * The answer to a PUBLISH at QoS 1 (MQTT 5.0 §3.4).
 *
 * @param packetId 1 to 65,535
 * @param reason success before MQTT 5.0
 * @param properties empty before MQTT 5.0
 */
public record PubAck(int packetId, ReasonCode reason, Properties properties) implements Packet {
    public PubAck {
        PacketRules.requirePacketId(packetId);
        PacketRules.requireReason(PacketType.PUBACK, reason);
        properties.requireLegalIn(PropertyScope.PUBACK);
    }

    @Override
    public PacketType type() {
        return PacketType.PUBACK;
    }
}
