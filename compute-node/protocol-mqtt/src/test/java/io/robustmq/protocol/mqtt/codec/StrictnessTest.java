package io.robustmq.protocol.mqtt.codec;

import static io.robustmq.protocol.mqtt.codec.ProtocolVersion.MQTT_3_1;
import static io.robustmq.protocol.mqtt.codec.ProtocolVersion.MQTT_3_1_1;
import static io.robustmq.protocol.mqtt.codec.ProtocolVersion.MQTT_5;
import static io.robustmq.protocol.mqtt.codec.ReasonCode.MALFORMED_PACKET;
import static io.robustmq.protocol.mqtt.codec.ReasonCode.PROTOCOL_ERROR;
import static io.robustmq.protocol.mqtt.codec.ReasonCode.TOPIC_NAME_INVALID;
import static io.robustmq.protocol.mqtt.codec.Wire.packet;
import static io.robustmq.protocol.mqtt.codec.Wire.properties;
import static io.robustmq.protocol.mqtt.codec.Wire.raw;
import static io.robustmq.protocol.mqtt.codec.Wire.twoBytes;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

/** One test per rule that a packet after CONNECT can break; the tags name the statements. */
class StrictnessTest {
    private static final byte[] NO_PROPERTIES = {0};

    @ParameterizedTest
    @EnumSource(mode = Mode.EXCLUDE, names = "MQTT_3_1")
    @Tag("MQTT-2.2.2-1")
    @Tag("MQTT-2.2.2-2")
    @Tag("MQTT-3.6.1-1")
    @Tag("MQTT-3.8.1-1")
    @Tag("MQTT-3.10.1-1")
    @Tag("MQTT-3.14.1-1")
    @Tag("MQTT5-2.1.3-1")
    @Tag("MQTT5-3.6.1-1")
    @Tag("MQTT5-3.8.1-1")
    @Tag("MQTT5-3.10.1-1")
    @Tag("MQTT5-3.14.1-1")
    @Tag("MQTT5-3.15.1-1")
    void wrongReservedFlagsAreMalformed(ProtocolVersion version) {
        for (PacketType type : PacketType.values()) {
            for (int flags = 0; flags < 16; flags++) {
                int firstByte = (type.code() << 4) | flags;
                if (type != PacketType.PUBLISH && firstByte != type.firstByte()) {
                    refused(version, MALFORMED_PACKET, packet(firstByte, twoBytes(1)));
                }
            }
        }
    }

    @Test
    void flagsThatOldVersionCallsUnusedAreIgnoredThere() {
        accepted(MQTT_3_1, packet(0x8A, twoBytes(1), "t", 0xFD));
        accepted(MQTT_3_1, packet(0x6A, twoBytes(1)));
        accepted(MQTT_3_1, packet(0xC1));
        accepted(MQTT_3_1, packet(0x38, "t"));
    }

    @Test
    void packetTypesThatDoNotExistAreMalformed() {
        for (ProtocolVersion version : ProtocolVersion.values()) {
            refused(version, MALFORMED_PACKET, packet(0x00));
        }
        refused(MQTT_3_1, MALFORMED_PACKET, packet(0xF0));
        refused(MQTT_3_1_1, MALFORMED_PACKET, packet(0xF0));
    }

    @ParameterizedTest
    @EnumSource
    void packetsOfTheOtherSideAreProtocolErrors(ProtocolVersion version) {
        for (int firstByte : new int[] {0x20, 0x90, 0xB0, 0xD0}) {
            refused(version, PROTOCOL_ERROR, packet(firstByte, twoBytes(1)));
        }
        for (int firstByte : new int[] {0x10, 0x82, 0xA2, 0xC0}) {
            refusedFromServer(version, PROTOCOL_ERROR, packet(firstByte, twoBytes(1)));
        }
        if (!version.hasProperties()) {
            refusedFromServer(version, PROTOCOL_ERROR, packet(0xE0));
        }
    }

    @ParameterizedTest
    @EnumSource
    @Tag("MQTT5-1.5.5-1")
    void remainingLengthOfFiveBytesIsMalformed(ProtocolVersion version) {
        refused(version, MALFORMED_PACKET, raw(0x30, 0x80, 0x80, 0x80, 0x80, 0x01));
        refused(version, MALFORMED_PACKET, raw(0x30, 0xFF, 0xFF, 0xFF, 0xFF));
    }

