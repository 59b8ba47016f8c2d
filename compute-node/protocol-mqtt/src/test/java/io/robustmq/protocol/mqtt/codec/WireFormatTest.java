package io.robustmq.protocol.mqtt.codec;

import static io.robustmq.protocol.mqtt.codec.ProtocolVersion.MQTT_3_1;
import static io.robustmq.protocol.mqtt.codec.ProtocolVersion.MQTT_3_1_1;
import static io.robustmq.protocol.mqtt.codec.ProtocolVersion.MQTT_5;
import static io.robustmq.protocol.mqtt.codec.QualityOfService.AT_LEAST_ONCE;
import static io.robustmq.protocol.mqtt.codec.QualityOfService.AT_MOST_ONCE;
import static io.robustmq.protocol.mqtt.codec.QualityOfService.EXACTLY_ONCE;
import static io.robustmq.protocol.mqtt.codec.Wire.fourBytes;
import static io.robustmq.protocol.mqtt.codec.Wire.properties;
import static io.robustmq.protocol.mqtt.codec.Wire.twoBytes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.List;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Each packet of each version beside its bytes, spelled out by hand; both directions are compared. */
class WireFormatTest {
    private static final byte[] NO_PROPERTIES = {0};
    private static final BinaryData PAYLOAD = BinaryData.ofUtf8("hello");

    static Stream<Arguments> packets() {
        return Stream.of(connects(), publishes(), acks(), subscriptions(), others())
                .flatMap(stream -> stream);
    }

