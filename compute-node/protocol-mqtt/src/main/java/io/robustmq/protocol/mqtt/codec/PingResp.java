package io.robustmq.protocol.mqtt.codec;

/** A server's answer to PINGREQ (MQTT 5.0 §3.13). */
public record PingResp() implements Packet {
    @Override
    public PacketType type() {
        return PacketType.PINGRESP;
    }
}