    @Test
    @Tag("MQTT5-1.5.5-1")
    void integersLongerThanNeededAreMalformedInVersion5Only() {
        byte[] padded = raw(0x30, 0x84, 0x00, 0, 1, 't', 0);
        refused(MQTT_5, MALFORMED_PACKET, padded);
        accepted(MQTT_3_1_1, padded);
        accepted(MQTT_3_1, padded);
        refused(MQTT_5, MALFORMED_PACKET, packet(0x30, "t", raw(0x80, 0x00)));
        refused(MQTT_5, MALFORMED_PACKET, packet(0x30, "t", raw(0x82, 0x00, 0x01, 0x01)));
    }

    @ParameterizedTest
    @EnumSource
    @Tag("MQTT-2.3.1-1")
    @Tag("MQTT5-2.2.1-3")
    void packetIdentifierZeroIsAProtocolError(ProtocolVersion version) {
        byte[] properties = version.hasProperties() ? NO_PROPERTIES : new byte[0];
        refused(version, PROTOCOL_ERROR, packet(0x32, "t", twoBytes(0), properties));
        refused(version, PROTOCOL_ERROR, packet(0x34, "t", twoBytes(0), properties));
        refused(version, PROTOCOL_ERROR, packet(0x40, twoBytes(0)));
        refused(version, PROTOCOL_ERROR, packet(0x50, twoBytes(0)));
        refused(version, PROTOCOL_ERROR, packet(0x62, twoBytes(0)));
        refused(version, PROTOCOL_ERROR, packet(0x70, twoBytes(0)));
        refused(version, PROTOCOL_ERROR, packet(0x82, twoBytes(0), properties, "t", 0));
        refused(version, PROTOCOL_ERROR, packet(0xA2, twoBytes(0), properties, "t"));
        refusedFromServer(version, PROTOCOL_ERROR, packet(0x90, twoBytes(0), properties, 0));
        refusedFromServer(version, PROTOCOL_ERROR, packet(0xB0, twoBytes(0), properties));
    }

    @ParameterizedTest
    @EnumSource
    @Tag("MQTT-3.3.1-4")
    @Tag("MQTT5-3.3.1-4")
    void publishAtQosThreeIsMalformed(ProtocolVersion version) {
        refused(version, MALFORMED_PACKET, packet(0x36, "t", twoBytes(1), NO_PROPERTIES));
        refused(version, MALFORMED_PACKET, packet(0x3E, "t", twoBytes(1), NO_PROPERTIES));
    }

    @ParameterizedTest
    @EnumSource(mode = Mode.EXCLUDE, names = "MQTT_3_1")
    @Tag("MQTT-3.3.1-2")
    @Tag("MQTT5-3.3.1-2")
    void duplicateAtQosZeroIsAProtocolError(ProtocolVersion version) {
        refused(version, PROTOCOL_ERROR, packet(0x38, "t", NO_PROPERTIES));
    }

    @Test
    void duplicateFlagMeansNothingAtQosZeroInTheOldVersion() {
        assertThat(Wire.decode(Wire.serverDecoder(MQTT_3_1), packet(0x38, "t")).getFirst())
                .isInstanceOfSatisfying(
                        Publish.class, publish -> assertThat(publish.dup()).isFalse());
    }

    @ParameterizedTest
    @EnumSource
    @Tag("MQTT-3.3.2-2")
    @Tag("MQTT-4.7.1-1")
    @Tag("MQTT5-3.3.2-2")
    @Tag("MQTT5-4.7.0-1")
    void topicNameWithWildcardIsInvalid(ProtocolVersion version) {
        for (String topic : new String[] {"#", "+", "a/#", "a/+/b", "a+", "0123456789/#", "01234567/é+"}) {
            refused(version, TOPIC_NAME_INVALID, packet(0x30, topic, NO_PROPERTIES));
        }
    }

    @ParameterizedTest
    @EnumSource
    @Tag("MQTT-1.5.3-1")
    @Tag("MQTT-1.5.3-2")
    @Tag("MQTT-3.3.2-1")
    @Tag("MQTT-4.7.3-2")
    @Tag("MQTT5-1.5.4-1")
    @Tag("MQTT5-1.5.4-2")
    @Tag("MQTT5-3.3.2-1")
    @Tag("MQTT5-4.7.3-2")
    void topicNameThatIsNotUtf8IsMalformed(ProtocolVersion version) {
        for (byte[] text : Utf8Test.ILL_FORMED) {
            refused(version, MALFORMED_PACKET, packet(0x30, twoBytes(text.length), text, NO_PROPERTIES));
        }
    }