    private static Stream<Arguments> connects() {
        Properties connectProperties = Properties.builder()
                .set(Property.SESSION_EXPIRY_INTERVAL, 0xFFFF_FFFFL)
                .set(Property.AUTHENTICATION_METHOD, "SCRAM")
                .set(Property.AUTHENTICATION_DATA, BinaryData.ofUtf8("x"))
                .set(Property.REQUEST_PROBLEM_INFORMATION, 0)
                .set(Property.REQUEST_RESPONSE_INFORMATION, 1)
                .set(Property.RECEIVE_MAXIMUM, 10)
                .set(Property.TOPIC_ALIAS_MAXIMUM, 20)
                .userProperty("k", "v")
                .userProperty("k", "w")
                .set(Property.MAXIMUM_PACKET_SIZE, 1000)
                .build();
        Properties willProperties = Properties.builder()
                .set(Property.PAYLOAD_FORMAT_INDICATOR, 1)
                .set(Property.MESSAGE_EXPIRY_INTERVAL, 60)
                .set(Property.WILL_DELAY_INTERVAL, 5)
                .build();
        Will will = new Will(EXACTLY_ONCE, true, "w/t", Properties.NONE, BinaryData.ofUtf8("gone"));
        Will will5 = new Will(AT_LEAST_ONCE, false, "w/t", willProperties, BinaryData.ofUtf8("gone"));
        BinaryData password = BinaryData.ofUtf8("secret");
        return Stream.of(
                arguments(
                        MQTT_3_1,
                        new Connect(MQTT_3_1, "id", true, 60, Properties.NONE, null, null, null),
                        Wire.packet(0x10, "MQIsdp", 3, 0x02, twoBytes(60), "id")),
                arguments(
                        MQTT_3_1_1,
                        new Connect(MQTT_3_1_1, "", true, 0, Properties.NONE, null, null, null),
                        Wire.packet(0x10, "MQTT", 4, 0x02, twoBytes(0), "")),
                arguments(
                        MQTT_3_1_1,
                        new Connect(MQTT_3_1_1, "id", false, 65_535, Properties.NONE, will, "user", password),
                        Wire.packet(0x10, "MQTT", 4, 0xF4, twoBytes(65_535), "id", "w/t", "gone", "user", "secret")),
                arguments(
                        MQTT_5,
                        new Connect(MQTT_5, "id", true, 60, Properties.NONE, null, null, null),
                        Wire.packet(0x10, "MQTT", 5, 0x02, twoBytes(60), NO_PROPERTIES, "id")),
                arguments(
                        MQTT_5,
                        new Connect(MQTT_5, "id", false, 60, connectProperties, will5, null, password),
                        Wire.packet(
                                0x10,
                                "MQTT",
                                5,
                                0x4C,
                                twoBytes(60),
                                properties(
                                        0x11,
                                        fourBytes(0xFFFF_FFFFL),
                                        0x15,
                                        "SCRAM",
                                        0x16,
                                        "x",
                                        0x17,
                                        0,
                                        0x19,
                                        1,
                                        0x21,
                                        twoBytes(10),
                                        0x22,
                                        twoBytes(20),
                                        0x26,
                                        "k",
                                        "v",
                                        0x26,
                                        "k",
                                        "w",
                                        0x27,
                                        fourBytes(1000)),
                                "id",
                                properties(0x01, 1, 0x02, fourBytes(60), 0x18, fourBytes(5)),
                                "w/t",
                                "gone",
                                "secret")),
                arguments(MQTT_3_1, new ConnAck(false, ReasonCode.SUCCESS, Properties.NONE), Wire.packet(0x20, 0, 0)),
                arguments(MQTT_3_1_1, new ConnAck(true, ReasonCode.SUCCESS, Properties.NONE), Wire.packet(0x20, 1, 0)),
                arguments(
                        MQTT_3_1_1,
                        new ConnAck(false, ReasonCode.NOT_AUTHORIZED, Properties.NONE),
                        Wire.packet(0x20, 0, 5)),
                arguments(
                        MQTT_5,
                        new ConnAck(
                                true,
                                ReasonCode.SUCCESS,
                                Properties.builder()
                                        .set(Property.ASSIGNED_CLIENT_IDENTIFIER, "auto")
                                        .set(Property.SERVER_KEEP_ALIVE, 30)
                                        .set(Property.MAXIMUM_QOS, 1)
                                        .set(Property.RETAIN_AVAILABLE, 0)
                                        .set(Property.WILDCARD_SUBSCRIPTION_AVAILABLE, 0)
                                        .set(Property.SUBSCRIPTION_IDENTIFIER_AVAILABLE, 0)
                                        .set(Property.SHARED_SUBSCRIPTION_AVAILABLE, 0)
                                        .set(Property.RESPONSE_INFORMATION, "r/")
                                        .set(Property.SERVER_REFERENCE, "other")
                                        .set(Property.REASON_STRING, "ok")
                                        .build()),
                        Wire.packet(
                                0x20,
                                1,
                                0,
                                properties(
                                        0x12,
                                        "auto",
                                        0x13,
                                        twoBytes(30),
                                        0x1A,
                                        "r/",
                                        0x1C,
                                        "other",
                                        0x1F,
                                        "ok",
                                        0x24,
                                        1,
                                        0x25,
                                        0,
                                        0x28,
                                        0,
                                        0x29,
                                        0,
                                        0x2A,
                                        0))),
                arguments(
                        MQTT_5,
                        new ConnAck(false, ReasonCode.BANNED, Properties.NONE),
                        Wire.packet(0x20, 0, 0x8A, NO_PROPERTIES)));
    }

    private static Stream<Arguments> publishes() {
        byte[] payload = PAYLOAD.toByteArray();
        Properties all = Properties.builder()
                .set(Property.PAYLOAD_FORMAT_INDICATOR, 1)
                .set(Property.MESSAGE_EXPIRY_INTERVAL, 7)
                .set(Property.CONTENT_TYPE, "text")
                .set(Property.RESPONSE_TOPIC, "re/ply")
                .set(Property.CORRELATION_DATA, BinaryData.ofUtf8("id-1"))
                .set(Property.TOPIC_ALIAS, 9)
                .userProperty("", "")
                .build();
        return Stream.of(
                arguments(
                        MQTT_3_1,
                        new Publish(false, AT_MOST_ONCE, false, "a/b", 0, Properties.NONE, PAYLOAD),
                        Wire.packet(0x30, "a/b", payload)),
                arguments(
                        MQTT_3_1_1,
                        new Publish(true, AT_LEAST_ONCE, true, "a/b", 10, Properties.NONE, PAYLOAD),
                        Wire.packet(0x3B, "a/b", twoBytes(10), payload)),
                arguments(
                        MQTT_3_1_1,
                        new Publish(false, EXACTLY_ONCE, false, "é", 65_535, Properties.NONE, BinaryData.EMPTY),
                        Wire.packet(0x34, "é", twoBytes(65_535))),
                arguments(
                        MQTT_5,
                        new Publish(false, AT_MOST_ONCE, true, "a/b", 0, Properties.NONE, PAYLOAD),
                        Wire.packet(0x31, "a/b", NO_PROPERTIES, payload)),
                arguments(
                        MQTT_5,
                        new Publish(true, EXACTLY_ONCE, false, "", 1, all, PAYLOAD),
                        Wire.packet(
                                0x3C,
                                "",
                                twoBytes(1),
                                properties(
                                        0x01,
                                        1,
                                        0x02,
                                        fourBytes(7),
                                        0x03,
                                        "text",
                                        0x08,
                                        "re/ply",
                                        0x09,
                                        "id-1",
                                        0x23,
                                        twoBytes(9),
                                        0x26,
                                        "",
                                        ""),
                                payload)));
    }

