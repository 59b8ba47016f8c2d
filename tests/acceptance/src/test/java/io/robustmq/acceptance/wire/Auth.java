package io.robustmq.acceptance.wire;

/** AUTH in either direction (MQTT 5 only). */
public record Auth(int reason, Properties properties) implements Packet {
    public byte[] toBytes() {
        PacketBytes packet = new PacketBytes();
        packet.u8(reason);
        properties.writeTo(packet);
        return packet.framed(0xF0);
    }
}
