package io.robustmq.protocol.mqtt.codec;

import static io.robustmq.protocol.mqtt.codec.ProtocolVersion.MQTT_3_1_1;
import static io.robustmq.protocol.mqtt.codec.ProtocolVersion.MQTT_5;
import static io.robustmq.protocol.mqtt.codec.Wire.fourBytes;
import static io.robustmq.protocol.mqtt.codec.Wire.packet;
import static io.robustmq.protocol.mqtt.codec.Wire.properties;
import static io.robustmq.protocol.mqtt.codec.Wire.twoBytes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A PUBLISH from the input buffer through its view into another output buffer. */
class PublishPathTest {
    private static final byte[] PAYLOAD = "payload".getBytes(StandardCharsets.UTF_8);

    private interface Look {
        void at(PublishView view) throws DecodeFailure;
    }

    @Test
    void viewShowsWhereEverythingLies() {
        byte[] bytes =
                packet(0x3D, "a/b", twoBytes(7), properties(0x02, fourBytes(60), 0x01, 1, 0x23, twoBytes(5)), PAYLOAD);

        look(MQTT_5, bytes, view -> {
            assertThat(view.dup()).isTrue();
            assertThat(view.qos()).isEqualTo(QualityOfService.EXACTLY_ONCE);
            assertThat(view.retain()).isTrue();
            assertThat(view.packetId()).isEqualTo(7);
            assertThat(text(view, view.topicOffset(), view.topicLength())).isEqualTo("a/b");
            assertThat(view.topic()).isEqualTo("a/b");
            assertThat(text(view, view.payloadOffset(), view.payloadLength())).isEqualTo("payload");
            assertThat(view.topicAlias()).isEqualTo(5);
            assertThat(view.messageExpirySeconds()).isEqualTo(60);
            assertThat(view.payloadFormat()).isEqualTo(1);
            assertThat(view.hasOtherProperties()).isFalse();
            assertThat(view.has(Property.TOPIC_ALIAS)).isTrue();
            assertThat(view.has(Property.CONTENT_TYPE)).isFalse();
            assertThat(view.propertiesLength()).isEqualTo(10);
            assertThat(view.buffer().getByte(view.propertiesOffset())).isEqualTo((byte) 0x02);
        });
    }

    @Test
    void viewOfAPlainPublishHasNeutralValues() {
        for (ProtocolVersion version : ProtocolVersion.values()) {
            byte[] none = version.hasProperties() ? new byte[1] : new byte[0];
            look(version, packet(0x30, "t", none, PAYLOAD), view -> {
                assertThat(view.packetId()).isZero();
                assertThat(view.topicAlias()).isZero();
                assertThat(view.messageExpirySeconds()).isEqualTo(PublishView.NO_EXPIRY);
                assertThat(view.payloadFormat()).isZero();
                assertThat(view.hasOtherProperties()).isFalse();
                assertThat(view.propertiesLength()).isZero();
                assertThat(view.properties()).isSameAs(Properties.NONE);
                assertThat(view.payloadLength()).isEqualTo(PAYLOAD.length);
            });
        }
    }

    @Test
    void viewForgetsThePacketBefore() {
        byte[] rich = packet(0x32, "t", twoBytes(7), properties(0x02, fourBytes(0), 0x01, 1, 0x23, twoBytes(5)));
        byte[] plain = packet(0x30, "u", 0);
        List<Long> expiries = new ArrayList<>();

        look(
                MQTT_5,
                Wire.fields(rich, plain),
                view -> expiries.add(
                        view.messageExpirySeconds() + view.topicAlias() + view.payloadFormat() + view.packetId()));

        assertThat(expiries).containsExactly(13L, -1L);
    }

    @Test
    void viewCannotBeReadAfterTheCall() {
        List<PublishView> kept = new ArrayList<>();

        look(MQTT_5, packet(0x30, "t", 0), kept::add);

        assertThat(kept.getFirst().buffer().capacity()).isZero();
    }

