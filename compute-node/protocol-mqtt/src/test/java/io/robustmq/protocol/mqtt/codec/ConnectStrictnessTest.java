package io.robustmq.protocol.mqtt.codec;

import static io.robustmq.protocol.mqtt.codec.ProtocolVersion.MQTT_3_1;
import static io.robustmq.protocol.mqtt.codec.ProtocolVersion.MQTT_3_1_1;
import static io.robustmq.protocol.mqtt.codec.ProtocolVersion.MQTT_5;
import static io.robustmq.protocol.mqtt.codec.ReasonCode.MALFORMED_PACKET;
import static io.robustmq.protocol.mqtt.codec.ReasonCode.PROTOCOL_ERROR;
import static io.robustmq.protocol.mqtt.codec.ReasonCode.TOPIC_NAME_INVALID;
import static io.robustmq.protocol.mqtt.codec.ReasonCode.UNSUPPORTED_PROTOCOL_VERSION;
import static io.robustmq.protocol.mqtt.codec.Wire.packet;
import static io.robustmq.protocol.mqtt.codec.Wire.properties;
import static io.robustmq.protocol.mqtt.codec.Wire.raw;
import static io.robustmq.protocol.mqtt.codec.Wire.twoBytes;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;
import org.junit.jupiter.params.provider.ValueSource;

/** One test per rule that the first packet of a connection can break; the tags name the statements. */
class ConnectStrictnessTest {
    private static final int CLEAN = 0x02;
    private static final int WILL = 0x04;
    private static final int WILL_RETAIN = 0x20;
    private static final int PASSWORD = 0x40;
    private static final int USER_NAME = 0x80;

    private final PacketDecoder decoder = PacketDecoder.ofClientPackets(Wire.LIMIT);

    @ParameterizedTest
    @ValueSource(
            strings = {"GET / HTTP/1.1\r\n", "POST /x HTTP/1.1\r\n", "PRI * HTTP/2.0\r\n", "PROXY TCP4 ", "SSH-2.0-x"})
    void textProtocolsAreRecognisedAsForeign(String start) {
        assertForeign(start.getBytes(StandardCharsets.US_ASCII));
    }

    @Test
    void otherBinaryProtocolsAreRecognisedAsForeign() {
        assertForeign(raw(0x16, 0x03, 0x01, 0x02, 0x00, 0x01));
        assertForeign(raw(0x00, 0x00, 0x00, 0x10));
        assertForeign(raw(0x80, 0x2E));
        assertForeign(raw(0x36, 0x05));
        assertForeign("AMQP\u0000\u0000\u0009\u0001".getBytes(StandardCharsets.US_ASCII));
    }

    @Test
    @Tag("MQTT-3.1.0-1")
    @Tag("MQTT5-3.1.0-1")
    void firstPacketThatIsNotConnectIsAProtocolError() {
        for (byte[] packet : new byte[][] {
            packet(0x30, "t"),
            packet(0x40, twoBytes(1)),
            packet(0x82, twoBytes(1), "t", 0),
            packet(0xC0),
            packet(0xE0),
            packet(0xF0),
            packet(0x20, 0, 0),
            packet(0x50, twoBytes(1))
        }) {
            DecodeFailure failure = Wire.failureOf(PacketDecoder.ofClientPackets(Wire.LIMIT), packet);

            assertThat(failure).as(Arrays.toString(packet)).isNotNull();
            assertThat(failure.reason()).isEqualTo(PROTOCOL_ERROR);
            assertThat(failure.isForeignProtocol()).isFalse();
        }
    }

    @Test
    @Tag("MQTT-3.1.2-1")
    @Tag("MQTT-3.1.2-2")
    @Tag("MQTT5-3.1.2-1")
    @Tag("MQTT5-3.1.2-2")
    void protocolThatIsNotSpokenIsAnUnsupportedVersion() {
        Object[][] pairs = {
            {"MQTT", 3},
            {"MQTT", 6},
            {"MQTT", 0},
            {"MQTT", 0x84},
            {"MQIsdp", 4},
            {"MQIsdp", 5},
            {"mqtt", 4},
            {"", 4},
            {"MQTTX", 5}
        };
        for (Object[] pair : pairs) {
            PacketDecoder fresh = PacketDecoder.ofClientPackets(Wire.LIMIT);
            DecodeFailure failure = Wire.failureOf(fresh, packet(0x10, pair[0], pair[1], CLEAN, twoBytes(0), "c"));

            assertThat(failure).as(Arrays.toString(pair)).isNotNull();
            assertThat(failure.reason()).isEqualTo(UNSUPPORTED_PROTOCOL_VERSION);
            assertThat(failure.isForeignProtocol()).isFalse();
            assertThat(fresh.version()).isNull();
        }
    }

    @ParameterizedTest
    @EnumSource
    void versionIsKnownAlsoWhenTheRestIsRefused(ProtocolVersion version) {
        refused(MALFORMED_PACKET, packet(0x10, version.protocolName(), version.level()));

        assertThat(decoder.version()).isEqualTo(version);
    }

