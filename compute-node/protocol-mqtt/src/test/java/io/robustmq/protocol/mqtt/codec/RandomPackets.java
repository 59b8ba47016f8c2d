package io.robustmq.protocol.mqtt.codec;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** Legal packets of every type and version, drawn from a seed. */
final class RandomPackets {
    private static final String[] SNIPPETS = {
        "a", "sensor", "/", "Zürich", "温度", "𝄞", "\uFEFF", " ", "$x", "0123456789"
    };

    private final Random random;

    RandomPackets(long seed) {
        this.random = new Random(seed);
    }

    Packet next(ProtocolVersion version) {
        PacketType[] types = PacketType.values();
        PacketType type = types[random.nextInt(version.hasProperties() ? types.length : types.length - 1)];
        return next(type, version);
    }

    Packet next(PacketType type, ProtocolVersion version) {
        return switch (type) {
            case CONNECT -> connect(version);
            case CONNACK -> connAck(version);
            case PUBLISH -> publish(version);
            case PUBACK -> new PubAck(packetId(), reason(type, version), properties(PropertyScope.PUBACK, version));
            case PUBREC -> new PubRec(packetId(), reason(type, version), properties(PropertyScope.PUBREC, version));
            case PUBREL -> new PubRel(packetId(), reason(type, version), properties(PropertyScope.PUBREL, version));
            case PUBCOMP -> new PubComp(packetId(), reason(type, version), properties(PropertyScope.PUBCOMP, version));
            case SUBSCRIBE -> subscribe(version);
            case SUBACK -> new SubAck(packetId(), properties(PropertyScope.SUBACK, version), reasons(type, version, 1));
            case UNSUBSCRIBE ->
                new Unsubscribe(packetId(), properties(PropertyScope.UNSUBSCRIBE, version), List.of(topic(), topic()));
            case UNSUBACK ->
                new UnsubAck(
                        packetId(),
                        properties(PropertyScope.UNSUBACK, version),
                        version.hasProperties() ? reasons(type, version, 1) : List.of());
            case PINGREQ -> new PingReq();
            case PINGRESP -> new PingResp();
            case DISCONNECT -> new Disconnect(reason(type, version), properties(PropertyScope.DISCONNECT, version));
            case AUTH -> auth();
        };
    }

    /** What a decoder makes of a text that a property may hold; a response topic holds no wildcard. */
    private Properties properties(PropertyScope scope, ProtocolVersion version) {
        if (!version.hasProperties() || random.nextInt(3) == 0) {
            return Properties.NONE;
        }
        Properties.Builder builder = Properties.builder();
        for (Property property : Property.values()) {
            if (property.isLegalIn(scope) && random.nextInt(3) == 0) {
                fill(builder, property, scope);
            }
        }
        return builder.build();
    }

    private void fill(Properties.Builder builder, Property property, PropertyScope scope) {
        switch (property) {
            case USER_PROPERTY -> {
                for (int i = random.nextInt(4); i >= 0; i--) {
                    builder.userProperty(text(), text());
                }
            }
            case SUBSCRIPTION_IDENTIFIER -> {
                // A client may not put it into PUBLISH, and these packets are to be legal from both sides.
                if (scope == PropertyScope.SUBSCRIBE) {
                    builder.subscriptionIdentifier(1 + random.nextInt(VariableByteInteger.MAXIMUM_VALUE));
                }
            }
            case RESPONSE_TOPIC -> builder.set(property, topic());
            default -> {
                switch (property.kind()) {
                    case BYTE -> builder.set(property, random.nextInt(2));
                    case TWO_BYTE_INTEGER -> builder.set(property, 1 + random.nextInt(65_535));
                    case FOUR_BYTE_INTEGER -> builder.set(property, 1 + random.nextLong(0xFFFF_FFFFL));
                    case UTF8_STRING -> builder.set(property, text());
                    case BINARY_DATA -> builder.set(property, binary(40));
                    case VARIABLE_BYTE_INTEGER, UTF8_STRING_PAIR -> throw new AssertionError(property);
                }
            }
        }
    }

