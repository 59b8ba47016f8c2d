package io.robustmq.protocol.mqtt.connection;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.robustmq.kernel.KernelOptions;
import io.robustmq.kernel.node.NodeKernel;
import io.robustmq.kernel.node.NodeSpec;
import io.robustmq.protocol.mqtt.MqttEvent;
import io.robustmq.protocol.mqtt.MqttSettings;
import io.robustmq.protocol.mqtt.codec.BinaryData;
import io.robustmq.protocol.mqtt.codec.ConnAck;
import io.robustmq.protocol.mqtt.codec.Disconnect;
import io.robustmq.protocol.mqtt.codec.Packet;
import io.robustmq.protocol.mqtt.codec.PacketEncoder;
import io.robustmq.protocol.mqtt.codec.PingReq;
import io.robustmq.protocol.mqtt.codec.PingResp;
import io.robustmq.protocol.mqtt.codec.Properties;
import io.robustmq.protocol.mqtt.codec.Property;
import io.robustmq.protocol.mqtt.codec.ProtocolVersion;
import io.robustmq.protocol.mqtt.codec.PubAck;
import io.robustmq.protocol.mqtt.codec.PubComp;
import io.robustmq.protocol.mqtt.codec.PubRec;
import io.robustmq.protocol.mqtt.codec.PubRel;
import io.robustmq.protocol.mqtt.codec.Publish;
import io.robustmq.protocol.mqtt.codec.QualityOfService;
import io.robustmq.protocol.mqtt.codec.ReasonCode;
import io.robustmq.protocol.mqtt.codec.Will;
import io.robustmq.security.node.NodeSecurity;
import io.robustmq.storage.Lease;
import io.robustmq.storage.ledger.LedgerLogOptions;
import io.robustmq.storage.ledger.LedgerLogStore;
import io.robustmq.storage.ledger.LedgerRunStore;
import io.robustmq.storage.memory.MemoryCoordStore;
import io.robustmq.storage.memory.MemoryLedgerStore;
import io.robustmq.transport.HomeLoops;
import io.robustmq.transport.Listener;
import io.robustmq.transport.ListenerSettings;
import io.robustmq.transport.WriteLimits;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Clients over real sockets against real loops and the real kernel, with storage in memory. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class MqttNodeIT {
    private static final QualityOfService QOS_0 = QualityOfService.AT_MOST_ONCE;
    private static final QualityOfService QOS_1 = QualityOfService.AT_LEAST_ONCE;
    private static final QualityOfService QOS_2 = QualityOfService.EXACTLY_ONCE;
    private static final Duration LIMIT = Duration.ofSeconds(20);

    private final HomeLoops loops = HomeLoops.start(2, HomeLoops.Polling.best());
    private final MemoryLedgerStore ledgers = new MemoryLedgerStore();
    private final MemoryCoordStore coordination = new MemoryCoordStore();
    private final LedgerLogStore logs =
            new LedgerLogStore(ledgers, coordination, Lease.SOLE_MEMBER, LedgerLogOptions.defaults("test"));
    private final NodeKernel kernel = new NodeKernel(new NodeSpec(
            List.copyOf(loops.loops()),
            2,
            logs,
            new LedgerRunStore(ledgers, "test"),
            ByteBufAllocator.DEFAULT,
            KernelOptions.DEFAULTS,
            "one",
            () -> true));
    private final MqttAdapter adapter =
            new MqttAdapter(kernel, MqttSettings.DEFAULTS, NodeSecurity.open(), new SecureRandom());
    private int port;

    @BeforeAll
    void start() throws Exception {
        kernel.start().toCompletableFuture().get(20, TimeUnit.SECONDS);
        Listener listener = loops.listen(
                ListenerSettings.tcp("mqtt", "127.0.0.1", 0, 128, 1_000, 10_000, 2 << 20, WriteLimits.DEFAULT),
                adapter);
        port = listener.info().port();
    }

    @AfterAll
    void stop() throws Exception {
        loops.drain(1_000, LIMIT).get(30, TimeUnit.SECONDS);
        kernel.stop().toCompletableFuture().get(20, TimeUnit.SECONDS);
        loops.close(LIMIT);
        kernel.release();
        logs.close();
        ledgers.close();
        coordination.close();
    }

    private SocketClient client(ProtocolVersion version) throws Exception {
        return new SocketClient(port, version);
    }

    private static Publish publish(QualityOfService qos, int packetId, String topic, String payload) {
        return TestClient.publish(qos, packetId, topic, payload);
    }

    private static String text(Publish publish) {
        return new String(publish.payload().toByteArray(), StandardCharsets.UTF_8);
    }

    private long events(MqttEvent event) {
        return adapter.figures().stream()
                .mapToLong(figures -> figures.events().getOrDefault(event, 0L))
                .sum();
    }

    @ParameterizedTest
    @EnumSource(ProtocolVersion.class)
    void messageOfEachQosReachesTheSubscriber(ProtocolVersion version) throws Exception {
        String topic = "each/" + version;
        try (SocketClient subscriber = client(version);
                SocketClient publisher = client(version)) {
            subscriber.connect("sub" + version, true);
            subscriber.subscribe("each/+", QOS_2);
            publisher.connect("pub" + version, true);

            publisher.send(
                    publish(QOS_0, 0, topic, "zero"), publish(QOS_1, 1, topic, "one"), publish(QOS_2, 2, topic, "two"));

            assertThat(publisher.take(PubAck.class).packetId()).isEqualTo(1);
            assertThat(publisher.take(PubRec.class).packetId()).isEqualTo(2);
            publisher.send(new PubRel(2, ReasonCode.SUCCESS, Properties.NONE));
            publisher.take(PubComp.class);
            assertThat(text(subscriber.take(Publish.class))).isEqualTo("zero");
            Publish one = subscriber.take(Publish.class);
            Publish two = subscriber.take(Publish.class);
            assertThat(text(one)).isEqualTo("one");
            assertThat(two.qos()).isEqualTo(QOS_2);
            subscriber.send(
                    new PubAck(one.packetId(), ReasonCode.SUCCESS, Properties.NONE),
                    new PubRec(two.packetId(), ReasonCode.SUCCESS, Properties.NONE));
            assertThat(subscriber.take(PubRel.class).packetId()).isEqualTo(two.packetId());
            subscriber.send(new PubComp(two.packetId(), ReasonCode.SUCCESS, Properties.NONE), new PingReq());
            subscriber.take(PingResp.class);
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = ProtocolVersion.class,
            names = {"MQTT_3_1_1", "MQTT_5"})
    void persistentSessionGetsWhatWasPublishedWhileItWasAway(ProtocolVersion version) throws Exception {
        Properties properties = version.hasProperties()
                ? Properties.builder()
                        .set(Property.SESSION_EXPIRY_INTERVAL, 600)
                        .build()
                : Properties.NONE;
        String topic = "away/" + version;
        try (SocketClient subscriber = client(version)) {
            assertThat(subscriber
                            .connect("away" + version, false, properties, null)
                            .sessionPresent())
                    .isFalse();
            subscriber.subscribe(topic, QOS_1);
        }
        try (SocketClient publisher = client(version)) {
            publisher.connect("pub-away" + version, true);
            for (int i = 1; i <= 50; i++) {
                publisher.send(publish(QOS_1, i, topic, "m" + i));
                assertThat(publisher.take(PubAck.class).packetId()).isEqualTo(i);
            }
        }

        try (SocketClient again = client(version)) {
            assertThat(again.connect("away" + version, false, properties, null).sessionPresent())
                    .isTrue();
            List<String> got = new ArrayList<>();
            for (int i = 1; i <= 50; i++) {
                Publish publish = again.take(Publish.class);
                got.add(text(publish));
                again.send(new PubAck(publish.packetId(), ReasonCode.SUCCESS, Properties.NONE));
            }
            assertThat(got).startsWith("m1", "m2").endsWith("m50").doesNotHaveDuplicates();
            again.send(new PingReq());
            again.take(PingResp.class);
        }
    }

    @Test
    void unacknowledgedDeliveriesComeAgainWithDupAndTheSamePacketIdentifier() throws Exception {
        Publish a;
        Publish b;
        try (SocketClient first = client(ProtocolVersion.MQTT_3_1_1);
                SocketClient publisher = client(ProtocolVersion.MQTT_3_1_1)) {
            first.connect("dup", false);
            first.subscribe("dup/t", QOS_1);
            publisher.connect("pub-dup", true);
            publisher.send(publish(QOS_1, 1, "dup/t", "a"), publish(QOS_1, 2, "dup/t", "b"));
            a = first.take(Publish.class);
            b = first.take(Publish.class);
        }
        assertThat(a.dup() || b.dup()).isFalse();

        try (SocketClient second = client(ProtocolVersion.MQTT_3_1_1)) {
            assertThat(second.connect("dup", false).sessionPresent()).isTrue();
            Publish againA = second.take(Publish.class);
            Publish againB = second.take(Publish.class);
            assertThat(againA.dup() && againB.dup()).isTrue();
            assertThat(List.of(againA.packetId(), againB.packetId())).containsExactly(a.packetId(), b.packetId());
            assertThat(text(againA) + text(againB)).isEqualTo("ab");
        }
    }

    @Test
    void takeoverTellsTheOldConnection() throws Exception {
        try (SocketClient old = client(ProtocolVersion.MQTT_5);
                SocketClient young = client(ProtocolVersion.MQTT_5)) {
            old.connect("taken", true);

            young.connect("taken", true);

            assertThat(old.take(Disconnect.class).reason()).isEqualTo(ReasonCode.SESSION_TAKEN_OVER);
            assertThat(old.next()).isNull();
            young.send(new PingReq());
            young.take(PingResp.class);
        }
    }

    @Test
    void willIsPublishedWhenTheConnectionBreaksAndRetainedForLaterSubscribers() throws Exception {
        try (SocketClient watcher = client(ProtocolVersion.MQTT_5)) {
            watcher.connect("watcher", true);
            watcher.subscribe("will/#", QOS_1);
            Will will = new Will(QOS_1, true, "will/x", Properties.NONE, BinaryData.ofUtf8("gone"));
            try (SocketClient mortal = client(ProtocolVersion.MQTT_5)) {
                mortal.connect("mortal", true, Properties.NONE, will);
            }

            Publish gone = watcher.take(Publish.class);
            assertThat(text(gone)).isEqualTo("gone");
            assertThat(gone.retain()).isFalse();
        }
        try (SocketClient later = client(ProtocolVersion.MQTT_5)) {
            later.connect("later", true);
            later.subscribe("will/+", QOS_0);
            assertThat(later.take(Publish.class).retain()).isTrue();
        }
    }

    @Test
    void lifeOfAWillBeginsWhenItIsPublished() throws Exception {
        Properties properties =
                Properties.builder().set(Property.MESSAGE_EXPIRY_INTERVAL, 1).build();
        Will will = new Will(QOS_1, false, "brief/x", properties, BinaryData.ofUtf8("gone"));
        try (SocketClient watcher = client(ProtocolVersion.MQTT_5)) {
            watcher.connect("brief-watcher", true);
            watcher.subscribe("brief/#", QOS_1);
            try (SocketClient mortal = client(ProtocolVersion.MQTT_5)) {
                mortal.connect("brief-mortal", true, Properties.NONE, will);
                // Longer than the will lives once it is published.
                assertThat(mortal.silentFor(1_200)).isTrue();
            }

            Publish gone = watcher.take(Publish.class);
            assertThat(gone.properties().number(Property.MESSAGE_EXPIRY_INTERVAL, -1))
                    .isEqualTo(1);
        }
    }

    @Test
    void goodbyeForgetsTheWill() throws Exception {
        try (SocketClient watcher = client(ProtocolVersion.MQTT_3_1_1)) {
            watcher.connect("watcher2", true);
            watcher.subscribe("polite/#", QOS_1);
            Will will = new Will(QOS_1, false, "polite/x", Properties.NONE, BinaryData.ofUtf8("gone"));
            try (SocketClient polite = client(ProtocolVersion.MQTT_3_1_1)) {
                polite.connect("polite", true, Properties.NONE, will);
                polite.send(new Disconnect(ReasonCode.SUCCESS, Properties.NONE));
                assertThat(polite.next()).isNull();
            }
            try (SocketClient other = client(ProtocolVersion.MQTT_3_1_1)) {
                other.connect("other", true);
                other.send(publish(QOS_1, 1, "polite/y", "after"));
                other.take(PubAck.class);
            }

            assertThat(text(watcher.take(Publish.class))).isEqualTo("after");
        }
    }

    @Test
    void membersOfAGroupShareTheMessages() throws Exception {
        try (SocketClient one = client(ProtocolVersion.MQTT_5);
                SocketClient two = client(ProtocolVersion.MQTT_3_1_1);
                SocketClient publisher = client(ProtocolVersion.MQTT_5)) {
            one.connect("member1", true);
            two.connect("member2", true);
            one.subscribe("$share/g/shared/#", QOS_1);
            two.subscribe("$share/g/shared/#", QOS_1);
            publisher.connect("pub-shared", true);
            for (int i = 1; i <= 20; i++) {
                publisher.send(publish(QOS_1, i, "shared/t", "m" + i));
                assertThat(publisher.take(PubAck.class).reason()).isEqualTo(ReasonCode.SUCCESS);
            }

            List<String> got = new ArrayList<>();
            for (int i = 0; i < 10; i++) {
                for (SocketClient member : List.of(one, two)) {
                    Publish publish = member.take(Publish.class);
                    assertThat(publish.packetId()).isGreaterThanOrEqualTo(49_152);
                    got.add(text(publish));
                    member.send(new PubAck(publish.packetId(), ReasonCode.SUCCESS, Properties.NONE));
                }
            }
            assertThat(got).hasSize(20).doesNotHaveDuplicates();
        }
    }

    @Test
    void burstKeepsItsOrderAndLosesNothing() throws Exception {
        int messages = 5_000;
        try (SocketClient subscriber = client(ProtocolVersion.MQTT_3_1_1);
                SocketClient publisher = client(ProtocolVersion.MQTT_3_1_1)) {
            subscriber.connect("burst-sub", false);
            subscriber.subscribe("burst", QOS_1);
            publisher.connect("burst-pub", true);
            Thread sender = Thread.ofVirtual().start(() -> {
                ByteBuf bytes = Unpooled.buffer();
                for (int i = 0; i < messages; i++) {
                    PacketEncoder.encode(publish(QOS_1, 1 + i % 60_000, "burst", "m" + i), publisher.version, bytes);
                }
                publisher.sendBytes(bytes);
            });
            Thread acks = Thread.ofVirtual().start(() -> {
                for (int i = 0; i < messages; i++) {
                    assertThat(publisher.take(PubAck.class).packetId()).isEqualTo(1 + i % 60_000);
                }
            });
            for (int i = 0; i < messages; i++) {
                Publish publish = subscriber.take(Publish.class);
                assertThat(text(publish)).isEqualTo("m" + i);
                subscriber.send(new PubAck(publish.packetId(), ReasonCode.SUCCESS, Properties.NONE));
            }
            sender.join();
            acks.join();
        }
    }

    @Test
    void largePayloadsArriveWholeAtASlowReader() throws Exception {
        String large = "0123456789abcdef".repeat(16 << 10);
        try (SocketClient subscriber = client(ProtocolVersion.MQTT_5);
                SocketClient publisher = client(ProtocolVersion.MQTT_5)) {
            subscriber.connect("large-sub", true);
            subscriber.subscribe("large", QOS_1);
            publisher.connect("large-pub", true);
            for (int i = 1; i <= 40; i++) {
                publisher.send(publish(QOS_1, i, "large", i + large));
                publisher.take(PubAck.class);
            }

            for (int i = 1; i <= 40; i++) {
                assertThat(text(subscriber.take(Publish.class))).isEqualTo(i + large);
            }
        }
    }

    @Test
    void badClientsDisturbNobody() throws Exception {
        try (SocketClient good = client(ProtocolVersion.MQTT_5)) {
            good.connect("good", true);
            try (SocketClient http = client(ProtocolVersion.MQTT_3_1_1);
                    SocketClient broken = client(ProtocolVersion.MQTT_5);
                    SocketClient half = client(ProtocolVersion.MQTT_5)) {
                http.sendBytes(Unpooled.copiedBuffer("GET / HTTP/1.1\r\n\r\n", StandardCharsets.US_ASCII));
                assertThat(http.next()).isNull();
                broken.connect("broken", true);
                broken.sendBytes(Unpooled.wrappedBuffer(new byte[] {(byte) 0xFF, 1, 2, 3}));
                assertThat(broken.take(Disconnect.class).reason().isError()).isTrue();
                assertThat(broken.next()).isNull();
                half.sendBytes(Unpooled.wrappedBuffer(new byte[] {0x10, 40, 0, 4, 'M'}));
            }
            assertThat(events(MqttEvent.FOREIGN_PROTOCOL)).isEqualTo(1);
            good.send(new PingReq());
            good.take(PingResp.class);
        }
    }

    @Test
    void packetsSentTogetherWithConnectAreAnsweredInOrder() throws Exception {
        try (SocketClient eager = client(ProtocolVersion.MQTT_5)) {
            eager.send(
                    TestClient.connect(ProtocolVersion.MQTT_5, "eager", true),
                    publish(QOS_1, 1, "nobody/listens", "x"),
                    new PingReq());

            List<Packet> answers = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                Packet answer = eager.next();
                assertThat(answer).isNotNull();
                answers.add(answer);
            }
            assertThat(answers.getFirst()).isInstanceOf(ConnAck.class);
            assertThat(answers)
                    .contains(new PubAck(1, ReasonCode.NO_MATCHING_SUBSCRIBERS, Properties.NONE), new PingResp());
        }
    }
}
