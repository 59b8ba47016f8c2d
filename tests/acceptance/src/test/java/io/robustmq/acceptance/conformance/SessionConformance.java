package io.robustmq.acceptance.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.robustmq.acceptance.broker.Broker;
import io.robustmq.acceptance.broker.SharedBroker;
import io.robustmq.acceptance.wire.Ack;
import io.robustmq.acceptance.wire.Connect;
import io.robustmq.acceptance.wire.PacketBytes;
import io.robustmq.acceptance.wire.Properties;
import io.robustmq.acceptance.wire.Property;
import io.robustmq.acceptance.wire.Publish;
import io.robustmq.acceptance.wire.Subscription;
import io.robustmq.acceptance.wire.Version;
import io.robustmq.acceptance.wire.WireClient;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What stays when a connection ends, what goes, and what is sent again. */
@ExtendWith(SharedBroker.class)
final class SessionConformance {
    private final Scene scene;

    SessionConformance(Broker broker) {
        this.scene = new Scene(broker);
    }

    @AfterEach
    void close() {
        scene.close();
    }

    @ParameterizedTest
    @EnumSource
    @Tag("MQTT-3.2.2-1")
    @Tag("MQTT-3.2.2-2")
    @Tag("MQTT-3.2.2-3")
    @Tag("MQTT-3.1.2-4")
    @Tag("MQTT-3.1.2-6")
    @Tag("MQTT5-3.1.2-4")
    @Tag("MQTT5-3.1.2-5")
    @Tag("MQTT5-3.1.2-6")
    @Tag("MQTT5-3.2.2-2")
    @Tag("MQTT5-3.2.2-3")
    @Tag("MQTT-3.1.3-2")
    @Tag("MQTT5-3.1.3-2")
    void sessionPresentTellsWhetherASessionWasResumed(Version version) {
        Connect stays = Connect.persistentSession(version, scene.id("a"));

        assertThat(sessionPresent(stays)).as("first connection").isFalse();
        assertThat(sessionPresent(stays)).as("resumed").isEqualTo(version != Version.V3_1);
        assertThat(sessionPresent(stays.clean(true))).as("clean").isFalse();
        boolean keptByExpiry = version.hasProperties();
        assertThat(sessionPresent(stays)).as("after a clean one").isEqualTo(keptByExpiry);
    }

    /** Connects, says goodbye and returns what CONNACK said. MQTT 3.1 has no such flag, it is always 0. */
    private boolean sessionPresent(Connect connect) {
        WireClient client = scene.connect(connect);
        client.disconnect();
        return client.connAck().sessionPresent();
    }

    @Test
    @Tag("MQTT5-4.1.0-2")
    void sessionWithoutExpiryEndsWithItsConnection() {
        Connect connect = Connect.transientSession(Version.V5, scene.id("a")).clean(false);

        assertThat(sessionPresent(connect)).isFalse();
        assertThat(sessionPresent(connect)).isFalse();
    }

    @Test
    @Tag("MQTT5-3.1.2-23")
    @Tag("MQTT5-4.1.0-2")
    void sessionIsDiscardedWhenItsExpiryHasPassed() {
        Connect connect = Connect.transientSession(Version.V5, scene.id("a"))
                .clean(false)
                .with(Property.of(Property.SESSION_EXPIRY, 2));
        scene.connect(connect).disconnect();
        assertThat(sessionPresent(connect)).as("in time").isTrue();

        Scene.letTimePass(Duration.ofMillis(3500));

        assertThat(sessionPresent(connect)).as("too late").isFalse();
    }

    @Test
    void expiryIsChangedByDisconnect() {
        Connect connect = Connect.persistentSession(Version.V5, scene.id("a"));
        WireClient client = scene.connect(connect);

        client.disconnect(0, Properties.of(Property.of(Property.SESSION_EXPIRY, 0)));

        assertThat(sessionPresent(connect)).isFalse();
    }

