package io.robustmq.protocol.mqtt.codec;

/**
 * The first answer to a PUBLISH at QoS 2: received (MQTT 5.0 §3.5).
 *
 * @param packetId 1 to 65,535
 * @param reason success before MQTT 5.0
 * @param properties empty before MQTT 5.0
 */
public record PubRec(int packetId, ReasonCode reason, Properties properties) implements Packet {
    public PubRec {
        PacketRules.requirePacketId(packetId);
        PacketRules.requireReason(PacketType.PUBREC, reason);
        properties.requireLegalIn(PropertyScope.PUBREC);
    }

    @Override
    public PacketType type() {
        return PacketType.PUBREC;
    }
}
