package io.robustmq.protocol.mqtt.codec;

import static io.robustmq.protocol.mqtt.codec.PropertyScope.AUTH;
import static io.robustmq.protocol.mqtt.codec.PropertyScope.CONNACK;
import static io.robustmq.protocol.mqtt.codec.PropertyScope.CONNECT;
import static io.robustmq.protocol.mqtt.codec.PropertyScope.DISCONNECT;
import static io.robustmq.protocol.mqtt.codec.PropertyScope.PUBACK;
import static io.robustmq.protocol.mqtt.codec.PropertyScope.PUBCOMP;
import static io.robustmq.protocol.mqtt.codec.PropertyScope.PUBLISH;
import static io.robustmq.protocol.mqtt.codec.PropertyScope.PUBREC;
import static io.robustmq.protocol.mqtt.codec.PropertyScope.PUBREL;
import static io.robustmq.protocol.mqtt.codec.PropertyScope.SUBACK;
import static io.robustmq.protocol.mqtt.codec.PropertyScope.SUBSCRIBE;
import static io.robustmq.protocol.mqtt.codec.PropertyScope.UNSUBACK;
import static io.robustmq.protocol.mqtt.codec.PropertyScope.WILL;

import org.jspecify.annotations.Nullable;

/**
 * The properties of MQTT 5.0 with identifier, data type, range and the packets that may hold them (§2.2.2.2, table 2-4).
 * The constants stand in the order of their identifiers, which is the order in which they are written.
 */
public enum Property {
    PAYLOAD_FORMAT_INDICATOR(0x01, Kind.BYTE, 0, 1, PUBLISH, WILL),
    MESSAGE_EXPIRY_INTERVAL(0x02, Kind.FOUR_BYTE_INTEGER, 0, Limits.FOUR_BYTES, PUBLISH, WILL),
    CONTENT_TYPE(0x03, Kind.UTF8_STRING, PUBLISH, WILL),
    RESPONSE_TOPIC(0x08, Kind.UTF8_STRING, PUBLISH, WILL),
    CORRELATION_DATA(0x09, Kind.BINARY_DATA, PUBLISH, WILL),
    SUBSCRIPTION_IDENTIFIER(0x0B, Kind.VARIABLE_BYTE_INTEGER, 1, VariableByteInteger.MAXIMUM_VALUE, PUBLISH, SUBSCRIBE),
    SESSION_EXPIRY_INTERVAL(0x11, Kind.FOUR_BYTE_INTEGER, 0, Limits.FOUR_BYTES, CONNECT, CONNACK, DISCONNECT),
    ASSIGNED_CLIENT_IDENTIFIER(0x12, Kind.UTF8_STRING, CONNACK),
    SERVER_KEEP_ALIVE(0x13, Kind.TWO_BYTE_INTEGER, 0, Limits.TWO_BYTES, CONNACK),
    AUTHENTICATION_METHOD(0x15, Kind.UTF8_STRING, CONNECT, CONNACK, AUTH),
    AUTHENTICATION_DATA(0x16, Kind.BINARY_DATA, CONNECT, CONNACK, AUTH),
    REQUEST_PROBLEM_INFORMATION(0x17, Kind.BYTE, 0, 1, CONNECT),
    WILL_DELAY_INTERVAL(0x18, Kind.FOUR_BYTE_INTEGER, 0, Limits.FOUR_BYTES, WILL),
    REQUEST_RESPONSE_INFORMATION(0x19, Kind.BYTE, 0, 1, CONNECT),
    RESPONSE_INFORMATION(0x1A, Kind.UTF8_STRING, CONNACK),
    SERVER_REFERENCE(0x1C, Kind.UTF8_STRING, CONNACK, DISCONNECT),
    REASON_STRING(0x1F, Kind.UTF8_STRING, CONNACK, PUBACK, PUBREC, PUBREL, PUBCOMP, SUBACK, UNSUBACK, DISCONNECT, AUTH),
    RECEIVE_MAXIMUM(0x21, Kind.TWO_BYTE_INTEGER, 1, Limits.TWO_BYTES, CONNECT, CONNACK),
    TOPIC_ALIAS_MAXIMUM(0x22, Kind.TWO_BYTE_INTEGER, 0, Limits.TWO_BYTES, CONNECT, CONNACK),
    TOPIC_ALIAS(0x23, Kind.TWO_BYTE_INTEGER, 1, Limits.TWO_BYTES, PUBLISH),
    MAXIMUM_QOS(0x24, Kind.BYTE, 0, 1, CONNACK),
    RETAIN_AVAILABLE(0x25, Kind.BYTE, 0, 1, CONNACK),
    USER_PROPERTY(0x26, Kind.UTF8_STRING_PAIR, PropertyScope.values()),
    MAXIMUM_PACKET_SIZE(0x27, Kind.FOUR_BYTE_INTEGER, 1, Limits.FOUR_BYTES, CONNECT, CONNACK),
    WILDCARD_SUBSCRIPTION_AVAILABLE(0x28, Kind.BYTE, 0, 1, CONNACK),
    SUBSCRIPTION_IDENTIFIER_AVAILABLE(0x29, Kind.BYTE, 0, 1, CONNACK),
    SHARED_SUBSCRIPTION_AVAILABLE(0x2A, Kind.BYTE, 0, 1, CONNACK);

