package io.robustmq.protocol.mqtt.codec;

/** The control packet types (MQTT 5.0 §2.1.2). */
public enum PacketType {
    CONNECT(1),
    CONNACK(2),
    PUBLISH(3),
    PUBACK(4),
    PUBREC(5),
    PUBREL(6),
    PUBCOMP(7),
    SUBSCRIBE(8),
    SUBACK(9),
    UNSUBSCRIBE(10),
    UNSUBACK(11),
    PINGREQ(12),
    PINGRESP(13),
    DISCONNECT(14),
    AUTH(15);

    private static final PacketType[] BY_CODE = values();

    private final int code;

    PacketType(int code) {
        this.code = code;
    }

    /** The value in the upper half of the first byte, 1 to 15. */
    public int code() {
        return code;
    }

    /** The first byte of a packet of this type; for a PUBLISH without any flag set (MQTT 5.0 §2.1.3). */
    int firstByte() {
        int reservedFlags = this == PUBREL || this == SUBSCRIBE || this == UNSUBSCRIBE ? 0b0010 : 0;
        return (code << 4) | reservedFlags;
    }

    /** The type of a code from 1 to 15. */
    static PacketType of(int code) {
        return BY_CODE[code - 1];
    }
}