    private static Stream<Arguments> acks() {
        Properties why = Properties.builder()
                .set(Property.REASON_STRING, "why")
                .userProperty("a", "b")
                .build();
        byte[] whyBytes = properties(0x1F, "why", 0x26, "a", "b");
        return Stream.of(
                arguments(MQTT_3_1, new PubAck(1, ReasonCode.SUCCESS, Properties.NONE), Wire.packet(0x40, twoBytes(1))),
                arguments(
                        MQTT_3_1_1, new PubRec(2, ReasonCode.SUCCESS, Properties.NONE), Wire.packet(0x50, twoBytes(2))),
                arguments(
                        MQTT_3_1_1, new PubRel(3, ReasonCode.SUCCESS, Properties.NONE), Wire.packet(0x62, twoBytes(3))),
                arguments(
                        MQTT_3_1_1,
                        new PubComp(4, ReasonCode.SUCCESS, Properties.NONE),
                        Wire.packet(0x70, twoBytes(4))),
                arguments(MQTT_5, new PubAck(1, ReasonCode.SUCCESS, Properties.NONE), Wire.packet(0x40, twoBytes(1))),
                arguments(
                        MQTT_5,
                        new PubRec(2, ReasonCode.QUOTA_EXCEEDED, Properties.NONE),
                        Wire.packet(0x50, twoBytes(2), 0x97)),
                arguments(
                        MQTT_5,
                        new PubRel(3, ReasonCode.PACKET_IDENTIFIER_NOT_FOUND, why),
                        Wire.packet(0x62, twoBytes(3), 0x92, whyBytes)),
                arguments(
                        MQTT_5,
                        new PubComp(4, ReasonCode.SUCCESS, why),
                        Wire.packet(0x70, twoBytes(4), 0x00, whyBytes)));
    }