    @Test
    void secondConnectReachesTheSinkAndDoesNotChangeTheVersion() {
        Wire.decode(decoder, Wire.encode(Wire.connect(MQTT_5), MQTT_5));

        assertThat(Wire.decode(decoder, Wire.encode(Wire.connect(MQTT_3_1_1), MQTT_3_1_1)))
                .containsExactly(Wire.connect(MQTT_3_1_1));
        assertThat(decoder.version()).isEqualTo(MQTT_5);
    }

    @Test
    @Tag("MQTT-2.2.2-1")
    @Tag("MQTT5-2.1.3-1")
    void connectWithFlagsIsRefused() {
        for (int flags = 1; flags < 16; flags++) {
            byte[] bytes = packet(0x10 | flags, "MQTT", 4, CLEAN, twoBytes(0), "c");
            DecodeFailure failure = Wire.failureOf(PacketDecoder.ofClientPackets(Wire.LIMIT), bytes);
            assertThat(failure).isNotNull();
        }
    }

    @Test
    @Tag("MQTT5-1.5.5-1")
    void paddedRemainingLengthIsMalformedInVersion5Only() {
        byte[] body5 = Wire.fields("MQTT", 5, CLEAN, twoBytes(0), 0, "c");
        byte[] body4 = Wire.fields("MQTT", 4, CLEAN, twoBytes(0), "c");

        refused(MALFORMED_PACKET, Wire.fields(0x10, 0x80 | body5.length, 0x00, body5));
        assertThat(Wire.decode(
                        PacketDecoder.ofClientPackets(Wire.LIMIT), Wire.fields(0x10, 0x80 | body4.length, 0x00, body4)))
                .hasSize(1);
    }

    @ParameterizedTest
    @EnumSource(mode = Mode.EXCLUDE, names = "MQTT_3_1")
    @Tag("MQTT-3.1.2-3")
    @Tag("MQTT5-3.1.2-3")
    void reservedConnectFlagIsMalformed(ProtocolVersion version) {
        refused(MALFORMED_PACKET, connect(version, CLEAN | 1, "c"));
    }

    @ParameterizedTest
    @EnumSource
    @Tag("MQTT-3.1.2-14")
    @Tag("MQTT5-3.1.2-12")
    void willQosThreeIsMalformed(ProtocolVersion version) {
        refused(MALFORMED_PACKET, connect(version, CLEAN | WILL | 0x18, "c", "w", "m"));
    }

    @ParameterizedTest
    @EnumSource(mode = Mode.EXCLUDE, names = "MQTT_3_1")
    @Tag("MQTT-3.1.2-11")
    @Tag("MQTT-3.1.2-13")
    @Tag("MQTT5-3.1.2-11")
    void willQosWithoutWillIsMalformed(ProtocolVersion version) {
        refused(MALFORMED_PACKET, connect(version, CLEAN | 0x08, "c"));
    }

    @ParameterizedTest
    @EnumSource(mode = Mode.EXCLUDE, names = "MQTT_3_1")
    @Tag("MQTT-3.1.2-11")
    @Tag("MQTT-3.1.2-15")
    @Tag("MQTT5-3.1.2-13")
    void willRetainWithoutWillIsMalformed(ProtocolVersion version) {
        refused(MALFORMED_PACKET, connect(version, CLEAN | WILL_RETAIN, "c"));
    }

    @Test
    @Tag("MQTT-3.1.2-22")
    void passwordWithoutUserNameNeedsVersion5() {
        refused(MALFORMED_PACKET, connect(MQTT_3_1_1, CLEAN | PASSWORD, "c", "p"));
        assertThat(Wire.failureOf(
                        PacketDecoder.ofClientPackets(Wire.LIMIT), connect(MQTT_3_1, CLEAN | PASSWORD, "c", "p")))
                .isNotNull();
        assertThat(Wire.decode(PacketDecoder.ofClientPackets(Wire.LIMIT), connect(MQTT_5, CLEAN | PASSWORD, "c", "p")))
                .hasSize(1);
    }

    @ParameterizedTest
    @EnumSource
    @Tag("MQTT-3.1.2-9")
    @Tag("MQTT-3.1.3-3")
    @Tag("MQTT5-3.1.2-9")
    @Tag("MQTT5-3.1.3-3")
    void fieldsThatTheFlagsAnnounceMustBeThere(ProtocolVersion version) {
        refused(MALFORMED_PACKET, connect(version, CLEAN));
        refusedAfresh(MALFORMED_PACKET, connect(version, CLEAN | WILL, "c"));
        refusedAfresh(MALFORMED_PACKET, connect(version, CLEAN | WILL, "c", willProperties(version), "w"));
    }

    @ParameterizedTest
    @EnumSource(mode = Mode.EXCLUDE, names = "MQTT_3_1")
    @Tag("MQTT-3.1.2-19")
    @Tag("MQTT-3.1.2-21")
    @Tag("MQTT5-3.1.2-17")
    @Tag("MQTT5-3.1.2-19")
    void credentialsThatTheFlagsAnnounceMustBeThere(ProtocolVersion version) {
        refused(MALFORMED_PACKET, connect(version, CLEAN | USER_NAME, "c"));
        refusedAfresh(MALFORMED_PACKET, connect(version, CLEAN | USER_NAME | PASSWORD, "c", "u"));
    }

