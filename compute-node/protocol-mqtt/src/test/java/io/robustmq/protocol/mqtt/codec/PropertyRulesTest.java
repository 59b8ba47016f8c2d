package io.robustmq.protocol.mqtt.codec;

import static io.robustmq.protocol.mqtt.codec.ProtocolVersion.MQTT_5;
import static io.robustmq.protocol.mqtt.codec.ReasonCode.MALFORMED_PACKET;
import static io.robustmq.protocol.mqtt.codec.ReasonCode.PROTOCOL_ERROR;
import static io.robustmq.protocol.mqtt.codec.Wire.fields;
import static io.robustmq.protocol.mqtt.codec.Wire.fourBytes;
import static io.robustmq.protocol.mqtt.codec.Wire.packet;
import static io.robustmq.protocol.mqtt.codec.Wire.properties;
import static io.robustmq.protocol.mqtt.codec.Wire.twoBytes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.util.Arrays;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Table 2-4 of MQTT 5.0 and the rules of each property, on the wire and in the builder. */
class PropertyRulesTest {
    /** The table as the specification prints it: identifier and places; "all" stands for every place. */
    private static final String TABLE_2_4 = """
            0x01 publish will
            0x02 publish will
            0x03 publish will
            0x08 publish will
            0x09 publish will
            0x0b publish subscribe
            0x11 connect connack disconnect
            0x12 connack
            0x13 connack
            0x15 connect connack auth
            0x16 connect connack auth
            0x17 connect
            0x18 will
            0x19 connect
            0x1a connack
            0x1c connack disconnect
            0x1f connack puback pubrec pubrel pubcomp suback unsuback disconnect auth
            0x21 connect connack
            0x22 connect connack
            0x23 publish
            0x24 connack
            0x25 connack
            0x26 all
            0x27 connect connack
            0x28 connack
            0x29 connack
            0x2a connack
            """;

    @Test
    void everyPropertyIsLegalWhereTheSpecificationSaysSo() {
        String table = Arrays.stream(Property.values())
                .map(property -> String.format(Locale.ROOT, "0x%02x", property.identifier()) + " " + places(property))
                .collect(Collectors.joining("\n"));

        assertThat(table.lines().map(PropertyRulesTest::sorted))
                .containsExactlyElementsOf(
                        TABLE_2_4.lines().map(PropertyRulesTest::sorted).toList());
    }