    private static Stream<Arguments> subscriptions() {
        Subscribe.Entry plain = new Subscribe.Entry("a/+", SubscriptionOptions.ofQos(EXACTLY_ONCE));
        Subscribe.Entry rich = new Subscribe.Entry(
                "$share/g/#", new SubscriptionOptions(AT_LEAST_ONCE, false, true, RetainHandling.DO_NOT_SEND));
        Subscribe.Entry local = new Subscribe.Entry(
                "x", new SubscriptionOptions(AT_MOST_ONCE, true, false, RetainHandling.SEND_AT_NEW_SUBSCRIBE));
        Properties identifier =
                Properties.builder().subscriptionIdentifier(268_435_455).build();
        return Stream.of(
                arguments(
                        MQTT_3_1,
                        new Subscribe(5, Properties.NONE, List.of(plain)),
                        Wire.packet(0x82, twoBytes(5), "a/+", 2)),
                arguments(
                        MQTT_3_1_1,
                        new Subscribe(5, Properties.NONE, List.of(plain, plain)),
                        Wire.packet(0x82, twoBytes(5), "a/+", 2, "a/+", 2)),
                arguments(
                        MQTT_5,
                        new Subscribe(5, identifier, List.of(plain, rich, local)),
                        Wire.packet(
                                0x82,
                                twoBytes(5),
                                properties(0x0B, Wire.raw(0xFF, 0xFF, 0xFF, 0x7F)),
                                "a/+",
                                2,
                                "$share/g/#",
                                0x29,
                                "x",
                                0x14)),
                arguments(
                        MQTT_3_1_1,
                        new SubAck(
                                5,
                                Properties.NONE,
                                List.of(
                                        ReasonCode.SUCCESS,
                                        ReasonCode.GRANTED_QOS_1,
                                        ReasonCode.GRANTED_QOS_2,
                                        ReasonCode.UNSPECIFIED_ERROR)),
                        Wire.packet(0x90, twoBytes(5), 0, 1, 2, 0x80)),
                arguments(
                        MQTT_5,
                        new SubAck(
                                5, Properties.NONE, List.of(ReasonCode.GRANTED_QOS_2, ReasonCode.TOPIC_FILTER_INVALID)),
                        Wire.packet(0x90, twoBytes(5), NO_PROPERTIES, 2, 0x8F)),
                arguments(
                        MQTT_3_1,
                        new Unsubscribe(6, Properties.NONE, List.of("a/+", "#")),
                        Wire.packet(0xA2, twoBytes(6), "a/+", "#")),
                arguments(
                        MQTT_5,
                        new Unsubscribe(
                                6, Properties.builder().userProperty("a", "b").build(), List.of("a/+")),
                        Wire.packet(0xA2, twoBytes(6), properties(0x26, "a", "b"), "a/+")),
                arguments(MQTT_3_1_1, new UnsubAck(6, Properties.NONE, List.of()), Wire.packet(0xB0, twoBytes(6))),
                arguments(
                        MQTT_5,
                        new UnsubAck(
                                6, Properties.NONE, List.of(ReasonCode.SUCCESS, ReasonCode.NO_SUBSCRIPTION_EXISTED)),
                        Wire.packet(0xB0, twoBytes(6), NO_PROPERTIES, 0, 0x11)));
    }

    private static Stream<Arguments> others() {
        Properties method =
                Properties.builder().set(Property.AUTHENTICATION_METHOD, "M").build();
        return Stream.of(
                arguments(MQTT_3_1, new PingReq(), Wire.packet(0xC0)),
                arguments(MQTT_3_1_1, new PingResp(), Wire.packet(0xD0)),
                arguments(MQTT_5, new PingReq(), Wire.packet(0xC0)),
                arguments(MQTT_5, new PingResp(), Wire.packet(0xD0)),
                arguments(MQTT_3_1_1, new Disconnect(ReasonCode.SUCCESS, Properties.NONE), Wire.packet(0xE0)),
                arguments(MQTT_5, new Disconnect(ReasonCode.SUCCESS, Properties.NONE), Wire.packet(0xE0)),
                arguments(
                        MQTT_5,
                        new Disconnect(ReasonCode.DISCONNECT_WITH_WILL_MESSAGE, Properties.NONE),
                        Wire.packet(0xE0, 0x04)),
                arguments(
                        MQTT_5,
                        new Disconnect(
                                ReasonCode.SUCCESS,
                                Properties.builder()
                                        .set(Property.SESSION_EXPIRY_INTERVAL, 0)
                                        .build()),
                        Wire.packet(0xE0, 0x00, properties(0x11, fourBytes(0)))),
                arguments(
                        MQTT_5,
                        new Auth(ReasonCode.CONTINUE_AUTHENTICATION, method),
                        Wire.packet(0xF0, 0x18, properties(0x15, "M"))));
    }

    @ParameterizedTest
    @MethodSource("packets")
    @Tag("MQTT-2.3.1-5")
    @Tag("MQTT-3.1.3-1")
    @Tag("MQTT-3.8.1-1")
    @Tag("MQTT5-1.5.7-1")
    @Tag("MQTT5-2.2.1-2")
    @Tag("MQTT5-2.2.2-1")
    @Tag("MQTT5-3.1.2-1")
    @Tag("MQTT5-3.1.3-1")
    @Tag("MQTT5-3.1.3-10")
    @Tag("MQTT5-3.3.2-18")
    void packetIsEncodedToTheseBytesAndDecodedFromThem(ProtocolVersion version, Packet packet, byte[] bytes) {
        PacketDecoder decoder = packet instanceof Connect
                ? PacketDecoder.ofClientPackets(Wire.LIMIT)
                : Wire.decoder(Wire.senderOf(packet.type()), version);

        assertThat(Wire.encode(packet, version)).isEqualTo(bytes);
        assertThat(Wire.decode(decoder, bytes)).isEqualTo(List.of(packet));
    }

