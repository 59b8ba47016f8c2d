package io.robustmq.protocol.mqtt.connection;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.robustmq.kernel.AttachRequest;
import io.robustmq.kernel.PartingMessage;
import io.robustmq.protocol.mqtt.MqttLimits;
import io.robustmq.protocol.mqtt.MqttOffer;
import io.robustmq.protocol.mqtt.MqttRedirect;
import io.robustmq.protocol.mqtt.MqttSettings;
import io.robustmq.protocol.mqtt.codec.BinaryData;
import io.robustmq.protocol.mqtt.codec.ConnAck;
import io.robustmq.protocol.mqtt.codec.Connect;
import io.robustmq.protocol.mqtt.codec.Properties;
import io.robustmq.protocol.mqtt.codec.Property;
import io.robustmq.protocol.mqtt.codec.ProtocolVersion;
import io.robustmq.protocol.mqtt.codec.QualityOfService;
import io.robustmq.protocol.mqtt.codec.ReasonCode;
import io.robustmq.protocol.mqtt.codec.Utf8;
import io.robustmq.protocol.mqtt.codec.Will;
import io.robustmq.security.Login;
import io.robustmq.security.Password;
import org.jspecify.annotations.Nullable;

/**
 * Judges a CONNECT and makes what follows from it: profile, credentials, attach request, CONNACK (MQTT 5.0 §3.1, §3.2).
 * Without state; shared by the connections of a loop.
 */
final class ConnectFlow {
    private static final String PROTOCOL = "mqtt";
    private static final int RECEIVE_MAXIMUM_DEFAULT = 65_535;
    private static final int CLIENT_ID_CHARACTERS_MAX_31 = 23;

    /** The kernel counts a message a few bytes longer than a packet may; the exact test is made when it is encoded. */
    private static final int ENCODING_SLACK_BYTES = 16;

    private final MqttSettings settings;
    private final MqttLimits limits;
    private final TopicRules topics;
    private final ClientIds clientIds;

    ConnectFlow(MqttSettings settings, TopicRules topics, ClientIds clientIds) {
        this.settings = settings;
        this.limits = settings.limits();
        this.topics = topics;
        this.clientIds = clientIds;
    }

    /** What becomes of it. */
    ConnectPlan plan(Connect connect) {
        MqttRedirect redirect = settings.redirect();
        if (redirect != null) {
            return new ConnectPlan.Refuse(
                    redirect.permanent() ? ReasonCode.SERVER_MOVED : ReasonCode.USE_ANOTHER_SERVER,
                    "Clients are served elsewhere.",
                    redirect.serverReference());
        }
        ConnectPlan.@Nullable Refuse refusal = judgeClientId(connect);
        if (refusal == null) {
            refusal = judgeWill(connect.will());
        }
        return refusal == null ? new ConnectPlan.Proceed(profile(connect)) : refusal;
    }

    private ConnectPlan.@Nullable Refuse judgeClientId(Connect connect) {
        String clientId = connect.clientId();
        if (clientId.isEmpty()) {
            return switch (connect.version()) {
                case MQTT_3_1 -> invalidClientId("MQTT 3.1 knows no empty client identifier.");
                case MQTT_3_1_1 ->
                    connect.cleanStart()
                            ? null
                            : invalidClientId("An empty client identifier needs a clean session [MQTT-3.1.3-8].");
                case MQTT_5 -> null;
            };
        }
        if (connect.version() == ProtocolVersion.MQTT_3_1
                && settings.shortClientIds31()
                && clientId.length() > CLIENT_ID_CHARACTERS_MAX_31) {
            return invalidClientId("The client identifier has more than 23 characters, the most that MQTT 3.1 allows.");
        }
        if (ByteBufUtil.utf8Bytes(clientId) > limits.clientIdBytesMax()) {
            return invalidClientId("The client identifier has more than " + limits.clientIdBytesMax() + " bytes.");
        }
        return null;
    }

