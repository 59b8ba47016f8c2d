package io.robustmq.protocol.mqtt.codec;

/** The four packets that acknowledge a PUBLISH or continue its exchange (MQTT 5.0 §3.4 to §3.7). */
public enum AckType {
    PUBACK(PacketType.PUBACK, PropertyScope.PUBACK),
    PUBREC(PacketType.PUBREC, PropertyScope.PUBREC),
    PUBREL(PacketType.PUBREL, PropertyScope.PUBREL),
    PUBCOMP(PacketType.PUBCOMP, PropertyScope.PUBCOMP);

    private static final AckType[] BY_CODE = values();

    private final PacketType packetType;
    private final PropertyScope scope;
    private final int firstByte;

    AckType(PacketType packetType, PropertyScope scope) {
        this.packetType = packetType;
        this.scope = scope;
        this.firstByte = packetType.firstByte();
    }

    /** The type of the control packet that carries this acknowledgement. */
    public PacketType packetType() {
        return packetType;
    }

    PropertyScope scope() {
        return scope;
    }

    int firstByte() {
        return firstByte;
    }

    /** The acknowledgement of a packet type code from 4 to 7. */
    static AckType of(int code) {
        return BY_CODE[code - 4];
    }
}
