package io.robustmq.acceptance.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.robustmq.acceptance.broker.Broker;
import io.robustmq.acceptance.broker.SharedBroker;
import io.robustmq.acceptance.wire.Disconnect;
import io.robustmq.acceptance.wire.PacketBytes;
import io.robustmq.acceptance.wire.PingResp;
import io.robustmq.acceptance.wire.Properties;
import io.robustmq.acceptance.wire.Property;
import io.robustmq.acceptance.wire.Publish;
import io.robustmq.acceptance.wire.SubAck;
import io.robustmq.acceptance.wire.Subscription;
import io.robustmq.acceptance.wire.Version;
import io.robustmq.acceptance.wire.WireClient;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
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
import org.junit.jupiter.params.provider.ValueSource;

/** SUBSCRIBE, UNSUBSCRIBE and which topics a filter matches. */
@ExtendWith(SharedBroker.class)
final class SubscribeConformance {
    private final Scene scene;

    SubscribeConformance(Broker broker) {
        this.scene = new Scene(broker);
    }

    @AfterEach
    void close() {
        scene.close();
    }

    @ParameterizedTest
    @EnumSource
    @Tag("MQTT-3.8.4-1")
    @Tag("MQTT-3.8.4-2")
    @Tag("MQTT-3.8.4-4")
    @Tag("MQTT-3.8.4-5")
    @Tag("MQTT-3.9.3-1")
    @Tag("MQTT5-3.8.4-1")
    @Tag("MQTT5-3.8.4-2")
    @Tag("MQTT5-3.8.4-5")
    @Tag("MQTT5-3.8.4-6")
    @Tag("MQTT5-3.8.4-7")
    @Tag("MQTT5-3.9.3-1")
    @Tag("MQTT-2.3.1-7")
    @Tag("MQTT5-2.2.1-6")
    void everyFilterIsAnsweredInOrder(Version version) {
        WireClient client = scene.client(version, "a");

        SubAck answer = client.subscribe(
                Subscription.of(scene.topic("b"), 2),
                Subscription.of(scene.topic("a"), 0),
                Subscription.of(scene.topic("+/c"), 1));

        assertThat(answer.reasons()).containsExactly(2, 0, 1);
    }

