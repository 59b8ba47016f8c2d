package io.robustmq.protocol.mqtt.codec;

import static io.robustmq.protocol.mqtt.codec.PacketType.AUTH;
import static io.robustmq.protocol.mqtt.codec.PacketType.CONNACK;
import static io.robustmq.protocol.mqtt.codec.PacketType.DISCONNECT;
import static io.robustmq.protocol.mqtt.codec.PacketType.PUBACK;
import static io.robustmq.protocol.mqtt.codec.PacketType.PUBCOMP;
import static io.robustmq.protocol.mqtt.codec.PacketType.PUBREC;
import static io.robustmq.protocol.mqtt.codec.PacketType.PUBREL;
import static io.robustmq.protocol.mqtt.codec.PacketType.SUBACK;
import static io.robustmq.protocol.mqtt.codec.PacketType.UNSUBACK;

import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The reason codes of MQTT 5.0 (table 2-6) with the packets that may carry them and who may send them there
 * (tables in §3.2.2.2, §3.4.2.1, §3.5.2.1, §3.6.2.1, §3.7.2.1, §3.9.3, §3.11.3, §3.14.2.1, §3.15.2.1).
 *
 * <p>{@link #SUCCESS} is the one code with several names: it is "normal disconnection" in DISCONNECT and "granted QoS 0"
 * in SUBACK. MQTT 3.1 and 3.1.1 know return codes in CONNACK and SUBACK only; {@link #connectReturnCode} and
 * {@link #subscribeReturnCode} give them.
 */
public enum ReasonCode {
    SUCCESS(
            0x00,
            either(PUBACK, PUBREC, PUBREL, PUBCOMP, DISCONNECT),
            server(CONNACK, SUBACK, UNSUBACK, AUTH),
            client()),
    GRANTED_QOS_1(0x01, either(), server(SUBACK), client()),
    GRANTED_QOS_2(0x02, either(), server(SUBACK), client()),
    DISCONNECT_WITH_WILL_MESSAGE(0x04, either(), server(), client(DISCONNECT)),
    NO_MATCHING_SUBSCRIBERS(0x10, either(), server(PUBACK, PUBREC), client()),
    NO_SUBSCRIPTION_EXISTED(0x11, either(), server(UNSUBACK), client()),
    CONTINUE_AUTHENTICATION(0x18, either(AUTH), server(), client()),
    RE_AUTHENTICATE(0x19, either(), server(), client(AUTH)),
    UNSPECIFIED_ERROR(0x80, either(PUBACK, PUBREC, DISCONNECT), server(CONNACK, SUBACK, UNSUBACK), client()),
    MALFORMED_PACKET(0x81, either(DISCONNECT), server(CONNACK), client()),
    PROTOCOL_ERROR(0x82, either(DISCONNECT), server(CONNACK), client()),
    IMPLEMENTATION_SPECIFIC_ERROR(
            0x83, either(PUBACK, PUBREC, DISCONNECT), server(CONNACK, SUBACK, UNSUBACK), client()),
    UNSUPPORTED_PROTOCOL_VERSION(0x84, either(), server(CONNACK), client()),
    CLIENT_IDENTIFIER_NOT_VALID(0x85, either(), server(CONNACK), client()),
    BAD_USER_NAME_OR_PASSWORD(0x86, either(), server(CONNACK), client()),
    NOT_AUTHORIZED(0x87, either(PUBACK, PUBREC), server(CONNACK, SUBACK, UNSUBACK, DISCONNECT), client()),
    SERVER_UNAVAILABLE(0x88, either(), server(CONNACK), client()),
    SERVER_BUSY(0x89, either(), server(CONNACK, DISCONNECT), client()),
    BANNED(0x8A, either(), server(CONNACK), client()),
    SERVER_SHUTTING_DOWN(0x8B, either(), server(DISCONNECT), client()),
    BAD_AUTHENTICATION_METHOD(0x8C, either(DISCONNECT), server(CONNACK), client()),
    KEEP_ALIVE_TIMEOUT(0x8D, either(), server(DISCONNECT), client()),
    SESSION_TAKEN_OVER(0x8E, either(), server(DISCONNECT), client()),
    TOPIC_FILTER_INVALID(0x8F, either(), server(SUBACK, UNSUBACK, DISCONNECT), client()),
    TOPIC_NAME_INVALID(0x90, either(PUBACK, PUBREC, DISCONNECT), server(CONNACK), client()),
    PACKET_IDENTIFIER_IN_USE(0x91, either(PUBACK, PUBREC), server(SUBACK, UNSUBACK), client()),
    PACKET_IDENTIFIER_NOT_FOUND(0x92, either(PUBREL, PUBCOMP), server(), client()),
    RECEIVE_MAXIMUM_EXCEEDED(0x93, either(DISCONNECT), server(), client()),
    TOPIC_ALIAS_INVALID(0x94, either(DISCONNECT), server(), client()),
    PACKET_TOO_LARGE(0x95, either(DISCONNECT), server(CONNACK), client()),
    MESSAGE_RATE_TOO_HIGH(0x96, either(DISCONNECT), server(), client()),
    QUOTA_EXCEEDED(0x97, either(PUBACK, PUBREC, DISCONNECT), server(CONNACK, SUBACK), client()),
    ADMINISTRATIVE_ACTION(0x98, either(DISCONNECT), server(), client()),
    PAYLOAD_FORMAT_INVALID(0x99, either(PUBACK, PUBREC, DISCONNECT), server(CONNACK), client()),
    RETAIN_NOT_SUPPORTED(0x9A, either(), server(CONNACK, DISCONNECT), client()),
    QOS_NOT_SUPPORTED(0x9B, either(), server(CONNACK, DISCONNECT), client()),
    USE_ANOTHER_SERVER(0x9C, either(), server(CONNACK, DISCONNECT), client()),
    SERVER_MOVED(0x9D, either(), server(CONNACK, DISCONNECT), client()),
    SHARED_SUBSCRIPTIONS_NOT_SUPPORTED(0x9E, either(), server(SUBACK, DISCONNECT), client()),
    CONNECTION_RATE_EXCEEDED(0x9F, either(), server(CONNACK, DISCONNECT), client()),
    MAXIMUM_CONNECT_TIME(0xA0, either(), server(DISCONNECT), client()),
    SUBSCRIPTION_IDENTIFIERS_NOT_SUPPORTED(0xA1, either(), server(SUBACK, DISCONNECT), client()),
    WILDCARD_SUBSCRIPTIONS_NOT_SUPPORTED(0xA2, either(), server(SUBACK, DISCONNECT), client());

    /** Returned by {@link #connectReturnCode} for a reason that CONNACK of MQTT 3.1 and 3.1.1 cannot express. */
    public static final int NO_RETURN_CODE = -1;

    private static final int SUBSCRIBE_FAILURE_RETURN_CODE = 0x80;

    private static final @Nullable ReasonCode[] BY_VALUE = new @Nullable ReasonCode[0x100];

    private static final ReasonCode[] BY_CONNECT_RETURN_CODE = {
        SUCCESS,
        UNSUPPORTED_PROTOCOL_VERSION,
        CLIENT_IDENTIFIER_NOT_VALID,
        SERVER_UNAVAILABLE,
        BAD_USER_NAME_OR_PASSWORD,
        NOT_AUTHORIZED
    };

    private static final Map<ReasonCode, Integer> CONNECT_RETURN_CODES = new EnumMap<>(Map.ofEntries(
            Map.entry(SUCCESS, 0),
            Map.entry(UNSUPPORTED_PROTOCOL_VERSION, 1),
            Map.entry(CLIENT_IDENTIFIER_NOT_VALID, 2),
            Map.entry(SERVER_UNAVAILABLE, 3),
            Map.entry(SERVER_BUSY, 3),
            Map.entry(CONNECTION_RATE_EXCEEDED, 3),
            Map.entry(QUOTA_EXCEEDED, 3),
            Map.entry(USE_ANOTHER_SERVER, 3),
            Map.entry(SERVER_MOVED, 3),
            Map.entry(BAD_USER_NAME_OR_PASSWORD, 4),
            Map.entry(NOT_AUTHORIZED, 5),
            Map.entry(BANNED, 5)));

    static {
        for (ReasonCode reason : values()) {
            BY_VALUE[reason.value] = reason;
        }
    }

    private final int value;
    private final int fromClientBits;
    private final int fromServerBits;

    ReasonCode(int value, int eitherBits, int serverBits, int clientBits) {
        this.value = value;
        this.fromClientBits = eitherBits | clientBits;
        this.fromServerBits = eitherBits | serverBits;
    }

    private static int either(PacketType... types) {
        return bits(types);
    }

    private static int server(PacketType... types) {
        return bits(types);
    }

    private static int client(PacketType... types) {
        return bits(types);
    }

    private static int bits(PacketType... types) {
        int bits = 0;
        for (PacketType type : types) {
            bits |= 1 << type.code();
        }
        return bits;
    }

    /** The value on the wire, 0x00 to 0xA2. */
    public int value() {
        return value;
    }

    /** Whether the code tells of a failure (0x80 or greater, MQTT 5.0 §2.4). */
    public boolean isError() {
        return value >= 0x80;
    }

    /** Whether a packet of this type may carry the code, whoever sends it. */
    public boolean isLegalIn(PacketType type) {
        return ((fromClientBits | fromServerBits) & (1 << type.code())) != 0;
    }

    /** Whether this sender may put the code into a packet of this type. */
    public boolean isLegalIn(PacketType type, Sender sender) {
        int bits = sender == Sender.CLIENT ? fromClientBits : fromServerBits;
        return (bits & (1 << type.code())) != 0;
    }

    /** The code of a value on the wire, or null when the specification gives the value no meaning. */
    public static @Nullable ReasonCode of(int value) {
        return value >= 0 && value < BY_VALUE.length ? BY_VALUE[value] : null;
    }

    /** The SUBACK code that grants a quality of service. */
    public static ReasonCode granted(QualityOfService qos) {
        return switch (qos) {
            case AT_MOST_ONCE -> SUCCESS;
            case AT_LEAST_ONCE -> GRANTED_QOS_1;
            case EXACTLY_ONCE -> GRANTED_QOS_2;
        };
    }

    /**
     * The return code that stands for this reason in a CONNACK of MQTT 3.1 and 3.1.1 (3.1.1 §3.2.2.3), or
     * {@link #NO_RETURN_CODE}: then the connection is closed without a CONNACK (3.1.1 [MQTT-3.2.2-6]).
     */
    public int connectReturnCode() {
        return CONNECT_RETURN_CODES.getOrDefault(this, NO_RETURN_CODE);
    }

    /** The return code that stands for this reason in a SUBACK of MQTT 3.1 and 3.1.1 (3.1.1 §3.9.3). */
    public int subscribeReturnCode() {
        return isError() ? SUBSCRIBE_FAILURE_RETURN_CODE : value;
    }

    /** The reason that a return code in a CONNACK of MQTT 3.1 and 3.1.1 stands for, or null when it is reserved. */
    static @Nullable ReasonCode ofConnectReturnCode(int returnCode) {
        return returnCode < BY_CONNECT_RETURN_CODE.length ? BY_CONNECT_RETURN_CODE[returnCode] : null;
    }
}
