package io.robustmq.protocol.mqtt.codec;

/** Tells a CONNECT from what else arrives first on a port that is open to the world. */
final class FirstPacket {
    private static final int TLS_HANDSHAKE_RECORD = 0x16;
    private static final int TLS_MAJOR_VERSION = 3;

    private FirstPacket() {}

    /**
     * The first packet of a client must be CONNECT [MQTT-3.1.0-1].
     *
     * @param first the first byte of the connection, 0 to 255
     * @param second the byte behind it
     */
    static void requireConnect(int first, int second) throws DecodeFailure {
        if (first == PacketType.CONNECT.firstByte()) {
            return;
        }
        if (first == TLS_HANDSHAKE_RECORD && second == TLS_MAJOR_VERSION) {
            throw DecodeFailure.foreignProtocol("The peer starts a TLS handshake on a port without TLS.");
        }
        if (isUpperCaseLetter(first) && isUpperCaseLetter(second)) {
            throw DecodeFailure.foreignProtocol("The peer starts with text, as in HTTP, instead of a CONNECT.");
        }
        if (!isFirstByteOfSomePacket(first)) {
            throw DecodeFailure.foreignProtocol("The first byte " + first + " starts no packet of MQTT.");
        }
        throw DecodeFailure.protocolError("The first packet is not a CONNECT [MQTT-3.1.0-1].");
    }

    private static boolean isUpperCaseLetter(int octet) {
        return octet >= 'A' && octet <= 'Z';
    }

    private static boolean isFirstByteOfSomePacket(int first) {
        int code = first >> 4;
        if (code == 0) {
            return false;
        }
        PacketType type = PacketType.of(code);
        if (type == PacketType.PUBLISH) {
            return (first & 0b0110) != 0b0110;
        }
        // A CONNECT with flags is a broken CONNECT and no other protocol.
        return type == PacketType.CONNECT || first == type.firstByte();
    }
}
