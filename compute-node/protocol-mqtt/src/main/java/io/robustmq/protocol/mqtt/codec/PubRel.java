package io.robustmq.protocol.mqtt.codec;

/**
 * The answer to PUBREC: the packet identifier may be released (MQTT 5.0 §3.6).
 *
 * @param packetId 1 to 65,535
 * @param reason success before MQTT 5.0
 * @param properties empty before MQTT 5.0
 */
public record PubRel(int packetId, ReasonCode reason, Properties properties) implements Packet {
    public PubRel {
        PacketRules.requirePacketId(packetId);
        PacketRules.requireReason(PacketType.PUBREL, reason);
        properties.requireLegalIn(PropertyScope.PUBREL);
    }

    @Override
    public PacketType type() {
        return PacketType.PUBREL;
    }
}
