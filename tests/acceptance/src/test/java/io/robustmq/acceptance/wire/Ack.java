package io.robustmq.acceptance.wire;

/** PUBACK, PUBREC, PUBREL or PUBCOMP; {@code reason} is 0 before MQTT 5. */
public record Ack(Kind kind, int packetId, int reason, Properties properties) implements Packet {
    /** Which of the four. */
    public enum Kind {
        PUBACK(4, 0),
        PUBREC(5, 0),
        PUBREL(6, 2),
        PUBCOMP(7, 0);

        private final int type;
        private final int flags;

        Kind(int type, int flags) {
            this.type = type;
            this.flags = flags;
        }

        int flags() {
            return flags;
        }
    }

    public static Ack of(Kind kind, int packetId) {
        return new Ack(kind, packetId, 0, Properties.NONE);
    }

    /** The short form: two bytes, or three when there is a reason to give (MQTT 5.0 §3.4.2.1). */
    public byte[] toBytes() {
        PacketBytes packet = new PacketBytes();
        packet.u16(packetId);
        if (reason != 0) {
            packet.u8(reason);
        }
        return packet.framed(kind.type << 4 | kind.flags);
    }
}
