package io.robustmq.protocol.mqtt.codec;

import java.util.List;

/**
 * A server's answer to UNSUBSCRIBE (MQTT 5.0 §3.11).
 *
 * @param packetId that of the UNSUBSCRIBE
 * @param properties empty before MQTT 5.0
 * @param reasons one for each filter, in order; not carried, and decoded as none, before MQTT 5.0
 */
public record UnsubAck(int packetId, Properties properties, List<ReasonCode> reasons) implements Packet {
    public UnsubAck {
        PacketRules.requirePacketId(packetId);
        properties.requireLegalIn(PropertyScope.UNSUBACK);
        reasons = List.copyOf(reasons);
        PacketRules.requireReasons(PacketType.UNSUBACK, reasons);
    }

    @Override
    public PacketType type() {
        return PacketType.UNSUBACK;
    }
}