    @Test
    @Tag("MQTT-4.7.3-1")
    @Tag("MQTT5-4.7.3-1")
    void emptyTopicNameNeedsAnAlias() {
        refused(MQTT_3_1, MALFORMED_PACKET, packet(0x30, ""));
        refused(MQTT_3_1_1, MALFORMED_PACKET, packet(0x30, ""));
        refused(MQTT_5, PROTOCOL_ERROR, packet(0x30, "", NO_PROPERTIES));
        accepted(MQTT_5, packet(0x30, "", properties(0x23, twoBytes(1))));
    }

    @Test
    @Tag("MQTT5-3.3.2-8")
    void topicAliasZeroIsInvalid() {
        refused(MQTT_5, ReasonCode.TOPIC_ALIAS_INVALID, packet(0x30, "t", properties(0x23, twoBytes(0))));
    }

    @Test
    @Tag("MQTT5-3.3.4-6")
    void subscriptionIdentifierInAClientsPublishIsAProtocolError() {
        byte[] publish = packet(0x30, "t", properties(0x0B, 1, 0x0B, 2));

        refused(MQTT_5, PROTOCOL_ERROR, publish);
        assertThat(Wire.decode(Wire.decoder(Sender.SERVER, MQTT_5), publish)).hasSize(1);
    }

    @Test
    @Tag("MQTT5-3.3.2-13")
    @Tag("MQTT5-3.3.2-14")
    void responseTopicWithWildcardIsInvalid() {
        refused(MQTT_5, TOPIC_NAME_INVALID, packet(0x30, "t", properties(0x08, "a/+")));
        refused(MQTT_5, TOPIC_NAME_INVALID, packet(0x30, "t", properties(0x08, "")));
        refused(MQTT_5, MALFORMED_PACKET, packet(0x30, "t", properties(0x08, twoBytes(1), 0xFF)));
    }

    @ParameterizedTest
    @EnumSource
    void everyPacketCutShortOrProlongedIsRefused(ProtocolVersion version) {
        RandomPackets random = new RandomPackets(3);
        for (int round = 0; round < 300; round++) {
            Packet packet = random.next(version);
            byte[] bytes = Wire.encode(packet, version);
            int header = bytes.length - PacketWriter.bodyLength(packet, version);
            byte[] body = Arrays.copyOfRange(bytes, header, bytes.length);
            if (packet instanceof Publish) {
                continue; // its payload may have any length
            }
            DecodeFailure failure = failure(packet, version, packet(bytes[0] & 0xFF, body, 0xFF));
            assertThat(failure)
                    .as("%s of %s with one byte more", packet, version)
                    .isNotNull();
        }
    }

    @ParameterizedTest
    @EnumSource
    void fieldsCutShortAreMalformed(ProtocolVersion version) {
        byte[] none = version.hasProperties() ? NO_PROPERTIES : new byte[0];
        refused(version, MALFORMED_PACKET, packet(0x30));
        refused(version, MALFORMED_PACKET, packet(0x30, 0));
        refused(version, MALFORMED_PACKET, packet(0x30, twoBytes(2), 't'));
        refused(version, MALFORMED_PACKET, packet(0x32, "t"));
        refused(version, MALFORMED_PACKET, packet(0x32, "t", 0));
        refused(version, MALFORMED_PACKET, packet(0x40));
        refused(version, MALFORMED_PACKET, packet(0x40, 1));
        refused(version, MALFORMED_PACKET, packet(0x82, twoBytes(1), none, "t"));
        refused(version, MALFORMED_PACKET, packet(0x82, twoBytes(1), none, twoBytes(2), 't'));
        refused(version, MALFORMED_PACKET, packet(0xA2, twoBytes(1), none, 0));
        refused(version, MALFORMED_PACKET, packet(0xC0, 0));
        refusedFromServer(version, MALFORMED_PACKET, packet(0xD0, 0));
        if (version.hasProperties()) {
            refused(version, MALFORMED_PACKET, packet(0x30, "t"));
            refused(version, MALFORMED_PACKET, packet(0x30, "t", 2, 0x01));
            refused(version, MALFORMED_PACKET, packet(0x30, "t", raw(0x80)));
            refused(version, MALFORMED_PACKET, packet(0xF0, 0x18));
        } else {
            refused(version, MALFORMED_PACKET, packet(0x40, twoBytes(1), 0));
            refused(version, MALFORMED_PACKET, packet(0xE0, 0));
            refusedFromServer(version, MALFORMED_PACKET, packet(0xB0, twoBytes(1), 0));
        }
    }

