package io.robustmq.acceptance.wire;

import java.nio.charset.StandardCharsets;

/**
 * PUBLISH in either direction. The payload has one character per byte. A packet identifier of 0 in one to be sent is
 * replaced by the client's next.
 */
public record Publish(
        String topic, String payload, int qos, boolean retain, boolean dup, int packetId, Properties properties)
        implements Packet {

    public static Publish of(String topic, String payload) {
        return new Publish(topic, payload, 0, false, false, 0, Properties.NONE);
    }

    public Publish qos(int newQos) {
        return new Publish(topic, payload, newQos, retain, dup, packetId, properties);
    }

    public Publish retained() {
        return new Publish(topic, payload, qos, true, dup, packetId, properties);
    }

    public Publish duplicate() {
        return new Publish(topic, payload, qos, retain, true, packetId, properties);
    }

    public Publish packetId(int newPacketId) {
        return new Publish(topic, payload, qos, retain, dup, newPacketId, properties);
    }

    public Publish with(Property property) {
        return new Publish(topic, payload, qos, retain, dup, packetId, properties.with(property));
    }

    public byte[] toBytes(Version version) {
        PacketBytes packet = new PacketBytes();
        packet.text(topic);
        if (qos > 0) {
            packet.u16(packetId);
        }
        if (version.hasProperties()) {
            properties.writeTo(packet);
        }
        packet.raw(payload.getBytes(StandardCharsets.ISO_8859_1));
        return packet.framed(0x30 | (dup ? 8 : 0) | qos << 1 | (retain ? 1 : 0));
    }
}