    @Test
    void expiryCannotBeGivenToATransientSessionByDisconnect() {
        WireClient client = scene.client(Version.V5, "a");

        client.send(disconnectWithExpiry(30));

        assertThat(client.awaitDisconnect().reason()).isEqualTo(0x82);
    }

    private static byte[] disconnectWithExpiry(int seconds) {
        PacketBytes packet = new PacketBytes();
        packet.u8(0);
        packet.variable(5);
        packet.u8(Property.SESSION_EXPIRY);
        packet.u32(seconds);
        return packet.framed(0xE0);
    }

    @ParameterizedTest
    @EnumSource
    @Tag("MQTT-3.1.2-5")
    @Tag("MQTT-4.5.0-1")
    @Tag("MQTT5-4.5.0-1")
    @Tag("MQTT5-4.1.0-1")
    @Tag("MQTT-4.1.0-1")
    void messagesWaitForAnAbsentSubscriber(Version version) {
        Connect connect = Connect.persistentSession(version, scene.id("a"));
        WireClient before = scene.connect(connect);
        before.subscribe(Subscription.of(scene.topic("1"), 1), Subscription.of(scene.topic("2"), 2));
        before.disconnect();
        WireClient publisher = scene.publisher(version);
        publisher.publishAndAwait(Publish.of(scene.topic("1"), "one").qos(1));
        publisher.publishAndAwait(Publish.of(scene.topic("2"), "two").qos(2));

        WireClient after = scene.connect(connect);

        List<Publish> received = after.awaitPublishes(2);
        assertThat(received).extracting(Publish::payload).containsExactlyInAnyOrder("one", "two");
        assertThat(received).allSatisfy(publish -> {
            assertThat(publish.qos()).isEqualTo(publish.payload().equals("one") ? 1 : 2);
            assertThat(publish.dup()).isFalse();
            assertThat(publish.retain()).isFalse();
        });
    }

    @ParameterizedTest
    @EnumSource
    @Tag("MQTT-4.6.0-6")
    @Tag("MQTT5-4.6.0-5")
    void waitingMessagesKeepTheirOrder(Version version) {
        Connect connect = Connect.persistentSession(version, scene.id("a"));
        WireClient before = scene.connect(connect);
        before.subscribe(Subscription.of(scene.topic("t"), 1));
        before.disconnect();
        WireClient publisher = scene.publisher(version);
        for (int i = 0; i < 50; i++) {
            publisher.publishAndAwait(
                    Publish.of(scene.topic("t"), Integer.toString(i)).qos(1));
        }

        WireClient after = scene.connect(connect);

        assertThat(after.awaitPublishes(50))
                .extracting(Publish::payload)
                .containsExactlyElementsOf(
                        IntStream.range(0, 50).mapToObj(Integer::toString).toList());
    }

    @ParameterizedTest
    @EnumSource
    @Tag("MQTT-3.1.2-6")
    @Tag("MQTT5-3.1.2-4")
    @Tag("MQTT-3.1.4-3")
    @Tag("MQTT5-3.1.4-4")
    void cleanConnectDiscardsWhatWaited(Version version) {
        Connect connect = Connect.persistentSession(version, scene.id("a"));
        WireClient before = scene.connect(connect);
        before.subscribe(Subscription.of(scene.topic("t"), 1));
        before.disconnect();
        WireClient publisher = scene.publisher(version);
        publisher.publishAndAwait(
                Publish.of(scene.topic("t"), "lost by intention").qos(1));

        WireClient after = scene.connect(connect.clean(true));
        after.subscribe(Subscription.of(scene.topic("t"), 1));

        scene.assertNothingBeforeMarker(after, publisher, scene.topic("t"));
    }