    @ParameterizedTest
    @EnumSource
    @Tag("MQTT-3.1.2-11")
    @Tag("MQTT-3.1.2-18")
    @Tag("MQTT-3.1.2-20")
    @Tag("MQTT5-3.1.2-16")
    @Tag("MQTT5-3.1.2-18")
    void fieldsThatNoFlagAnnouncesAreMalformed(ProtocolVersion version) {
        refused(MALFORMED_PACKET, connect(version, CLEAN, "c", "u"));
        refusedAfresh(MALFORMED_PACKET, connect(version, CLEAN | USER_NAME, "c", "u", "p"));
    }

    @Test
    void oldVersionMayAnnounceCredentialsThatAreMissing() {
        assertThat(Wire.decode(decoder, connect(MQTT_3_1, CLEAN | USER_NAME | PASSWORD, "c")))
                .containsExactly(Wire.connect(MQTT_3_1));
        assertThat(Wire.decode(
                        PacketDecoder.ofClientPackets(Wire.LIMIT),
                        connect(MQTT_3_1, CLEAN | USER_NAME | PASSWORD, "c", "u")))
                .containsExactly(new Connect(MQTT_3_1, "c", true, 0, Properties.NONE, null, "u", null));
    }

    @Test
    void oldVersionIgnoresFlagsThatItCallsUnused() {
        assertThat(Wire.decode(decoder, connect(MQTT_3_1, CLEAN | WILL_RETAIN | 0x08 | 1, "c")))
                .containsExactly(Wire.connect(MQTT_3_1));
    }

    @ParameterizedTest
    @EnumSource
    @Tag("MQTT-3.1.3-4")
    @Tag("MQTT-3.1.3-10")
    @Tag("MQTT-3.1.3-11")
    @Tag("MQTT5-3.1.3-4")
    @Tag("MQTT5-3.1.3-11")
    @Tag("MQTT5-3.1.3-12")
    void textsThatAreNotUtf8AreMalformed(ProtocolVersion version) {
        for (byte[] text : Utf8Test.ILL_FORMED) {
            byte[] bad = Wire.fields(twoBytes(text.length), text);
            refusedAfresh(MALFORMED_PACKET, connect(version, CLEAN, bad));
            refusedAfresh(MALFORMED_PACKET, connect(version, CLEAN | USER_NAME, "c", bad));
            refusedAfresh(MALFORMED_PACKET, connect(version, CLEAN | WILL, "c", willProperties(version), bad, "m"));
        }
    }

    @ParameterizedTest
    @EnumSource
    @Tag("MQTT-4.7.1-1")
    @Tag("MQTT-4.7.3-1")
    @Tag("MQTT5-4.7.0-1")
    @Tag("MQTT5-4.7.3-1")
    void willTopicIsATopicName(ProtocolVersion version) {
        byte[] none = willProperties(version);
        refusedAfresh(MALFORMED_PACKET, connect(version, CLEAN | WILL, "c", none, "", "m"));
        refusedAfresh(TOPIC_NAME_INVALID, connect(version, CLEAN | WILL, "c", none, "a/#", "m"));
    }

    @Test
    void authenticationDataWithoutMethodIsAProtocolError() {
        refused(PROTOCOL_ERROR, packet(0x10, "MQTT", 5, CLEAN, twoBytes(0), properties(0x16, "x"), "c"));
    }

    private static byte[] willProperties(ProtocolVersion version) {
        return version.hasProperties() ? raw(0) : raw();
    }

    private static byte[] connect(ProtocolVersion version, int flags, Object... payload) {
        return packet(
                0x10,
                version.protocolName(),
                version.level(),
                flags,
                twoBytes(0),
                version.hasProperties() ? raw(0) : raw(),
                Wire.fields(payload));
    }

    private void refused(ReasonCode reason, byte[] packet) {
        assertRefused(Wire.failureOf(decoder, packet), reason, packet);
    }

    private static void refusedAfresh(ReasonCode reason, byte[] packet) {
        assertRefused(Wire.failureOf(PacketDecoder.ofClientPackets(Wire.LIMIT), packet), reason, packet);
    }

    private static void assertRefused(@Nullable DecodeFailure failure, ReasonCode reason, byte[] packet) {
        assertThat(failure).as(Arrays.toString(packet)).isNotNull();
        assertThat(failure.reason()).as(failure.getMessage()).isEqualTo(reason);
    }

    private static void assertForeign(byte[] bytes) {
        DecodeFailure failure = Wire.failureOf(PacketDecoder.ofClientPackets(Wire.LIMIT), bytes);

        assertThat(failure).as(Arrays.toString(bytes)).isNotNull();
        assertThat(failure.isForeignProtocol()).isTrue();
    }
}