    @ParameterizedTest
    @EnumSource
    @Tag("MQTT-3.8.3-3")
    @Tag("MQTT-3.10.3-2")
    @Tag("MQTT5-3.8.3-2")
    @Tag("MQTT5-3.10.3-2")
    void emptyListsAreProtocolErrors(ProtocolVersion version) {
        byte[] none = version.hasProperties() ? NO_PROPERTIES : new byte[0];
        refused(version, PROTOCOL_ERROR, packet(0x82, twoBytes(1), none));
        refused(version, PROTOCOL_ERROR, packet(0xA2, twoBytes(1), none));
        refusedFromServer(version, PROTOCOL_ERROR, packet(0x90, twoBytes(1), none));
    }

    @ParameterizedTest
    @EnumSource
    @Tag("MQTT-3.8.3-1")
    @Tag("MQTT-3.10.3-1")
    @Tag("MQTT-4.7.3-1")
    @Tag("MQTT5-3.8.3-1")
    @Tag("MQTT5-3.10.3-1")
    @Tag("MQTT5-4.7.3-1")
    void filtersThatAreEmptyOrNotUtf8AreMalformed(ProtocolVersion version) {
        byte[] none = version.hasProperties() ? NO_PROPERTIES : new byte[0];
        refused(version, MALFORMED_PACKET, packet(0x82, twoBytes(1), none, "", 0));
        refused(version, MALFORMED_PACKET, packet(0xA2, twoBytes(1), none, ""));
        for (byte[] text : Utf8Test.ILL_FORMED) {
            byte[] filter = Wire.fields(twoBytes(text.length), text);
            refused(version, MALFORMED_PACKET, packet(0x82, twoBytes(1), none, filter, 0));
            refused(version, MALFORMED_PACKET, packet(0xA2, twoBytes(1), none, filter));
        }
    }

    @ParameterizedTest
    @EnumSource
    @Tag("MQTT-3.8.3-4")
    void subscriptionAtQosThreeIsAProtocolError(ProtocolVersion version) {
        byte[] none = version.hasProperties() ? NO_PROPERTIES : new byte[0];
        refused(version, PROTOCOL_ERROR, packet(0x82, twoBytes(1), none, "t", 3));
    }

    @Test
    @Tag("MQTT-3.8.3-4")
    @Tag("MQTT5-3.8.3-5")
    void reservedSubscriptionOptionsAreMalformed() {
        for (int bit = 2; bit < 8; bit++) {
            refused(MQTT_3_1_1, MALFORMED_PACKET, packet(0x82, twoBytes(1), "t", 1 << bit));
        }
        refused(MQTT_5, MALFORMED_PACKET, packet(0x82, twoBytes(1), 0, "t", 0x40));
        refused(MQTT_5, MALFORMED_PACKET, packet(0x82, twoBytes(1), 0, "t", 0x80));
    }

    @Test
    void retainHandlingThreeIsAProtocolError() {
        refused(MQTT_5, PROTOCOL_ERROR, packet(0x82, twoBytes(1), 0, "t", 0x30));
    }

    @Test
    @Tag("MQTT5-3.8.3-4")
    void noLocalOnASharedSubscriptionIsAProtocolError() {
        refused(MQTT_5, PROTOCOL_ERROR, packet(0x82, twoBytes(1), 0, "$share/g/t", 0x04));
        accepted(MQTT_5, packet(0x82, twoBytes(1), 0, "$share/g/t", 0x00));
        accepted(MQTT_5, packet(0x82, twoBytes(1), 0, "$shared/g/t", 0x04));
    }

