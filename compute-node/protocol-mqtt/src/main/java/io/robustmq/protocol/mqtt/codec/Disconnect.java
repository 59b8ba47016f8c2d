package io.robustmq.protocol.mqtt.codec;

/**
 * The last packet of a connection (MQTT 5.0 §3.14). Before MQTT 5.0 only clients send it.
 *
 * @param reason {@link ReasonCode#SUCCESS} is the normal disconnection and the only one before MQTT 5.0
 * @param properties empty before MQTT 5.0
 */
public record Disconnect(ReasonCode reason, Properties properties) implements Packet {
    public Disconnect {
        PacketRules.requireReason(PacketType.DISCONNECT, reason);
        properties.requireLegalIn(PropertyScope.DISCONNECT);
    }

    @Override
    public PacketType type() {
        return PacketType.DISCONNECT;
    }
}