    @ParameterizedTest
    @EnumSource
    @Tag("MQTT-4.4.0-1")
    @Tag("MQTT-3.3.1-1")
    @Tag("MQTT5-4.4.0-1")
    @Tag("MQTT5-3.3.1-1")
    @Tag("MQTT5-4.6.0-1")
    @Tag("MQTT-4.6.0-1")
    @Tag("MQTT5-4.3.2-3")
    void unacknowledgedQos1IsSentAgainWithTheSameIdentifiersInOrder(Version version) {
        Connect connect = Connect.persistentSession(version, scene.id("a"));
        WireClient before = scene.connectWithoutAcknowledging(connect);
        before.subscribe(Subscription.of(scene.topic("t"), 1));
        WireClient publisher = scene.publisher(version);
        for (String payload : List.of("a", "b", "c")) {
            publisher.publishAndAwait(Publish.of(scene.topic("t"), payload).qos(1));
        }
        List<Publish> first = before.awaitPublishes(3);
        before.ping();
        assertThat(before.unread()).as("sent again on a live connection").isEmpty();
        before.abort();

        WireClient after = scene.connect(connect);
        List<Publish> second = after.awaitPublishes(3);

        assertThat(second).extracting(Publish::payload).containsExactly("a", "b", "c");
        assertThat(second)
                .extracting(Publish::packetId)
                .containsExactlyElementsOf(first.stream().map(Publish::packetId).toList());
        assertThat(second).allMatch(Publish::dup);
        assertThat(first).noneMatch(Publish::dup);
    }