    @Test
    void olderVersionsLeaveOutWhatTheyCannotSay() {
        Properties why = Properties.builder().set(Property.REASON_STRING, "why").build();
        Properties text =
                Properties.builder().set(Property.CONTENT_TYPE, "text").build();
        SubscriptionOptions options = new SubscriptionOptions(AT_LEAST_ONCE, true, true, RetainHandling.DO_NOT_SEND);

        assertThat(Wire.encode(new PubAck(1, ReasonCode.QUOTA_EXCEEDED, why), MQTT_3_1_1))
                .isEqualTo(Wire.packet(0x40, twoBytes(1)));
        assertThat(Wire.encode(new Publish(false, AT_MOST_ONCE, false, "t", 0, text, PAYLOAD), MQTT_3_1))
                .isEqualTo(Wire.packet(0x30, "t", PAYLOAD.toByteArray()));
        assertThat(Wire.encode(
                        new Subscribe(1, Properties.NONE, List.of(new Subscribe.Entry("t", options))), MQTT_3_1_1))
                .isEqualTo(Wire.packet(0x82, twoBytes(1), "t", 1));
        assertThat(Wire.encode(new SubAck(1, why, List.of(ReasonCode.NOT_AUTHORIZED)), MQTT_3_1_1))
                .isEqualTo(Wire.packet(0x90, twoBytes(1), 0x80));
        assertThat(Wire.encode(new UnsubAck(1, why, List.of(ReasonCode.SUCCESS)), MQTT_3_1_1))
                .isEqualTo(Wire.packet(0xB0, twoBytes(1)));
        assertThat(Wire.encode(new Disconnect(ReasonCode.SERVER_BUSY, why), MQTT_3_1_1))
                .isEqualTo(Wire.packet(0xE0));
        assertThat(Wire.encode(new ConnAck(true, ReasonCode.SUCCESS, Properties.NONE), MQTT_3_1))
                .isEqualTo(Wire.packet(0x20, 0, 0));
    }