    /** The data type of a property on the wire (MQTT 5.0 §1.5). */
    enum Kind {
        BYTE,
        TWO_BYTE_INTEGER,
        FOUR_BYTE_INTEGER,
        VARIABLE_BYTE_INTEGER,
        UTF8_STRING,
        BINARY_DATA,
        UTF8_STRING_PAIR;

        boolean isNumber() {
            return this == BYTE
                    || this == TWO_BYTE_INTEGER
                    || this == FOUR_BYTE_INTEGER
                    || this == VARIABLE_BYTE_INTEGER;
        }
    }

    /** Constants of the ranges; an enum constant cannot name a static field of its own class. */
    private static final class Limits {
        static final long TWO_BYTES = 0xFFFFL;
        static final long FOUR_BYTES = 0xFFFF_FFFFL;

        private Limits() {}
    }

    private static final @Nullable Property[] BY_IDENTIFIER = new @Nullable Property[0x80];

    static {
        for (Property property : values()) {
            BY_IDENTIFIER[property.identifier] = property;
        }
    }

    private final int identifier;
    private final Kind kind;
    private final long minimum;
    private final long maximum;
    private final int scopeBits;

    Property(int identifier, Kind kind, PropertyScope... scopes) {
        this(identifier, kind, 0, 0, scopes);
    }

    Property(int identifier, Kind kind, long minimum, long maximum, PropertyScope... scopes) {
        this.identifier = identifier;
        this.kind = kind;
        this.minimum = minimum;
        this.maximum = maximum;
        int bits = 0;
        for (PropertyScope scope : scopes) {
            bits |= scope.bit();
        }
        this.scopeBits = bits;
    }

    /** The identifier on the wire. */
    public int identifier() {
        return identifier;
    }

    /** Whether a packet of this kind may hold the property at all (table 2-4). */
    public boolean isLegalIn(PropertyScope scope) {
        return (scopeBits & scope.bit()) != 0;
    }

    /** Whether the property may stand there more than once. */
    public boolean isRepeatableIn(PropertyScope scope) {
        return this == USER_PROPERTY || (this == SUBSCRIPTION_IDENTIFIER && scope == PUBLISH);
    }

    Kind kind() {
        return kind;
    }

    boolean isInRange(long value) {
        return value >= minimum && value <= maximum;
    }

    /** The bit that stands for this property in a set of properties; the greatest identifier is 0x2A. */
    long bit() {
        return 1L << identifier;
    }

    /** The property of an identifier from 0 to 127, or null when none has it. */
    static @Nullable Property of(int identifier) {
        return BY_IDENTIFIER[identifier];
    }
}
