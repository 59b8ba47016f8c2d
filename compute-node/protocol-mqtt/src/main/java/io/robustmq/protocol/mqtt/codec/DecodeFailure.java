package io.robustmq.protocol.mqtt.codec;

/**
 * Why bytes are not an acceptable packet: a reason code to answer with and one sentence for the log and for the reason
 * string. It carries no stack trace, since it tells of the peer and not of this program.
 */
public final class DecodeFailure extends Exception {
    private static final long serialVersionUID = 1L;

    private final ReasonCode reason;
    private final boolean foreignProtocol;

    private DecodeFailure(ReasonCode reason, String sentence, boolean foreignProtocol) {
        super(sentence, null, false, false);
        this.reason = reason;
        this.foreignProtocol = foreignProtocol;
    }

    /** A failure with the reason code to answer with. */
    public static DecodeFailure of(ReasonCode reason, String sentence) {
        return new DecodeFailure(reason, sentence, false);
    }

    /** Bytes that cannot be parsed as the specification says (MQTT 5.0 §1.2, §4.13.1). */
    public static DecodeFailure malformed(String sentence) {
        return of(ReasonCode.MALFORMED_PACKET, sentence);
    }

    /** A packet that can be parsed but holds or does what is not allowed (MQTT 5.0 §1.2, §4.13.1). */
    public static DecodeFailure protocolError(String sentence) {
        return of(ReasonCode.PROTOCOL_ERROR, sentence);
    }

    /** The first bytes of a connection belong to another protocol; any answer in MQTT would be lost on the peer. */
    static DecodeFailure foreignProtocol(String sentence) {
        return new DecodeFailure(ReasonCode.MALFORMED_PACKET, sentence, true);
    }

    /** The reason code for CONNACK or DISCONNECT, where the version and the state of the connection allow one. */
    public ReasonCode reason() {
        return reason;
    }

    /** Whether the peer does not speak MQTT at all; the connection is then closed without an answer. */
    public boolean isForeignProtocol() {
        return foreignProtocol;
    }
}
