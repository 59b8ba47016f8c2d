package io.robustmq.acceptance.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.robustmq.acceptance.broker.Broker;
import io.robustmq.acceptance.broker.SharedBroker;
import io.robustmq.acceptance.wire.Ack;
import io.robustmq.acceptance.wire.Connect;
import io.robustmq.acceptance.wire.Disconnect;
import io.robustmq.acceptance.wire.PacketBytes;
import io.robustmq.acceptance.wire.Properties;
import io.robustmq.acceptance.wire.Property;
import io.robustmq.acceptance.wire.Publish;
import io.robustmq.acceptance.wire.Subscription;
import io.robustmq.acceptance.wire.Version;
import io.robustmq.acceptance.wire.WireClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** PUBLISH and its acknowledgements, flow control, topic aliases and what travels with a message. */
@ExtendWith(SharedBroker.class)
final class PublishConformance {
    private final Scene scene;

    PublishConformance(Broker broker) {
        this.scene = new Scene(broker);
    }

    @AfterEach
    void close() {
        scene.close();
    }

    static Stream<Arguments> versionsAndQualities() {
        return Stream.of(Version.values())
                .flatMap(version -> IntStream.rangeClosed(0, 2)
                        .boxed()
                        .flatMap(published -> IntStream.rangeClosed(0, 2)
                                .mapToObj(granted -> Arguments.of(version, published, granted))));
    }

    @ParameterizedTest
    @MethodSource("versionsAndQualities")
    @Tag("MQTT-3.8.4-6")
    @Tag("MQTT5-3.8.4-8")
    @Tag("MQTT-4.3.1-1")
    @Tag("MQTT-4.3.2-1")
    @Tag("MQTT-4.3.2-2")
    @Tag("MQTT5-4.3.1-1")
    @Tag("MQTT5-4.3.2-4")
    @Tag("MQTT-2.3.1-6")
    @Tag("MQTT-3.3.4-1")
    @Tag("MQTT5-2.2.1-5")
    @Tag("MQTT5-3.3.4-1")
    @Tag("MQTT-2.3.1-5")
    @Tag("MQTT5-4.3.3-8")
    void deliveredQosIsTheLowerOfPublishedAndGranted(Version version, int published, int granted) {
        WireClient subscriber = scene.client(version, "s");
        assertThat(subscriber
                        .subscribe(Subscription.of(scene.topic("t"), granted))
                        .reasons())
                .containsExactly(granted);
        WireClient publisher = scene.publisher(version);
        Publish publish = Publish.of(scene.topic("t"), "\u0000\u00FFpayload").qos(published);

        if (published == 0) {
            publisher.publish(publish);
        } else {
            assertThat(publisher.publishAndAwait(publish).reason()).isZero();
        }

        Publish received = subscriber.awaitPublish(scene.topic("t"));
        assertThat(received.qos()).isEqualTo(Math.min(published, granted));
        assertThat(received.payload()).isEqualTo("\u0000\u00FFpayload");
        assertThat(received.retain()).isFalse();
        assertThat(received.dup()).isFalse();
    }

    @ParameterizedTest
    @EnumSource
    @Tag("MQTT-3.3.1-3")
    @Tag("MQTT5-3.3.1-3")
    void dupOfThePublisherIsNotPassedOn(Version version) {
        WireClient subscriber = scene.subscriber(version, Subscription.of(scene.topic("t"), 1));
        WireClient publisher = scene.publisher(version);

        publisher.publishAndAwait(Publish.of(scene.topic("t"), "x").qos(1).duplicate());

        assertThat(subscriber.awaitPublish().dup()).isFalse();
    }

    @ParameterizedTest
    @EnumSource
    void emptyPayloadIsDelivered(Version version) {
        WireClient subscriber = scene.subscriber(version, Subscription.of(scene.topic("t"), 1));

        scene.publisher(version)
                .publishAndAwait(Publish.of(scene.topic("t"), "").qos(1));

        assertThat(subscriber.awaitPublish().payload()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"0, 200000", "1, 200000", "2, 200000", "1, 127", "1, 128", "1, 16383", "1, 16384"})
    @Tag("MQTT-7.1.1-1")
    @Tag("MQTT-7.1.1-2")
    @Tag("MQTT5-4.2-1")
    void payloadsOfEverySizeArriveUnchanged(int qos, int size) {
        WireClient subscriber = scene.subscriber(Version.V5, Subscription.of(scene.topic("t"), 2));
        StringBuilder payload = new StringBuilder();
        for (int i = 0; i < size; i++) {
            payload.append((char) ((i * 31 + i / 256) & 0xFF));
        }

        WireClient publisher = scene.publisher(Version.V5);
        Publish publish = Publish.of(scene.topic("t"), payload.toString()).qos(qos);
        if (qos == 0) {
            publisher.publish(publish);
        } else {
            publisher.publishAndAwait(publish);
        }

        assertThat(subscriber.awaitPublish().payload().contentEquals(payload)).isTrue();
    }