    @Test
    void topicIsTheConnectionsToValidate() {
        look(
                MQTT_3_1_1,
                packet(0x30, "a/#"),
                view -> assertThatThrownBy(view::validateTopic)
                        .isInstanceOf(DecodeFailure.class)
                        .hasMessageContaining("wildcard"));
        look(
                MQTT_3_1_1,
                packet(0x30, twoBytes(1), 0xFF),
                view -> assertThatThrownBy(view::validateTopic)
                        .isInstanceOf(DecodeFailure.class)
                        .hasMessageContaining("UTF-8"));
        look(MQTT_3_1_1, packet(0x30, "a/b"), PublishView::validateTopic);
    }

    @Test
    @Tag("MQTT5-3.3.2-4")
    @Tag("MQTT5-3.3.2-15")
    @Tag("MQTT5-3.3.2-16")
    @Tag("MQTT5-3.3.2-17")
    @Tag("MQTT5-3.3.2-18")
    @Tag("MQTT5-3.3.2-20")
    void forwardedPropertiesAreAllButAliasAndExpiryInTheirOrder() {
        byte[] alias = Wire.fields(0x23, twoBytes(5));
        byte[] expiry = Wire.fields(0x02, fourBytes(60));
        byte[] format = Wire.fields(0x01, 1);
        byte[] user = Wire.fields(0x26, "k", "v");
        byte[] other = Wire.fields(0x08, "r", 0x09, "c", 0x03, "t");
        byte[][][] orders = {
            {},
            {alias},
            {expiry},
            {user},
            {alias, expiry},
            {expiry, alias},
            {user, alias, other, expiry, user},
            {expiry, user, alias, other},
            {alias, user, expiry},
            {user, other, format, user},
            {user, expiry, other},
            {user, alias}
        };
        for (byte[][] order : orders) {
            byte[] expected = new byte[0];
            for (byte[] part : order) {
                if (part[0] != 0x23 && part[0] != 0x02) {
                    expected = Wire.fields(expected, part);
                }
            }
            byte[] wanted = expected;
            look(MQTT_5, packet(0x30, "t", properties((Object[]) order)), view -> {
                ByteBuf out = Unpooled.buffer();
                view.writeForwardedProperties(out);

                assertThat(view.forwardedPropertiesLength()).isEqualTo(wanted.length);
                assertThat(Wire.drain(out)).isEqualTo(wanted);
            });
        }
    }

    @ParameterizedTest
    @EnumSource
    void headerIsTheSameAsThatOfTheEncodedRecord(ProtocolVersion version) {
        for (QualityOfService qos : QualityOfService.values()) {
            for (int alias : new int[] {0, 9}) {
                for (boolean rich : new boolean[] {false, true}) {
                    assertHeader(version, qos, alias, rich);
                }
            }
        }
    }

    private static void assertHeader(ProtocolVersion version, QualityOfService qos, int alias, boolean rich) {
        byte[] topic = "sensors/é/temperature".getBytes(StandardCharsets.UTF_8);
        int packetId = qos == QualityOfService.AT_MOST_ONCE ? 0 : 513;
        int firstByte = PacketEncoder.publishFirstByte(packetId != 0, qos, true);
        ByteBuf source = Unpooled.buffer();
        ByteBuf properties = Unpooled.buffer();
        ByteBuf fromBuffer = Unpooled.buffer(1);
        ByteBuf fromArray = Unpooled.buffer(1);
        try {
            source.writeByte('x').writeBytes(topic).writeByte('x');
            properties.writeZero(3);
            if (rich) {
                PacketEncoder.writeMessageExpiry(properties, 0xFFFF_FFFFL);
                PacketEncoder.writeSubscriptionIdentifier(properties, 200);
                properties.writeBytes(Wire.fields(0x26, "k", "v"));
            }
            int propertiesLength = properties.readableBytes() - 3;
            int index = PacketEncoder.writePublishHeader(
                    fromBuffer,
                    version,
                    firstByte,
                    source,
                    1,
                    topic.length,
                    packetId,
                    properties,
                    3,
                    propertiesLength,
                    alias,
                    PAYLOAD.length);
            int sameIndex = PacketEncoder.writePublishHeader(
                    fromArray,
                    version,
                    firstByte,
                    topic,
                    packetId,
                    properties,
                    3,
                    propertiesLength,
                    alias,
                    PAYLOAD.length);

            assertThat(sameIndex).isEqualTo(index);
            if (packetId == 0) {
                assertThat(index).isEqualTo(-1);
            } else {
                assertThat(fromBuffer.getUnsignedShort(index)).isEqualTo(packetId);
            }
            assertThat(fromBuffer.readableBytes())
                    .isLessThanOrEqualTo(PacketEncoder.maximumPublishHeaderBytes(topic.length, propertiesLength));
            assertThat(fromArray).isEqualTo(fromBuffer);
            fromBuffer.writeBytes(PAYLOAD);
            assertThat((long) fromBuffer.readableBytes())
                    .isEqualTo(PacketEncoder.publishLength(
                            version, firstByte, topic.length, propertiesLength, alias, PAYLOAD.length));
            Publish expected = new Publish(
                    packetId != 0,
                    qos,
                    true,
                    "sensors/é/temperature",
                    packetId,
                    version.hasProperties() ? expectedProperties(alias, rich) : Properties.NONE,
                    BinaryData.copyOf(PAYLOAD));
            assertThat(Wire.decode(Wire.decoder(Sender.SERVER, version), Wire.drain(fromBuffer.retain())))
                    .isEqualTo(List.of(expected));
        } finally {
            source.release();
            properties.release();
            fromBuffer.release();
            fromArray.release();
        }
    }