    @Test
    @Tag("MQTT-3.2.2-1")
    @Tag("MQTT5-3.2.2-1")
    @Tag("MQTT5-3.2.2-6")
    void inconsistentConnAckIsRefused() {
        refusedFromServer(MQTT_3_1_1, MALFORMED_PACKET, packet(0x20, 2, 0));
        refusedFromServer(MQTT_3_1_1, PROTOCOL_ERROR, packet(0x20, 1, 5));
        refusedFromServer(MQTT_3_1_1, MALFORMED_PACKET, packet(0x20, 0, 6));
        refusedFromServer(MQTT_5, MALFORMED_PACKET, packet(0x20, 0x80, 0, NO_PROPERTIES));
        refusedFromServer(MQTT_5, PROTOCOL_ERROR, packet(0x20, 1, 0x80, NO_PROPERTIES));
        refusedFromServer(MQTT_5, MALFORMED_PACKET, packet(0x20, 0, 0x01, NO_PROPERTIES));
        assertThat(Wire.decode(Wire.decoder(Sender.SERVER, MQTT_3_1), packet(0x20, 0xFF, 5)))
                .containsExactly(new ConnAck(false, ReasonCode.NOT_AUTHORIZED, Properties.NONE));
    }

    @Test
    @Tag("MQTT-3.9.3-2")
    @Tag("MQTT5-3.9.3-2")
    @Tag("MQTT5-3.11.3-2")
    void reservedCodesInSubAckAndUnsubAckAreMalformed() {
        refusedFromServer(MQTT_3_1_1, MALFORMED_PACKET, packet(0x90, twoBytes(1), 3));
        refusedFromServer(MQTT_3_1_1, MALFORMED_PACKET, packet(0x90, twoBytes(1), 0x87));
        refusedFromServer(MQTT_5, MALFORMED_PACKET, packet(0x90, twoBytes(1), 0, 3));
        refusedFromServer(MQTT_5, MALFORMED_PACKET, packet(0xB0, twoBytes(1), 0, 1));
        refusedFromServer(MQTT_5, PROTOCOL_ERROR, packet(0xB0, twoBytes(1), 0));
    }

    @Test
    void authenticationWithoutMethodIsAProtocolError() {
        refused(MQTT_5, PROTOCOL_ERROR, packet(0xF0, 0x18, NO_PROPERTIES));
        refused(MQTT_5, PROTOCOL_ERROR, packet(0xF0));
    }

    @Test
    void packetAboveTheLimitIsRefusedBeforeItsBodyArrives() {
        PacketDecoder decoder = PacketDecoder.ofServerPackets(MQTT_5, 100);

        assertThat(Wire.failureOf(decoder, raw(0x30, 98))).isNull();
        assertThat(decoder.pendingPacketBytes()).isEqualTo(100);
        DecodeFailure failure = Wire.failureOf(decoder, raw(0x30, 99));

        assertThat(failure).isNotNull();
        assertThat(failure.reason()).isEqualTo(ReasonCode.PACKET_TOO_LARGE);
        assertThat(failure).hasMessageContaining("101").hasMessageContaining("100");
    }

    @Test
    void failedDecoderStaysFailed() {
        PacketDecoder decoder = Wire.serverDecoder(MQTT_5);
        DecodeFailure first = Wire.failureOf(decoder, packet(0x00));

        assertThat(Wire.failureOf(decoder, packet(0xC0))).isNotNull().isSameAs(first);
        assertThat(first).isNotNull();
        assertThat(first.getStackTrace()).isEmpty();
        assertThat(first.isForeignProtocol()).isFalse();
    }

    private static void accepted(ProtocolVersion version, byte[] packet) {
        assertThat(Wire.decode(Wire.serverDecoder(version), packet)).hasSize(1);
    }

    private static void refused(ProtocolVersion version, ReasonCode reason, byte[] packet) {
        assertRefused(Wire.failureOf(Wire.serverDecoder(version), packet), version, reason, packet);
    }

    private static void refusedFromServer(ProtocolVersion version, ReasonCode reason, byte[] packet) {
        assertRefused(Wire.failureOf(Wire.decoder(Sender.SERVER, version), packet), version, reason, packet);
    }

    private static void assertRefused(
            @Nullable DecodeFailure failure, ProtocolVersion version, ReasonCode reason, byte[] packet) {
        assertThat(failure).as("%s for %s", Arrays.toString(packet), version).isNotNull();
        assertThat(failure.reason()).as(failure.getMessage()).isEqualTo(reason);
        assertThat(failure.getMessage()).endsWith(".");
    }

    private static @Nullable DecodeFailure failure(Packet packet, ProtocolVersion version, byte[] bytes) {
        PacketDecoder decoder = packet instanceof Connect
                ? PacketDecoder.ofClientPackets(Wire.LIMIT)
                : Wire.decoder(Wire.senderOf(packet.type()), version);
        return Wire.failureOf(decoder, bytes);
    }
}