    @ParameterizedTest
    @CsvSource({"V3_1_1, 0", "V3_1_1, 1", "V3_1_1, 2", "V5, 0", "V5, 1", "V5, 2"})
    @Tag("MQTT-4.6.0-5")
    @Tag("MQTT-4.6.0-6")
    @Tag("MQTT5-4.6.0-5")
    @Tag("MQTT5-4.6.0-6")
    void messagesOfATopicKeepTheirOrder(Version version, int qos) {
        WireClient subscriber = scene.subscriber(version, Subscription.of(scene.topic("t"), qos));
        WireClient publisher = scene.publisher(version);

        for (int i = 0; i < 200; i++) {
            publisher.publish(Publish.of(scene.topic("t"), Integer.toString(i)).qos(qos));
            if (i % 10 == 9 && qos > 0) {
                completeTen(publisher, qos);
            }
        }

        assertThat(subscriber.awaitPublishes(200))
                .extracting(Publish::payload)
                .containsExactlyElementsOf(
                        IntStream.range(0, 200).mapToObj(Integer::toString).toList());
    }

    private static void completeTen(WireClient publisher, int qos) {
        for (int i = 0; i < 10; i++) {
            if (qos == 1) {
                publisher.await(Ack.class);
            } else {
                Ack received = publisher.await(Ack.class, ack -> ack.kind() == Ack.Kind.PUBREC, "PUBREC");
                publisher.send(Ack.of(Ack.Kind.PUBREL, received.packetId()).toBytes());
                publisher.awaitAck(Ack.Kind.PUBCOMP, received.packetId());
            }
        }
    }

    @Test
    @Tag("MQTT-4.6.0-2")
    @Tag("MQTT-4.6.0-3")
    @Tag("MQTT5-4.6.0-2")
    @Tag("MQTT5-4.6.0-3")
    void acknowledgementsComeInTheOrderOfThePublishes() {
        WireClient publisher = scene.publisher(Version.V5);
        List<Integer> sent = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            sent.add(publisher.publish(Publish.of(scene.topic("t" + i % 3), "x").qos(1)));
        }