    private static ConnectPlan.Refuse invalidClientId(String sentence) {
        return new ConnectPlan.Refuse(ReasonCode.CLIENT_IDENTIFIER_NOT_VALID, sentence);
    }

    private ConnectPlan.@Nullable Refuse judgeWill(@Nullable Will will) {
        if (will == null) {
            return null;
        }
        if (!topics.isWithinLimits(will.topic())) {
            return new ConnectPlan.Refuse(
                    ReasonCode.TOPIC_NAME_INVALID, "The will topic is longer or deeper than allowed.");
        }
        if (TopicRules.isReserved(will.topic())) {
            return new ConnectPlan.Refuse(
                    ReasonCode.NOT_AUTHORIZED, "The will topic starts with $, where clients do not publish.");
        }
        if (will.qos().compareTo(settings.offer().maximumQos()) > 0) {
            return new ConnectPlan.Refuse(
                    ReasonCode.QOS_NOT_SUPPORTED, "The will has a quality of service that is not offered.");
        }
        if (will.retain() && !settings.offer().retainedMessages()) {
            return new ConnectPlan.Refuse(
                    ReasonCode.RETAIN_NOT_SUPPORTED, "The will is to be retained, which is not offered.");
        }
        if (settings.validatePayloadFormat()
                && will.properties().number(Property.PAYLOAD_FORMAT_INDICATOR, 0) == 1
                && !isText(will.payload())) {
            return new ConnectPlan.Refuse(
                    ReasonCode.PAYLOAD_FORMAT_INVALID, "The will is said to be text and is not UTF-8.");
        }
        return null;
    }

    private static boolean isText(BinaryData payload) {
        ByteBuf bytes = Unpooled.wrappedBuffer(payload.toByteArray());
        return Utf8.isWellFormed(bytes, 0, bytes.readableBytes());
    }

    private ClientProfile profile(Connect connect) {
        Properties properties = connect.properties();
        boolean assigned = connect.clientId().isEmpty();
        long expiryAsked = expiryAsked(connect);
        return new ClientProfile(
                connect.version(),
                assigned ? clientIds.next() : connect.clientId(),
                assigned,
                connect.cleanStart(),
                expiryAsked,
                grantedExpirySeconds(expiryAsked),
                connect.keepAliveSeconds(),
                keepAlive(connect),
                (int) properties.number(Property.RECEIVE_MAXIMUM, RECEIVE_MAXIMUM_DEFAULT),
                (int) Math.min(properties.number(Property.TOPIC_ALIAS_MAXIMUM, 0), limits.topicAliasesToClientMax()),
                (int) Math.min(
                        properties.number(Property.MAXIMUM_PACKET_SIZE, MqttLimits.PACKET_BYTES_CEILING),
                        MqttLimits.PACKET_BYTES_CEILING),
                properties.number(Property.REQUEST_PROBLEM_INFORMATION, 1) == 1,
                properties.number(Property.REQUEST_RESPONSE_INFORMATION, 0) == 1);
    }

    /** Before MQTT 5.0 a session that is not clean is kept for ever (3.1.1 §3.1.2.4). */
    private static long expiryAsked(Connect connect) {
        if (connect.version().hasProperties()) {
            return connect.properties().number(Property.SESSION_EXPIRY_INTERVAL, 0);
        }
        return connect.cleanStart() ? 0 : MqttLimits.SESSION_NEVER_EXPIRES_SECONDS;
    }

    /** A session expiry brought within the limit. */
    long grantedExpirySeconds(long askedSeconds) {
        return Math.min(askedSeconds, limits.sessionExpiryMaxSeconds());
    }

    /** Only MQTT 5.0 lets the server set another keep alive (§3.2.2.3.14); before it the client's word stands. */
    private int keepAlive(Connect connect) {
        int asked = connect.keepAliveSeconds();
        int most = limits.keepAliveMaxSeconds();
        if (!connect.version().hasProperties() || most == 65_535) {
            return asked;
        }
        return asked == 0 ? most : Math.min(asked, most);
    }