    private Connect connect(ProtocolVersion version) {
        Will will = random.nextBoolean()
                ? null
                : new Will(qos(), random.nextBoolean(), topic(), properties(PropertyScope.WILL, version), binary(300));
        @Nullable String userName = random.nextBoolean() ? null : text();
        boolean passwordAllowed = userName != null || version.hasProperties();
        Properties properties = properties(PropertyScope.CONNECT, version);
        if (!properties.contains(Property.AUTHENTICATION_METHOD)) {
            properties =
                    properties.toBuilder().remove(Property.AUTHENTICATION_DATA).build();
        }
        return new Connect(
                version,
                random.nextInt(4) == 0 ? "" : text(),
                random.nextBoolean(),
                random.nextInt(65_536),
                properties,
                will,
                userName,
                passwordAllowed && random.nextBoolean() ? binary(30) : null);
    }

    private ConnAck connAck(ProtocolVersion version) {
        ReasonCode reason = version.hasProperties() ? reason(PacketType.CONNACK, version) : ReasonCode.SUCCESS;
        ReasonCode shortReason = version.hasProperties() ? reason : connectReturnReason();
        boolean present =
                shortReason == ReasonCode.SUCCESS && version != ProtocolVersion.MQTT_3_1 && random.nextBoolean();
        return new ConnAck(present, shortReason, properties(PropertyScope.CONNACK, version));
    }

    private ReasonCode connectReturnReason() {
        ReasonCode reason = ReasonCode.ofConnectReturnCode(random.nextInt(6));
        return reason == null ? ReasonCode.SUCCESS : reason;
    }

    private Publish publish(ProtocolVersion version) {
        QualityOfService qos = qos();
        boolean acknowledged = qos != QualityOfService.AT_MOST_ONCE;
        Properties properties = properties(PropertyScope.PUBLISH, version);
        boolean aliasOnly = properties.contains(Property.TOPIC_ALIAS) && random.nextBoolean();
        return new Publish(
                acknowledged && random.nextBoolean(),
                qos,
                random.nextBoolean(),
                aliasOnly ? "" : topic(),
                acknowledged ? packetId() : 0,
                properties,
                binary(random.nextInt(20) == 0 ? 20_000 : 200));
    }

    private Subscribe subscribe(ProtocolVersion version) {
        List<Subscribe.Entry> entries = new ArrayList<>();
        for (int i = random.nextInt(4); i >= 0; i--) {
            entries.add(new Subscribe.Entry(topic() + (random.nextBoolean() ? "/#" : "/+"), options(version)));
        }
        return new Subscribe(packetId(), properties(PropertyScope.SUBSCRIBE, version), entries);
    }

    private SubscriptionOptions options(ProtocolVersion version) {
        return version.hasProperties()
                ? new SubscriptionOptions(
                        qos(), random.nextBoolean(), random.nextBoolean(), RetainHandling.of(random.nextInt(3)))
                : SubscriptionOptions.ofQos(qos());
    }

    private Auth auth() {
        Properties properties = properties(PropertyScope.AUTH, ProtocolVersion.MQTT_5).toBuilder()
                .remove(Property.AUTHENTICATION_METHOD)
                .set(Property.AUTHENTICATION_METHOD, text())
                .build();
        return new Auth(reason(PacketType.AUTH, ProtocolVersion.MQTT_5), properties);
    }

    private List<ReasonCode> reasons(PacketType type, ProtocolVersion version, int minimum) {
        List<ReasonCode> reasons = new ArrayList<>();
        for (int i = minimum + random.nextInt(4); i > 0; i--) {
            reasons.add(reason(type, version));
        }
        return reasons;
    }

    /** A reason that the usual sender of the packet may give, in a version that can express it. */
    private ReasonCode reason(PacketType type, ProtocolVersion version) {
        List<ReasonCode> legal = Arrays.stream(ReasonCode.values())
                .filter(reason -> reason.isLegalIn(type, Wire.senderOf(type)))
                .filter(reason -> version.hasProperties()
                        || reason == ReasonCode.SUCCESS
                        || (type == PacketType.SUBACK && reason.value() <= 0x80))
                .toList();
        return legal.get(random.nextInt(legal.size()));
    }

    private QualityOfService qos() {
        return QualityOfService.of(random.nextInt(3));
    }

    private int packetId() {
        return 1 + random.nextInt(65_535);
    }

    private String topic() {
        return text() + "t";
    }

    private String text() {
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(6); i > 0; i--) {
            text.append(SNIPPETS[random.nextInt(SNIPPETS.length)]);
        }
        return text.toString();
    }

    private BinaryData binary(int limit) {
        byte[] bytes = new byte[random.nextInt(limit)];
        random.nextBytes(bytes);
        return BinaryData.copyOf(bytes);
    }
}