        List<Integer> acknowledged = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            acknowledged.add(publisher.await(Ack.class).packetId());
        }

        assertThat(acknowledged).isEqualTo(sent);
    }

    @ParameterizedTest
    @EnumSource
    @Tag("MQTT-4.3.3-2")
    @Tag("MQTT5-4.3.3-11")
    void packetIdentifierIsFreeAgainAfterTheFlow(Version version) {
        WireClient subscriber = scene.subscriber(version, Subscription.of(scene.topic("t"), 2));
        WireClient publisher = scene.publisher(version);

        publisher.publishAndAwait(Publish.of(scene.topic("t"), "first").qos(2).packetId(9));
        publisher.publishAndAwait(Publish.of(scene.topic("t"), "second").qos(2).packetId(9));
        publisher.publishAndAwait(Publish.of(scene.topic("t"), "third").qos(1).packetId(9));

        assertThat(subscriber.awaitPublishes(3))
                .extracting(Publish::payload)
                .containsExactly("first", "second", "third");
    }

    @ParameterizedTest
    @EnumSource
    @Tag("MQTT5-3.7.2-1")
    void releaseOfAnUnknownIdentifierIsAnswered(Version version) {
        WireClient publisher = scene.publisher(version);

        publisher.send(Ack.of(Ack.Kind.PUBREL, 4711).toBytes());

        Ack complete = publisher.awaitAck(Ack.Kind.PUBCOMP, 4711);
        assertThat(complete.reason()).isIn(0x00, version.hasProperties() ? 0x92 : 0x00);
    }

    @Test
    @Tag("MQTT5-3.4.2-1")
    void acknowledgementMayTellThatNobodyListens() {
        Ack answer = scene.publisher(Version.V5)
                .publishAndAwait(Publish.of(scene.topic("nobody"), "x").qos(1));

        assertThat(answer.reason()).isIn(0x00, 0x10);
    }

    // ---- what must not be sent ----

    static Stream<Arguments> malformedPublishes() {
        return Stream.of(
                Arguments.of(
                        "QoS 3", PacketBytes.of(0x36, 5, 0, 1, 'a', 0, 1), PacketBytes.of(0x36, 6, 0, 1, 'a', 0, 1, 0)),
                Arguments.of(
                        "DUP with QoS 0", PacketBytes.of(0x38, 3, 0, 1, 'a'), PacketBytes.of(0x38, 4, 0, 1, 'a', 0)),
                Arguments.of(
                        "packet identifier 0",
                        PacketBytes.of(0x32, 5, 0, 1, 'a', 0, 0),
                        PacketBytes.of(0x32, 6, 0, 1, 'a', 0, 0, 0)),
                Arguments.of(
                        "wildcard in topic", PacketBytes.of(0x30, 3, 0, 1, '#'), PacketBytes.of(0x30, 4, 0, 1, '#', 0)),
                Arguments.of(
                        "plus in topic",
                        PacketBytes.of(0x30, 5, 0, 3, 'a', '/', '+'),
                        PacketBytes.of(0x30, 6, 0, 3, 'a', '/', '+', 0)),
                Arguments.of("empty topic", PacketBytes.of(0x30, 2, 0, 0), PacketBytes.of(0x30, 3, 0, 0, 0)),
                Arguments.of(
                        "topic longer than packet",
                        PacketBytes.of(0x30, 3, 0, 9, 'a'),
                        PacketBytes.of(0x30, 4, 0, 9, 'a', 0)),
                Arguments.of(
                        "U+0000 in topic",
                        PacketBytes.of(0x30, 4, 0, 2, 'a', 0),
                        PacketBytes.of(0x30, 5, 0, 2, 'a', 0, 0)),
                Arguments.of(
                        "surrogate in topic",
                        PacketBytes.of(0x30, 5, 0, 3, 0xED, 0xA0, 0x80),
                        PacketBytes.of(0x30, 6, 0, 3, 0xED, 0xA0, 0x80, 0)),
                Arguments.of(
                        "overlong UTF-8 in topic",
                        PacketBytes.of(0x30, 4, 0, 2, 0xC0, 0x80),
                        PacketBytes.of(0x30, 5, 0, 2, 0xC0, 0x80, 0)));
    }

    @ParameterizedTest
    @MethodSource("malformedPublishes")
    @Tag("MQTT-1.5.3-1")
    @Tag("MQTT-1.5.3-2")
    @Tag("MQTT-2.3.1-1")
    @Tag("MQTT-3.3.1-2")
    @Tag("MQTT-3.3.1-4")
    @Tag("MQTT-3.3.2-2")
    @Tag("MQTT-4.7.3-1")
    @Tag("MQTT-4.7.3-2")
    @Tag("MQTT-3.3.2-1")
    @Tag("MQTT-4.7.1-1")
    void malformedPublishEndsTheConnection(String what, byte[] before5, byte[] in5) {
        assertThat(in5).as(what).isNotEmpty();
        WireClient client = scene.client(Version.V3_1_1, "a");

        client.send(before5);

        client.awaitClosed();
    }

    @ParameterizedTest
    @MethodSource("malformedPublishes")
    @Tag("MQTT5-1.5.4-1")
    @Tag("MQTT5-1.5.4-2")
    @Tag("MQTT5-2.2.1-2")
    @Tag("MQTT5-3.3.1-2")
    @Tag("MQTT5-3.3.1-4")
    @Tag("MQTT5-3.3.2-2")
    @Tag("MQTT5-4.7.3-1")
    @Tag("MQTT5-4.7.3-2")
    @Tag("MQTT5-4.13.1-1")
    @Tag("MQTT5-3.3.2-1")
    @Tag("MQTT5-4.7.0-1")
    void malformedPublishEndsTheConnectionInVersion5(String what, byte[] before5, byte[] in5) {
        assertThat(before5).as(what).isNotEmpty();
        WireClient client = scene.client(Version.V5, "a");

        client.send(in5);

        client.awaitClosed();
        assertDisconnectReason(client, 0x81, 0x82, 0x90);
    }

    /** The DISCONNECT before the close may be missing, but a wrong reason is wrong. */
    private static void assertDisconnectReason(WireClient client, Integer... permitted) {
        Disconnect disconnect = client.poll(Disconnect.class, _ -> true, Duration.ZERO);
        if (disconnect != null) {
            assertThat(disconnect.reason()).isIn((Object[]) permitted);
        }
    }

    @Test
    @Tag("MQTT5-3.3.4-6")
    void publishWithSubscriptionIdentifierIsAProtocolError() {
        WireClient client = scene.client(Version.V5, "a");

        client.publish(Publish.of(scene.topic("t"), "x").with(Property.of(Property.SUBSCRIPTION_IDENTIFIER, 5)));

        client.awaitClosed();
        assertDisconnectReason(client, 0x81, 0x82);
    }

    @Test
    @Tag("MQTT5-3.3.2-14")
    void responseTopicWithWildcardIsAProtocolError() {
        WireClient client = scene.client(Version.V5, "a");

        client.publish(Publish.of(scene.topic("t"), "x").with(Property.of(Property.RESPONSE_TOPIC, "a/#")));

        client.awaitClosed();
        assertDisconnectReason(client, 0x81, 0x82, 0x90);
    }

    @Test
    @Tag("MQTT-3.6.1-1")
    @Tag("MQTT5-3.6.1-1")
    void releaseWithWrongFlagsIsMalformed() {
        WireClient client = scene.client(Version.V5, "a");

        client.send(PacketBytes.of(0x60, 2, 0, 1));

        client.awaitClosed();
        assertDisconnectReason(client, 0x81);
    }

    // ---- what travels with a message ----

    @Test
    @Tag("MQTT5-3.3.2-4")
    @Tag("MQTT5-3.3.2-15")
    @Tag("MQTT5-3.3.2-16")
    @Tag("MQTT5-3.3.2-17")
    @Tag("MQTT5-3.3.2-18")
    @Tag("MQTT5-3.3.2-20")
    void propertiesArePassedOnUnchanged() {
        WireClient subscriber = scene.subscriber(Version.V5, Subscription.of(scene.topic("t"), 1));

        scene.publisher(Version.V5)
                .publishAndAwait(Publish.of(scene.topic("t"), "x")
                        .qos(1)
                        .with(Property.user("z", "1"))
                        .with(Property.of(Property.PAYLOAD_FORMAT, 1))
                        .with(Property.user("a", "2"))
                        .with(Property.of(Property.CONTENT_TYPE, "text/plain; charset=utf-8"))
                        .with(Property.of(Property.RESPONSE_TOPIC, scene.topic("answer")))
                        .with(Property.of(Property.CORRELATION_DATA, "\u0000\u0001\u00FE\u00FF"))
                        .with(Property.user("z", "3"))
                        .with(Property.user("", "")));

        Properties properties = subscriber.awaitPublish().properties();
        assertThat(properties.number(Property.PAYLOAD_FORMAT)).hasValue(1);
        assertThat(properties.text(Property.CONTENT_TYPE)).isEqualTo("text/plain; charset=utf-8");
        assertThat(properties.text(Property.RESPONSE_TOPIC)).isEqualTo(scene.topic("answer"));
        assertThat(properties.text(Property.CORRELATION_DATA)).isEqualTo("\u0000\u0001\u00FE\u00FF");
        assertThat(properties.user()).containsExactly("z=1", "a=2", "z=3", "=");
    }

    @Test
    void propertiesWaitWithTheMessage() {
        Connect connect = Connect.persistentSession(Version.V5, scene.id("s"));
        WireClient before = scene.connect(connect);
        before.subscribe(Subscription.of(scene.topic("t"), 1));
        before.disconnect();
        scene.publisher(Version.V5)
                .publishAndAwait(Publish.of(scene.topic("t"), "x")
                        .qos(1)
                        .with(Property.of(Property.CONTENT_TYPE, "text/plain"))
                        .with(Property.user("a", "2")));

        Properties properties = scene.connect(connect).awaitPublish().properties();

        assertThat(properties.text(Property.CONTENT_TYPE)).isEqualTo("text/plain");
        assertThat(properties.user()).containsExactly("a=2");
    }

    @Test
    void olderClientsGetMessagesOfNewerOnesAndBack() {
        WireClient older = scene.subscriber(Version.V3_1_1, Subscription.of(scene.topic("t"), 1));
        WireClient newer = scene.subscriber(Version.V5, Subscription.of(scene.topic("t"), 1));

        scene.publisher(Version.V5)
                .publishAndAwait(Publish.of(scene.topic("t"), "from 5").qos(1).with(Property.user("a", "b")));
        scene.publisher(Version.V3_1)
                .publishAndAwait(Publish.of(scene.topic("t"), "from 3").qos(1));

        assertThat(older.awaitPublishes(2)).extracting(Publish::payload).containsExactly("from 5", "from 3");
        assertThat(newer.awaitPublishes(2)).extracting(Publish::payload).containsExactly("from 5", "from 3");
    }

    // ---- flow control ----

    @Test
    @Tag("MQTT5-3.3.4-9")
    @Tag("MQTT5-4.9.0-1")
    @Tag("MQTT5-4.9.0-2")
    @Tag("MQTT5-3.3.4-10")
    @Tag("MQTT5-4.9.0-3")
    void notMoreThanTheClientsReceiveMaximumIsUnderWay() {
        WireClient subscriber = scene.connectWithoutAcknowledging(
                Connect.transientSession(Version.V5, scene.id("s")).with(Property.of(Property.RECEIVE_MAXIMUM, 3)));
        subscriber.subscribe(Subscription.of(scene.topic("t"), 2));
        WireClient publisher = scene.publisher(Version.V5);
        for (int i = 0; i < 10; i++) {
            publisher.publishAndAwait(
                    Publish.of(scene.topic("t"), Integer.toString(i)).qos(1 + i % 2));
        }

        List<Publish> window = new ArrayList<>(subscriber.awaitPublishes(3));
        for (int next = 3; next < 10; next++) {
            subscriber.ping();
            assertThat(subscriber.unread()).as("more than three under way").isEmpty();
            complete(subscriber, window.removeFirst());
            window.add(subscriber.awaitPublish());
            assertThat(window.getLast().payload()).isEqualTo(Integer.toString(next));
        }
    }

    private static void complete(WireClient subscriber, Publish publish) {
        if (publish.qos() == 1) {
            subscriber.send(Ack.of(Ack.Kind.PUBACK, publish.packetId()).toBytes());
        } else {
            subscriber.send(Ack.of(Ack.Kind.PUBREC, publish.packetId()).toBytes());
            subscriber.awaitAck(Ack.Kind.PUBREL, publish.packetId());
            subscriber.send(Ack.of(Ack.Kind.PUBCOMP, publish.packetId()).toBytes());
        }
    }

    @Test
    void qos0IsNotHeldByTheReceiveMaximum() {
        WireClient subscriber = scene.connectWithoutAcknowledging(
                Connect.transientSession(Version.V5, scene.id("s")).with(Property.of(Property.RECEIVE_MAXIMUM, 1)));
        subscriber.subscribe(Subscription.of(scene.topic("t"), 2));
        WireClient publisher = scene.publisher(Version.V5);
        publisher.publishAndAwait(
                Publish.of(scene.topic("t"), "holds the window").qos(1));
        publisher.publish(Publish.of(scene.topic("t"), "passes"));

        assertThat(subscriber.awaitPublishes(2))
                .extracting(Publish::payload)
                .containsExactly("holds the window", "passes");
    }

    @Test
    @Tag("MQTT5-3.3.4-7")
    void exceedingTheServersReceiveMaximumEndsTheConnection() {
        WireClient publisher = scene.publisher(Version.V5);
        long maximum = publisher
                .connAck()
                .properties()
                .number(Property.RECEIVE_MAXIMUM)
                .orElse(65_535);
        assumeThat(maximum).as("a limit that can be exceeded").isLessThan(65_535);

        for (int i = 1; i <= maximum + 1; i++) {
            publisher.sendIfOpen(
                    Publish.of(scene.topic("t"), "x").qos(2).packetId(i).toBytes(Version.V5));
        }

        assertThat(publisher.awaitDisconnect().reason()).isEqualTo(0x93);
    }

    @Test
    @Tag("MQTT5-3.1.2-24")
    @Tag("MQTT5-3.1.2-25")
    void messagesLargerThanTheClientTakesAreDroppedForIt() {
        WireClient small = scene.connect(Connect.transientSession(Version.V5, scene.id("s"))
                .with(Property.of(Property.MAXIMUM_PACKET_SIZE, 100)));
        small.subscribe(Subscription.of(scene.topic("t"), 1));
        WireClient large = scene.subscriber(Version.V5, Subscription.of(scene.topic("t"), 1));
        WireClient publisher = scene.publisher(Version.V5);

        publisher.publishAndAwait(Publish.of(scene.topic("t"), "x".repeat(200)).qos(1));
        publisher.publishAndAwait(Publish.of(scene.topic("t"), "fits").qos(1));

        assertThat(small.awaitPublish().payload()).isEqualTo("fits");
        assertThat(large.awaitPublish().payload()).hasSize(200);
    }

    @Test
    @Tag("MQTT5-3.2.2-15")
    void packetLargerThanAnnouncedEndsTheConnection() {
        WireClient client = scene.client(Version.V5, "a");
        long maximum = client.connAck()
                .properties()
                .number(Property.MAXIMUM_PACKET_SIZE)
                .orElse(Long.MAX_VALUE);
        assumeThat(maximum).as("a limit that can be exceeded").isLessThan(16 << 20);

        client.sendIfOpen(
                Publish.of(scene.topic("t"), "x".repeat((int) maximum)).toBytes(Version.V5));

        // The broker may have closed before it read all of it, which can swallow its DISCONNECT.
        client.awaitClosed();
        assertDisconnectReason(client, 0x95);
    }

    // ---- topic aliases ----

    private WireClient aliasingPublisher() {
        WireClient publisher = scene.publisher(Version.V5);
        assumeThat(publisher
                        .connAck()
                        .properties()
                        .number(Property.TOPIC_ALIAS_MAXIMUM)
                        .orElse(0))
                .as("aliases are taken")
                .isGreaterThanOrEqualTo(2);
        return publisher;
    }

    private static Publish aliased(String topic, String payload, int alias) {
        return Publish.of(topic, payload).qos(1).with(Property.of(Property.TOPIC_ALIAS, alias));
    }

    @Test
    @Tag("MQTT5-3.3.2-12")
    @Tag("MQTT5-3.1.2-27")
    void aliasStandsForItsTopicUntilItIsGivenAnother() {
        WireClient subscriber = scene.subscriber(Version.V5, Subscription.of(scene.topic("#"), 1));
        WireClient publisher = aliasingPublisher();

        publisher.publishAndAwait(aliased(scene.topic("a"), "1", 1));
        publisher.publishAndAwait(aliased("", "2", 1));
        publisher.publishAndAwait(aliased(scene.topic("b"), "3", 2));
        publisher.publishAndAwait(aliased("", "4", 1));
        publisher.publishAndAwait(aliased(scene.topic("c"), "5", 1));
        publisher.publishAndAwait(aliased("", "6", 1));
        publisher.publishAndAwait(aliased("", "7", 2));

        List<Publish> received = subscriber.awaitPublishes(7);
        assertThat(received)
                .allSatisfy(publish -> assertThat(publish.properties().has(Property.TOPIC_ALIAS))
                        .as("MQTT5-3.1.2-27: the subscriber takes no aliases")
                        .isFalse());
        assertThat(received.stream().map(publish -> publish.topic() + "=" + publish.payload()))
                .containsExactlyInAnyOrder(
                        scene.topic("a") + "=1",
                        scene.topic("a") + "=2",
                        scene.topic("b") + "=3",
                        scene.topic("a") + "=4",
                        scene.topic("c") + "=5",
                        scene.topic("c") + "=6",
                        scene.topic("b") + "=7");
    }

    @Test
    @Tag("MQTT5-3.3.2-7")
    void aliasesEndWithTheConnection() {
        Connect connect = Connect.persistentSession(Version.V5, scene.id("p"));
        WireClient before = scene.connect(connect);
        before.publishAndAwait(aliased(scene.topic("a"), "1", 1));
        before.abort();

        WireClient after = scene.connect(connect);
        after.publish(aliased("", "2", 1));

        after.awaitClosed();
        assertDisconnectReason(after, 0x82, 0x94);
    }

    @Test
    @Tag("MQTT5-3.3.2-8")
    void aliasZeroIsRefused() {
        WireClient publisher = aliasingPublisher();

        publisher.publish(aliased(scene.topic("a"), "x", 0));

        publisher.awaitClosed();
        // A value that is not permitted at all is malformed, too.
        assertDisconnectReason(publisher, 0x81, 0x82, 0x94);
    }

    @Test
    @Tag("MQTT5-3.3.2-9")
    void aliasBeyondTheMaximumIsRefused() {
        WireClient publisher = aliasingPublisher();
        int maximum = (int) publisher
                .connAck()
                .properties()
                .number(Property.TOPIC_ALIAS_MAXIMUM)
                .orElse(0);
        assumeThat(maximum).isLessThan(65_535);

        publisher.publish(aliased(scene.topic("a"), "x", maximum + 1));

        publisher.awaitClosed();
        assertDisconnectReason(publisher, 0x94);
    }
}
