package io.robustmq.protocol.mqtt.connection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.robustmq.kernel.PublishOutcome;
import io.robustmq.protocol.mqtt.codec.BinaryData;
import io.robustmq.protocol.mqtt.codec.Disconnect;
import io.robustmq.protocol.mqtt.codec.Packet;
import io.robustmq.protocol.mqtt.codec.PacketEncoder;
import io.robustmq.protocol.mqtt.codec.PingReq;
import io.robustmq.protocol.mqtt.codec.Properties;
import io.robustmq.protocol.mqtt.codec.Property;
import io.robustmq.protocol.mqtt.codec.ProtocolVersion;
import io.robustmq.protocol.mqtt.codec.PubRel;
import io.robustmq.protocol.mqtt.codec.Publish;
import io.robustmq.protocol.mqtt.codec.QualityOfService;
import io.robustmq.protocol.mqtt.codec.ReasonCode;
import io.robustmq.protocol.mqtt.codec.Subscribe;
import io.robustmq.protocol.mqtt.codec.SubscriptionOptions;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Bytes in any cut and of any content: the same reaction, never a failure, never a buffer left behind. */
class AnyBytesTest {
    private static final int ROUNDS = 100;

    private static ByteBuf conversation(ProtocolVersion version) {
        Properties properties = version.hasProperties()
                ? Properties.builder()
                        .set(Property.TOPIC_ALIAS, 3)
                        .set(Property.MESSAGE_EXPIRY_INTERVAL, 100)
                        .userProperty("k", "v")
                        .build()
                : Properties.NONE;
        List<Packet> packets = List.of(
                TestClient.connect(version, "c", true),
                new Publish(
                        false, QualityOfService.AT_MOST_ONCE, true, "a/b", 0, properties, BinaryData.ofUtf8("zero")),
                TestClient.publish(QualityOfService.AT_LEAST_ONCE, 1, "a/ü", "x".repeat(700)),
                TestClient.publish(QualityOfService.EXACTLY_ONCE, 2, "q", "two"),
                new PubRel(2, ReasonCode.SUCCESS, Properties.NONE),
                new Subscribe(
                        3,
                        Properties.NONE,
                        List.of(new Subscribe.Entry("a/+", SubscriptionOptions.ofQos(QualityOfService.AT_LEAST_ONCE)))),
                new PingReq());
        ByteBuf bytes = Unpooled.buffer();
        packets.forEach(packet -> PacketEncoder.encode(packet, version, bytes));
        return bytes;
    }

    /** Feeds the bytes in pieces, attaching as soon as asked. */
    private static void feed(TestClient client, ByteBuf bytes, Random random, int pieceMax) {
        boolean attached = false;
        while (bytes.isReadable()) {
            ByteBuf piece = bytes.readSlice(Math.min(bytes.readableBytes(), 1 + random.nextInt(pieceMax)));
            client.connection.received(piece);
            client.kernel.loop.tick();
            if (!attached && !client.kernel.attachments.isEmpty() && random.nextBoolean()) {
                attached = true;
                client.session().answerAtOnce = random.nextBoolean();
                client.attach(false);
            }
        }
        if (!attached && !client.kernel.attachments.isEmpty() && !client.wire.closed) {
            client.attach(false);
        }
    }

    @ParameterizedTest
    @EnumSource(ProtocolVersion.class)
    void cutOfTheBytesMakesNoDifference(ProtocolVersion version) {
        TestClient whole = new TestClient(version);
        feed(whole, conversation(version), new Random(0), Integer.MAX_VALUE - 1);
        for (int seed = 0; seed < ROUNDS; seed++) {
            TestClient pieces = new TestClient(version);

            feed(pieces, conversation(version), new Random(seed), 1 + seed);

            assertThat(pieces.session().published).as("seed %d", seed).isEqualTo(whole.session().published);
            assertThat(pieces.session().publishedOnce).isEqualTo(whole.session().publishedOnce);
            assertThat(pieces.session().released).isEqualTo(whole.session().released);
            assertThat(pieces.session().subscribes).isEqualTo(whole.session().subscribes);
            assertThat(pieces.wire.closed).isFalse();
            pieces.connection.lost();
        }
        whole.connection.lost();
    }

    @ParameterizedTest
    @EnumSource(ProtocolVersion.class)
    void damagedConversationEndsInASpecifiedReaction(ProtocolVersion version) {
        for (int seed = 0; seed < ROUNDS; seed++) {
            Random random = new Random(seed);
            ByteBuf bytes = conversation(version);
            int damages = 1 + random.nextInt(4);
            for (int i = 0; i < damages; i++) {
                bytes.setByte(random.nextInt(bytes.readableBytes()), random.nextInt(256));
            }
            survive(version, seed, random, bytes);
        }
    }

    @ParameterizedTest
    @EnumSource(ProtocolVersion.class)
    void noiseEndsInASpecifiedReaction(ProtocolVersion version) {
        for (int seed = 0; seed < ROUNDS; seed++) {
            Random random = new Random(seed);
            ByteBuf bytes = Unpooled.buffer();
            if (random.nextBoolean()) {
                PacketEncoder.encode(TestClient.connect(version, "c", true), version, bytes);
            }
            byte[] noise = new byte[random.nextInt(400)];
            random.nextBytes(noise);
            bytes.writeBytes(noise);
            survive(version, seed, random, bytes);
        }
    }

    private static void survive(ProtocolVersion version, int seed, Random random, ByteBuf bytes) {
        TestClient client = new TestClient(version);
        assertThatCode(() -> feed(client, bytes, random, 300))
                .as("seed %d of %s: %s", seed, version, ByteBufUtil.hexDump(bytes, 0, bytes.writerIndex()))
                .doesNotThrowAnyException();
        if (client.wire.closed && !client.kernel.attachments.isEmpty()) {
            assertThat(client.session().detached).hasSize(1);
        }
        client.connection.lost();
        if (!client.kernel.attachments.isEmpty()) {
            assertThat(client.session().detached).as("seed %d", seed).hasSize(1);
        }
    }

    @ParameterizedTest
    @EnumSource(ProtocolVersion.class)
    void answersAfterTheEndHaveNoEffect(ProtocolVersion version) {
        TestClient client = TestClient.live(version);
        client.send(TestClient.publish(QualityOfService.AT_LEAST_ONCE, 1, "a", ""));
        client.send(new Disconnect(ReasonCode.SUCCESS, Properties.NONE));

        client.session().sink.published(client.session().published.getFirst().token(), PublishOutcome.DONE);
        client.session().sink.publishedOnce(1, PublishOutcome.UNKNOWN);
        client.session().sink.releasedOnce(1, true);
        client.session().sink.receivedLogged(1);
        client.connection.silentTooLong();
        client.connection.farewell();

        assertThat(client.received()).isEmpty();
        assertThat(client.session().detached).hasSize(1);
    }
}