    @ParameterizedTest
    @CsvSource({
        "sport/tennis, sport/tennis, true",
        "sport/tennis, sport/tennis/player, false",
        "sport/tennis, sport/Tennis, false",
        "sport/tennis, sport/tennis/, false",
        "sport/tennis, /sport/tennis, false",
        "sport/#, sport, true",
        "sport/#, sport/, true",
        "sport/#, sport/tennis/player/ranking, true",
        "sport/#, sports, false",
        "sport/+, sport, false",
        "sport/+, sport/, true",
        "sport/+, sport/tennis, true",
        "sport/+, sport/tennis/player, false",
        "+/tennis/#, sport/tennis, true",
        "+/tennis/#, sport/golf, false",
        "sport/+/player, sport/tennis/player, true",
        "sport/+/player, sport/tennis/golf/player, false",
        "+/+, /finance, true",
        "/+, /finance, true",
        "+, /finance, false",
        "a//b, a//b, true",
        "a//b, a/b, false",
        "a/+/b, a//b, true",
        "a b/c, a b/c, true",
        "äö/ü, äö/ü, true",
        "ä, a, false"
    })
    @Tag("MQTT-4.7.1-2")
    @Tag("MQTT-4.7.1-3")
    @Tag("MQTT-4.7.3-4")
    @Tag("MQTT-3.3.2-3")
    @Tag("MQTT5-4.7.1-1")
    @Tag("MQTT5-4.7.1-2")
    @Tag("MQTT5-4.7.3-4")
    @Tag("MQTT5-3.3.2-3")
    @Tag("MQTT-3.8.3-2")
    void filtersMatchLevelByLevel(String filter, String topic, boolean matches) {
        WireClient subscriber = scene.subscriber(
                Version.V5, Subscription.of(scene.topic(filter), 1), Subscription.of(scene.topic("m"), 1));
        WireClient publisher = scene.publisher(Version.V5);

        publisher.publishAndAwait(Publish.of(scene.topic(topic), "x").qos(1));

        if (matches) {
            assertThat(subscriber.awaitPublish(scene.topic(topic)).payload()).isEqualTo("x");
        }
        scene.assertNothingBeforeMarker(subscriber, publisher, scene.topic("m"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"+/", "#"})
    @Tag("MQTT-4.7.2-1")
    @Tag("MQTT5-4.7.2-1")
    void leadingWildcardsDoNotMatchDollarTopics(String wildcard) {
        String level = scene.id("dollar");
        // The filters of this test see only its own topics: "#" alone would see every other test's.
        String filter = wildcard.equals("#") ? "+/" + level + "/#" : wildcard + level;
        String ordinary = "x/" + level;
        WireClient subscriber = scene.subscriber(Version.V5, Subscription.of(filter, 1));
        WireClient intruder = scene.publisher(Version.V5);
        // Whether a client may write there at all is the broker's choice; it may also end the connection.
        intruder.publish(Publish.of("$x/" + level, "hidden").qos(1));
        intruder.sendIfOpen(PacketBytes.of(0xC0, 0));
        intruder.poll(PingResp.class, _ -> true, WireClient.PATIENCE);

        scene.assertNothingBeforeMarker(subscriber, scene.publisher(Version.V5), ordinary);
    }

    @ParameterizedTest
    @ValueSource(strings = {"a/#/b", "a#", "#a", "+a", "a+", "a/+b/c", "a/b+"})
    @Tag("MQTT-4.7.1-2")
    @Tag("MQTT-4.7.1-3")
    @Tag("MQTT5-4.7.1-1")
    @Tag("MQTT5-4.7.1-2")
    void misplacedWildcardsAreRefused(String filter) {
        for (Version version : Version.values()) {
            WireClient client = scene.client(version, "a" + version.word());

            client.send(client.subscribeBytes(1, Properties.NONE, Subscription.of(filter, 1)));

            assertRefused(client);
        }
    }

    /** A SUBACK with a failure, or the end of the connection. */
    private static void assertRefused(WireClient client) {
        SubAck answer = client.poll(SubAck.class, _ -> true, WireClient.PATIENCE);
        if (answer != null) {
            assertThat(answer.reasons()).allMatch(reason -> reason >= 0x80);
        } else {
            client.awaitClosed();
            assertDisconnectReason(client, 0x81, 0x82, 0x8F);
        }
    }

    /** The DISCONNECT before the close may be missing, but a wrong reason is wrong. */
    private static void assertDisconnectReason(WireClient client, Integer... permitted) {
        Disconnect disconnect = client.poll(Disconnect.class, _ -> true, Duration.ZERO);
        if (disconnect != null) {
            assertThat(disconnect.reason()).isIn((Object[]) permitted);
        }
    }

    static Stream<Arguments> malformedSubscribes() {
        return Stream.of(
                Arguments.of("no filter", PacketBytes.of(0x82, 2, 0, 1), PacketBytes.of(0x82, 3, 0, 1, 0)),
                Arguments.of(
                        "wrong flags",
                        PacketBytes.of(0x80, 6, 0, 1, 0, 1, 'a', 0),
                        PacketBytes.of(0x80, 7, 0, 1, 0, 0, 1, 'a', 0)),
                Arguments.of(
                        "packet identifier 0",
                        PacketBytes.of(0x82, 6, 0, 0, 0, 1, 'a', 0),
                        PacketBytes.of(0x82, 7, 0, 0, 0, 0, 1, 'a', 0)),
                Arguments.of(
                        "QoS 3",
                        PacketBytes.of(0x82, 6, 0, 1, 0, 1, 'a', 3),
                        PacketBytes.of(0x82, 7, 0, 1, 0, 0, 1, 'a', 3)),
                Arguments.of(
                        "reserved option bits",
                        PacketBytes.of(0x82, 6, 0, 1, 0, 1, 'a', 0x81),
                        PacketBytes.of(0x82, 7, 0, 1, 0, 0, 1, 'a', 0x41)),
                Arguments.of(
                        "filter without options",
                        PacketBytes.of(0x82, 5, 0, 1, 0, 1, 'a'),
                        PacketBytes.of(0x82, 6, 0, 1, 0, 0, 1, 'a')),
                Arguments.of(
                        "U+0000 in filter",
                        PacketBytes.of(0x82, 6, 0, 1, 0, 1, 0, 0),
                        PacketBytes.of(0x82, 7, 0, 1, 0, 0, 1, 0, 0)),
                Arguments.of("unsubscribe nothing", PacketBytes.of(0xA2, 2, 0, 1), PacketBytes.of(0xA2, 3, 0, 1, 0)),
                Arguments.of(
                        "unsubscribe with wrong flags",
                        PacketBytes.of(0xA0, 5, 0, 1, 0, 1, 'a'),
                        PacketBytes.of(0xA0, 6, 0, 1, 0, 0, 1, 'a')));
    }

    @ParameterizedTest
    @MethodSource("malformedSubscribes")
    @Tag("MQTT-3.8.1-1")
    @Tag("MQTT-3.8.3-3")
    @Tag("MQTT-3.8.3-4")
    @Tag("MQTT-3.10.1-1")
    @Tag("MQTT-3.10.3-2")
    @Tag("MQTT-2.3.1-1")
    void malformedSubscribeEndsTheConnection(String what, byte[] before5, byte[] in5) {
        assertThat(in5).as(what).isNotEmpty();
        WireClient client = scene.client(Version.V3_1_1, "a");

        client.send(before5);

        client.awaitClosed();
        assertThat(client.unread()).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("malformedSubscribes")
    @Tag("MQTT5-3.8.1-1")
    @Tag("MQTT5-3.8.3-2")
    @Tag("MQTT5-3.8.3-5")
    @Tag("MQTT5-3.10.1-1")
    @Tag("MQTT5-3.10.3-2")
    @Tag("MQTT5-2.2.1-3")
    void malformedSubscribeEndsTheConnectionInVersion5(String what, byte[] before5, byte[] in5) {
        assertThat(before5).as(what).isNotEmpty();
        WireClient client = scene.client(Version.V5, "a");

        client.send(in5);

        client.awaitClosed();
        assertDisconnectReason(client, 0x81, 0x82);
    }

    @ParameterizedTest
    @EnumSource
    @Tag("MQTT-3.8.4-3")
    @Tag("MQTT5-3.8.4-3")
    void subscribingAgainReplacesTheSubscription(Version version) {
        WireClient subscriber = scene.subscriber(version, Subscription.of(scene.topic("t"), 2));
        subscriber.subscribe(Subscription.of(scene.topic("t"), 0));
        WireClient publisher = scene.publisher(version);

        publisher.publishAndAwait(Publish.of(scene.topic("t"), "x").qos(1));

        assertThat(subscriber.awaitPublish().qos()).isZero();
        publisher.publishAndAwait(Publish.of(scene.topic("t"), "y").qos(1));
        assertThat(subscriber.awaitPublish().payload()).isEqualTo("y");
    }

    @ParameterizedTest
    @EnumSource
    @Tag("MQTT-3.10.4-1")
    @Tag("MQTT-3.10.4-4")
    @Tag("MQTT-3.10.4-5")
    @Tag("MQTT-3.10.4-6")
    @Tag("MQTT5-3.10.4-1")
    @Tag("MQTT5-3.10.4-4")
    @Tag("MQTT5-3.10.4-5")
    @Tag("MQTT5-3.10.4-6")
    @Tag("MQTT5-3.11.3-1")
    @Tag("MQTT-2.3.1-7")
    @Tag("MQTT5-2.2.1-6")
    @Tag("MQTT5-3.11.3-2")
    void unsubscribeEndsExactlyTheNamedSubscriptions(Version version) {
        WireClient subscriber = scene.subscriber(
                version,
                Subscription.of(scene.topic("a"), 1),
                Subscription.of(scene.topic("+/b"), 1),
                Subscription.of(scene.topic("c"), 1));
        WireClient publisher = scene.publisher(version);

        List<Integer> reasons = subscriber
                .unsubscribe(scene.topic("a"), scene.topic("x/b"), scene.topic("+/b"))
                .reasons();

        if (version.hasProperties()) {
            assertThat(reasons).containsExactly(0x00, 0x11, 0x00);
        }
        publisher.publishAndAwait(Publish.of(scene.topic("a"), "1").qos(1));
        publisher.publishAndAwait(Publish.of(scene.topic("x/b"), "2").qos(1));
        scene.assertNothingBeforeMarker(subscriber, publisher, scene.topic("c"));
    }

    @ParameterizedTest
    @EnumSource
    @Tag("MQTT-3.3.5-1")
    @Tag("MQTT5-3.3.4-2")
    void overlappingSubscriptionsGetTheHighestQos(Version version) {
        WireClient subscriber =
                scene.subscriber(version, Subscription.of(scene.topic("t"), 0), Subscription.of(scene.topic("#"), 2));
        WireClient publisher = scene.publisher(version);

        publisher.publishAndAwait(Publish.of(scene.topic("t"), "x").qos(2));

        // One copy with the highest QoS, or one for each subscription.
        Publish first = subscriber.awaitPublish();
        publisher.publishAndAwait(Publish.of(scene.topic("t"), "end").qos(2));
        Publish second = subscriber.awaitPublish();
        if (second.payload().equals("x")) {
            assertThat(Set.of(first.qos(), second.qos())).containsExactlyInAnyOrder(0, 2);
        } else {
            assertThat(first.qos()).isEqualTo(2);
        }
    }

    // ---- MQTT 5 options ----

    @Test
    @Tag("MQTT5-3.3.4-3")
    @Tag("MQTT5-3.3.4-4")
    @Tag("MQTT5-3.3.4-5")
    void subscriptionIdentifiersComeWithTheMessages() {
        WireClient subscriber = scene.client(Version.V5, "s");
        subscriber.subscribe(identifier(1), Subscription.of(scene.topic("a"), 1));
        subscriber.subscribe(identifier(268_435_455), Subscription.of(scene.topic("+"), 1));
        subscriber.subscribe(Subscription.of(scene.topic("b/#"), 1));
        WireClient publisher = scene.publisher(Version.V5);

        publisher.publishAndAwait(Publish.of(scene.topic("a"), "both").qos(1));
        publisher.publishAndAwait(Publish.of(scene.topic("b/c"), "none").qos(1));

        Set<Long> identifiers = new TreeSet<>();
        Publish received = subscriber.awaitPublish();
        while (received.payload().equals("both")) {
            identifiers.addAll(received.properties().numbers(Property.SUBSCRIPTION_IDENTIFIER));
            received = subscriber.awaitPublish();
        }
        assertThat(identifiers).containsExactly(1L, 268_435_455L);
        assertThat(received.payload()).isEqualTo("none");
        assertThat(received.properties().has(Property.SUBSCRIPTION_IDENTIFIER)).isFalse();
    }

    @Test
    @Tag("MQTT5-3.8.4-3")
    void subscribingAgainReplacesTheIdentifier() {
        WireClient subscriber = scene.client(Version.V5, "s");
        subscriber.subscribe(identifier(1), Subscription.of(scene.topic("t"), 1));
        subscriber.subscribe(identifier(2), Subscription.of(scene.topic("t"), 1));

        scene.publisher(Version.V5)
                .publishAndAwait(Publish.of(scene.topic("t"), "x").qos(1));

        assertThat(subscriber.awaitPublish().properties().numbers(Property.SUBSCRIPTION_IDENTIFIER))
                .containsExactly(2L);
    }

    private static Properties identifier(int value) {
        return Properties.of(Property.of(Property.SUBSCRIPTION_IDENTIFIER, value));
    }

    @Test
    void subscriptionIdentifierZeroIsAProtocolError() {
        WireClient client = scene.client(Version.V5, "a");

        client.send(client.subscribeBytes(1, identifier(0), Subscription.of(scene.topic("t"), 1)));

        client.awaitClosed();
        assertDisconnectReason(client, 0x81, 0x82);
    }

    @Test
    @Tag("MQTT5-3.8.3-3")
    void noLocalKeepsOwnMessagesAway() {
        WireClient client = scene.client(Version.V5, "a");
        client.subscribe(Subscription.of(scene.topic("t"), 1).noLocal());
        WireClient other = scene.subscriber(Version.V5, Subscription.of(scene.topic("t"), 1));

        client.publishAndAwait(Publish.of(scene.topic("t"), "own").qos(1));

        assertThat(other.awaitPublish().payload()).isEqualTo("own");
        scene.assertNothingBeforeMarker(client, other, scene.topic("t"));
    }

    @Test
    @Tag("MQTT5-3.8.3-4")
    void noLocalOnASharedSubscriptionIsAProtocolError() {
        WireClient client = scene.client(Version.V5, "a");

        client.send(client.subscribeBytes(
                1,
                Properties.NONE,
                Subscription.of("$share/g/" + scene.topic("t"), 1).noLocal()));

        client.awaitClosed();
        assertDisconnectReason(client, 0x82);
    }
}