    /** What the client shows of itself. */
    static Login login(Connect connect, ClientProfile profile, Wire wire) {
        BinaryData password = connect.password();
        return new Login(
                PROTOCOL,
                profile.clientId(),
                connect.userName(),
                password == null ? null : new Password(password.toByteArray()),
                wire.address(),
                wire.certificate());
    }

    /** How the client is attached. */
    AttachRequest attachRequest(ClientProfile profile, @Nullable PartingMessage parting) {
        return new AttachRequest(
                profile.key(),
                profile.fresh(),
                ClientProfile.expiryMillis(profile.expirySeconds()),
                Math.min(profile.receiveMaximum(), limits.deliveriesInFlightMax()),
                (long) profile.maximumPacketBytes() + ENCODING_SLACK_BYTES,
                parting);
    }

    /**
     * The CONNACK that welcomes the client, with all that differs from what it would assume.
     *
     * @param packetBytesMax largest packet that its listener takes
     * @param proof of extended authentication; null without
     */
    ConnAck welcome(ClientProfile profile, boolean sessionPresent, int packetBytesMax, @Nullable Proof proof) {
        if (!profile.version().hasProperties()) {
            return new ConnAck(sessionPresent, ReasonCode.SUCCESS, Properties.NONE);
        }
        Properties.Builder properties = Properties.builder();
        if (profile.expirySeconds() != profile.expiryAskedSeconds()) {
            properties.set(Property.SESSION_EXPIRY_INTERVAL, profile.expirySeconds());
        }
        if (limits.receiveMaximum() != RECEIVE_MAXIMUM_DEFAULT) {
            properties.set(Property.RECEIVE_MAXIMUM, limits.receiveMaximum());
        }
        if (packetBytesMax < MqttLimits.PACKET_BYTES_CEILING) {
            properties.set(Property.MAXIMUM_PACKET_SIZE, packetBytesMax);
        }
        if (profile.clientIdAssigned()) {
            properties.set(Property.ASSIGNED_CLIENT_IDENTIFIER, profile.clientId());
        }
        if (limits.topicAliasMaximum() != 0) {
            properties.set(Property.TOPIC_ALIAS_MAXIMUM, limits.topicAliasMaximum());
        }
        announce(settings.offer(), properties);
        if (profile.keepAliveSeconds() != profile.keepAliveAskedSeconds()) {
            properties.set(Property.SERVER_KEEP_ALIVE, profile.keepAliveSeconds());
        }
        String responseInformation = settings.responseInformation();
        if (profile.responseInformation() && responseInformation != null) {
            properties.set(Property.RESPONSE_INFORMATION, responseInformation);
        }
        if (proof != null) {
            // [MQTT-4.12.0-5]: the method goes with the CONNACK too.
            properties.set(Property.AUTHENTICATION_METHOD, proof.method());
            properties.set(Property.AUTHENTICATION_DATA, proof.lastWord());
        }
        return new ConnAck(sessionPresent, ReasonCode.SUCCESS, properties.build());
    }

    /** Each is told only where it is less than the specification's default. */
    private static void announce(MqttOffer offer, Properties.Builder properties) {
        if (offer.maximumQos() != QualityOfService.EXACTLY_ONCE) {
            properties.set(Property.MAXIMUM_QOS, offer.maximumQos().value());
        }
        if (!offer.retainedMessages()) {
            properties.set(Property.RETAIN_AVAILABLE, 0);
        }
        if (!offer.wildcardSubscriptions()) {
            properties.set(Property.WILDCARD_SUBSCRIPTION_AVAILABLE, 0);
        }
        if (!offer.subscriptionIdentifiers()) {
            properties.set(Property.SUBSCRIPTION_IDENTIFIER_AVAILABLE, 0);
        }
        if (!offer.sharedSubscriptions()) {
            properties.set(Property.SHARED_SUBSCRIPTION_AVAILABLE, 0);
        }
    }
}
