package io.robustmq.protocol.mqtt.codec;

/** A client shows that it lives (MQTT 5.0 §3.12). */
public record PingReq() implements Packet {
    @Override
    public PacketType type() {
        return PacketType.PINGREQ;
    }
}
