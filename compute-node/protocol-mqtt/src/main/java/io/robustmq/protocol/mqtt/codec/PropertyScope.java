package io.robustmq.protocol.mqtt.codec;

/** The places that hold properties: the packets with a variable header and the will inside CONNECT (MQTT 5.0 table 2-4). */
public enum PropertyScope {
    CONNECT(PacketType.CONNECT.code()),
    WILL(0),
    CONNACK(PacketType.CONNACK.code()),
    PUBLISH(PacketType.PUBLISH.code()),
    PUBACK(PacketType.PUBACK.code()),
    PUBREC(PacketType.PUBREC.code()),
    PUBREL(PacketType.PUBREL.code()),
    PUBCOMP(PacketType.PUBCOMP.code()),
    SUBSCRIBE(PacketType.SUBSCRIBE.code()),
    SUBACK(PacketType.SUBACK.code()),
    UNSUBSCRIBE(PacketType.UNSUBSCRIBE.code()),
    UNSUBACK(PacketType.UNSUBACK.code()),
    DISCONNECT(PacketType.DISCONNECT.code()),
    AUTH(PacketType.AUTH.code());

    private final int bit;

    /** Takes the code of the packet type; no packet has the code 0, which is the will's. */
    PropertyScope(int code) {
        this.bit = 1 << code;
    }

    /** The bit that stands for this place in a set of places. */
    int bit() {
        return bit;
    }
}
