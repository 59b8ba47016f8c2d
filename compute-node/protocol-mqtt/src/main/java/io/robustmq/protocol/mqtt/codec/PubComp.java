package io.robustmq.protocol.mqtt.codec;

/**
 * The answer to PUBREL, which ends the exchange of a message at QoS 2 (MQTT 5.0 §3.7).
 *
 * @param packetId 1 to 65,535
 * @param reason success before MQTT 5.0
 * @param properties empty before MQTT 5.0
 */
public record PubComp(int packetId, ReasonCode reason, Properties properties) implements Packet {
    public PubComp {
        PacketRules.requirePacketId(packetId);
        PacketRules.requireReason(PacketType.PUBCOMP, reason);
        properties.requireLegalIn(PropertyScope.PUBCOMP);
    }

    @Override
    public PacketType type() {
        return PacketType.PUBCOMP;
    }
}
