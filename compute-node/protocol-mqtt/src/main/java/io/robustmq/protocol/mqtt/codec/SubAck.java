package io.robustmq.protocol.mqtt.codec;

import java.util.List;

/**
 * A server's answer to SUBSCRIBE (MQTT 5.0 §3.9).
 *
 * @param packetId that of the SUBSCRIBE
 * @param properties empty before MQTT 5.0
 * @param reasons one for each entry, in order; the versions before 5.0 know one failure only
 */
public record SubAck(int packetId, Properties properties, List<ReasonCode> reasons) implements Packet {
    public SubAck {
        PacketRules.requirePacketId(packetId);
        properties.requireLegalIn(PropertyScope.SUBACK);
        reasons = List.copyOf(reasons);
        PacketRules.requireNotEmpty("reasons of SUBACK", reasons);
        PacketRules.requireReasons(PacketType.SUBACK, reasons);
    }

    @Override
    public PacketType type() {
        return PacketType.SUBACK;
    }
}