    @ParameterizedTest
    @EnumSource
    @Tag("MQTT-4.3.3-1")
    @Tag("MQTT5-4.3.3-3")
    @Tag("MQTT5-4.3.3-5")
    @Tag("MQTT5-4.3.3-6")
    void qos2ContinuesWhereItStopped(Version version) {
        Connect connect = Connect.persistentSession(version, scene.id("a"));
        WireClient before = scene.connectWithoutAcknowledging(connect);
        before.subscribe(Subscription.of(scene.topic("t"), 2));
        WireClient publisher = scene.publisher(version);
        publisher.publishAndAwait(Publish.of(scene.topic("t"), "received").qos(2));
        publisher.publishAndAwait(Publish.of(scene.topic("t"), "unanswered").qos(2));
        Publish received = before.awaitPublish();
        Publish unanswered = before.awaitPublish();
        before.send(Ack.of(Ack.Kind.PUBREC, received.packetId()).toBytes());
        before.awaitAck(Ack.Kind.PUBREL, received.packetId());
        before.abort();

        WireClient after = scene.connectWithoutAcknowledging(connect);
        after.awaitAck(Ack.Kind.PUBREL, received.packetId());
        Publish again = after.awaitPublish();

        assertThat(again.packetId()).isEqualTo(unanswered.packetId());
        assertThat(again.payload()).isEqualTo("unanswered");
        assertThat(again.dup()).isTrue();
        after.send(Ack.of(Ack.Kind.PUBCOMP, received.packetId()).toBytes());
        after.send(Ack.of(Ack.Kind.PUBREC, again.packetId()).toBytes());
        after.awaitAck(Ack.Kind.PUBREL, again.packetId());
        after.send(Ack.of(Ack.Kind.PUBCOMP, again.packetId()).toBytes());
        after.ping();
        assertThat(after.unread()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    @Tag("MQTT-4.3.3-2")
    @Tag("MQTT5-4.3.3-10")
    @Tag("MQTT5-4.3.3-12")
    void qos2PublishSentAgainAfterReconnectIsDeliveredOnce(Version version) {
        WireClient subscriber = scene.subscriber(version, Subscription.of(scene.topic("t"), 2));
        Connect connect = Connect.persistentSession(version, scene.id("p"));
        WireClient before = scene.connect(connect);
        Publish publish = Publish.of(scene.topic("t"), "once").qos(2).packetId(7);
        before.publish(publish);
        before.awaitAck(Ack.Kind.PUBREC, 7);
        before.abort();

        WireClient after = scene.connect(connect);
        after.publish(publish.duplicate());
        after.awaitAck(Ack.Kind.PUBREC, 7);
        after.send(Ack.of(Ack.Kind.PUBREL, 7).toBytes());
        after.awaitAck(Ack.Kind.PUBCOMP, 7);

        assertThat(subscriber.awaitPublish().payload()).isEqualTo("once");
        scene.assertNothingBeforeMarker(subscriber, after, scene.topic("t"));
    }

    @Test
    @Tag("MQTT-3.1.2-6")
    @Tag("MQTT5-3.1.2-4")
    void cleanSessionForgetsReceivedPacketIdentifiers() {
        WireClient subscriber = scene.subscriber(Version.V3_1_1, Subscription.of(scene.topic("t"), 2));
        Publish publish = Publish.of(scene.topic("t"), "first").qos(2).packetId(7);
        WireClient before = scene.client(Version.V3_1_1, "p");
        before.publish(publish);
        before.awaitAck(Ack.Kind.PUBREC, 7);
        before.abort();

        WireClient after = scene.client(Version.V3_1_1, "p");
        after.publishAndAwait(Publish.of(scene.topic("t"), "second").qos(2).packetId(7));

        // Whether "first" was passed on at PUBLISH or waited for a PUBREL that never came is the broker's choice.
        Publish received = subscriber.awaitPublish();
        if (received.payload().equals("first")) {
            received = subscriber.awaitPublish();
        }
        assertThat(received.payload()).isEqualTo("second");
    }

    @ParameterizedTest
    @EnumSource
    @Tag("MQTT-3.10.4-2")
    @Tag("MQTT5-3.10.4-2")
    void unsubscribedFilterStaysUnsubscribedInTheResumedSession(Version version) {
        Connect connect = Connect.persistentSession(version, scene.id("a"));
        WireClient before = scene.connect(connect);
        before.subscribe(Subscription.of(scene.topic("t"), 1), Subscription.of(scene.topic("u"), 1));
        before.unsubscribe(scene.topic("t"));
        before.disconnect();
        WireClient publisher = scene.publisher(version);
        publisher.publishAndAwait(Publish.of(scene.topic("t"), "unwanted").qos(1));

        WireClient after = scene.connect(connect);

        scene.assertNothingBeforeMarker(after, publisher, scene.topic("u"));
    }

    @Test
    @Tag("MQTT5-3.3.2-5")
    void expiredMessagesAreNotDelivered() {
        Connect connect = Connect.persistentSession(Version.V5, scene.id("a"));
        WireClient before = scene.connect(connect);
        before.subscribe(Subscription.of(scene.topic("t"), 1));
        before.disconnect();
        WireClient publisher = scene.publisher(Version.V5);
        publisher.publishAndAwait(
                Publish.of(scene.topic("t"), "short-lived").qos(1).with(Property.of(Property.MESSAGE_EXPIRY, 1)));
        publisher.publishAndAwait(
                Publish.of(scene.topic("t"), "long-lived").qos(1).with(Property.of(Property.MESSAGE_EXPIRY, 100)));

        Scene.letTimePass(Duration.ofMillis(2500));
        WireClient after = scene.connect(connect);

        Publish received = after.awaitPublish();
        assertThat(received.payload()).isEqualTo("long-lived");
        assertThat(received.properties().number(Property.MESSAGE_EXPIRY).orElse(0))
                .as("MQTT5-3.3.2-6: less the time it waited")
                .isBetween(90L, 98L);
    }

    @Test
    @Tag("MQTT5-3.3.2-6")
    void remainingExpiryIsPassedOn() {
        WireClient subscriber = scene.subscriber(Version.V5, Subscription.of(scene.topic("t"), 1));
        WireClient publisher = scene.publisher(Version.V5);

        publisher.publishAndAwait(
                Publish.of(scene.topic("t"), "x").qos(1).with(Property.of(Property.MESSAGE_EXPIRY, 100)));

        assertThat(subscriber
                        .awaitPublish()
                        .properties()
                        .number(Property.MESSAGE_EXPIRY)
                        .orElse(0))
                .isBetween(95L, 100L);
    }
}