    private static Properties expectedProperties(int alias, boolean rich) {
        Properties.Builder builder = Properties.builder();
        if (alias != 0) {
            builder.set(Property.TOPIC_ALIAS, alias);
        }
        if (rich) {
            builder.set(Property.MESSAGE_EXPIRY_INTERVAL, 0xFFFF_FFFFL)
                    .subscriptionIdentifier(200)
                    .userProperty("k", "v");
        }
        return builder.build();
    }

    @Test
    void packetThatTheFormatCannotExpressIsRefused() {
        ByteBuf out = Unpooled.buffer();
        try {
            int tooLong = VariableByteInteger.MAXIMUM_VALUE - 2;
            assertThatThrownBy(() -> PacketEncoder.writePublishHeader(
                            out, MQTT_3_1_1, 0x30, new byte[] {'t'}, 0, Unpooled.EMPTY_BUFFER, 0, 0, 0, tooLong))
                    .isInstanceOf(IllegalArgumentException.class);
            assertThat(out.readableBytes()).isZero();
            assertThat(PacketEncoder.publishLength(MQTT_3_1_1, 0x30, 65_535, 0, 0, Integer.MAX_VALUE))
                    .isGreaterThan(Integer.MAX_VALUE);
            assertThat(PacketEncoder.publishLength(MQTT_3_1_1, 0x30, 1, 0, 0, tooLong - 1))
                    .isEqualTo(PacketDecoder.MAXIMUM_PACKET_SIZE_BYTES);
        } finally {
            out.release();
        }
    }

    @Test
    void copyAppendsExactlyTheRange() {
        ByteBuf from = Unpooled.buffer();
        try {
            for (int i = 0; i < 300; i++) {
                from.writeByte(i);
            }
            for (int length = 0; length <= 200; length++) {
                ByteBuf out = Unpooled.buffer(1).writeByte('x');
                PacketEncoder.copy(from, 5, length, out);

                assertThat(out.readableBytes()).isEqualTo(1 + length);
                assertThat(out.slice(1, length)).isEqualTo(from.slice(5, length));
                out.release();
            }
            assertThat(from.readerIndex()).isZero();
        } finally {
            from.release();
        }
    }

    private static String text(PublishView view, int offset, int length) {
        return view.buffer().toString(offset, length, StandardCharsets.UTF_8);
    }

    private static void look(ProtocolVersion version, byte[] bytes, Look look) {
        List<PublishView> seen = new ArrayList<>();
        DecodeFailure failure = new RecordingSink() {
            @Override
            public void publish(PublishView view) throws DecodeFailure {
                seen.add(view);
                look.at(view);
            }
        }.failureOf(Wire.serverDecoder(version), bytes);

        assertThat(failure).isNull();
        assertThat(seen).isNotEmpty();
    }
}