    @Test
    @Tag("MQTT-3.2.2-6")
    void connAckWithoutReturnCodeCannotBeSentToOlderVersions() {
        ConnAck malformed = new ConnAck(false, ReasonCode.MALFORMED_PACKET, Properties.NONE);

        assertThatThrownBy(() -> PacketEncoder.encodedLength(malformed, MQTT_3_1_1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("MALFORMED_PACKET");
        assertThat(ReasonCode.MALFORMED_PACKET.connectReturnCode()).isEqualTo(ReasonCode.NO_RETURN_CODE);
    }

    @Test
    void whatAVersionDoesNotHaveIsRefused() {
        Properties alias = Properties.builder().set(Property.TOPIC_ALIAS, 1).build();
        Publish nameless = new Publish(false, AT_MOST_ONCE, false, "", 0, alias, PAYLOAD);

        assertThatThrownBy(() -> PacketEncoder.encodedLength(new Auth(ReasonCode.SUCCESS, Properties.NONE), MQTT_3_1_1))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> PacketEncoder.encodedLength(nameless, MQTT_3_1_1))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> PacketEncoder.encodedLength(Wire.connect(MQTT_5), MQTT_3_1_1))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void successfulAuthenticationNeedsNoBody() {
        Auth bare = new Auth(ReasonCode.SUCCESS, Properties.NONE);

        assertThat(Wire.encode(bare, MQTT_5)).isEqualTo(Wire.packet(0xF0));
        assertThat(Wire.decode(PacketDecoder.ofServerPackets(MQTT_5, Wire.LIMIT), Wire.packet(0xF0)))
                .isEqualTo(List.of(bare));
    }

    @ParameterizedTest
    @EnumSource
    void shortAckEqualsTheEncodedRecord(AckType type) {
        for (ProtocolVersion version : ProtocolVersion.values()) {
            for (ReasonCode reason : ReasonCode.values()) {
                if (reason.isLegalIn(type.packetType())) {
                    Packet record = switch (type) {
                        case PUBACK -> new PubAck(258, reason, Properties.NONE);
                        case PUBREC -> new PubRec(258, reason, Properties.NONE);
                        case PUBREL -> new PubRel(258, reason, Properties.NONE);
                        case PUBCOMP -> new PubComp(258, reason, Properties.NONE);
                    };
                    ByteBuf out = Unpooled.buffer();
                    PacketEncoder.writeAck(out, version, type, 258, reason);

                    byte[] written = Wire.drain(out);
                    assertThat(written).isEqualTo(Wire.encode(record, version));
                    assertThat(written.length).isLessThanOrEqualTo(PacketEncoder.MAXIMUM_ACK_BYTES);
                }
            }
        }
    }

    @Test
    void recordsThatBreakARuleCannotBeMade() {
        Properties alias = Properties.builder().set(Property.TOPIC_ALIAS, 1).build();
        Properties two = Properties.builder()
                .subscriptionIdentifier(1)
                .subscriptionIdentifier(2)
                .build();
        List<Subscribe.Entry> entries = List.of(new Subscribe.Entry("t", SubscriptionOptions.ofQos(AT_MOST_ONCE)));
        refused(() -> new PubAck(0, ReasonCode.SUCCESS, Properties.NONE));
        refused(() -> new PubAck(65_536, ReasonCode.SUCCESS, Properties.NONE));
        refused(() -> new PubAck(1, ReasonCode.BANNED, Properties.NONE));
        refused(() -> new PubAck(1, ReasonCode.SUCCESS, alias));
        refused(() -> new Publish(false, AT_MOST_ONCE, false, "a/#", 0, Properties.NONE, PAYLOAD));
        refused(() -> new Publish(false, AT_MOST_ONCE, false, "", 0, Properties.NONE, PAYLOAD));
        refused(() -> new Publish(true, AT_MOST_ONCE, false, "a", 0, Properties.NONE, PAYLOAD));
        refused(() -> new Publish(false, AT_MOST_ONCE, false, "a", 1, Properties.NONE, PAYLOAD));
        refused(() -> new Publish(false, AT_LEAST_ONCE, false, "a", 0, Properties.NONE, PAYLOAD));
        refused(() -> new ConnAck(true, ReasonCode.BANNED, Properties.NONE));
        refused(() -> new Subscribe(1, Properties.NONE, List.of()));
        refused(() -> new Subscribe(1, two, entries));
        refused(() -> new Subscribe.Entry("", SubscriptionOptions.ofQos(AT_MOST_ONCE)));
        refused(() -> new Subscribe.Entry(
                "$share/g/t", new SubscriptionOptions(AT_MOST_ONCE, true, false, RetainHandling.SEND_AT_SUBSCRIBE)));
        refused(() -> new Unsubscribe(1, Properties.NONE, List.of("")));
        refused(() -> new SubAck(1, Properties.NONE, List.of()));
        refused(() -> new Auth(ReasonCode.CONTINUE_AUTHENTICATION, Properties.NONE));
        refused(() -> new Connect(MQTT_3_1_1, "", true, 0, Properties.NONE, null, null, PAYLOAD));
        refused(() -> new Connect(MQTT_3_1_1, "", true, 65_536, Properties.NONE, null, null, null));
        refused(() -> new Connect(MQTT_3_1_1, "\u0000", true, 0, Properties.NONE, null, null, null));
        refused(() -> new Connect(MQTT_3_1_1, "\uD800", true, 0, Properties.NONE, null, null, null));
        refused(() -> new Will(AT_MOST_ONCE, false, "+", Properties.NONE, PAYLOAD));
    }

    @Test
    void textFormTellsNoCredentials() {
        Connect connect =
                new Connect(MQTT_5, "id", true, 0, Properties.NONE, null, "somebody", BinaryData.ofUtf8("secret"));

        assertThat(connect.toString()).contains("id").doesNotContain("somebody", "secret");
        assertThat(BinaryData.ofUtf8("secret").toString()).isEqualTo("6 bytes");
    }

    private static void refused(ThrowingCallable making) {
        assertThatThrownBy(making).isInstanceOf(IllegalArgumentException.class);
    }
}