    @ParameterizedTest
    @EnumSource
    void propertyIsAcceptedInItsPacketsAndMalformedInOthers(Property property) {
        for (PropertyScope scope : PropertyScope.values()) {
            byte[] wire = withProperties(scope, property, oneOf(property));
            DecodeFailure failure = failureOf(scope, property, wire);

            if (property.isLegalIn(scope)) {
                assertThat(failure).as("%s in %s", property, scope).isNull();
            } else {
                assertThat(failure).as("%s in %s", property, scope).isNotNull();
                assertThat(failure.reason()).isEqualTo(MALFORMED_PACKET);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void propertyStandsThereOnceUnlessItMayRepeat(Property property) {
        for (PropertyScope scope : PropertyScope.values()) {
            if (!property.isLegalIn(scope)) {
                continue;
            }
            byte[] wire = withProperties(scope, property, fields(oneOf(property), oneOf(property)));
            DecodeFailure failure = failureOf(scope, property, wire);

            if (property.isRepeatableIn(scope)) {
                assertThat(failure).as("%s in %s", property, scope).isNull();
            } else {
                assertThat(failure).as("%s in %s", property, scope).isNotNull();
                assertThat(failure.reason()).isEqualTo(PROTOCOL_ERROR);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void propertyCutShortIsMalformed(Property property) {
        PropertyScope scope = scopeOf(property);
        byte[] whole = oneOf(property);
        for (int length = 1; length < whole.length; length++) {
            byte[] wire = withProperties(scope, property, Arrays.copyOf(whole, length));
            DecodeFailure failure = failureOf(scope, property, wire);

            assertThat(failure).as("%s of %d bytes", property, length).isNotNull();
            assertThat(failure.reason()).isEqualTo(MALFORMED_PACKET);
        }
    }

    static Stream<Arguments> rangeLimits() {
        Stream.Builder<Arguments> limits = Stream.builder();
        for (Property property : Property.values()) {
            if (property.kind() == Property.Kind.BYTE) {
                limits.add(arguments(property, 0L, true));
                limits.add(arguments(property, 1L, true));
                limits.add(arguments(property, 2L, false));
                limits.add(arguments(property, 255L, false));
            }
        }
        limits.add(arguments(Property.RECEIVE_MAXIMUM, 0L, false));
        limits.add(arguments(Property.RECEIVE_MAXIMUM, 1L, true));
        limits.add(arguments(Property.RECEIVE_MAXIMUM, 65_535L, true));
        limits.add(arguments(Property.MAXIMUM_PACKET_SIZE, 0L, false));
        limits.add(arguments(Property.MAXIMUM_PACKET_SIZE, 1L, true));
        limits.add(arguments(Property.MAXIMUM_PACKET_SIZE, 0xFFFF_FFFFL, true));
        limits.add(arguments(Property.TOPIC_ALIAS_MAXIMUM, 0L, true));
        limits.add(arguments(Property.TOPIC_ALIAS, 0L, false));
        limits.add(arguments(Property.TOPIC_ALIAS, 65_535L, true));
        limits.add(arguments(Property.SESSION_EXPIRY_INTERVAL, 0L, true));
        limits.add(arguments(Property.SESSION_EXPIRY_INTERVAL, 0xFFFF_FFFFL, true));
        limits.add(arguments(Property.WILL_DELAY_INTERVAL, 0L, true));
        limits.add(arguments(Property.MESSAGE_EXPIRY_INTERVAL, 0L, true));
        limits.add(arguments(Property.SERVER_KEEP_ALIVE, 0L, true));
        return limits.build();
    }

    @ParameterizedTest
    @MethodSource("rangeLimits")
    void numberIsAcceptedWithinItsRangeOnly(Property property, long value, boolean legal) {
        byte[] number = switch (property.kind()) {
            case BYTE -> fields((int) value);
            case TWO_BYTE_INTEGER -> twoBytes((int) value);
            case FOUR_BYTE_INTEGER -> fourBytes(value);
            case VARIABLE_BYTE_INTEGER, UTF8_STRING, BINARY_DATA, UTF8_STRING_PAIR ->
                throw new AssertionError(property);
        };
        PropertyScope scope = scopeOf(property);
        DecodeFailure failure =
                failureOf(scope, property, withProperties(scope, property, fields(property.identifier(), number)));

        if (legal) {
            assertThat(failure).isNull();
            assertThat(Properties.builder().set(property, value).build().number(property, -1))
                    .isEqualTo(value);
        } else {
            assertThat(failure).isNotNull();
            assertThat(failure.reason())
                    .isEqualTo(property == Property.TOPIC_ALIAS ? ReasonCode.TOPIC_ALIAS_INVALID : PROTOCOL_ERROR);
            assertThatThrownBy(() -> Properties.builder().set(property, value))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining(property.name());
        }
    }

    @Test
    void subscriptionIdentifierIsAVariableByteIntegerAboveZero() {
        PropertyScope scope = PropertyScope.SUBSCRIBE;
        Property property = Property.SUBSCRIPTION_IDENTIFIER;

        assertReason(scope, property, fields(0x0B, 0), PROTOCOL_ERROR);
        assertReason(scope, property, fields(0x0B, Wire.raw(0x81, 0x00)), MALFORMED_PACKET);
        assertReason(scope, property, fields(0x0B, Wire.raw(0xFF, 0xFF, 0xFF, 0xFF, 0x01)), MALFORMED_PACKET);
        assertThat(failureOf(
                        scope,
                        property,
                        withProperties(scope, property, fields(0x0B, Wire.raw(0xFF, 0xFF, 0xFF, 0x7F)))))
                .isNull();
    }

    @Test
    void identifiersThatDoNotExistAreMalformed() {
        for (int identifier = 0; identifier < 256; identifier++) {
            if (identifier >= 0x80 || Property.of(identifier) == null) {
                byte[] wire = packet(0x30, "t", properties(identifier, 0, 0, 0, 0, 0));
                DecodeFailure failure = Wire.failureOf(Wire.serverDecoder(MQTT_5), wire);

                assertThat(failure).as("identifier %d", identifier).isNotNull();
                assertThat(failure.reason()).isEqualTo(MALFORMED_PACKET);
            }
        }
    }

    @Test
    void textsInPropertiesAreStrictUtf8() {
        for (Property property : Property.values()) {
            PropertyScope scope = scopeOf(property);
            for (byte[] text : Utf8Test.ILL_FORMED) {
                byte[] counted = fields(twoBytes(text.length), text);
                if (property.kind() == Property.Kind.UTF8_STRING) {
                    assertReason(scope, property, fields(property.identifier(), counted), MALFORMED_PACKET);
                } else if (property.kind() == Property.Kind.UTF8_STRING_PAIR) {
                    assertReason(scope, property, fields(property.identifier(), counted, "v"), MALFORMED_PACKET);
                    assertReason(scope, property, fields(property.identifier(), "n", counted), MALFORMED_PACKET);
                }
            }
        }
    }

    @Test
    void serverMayNotSetTheSessionExpiryInDisconnect() {
        byte[] disconnect = packet(0xE0, 0, properties(0x11, fourBytes(1)));

        assertThat(Wire.failureOf(Wire.decoder(Sender.CLIENT, MQTT_5), disconnect))
                .isNull();
        DecodeFailure failure = Wire.failureOf(Wire.decoder(Sender.SERVER, MQTT_5), disconnect);
        assertThat(failure).isNotNull();
        assertThat(failure.reason()).isEqualTo(PROTOCOL_ERROR);
    }

    @Test
    void userPropertiesKeepTheirOrder() {
        byte[] wire = packet(0x30, "t", properties(0x26, "b", "1", 0x01, 0, 0x26, "a", "2", 0x26, "b", "1"));

        assertThat(Wire.decode(Wire.serverDecoder(MQTT_5), wire).getFirst())
                .isInstanceOfSatisfying(
                        Publish.class,
                        publish -> assertThat(publish.properties().userProperties())
                                .containsExactly(
                                        new UserProperty("b", "1"),
                                        new UserProperty("a", "2"),
                                        new UserProperty("b", "1")));
    }

    @Test
    void propertiesAreAValue() {
        Properties one = Properties.builder()
                .set(Property.REASON_STRING, "r")
                .userProperty("a", "b")
                .build();
        Properties other = Properties.builder()
                .userProperty("a", "b")
                .set(Property.REASON_STRING, "r")
                .build();

        assertThat(one).isEqualTo(other).hasSameHashCodeAs(other).hasToString(other.toString());
        assertThat(one.toBuilder().build()).isEqualTo(one);
        assertThat(one.toBuilder().userProperty("c", "d").build()).isNotEqualTo(one);
        assertThat(one.userProperties()).containsExactly(new UserProperty("a", "b"));
        assertThat(one.toBuilder().remove(Property.USER_PROPERTY).build().userProperties())
                .isEmpty();
        assertThat(Properties.builder().build()).isSameAs(Properties.NONE);
        assertThat(one.text(Property.REASON_STRING)).isEqualTo("r");
        assertThat(one.text(Property.CONTENT_TYPE)).isNull();
        assertThat(one.binary(Property.CORRELATION_DATA)).isNull();
        assertThat(one.number(Property.RECEIVE_MAXIMUM, 65_535)).isEqualTo(65_535);
        assertThat(one.subscriptionIdentifiers()).isEmpty();
    }

    @Test
    void builderRefusesWhatTheWireRefuses() {
        Properties.Builder builder = Properties.builder().set(Property.REASON_STRING, "r");
        BinaryData tooLong = BinaryData.copyOf(new byte[65_536]);

        assertRefused(() -> builder.set(Property.REASON_STRING, "again"));
        assertRefused(() -> builder.set(Property.CONTENT_TYPE, "\u0000"));
        assertRefused(() -> builder.set(Property.RESPONSE_TOPIC, "#"));
        assertRefused(() -> builder.set(Property.CONTENT_TYPE, 1));
        assertRefused(() -> builder.set(Property.SUBSCRIPTION_IDENTIFIER, 1));
        assertRefused(() -> builder.set(Property.CORRELATION_DATA, "text"));
        assertRefused(() -> builder.set(Property.CORRELATION_DATA, tooLong));
        assertRefused(() -> builder.set(Property.CONTENT_TYPE, BinaryData.EMPTY));
        assertRefused(() -> builder.subscriptionIdentifier(0));
        assertRefused(() -> builder.subscriptionIdentifier(268_435_456));
        assertRefused(() -> builder.userProperty("\uDC00", ""));
        assertRefused(() -> Properties.NONE.number(Property.REASON_STRING, 0));
        assertRefused(() -> Properties.NONE.text(Property.RECEIVE_MAXIMUM));
        assertRefused(() -> Properties.NONE.binary(Property.RECEIVE_MAXIMUM));
    }

    private static void assertRefused(ThrowingCallable building) {
        assertThatThrownBy(building).isInstanceOf(IllegalArgumentException.class);
    }

    private static void assertReason(PropertyScope scope, Property property, byte[] content, ReasonCode reason) {
        DecodeFailure failure = failureOf(scope, property, withProperties(scope, property, content));

        assertThat(failure).as("%s %s", property, Arrays.toString(content)).isNotNull();
        assertThat(failure.reason()).isEqualTo(reason);
    }

    private static String places(Property property) {
        Set<String> places = new TreeSet<>();
        for (PropertyScope scope : PropertyScope.values()) {
            if (property.isLegalIn(scope)) {
                places.add(scope.name().toLowerCase(Locale.ROOT));
            }
        }
        return places.size() == PropertyScope.values().length ? "all" : String.join(" ", places);
    }

    private static String sorted(String line) {
        return Arrays.stream(line.split(" ")).sorted().collect(Collectors.joining(" "));
    }

    private static PropertyScope scopeOf(Property property) {
        return Arrays.stream(PropertyScope.values())
                .filter(property::isLegalIn)
                .findFirst()
                .orElseThrow();
    }

    /** The property with some legal value. */
    private static byte[] oneOf(Property property) {
        int identifier = property.identifier();
        return switch (property.kind()) {
            case BYTE, VARIABLE_BYTE_INTEGER -> fields(identifier, 1);
            case TWO_BYTE_INTEGER -> fields(identifier, twoBytes(1));
            case FOUR_BYTE_INTEGER -> fields(identifier, fourBytes(1));
            case UTF8_STRING, BINARY_DATA -> fields(identifier, "x");
            case UTF8_STRING_PAIR -> fields(identifier, "n", "v");
        };
    }

    /** A packet that is right but for the given properties, which are completed where a second one is required. */
    private static byte[] withProperties(PropertyScope scope, Property property, byte[] content) {
        byte[] method = property == Property.AUTHENTICATION_METHOD ? new byte[0] : fields(0x15, "M");
        return switch (scope) {
            case CONNECT -> packet(0x10, "MQTT", 5, 2, twoBytes(0), properties(method, content), "c");
            case WILL -> packet(0x10, "MQTT", 5, 6, twoBytes(0), 0, "c", properties(content), "w", "m");
            case CONNACK -> packet(0x20, 0, 0, properties(content));
            case PUBLISH -> packet(0x30, "t", properties(content));
            case PUBACK -> packet(0x40, twoBytes(1), 0, properties(content));
            case PUBREC -> packet(0x50, twoBytes(1), 0, properties(content));
            case PUBREL -> packet(0x62, twoBytes(1), 0, properties(content));
            case PUBCOMP -> packet(0x70, twoBytes(1), 0, properties(content));
            case SUBSCRIBE -> packet(0x82, twoBytes(1), properties(content), "t", 0);
            case SUBACK -> packet(0x90, twoBytes(1), properties(content), 0);
            case UNSUBSCRIBE -> packet(0xA2, twoBytes(1), properties(content), "t");
            case UNSUBACK -> packet(0xB0, twoBytes(1), properties(content), 0);
            case DISCONNECT -> packet(0xE0, 0, properties(content));
            case AUTH -> packet(0xF0, 0x18, properties(method, content));
        };
    }

    private static @Nullable DecodeFailure failureOf(PropertyScope scope, Property property, byte[] wire) {
        return switch (scope) {
            case CONNECT, WILL -> Wire.failureOf(PacketDecoder.ofClientPackets(Wire.LIMIT), wire);
            case CONNACK, SUBACK, UNSUBACK -> Wire.failureOf(Wire.decoder(Sender.SERVER, MQTT_5), wire);
            case PUBLISH ->
                Wire.failureOf(
                        Wire.decoder(
                                property == Property.SUBSCRIPTION_IDENTIFIER ? Sender.SERVER : Sender.CLIENT, MQTT_5),
                        wire);
            case PUBACK, PUBREC, PUBREL, PUBCOMP -> ackFailureOf(wire);
            case SUBSCRIBE, UNSUBSCRIBE, DISCONNECT, AUTH -> Wire.failureOf(Wire.decoder(Sender.CLIENT, MQTT_5), wire);
        };
    }

    /** Acknowledgements have two ways through the decoder; they must agree. */
    private static @Nullable DecodeFailure ackFailureOf(byte[] wire) {
        DecodeFailure asRecord = Wire.failureOf(Wire.serverDecoder(MQTT_5), wire);
        RecordingSink sink = new RecordingSink();
        DecodeFailure asArguments = sink.failureOf(Wire.serverDecoder(MQTT_5), wire);

        assertThat(asArguments == null ? null : asArguments.reason())
                .isEqualTo(asRecord == null ? null : asRecord.reason());
        return asArguments;
    }
}
