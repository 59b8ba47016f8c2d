package io.robustmq.acceptance.wire;

/**
 * One property of an MQTT 5 packet. Numbers are in {@code number}, texts in {@code text}, binary data in {@code text}
 * with one character per byte, user properties in {@code text} and {@code value}.
 */
public record Property(int id, long number, String text, String value) {
    public static final int PAYLOAD_FORMAT = 0x01;
    public static final int MESSAGE_EXPIRY = 0x02;
    public static final int CONTENT_TYPE = 0x03;
    public static final int RESPONSE_TOPIC = 0x08;
    public static final int CORRELATION_DATA = 0x09;
    public static final int SUBSCRIPTION_IDENTIFIER = 0x0B;
    public static final int SESSION_EXPIRY = 0x11;
    public static final int ASSIGNED_CLIENT_IDENTIFIER = 0x12;
    public static final int SERVER_KEEP_ALIVE = 0x13;
    public static final int AUTHENTICATION_METHOD = 0x15;
    public static final int AUTHENTICATION_DATA = 0x16;
    public static final int REQUEST_PROBLEM_INFORMATION = 0x17;
    public static final int WILL_DELAY = 0x18;
    public static final int REQUEST_RESPONSE_INFORMATION = 0x19;
    public static final int RESPONSE_INFORMATION = 0x1A;
    public static final int SERVER_REFERENCE = 0x1C;
    public static final int REASON_STRING = 0x1F;
    public static final int RECEIVE_MAXIMUM = 0x21;
    public static final int TOPIC_ALIAS_MAXIMUM = 0x22;
    public static final int TOPIC_ALIAS = 0x23;
    public static final int MAXIMUM_QOS = 0x24;
    public static final int RETAIN_AVAILABLE = 0x25;
    public static final int USER_PROPERTY = 0x26;
    public static final int MAXIMUM_PACKET_SIZE = 0x27;
    public static final int WILDCARD_AVAILABLE = 0x28;
    public static final int SUBSCRIPTION_IDENTIFIERS_AVAILABLE = 0x29;
    public static final int SHARED_AVAILABLE = 0x2A;

    /** How a property is encoded (MQTT 5.0 §2.2.2.2). */
    enum Form {
        BYTE,
        TWO_BYTES,
        FOUR_BYTES,
        VARIABLE,
        TEXT,
        BINARY,
        PAIR
    }

    static Form form(int id) {
        return switch (id) {
            case PAYLOAD_FORMAT,
                    REQUEST_PROBLEM_INFORMATION,
                    REQUEST_RESPONSE_INFORMATION,
                    MAXIMUM_QOS,
                    RETAIN_AVAILABLE,
                    WILDCARD_AVAILABLE,
                    SUBSCRIPTION_IDENTIFIERS_AVAILABLE,
                    SHARED_AVAILABLE -> Form.BYTE;
            case SERVER_KEEP_ALIVE, RECEIVE_MAXIMUM, TOPIC_ALIAS_MAXIMUM, TOPIC_ALIAS -> Form.TWO_BYTES;
            case MESSAGE_EXPIRY, SESSION_EXPIRY, WILL_DELAY, MAXIMUM_PACKET_SIZE -> Form.FOUR_BYTES;
            case SUBSCRIPTION_IDENTIFIER -> Form.VARIABLE;
            case CONTENT_TYPE,
                    RESPONSE_TOPIC,
                    ASSIGNED_CLIENT_IDENTIFIER,
                    AUTHENTICATION_METHOD,
                    RESPONSE_INFORMATION,
                    SERVER_REFERENCE,
                    REASON_STRING -> Form.TEXT;
            case CORRELATION_DATA, AUTHENTICATION_DATA -> Form.BINARY;
            case USER_PROPERTY -> Form.PAIR;
            default -> throw new MalformedPacketException("unknown property 0x" + Integer.toHexString(id));
        };
    }

    public static Property of(int id, long number) {
        return new Property(id, number, "", "");
    }

    public static Property of(int id, String text) {
        return new Property(id, 0, text, "");
    }

    public static Property user(String name, String value) {
        return new Property(USER_PROPERTY, 0, name, value);
    }
}
