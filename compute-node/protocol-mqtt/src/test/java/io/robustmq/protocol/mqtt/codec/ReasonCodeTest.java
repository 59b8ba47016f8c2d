package io.robustmq.protocol.mqtt.codec;

import static io.robustmq.protocol.mqtt.codec.ProtocolVersion.MQTT_5;
import static io.robustmq.protocol.mqtt.codec.Wire.packet;
import static io.robustmq.protocol.mqtt.codec.Wire.properties;
import static io.robustmq.protocol.mqtt.codec.Wire.twoBytes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class ReasonCodeTest {
    /** The tables of MQTT 5.0 §3.2.2.2, §3.4.2.1, ... by packet and sender, values in hexadecimal. */
    static Stream<Arguments> tables() {
        return Stream.of(
                arguments(
                        PacketType.CONNACK,
                        Sender.SERVER,
                        "00 80 81 82 83 84 85 86 87 88 89 8a 8c 90 95 97 99 9a 9b 9c 9d 9f"),
                arguments(PacketType.PUBACK, Sender.CLIENT, "00 80 83 87 90 91 97 99"),
                arguments(PacketType.PUBACK, Sender.SERVER, "00 10 80 83 87 90 91 97 99"),
                arguments(PacketType.PUBREC, Sender.CLIENT, "00 80 83 87 90 91 97 99"),
                arguments(PacketType.PUBREC, Sender.SERVER, "00 10 80 83 87 90 91 97 99"),
                arguments(PacketType.PUBREL, Sender.CLIENT, "00 92"),
                arguments(PacketType.PUBREL, Sender.SERVER, "00 92"),
                arguments(PacketType.PUBCOMP, Sender.CLIENT, "00 92"),
                arguments(PacketType.PUBCOMP, Sender.SERVER, "00 92"),
                arguments(PacketType.SUBACK, Sender.SERVER, "00 01 02 80 83 87 8f 91 97 9e a1 a2"),
                arguments(PacketType.UNSUBACK, Sender.SERVER, "00 11 80 83 87 8f 91"),
                arguments(PacketType.DISCONNECT, Sender.CLIENT, "00 04 80 81 82 83 8c 90 93 94 95 96 97 98 99"),
                arguments(
                        PacketType.DISCONNECT,
                        Sender.SERVER,
                        "00 80 81 82 83 87 89 8b 8c 8d 8e 8f 90 93 94 95 96 97 98 99 9a 9b 9c 9d 9e 9f a0 a1 a2"),
                arguments(PacketType.AUTH, Sender.CLIENT, "18 19"),
                arguments(PacketType.AUTH, Sender.SERVER, "00 18"));
    }

    @ParameterizedTest
    @MethodSource("tables")
    @Tag("MQTT5-3.2.2-8")
    @Tag("MQTT5-3.4.2-1")
    @Tag("MQTT5-3.5.2-1")
    @Tag("MQTT5-3.6.2-1")
    @Tag("MQTT5-3.7.2-1")
    @Tag("MQTT5-3.9.3-2")
    @Tag("MQTT5-3.11.3-2")
    @Tag("MQTT5-3.14.2-1")
    @Tag("MQTT5-3.15.2-1")
    void packetCarriesTheCodesOfItsTableAndNoOthers(PacketType type, Sender sender, String table) {
        Set<String> accepted = new TreeSet<>();
        for (int value = 0; value < 256; value++) {
            DecodeFailure failure = failureOf(type, sender, value);
            if (failure == null) {
                accepted.add(String.format(Locale.ROOT, "%02x", value));
            } else {
                ReasonCode reason = ReasonCode.of(value);
                boolean otherSideOnly = reason != null && reason.isLegalIn(type);
                assertThat(failure.reason())
                        .as("%s with %d", type, value)
                        .isEqualTo(otherSideOnly ? ReasonCode.PROTOCOL_ERROR : ReasonCode.MALFORMED_PACKET);
            }
        }

        assertThat(accepted.stream().collect(Collectors.joining(" "))).isEqualTo(table);
    }

    @Test
    void everyValueIsThatOfOneCode() {
        for (ReasonCode reason : ReasonCode.values()) {
            assertThat(ReasonCode.of(reason.value())).isSameAs(reason);
            assertThat(reason.isError()).isEqualTo(reason.value() >= 0x80);
        }
        assertThat(ReasonCode.of(3)).isNull();
        assertThat(ReasonCode.of(-1)).isNull();
        assertThat(ReasonCode.of(256)).isNull();
    }

    @Test
    void olderVersionsHaveTheirOwnCodes() {
        assertThat(ReasonCode.SUCCESS.connectReturnCode()).isZero();
        assertThat(ReasonCode.UNSUPPORTED_PROTOCOL_VERSION.connectReturnCode()).isEqualTo(1);
        assertThat(ReasonCode.CLIENT_IDENTIFIER_NOT_VALID.connectReturnCode()).isEqualTo(2);
        assertThat(ReasonCode.SERVER_BUSY.connectReturnCode()).isEqualTo(3);
        assertThat(ReasonCode.BAD_USER_NAME_OR_PASSWORD.connectReturnCode()).isEqualTo(4);
        assertThat(ReasonCode.BANNED.connectReturnCode()).isEqualTo(5);
        assertThat(ReasonCode.GRANTED_QOS_2.subscribeReturnCode()).isEqualTo(2);
        assertThat(ReasonCode.QUOTA_EXCEEDED.subscribeReturnCode()).isEqualTo(0x80);
        assertThat(ReasonCode.granted(QualityOfService.AT_MOST_ONCE)).isEqualTo(ReasonCode.SUCCESS);
        assertThat(ReasonCode.granted(QualityOfService.AT_LEAST_ONCE)).isEqualTo(ReasonCode.GRANTED_QOS_1);
        assertThat(ReasonCode.granted(QualityOfService.EXACTLY_ONCE)).isEqualTo(ReasonCode.GRANTED_QOS_2);
    }

    private static @Nullable DecodeFailure failureOf(PacketType type, Sender sender, int value) {
        PacketDecoder decoder = Wire.decoder(sender, MQTT_5);
        return switch (type) {
            case CONNACK -> Wire.failureOf(decoder, packet(0x20, 0, value, 0));
            case PUBACK, PUBREC, PUBREL, PUBCOMP ->
                new RecordingSink().failureOf(decoder, packet(type.firstByte(), twoBytes(1), value));
            case SUBACK, UNSUBACK -> Wire.failureOf(decoder, packet(type.firstByte(), twoBytes(1), 0, value));
            case DISCONNECT -> Wire.failureOf(decoder, packet(0xE0, value));
            case AUTH -> Wire.failureOf(decoder, packet(0xF0, value, properties(0x15, "M")));
            case CONNECT, PUBLISH, SUBSCRIBE, UNSUBSCRIBE, PINGREQ, PINGRESP -> throw new AssertionError(type);
        };
    }
}
