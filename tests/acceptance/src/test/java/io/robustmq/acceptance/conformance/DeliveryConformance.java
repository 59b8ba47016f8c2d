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
import io.robustmq.acceptance.wire.SubAck;
import io.robustmq.acceptance.wire.Subscription;
import io.robustmq.acceptance.wire.UnsubAck;
import io.robustmq.acceptance.wire.Version;
import io.robustmq.acceptance.wire.Will;
import io.robustmq.acceptance.wire.WireClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The server as a sender, and what it owes a publisher that is refused or repeats itself. */
@ExtendWith(SharedBroker.class)
final class DeliveryConformance {
    private final Scene scene;

    DeliveryConformance(Broker broker) {
        this.scene = new Scene(broker);
    }

    @AfterEach
    void close() {
        scene.close();
    }

    private static byte[] ack(Ack.Kind kind, Publish publish) {
        return Ack.of(kind, publish.packetId()).toBytes();
    }

    private static byte[] ack(Ack.Kind kind, Publish publish, int reason) {
        return new Ack(kind, publish.packetId(), reason, Properties.NONE).toBytes();
    }

    @ParameterizedTest
    @EnumSource
    @Tag("MQTT-2.3.1-4")
    @Tag("MQTT5-2.2.1-4")
    @Tag("MQTT5-4.3.2-1")
    @Tag("MQTT5-4.3.2-2")
    @Tag("MQTT5-4.3.3-1")
    @Tag("MQTT5-4.3.3-2")
    void everyDeliveryUnderWayHasAnIdentifierOfItsOwn(Version version) {
        WireClient subscriber = scene.connectWithoutAcknowledging(Connect.transientSession(version, scene.id("s")));
        subscriber.subscribe(Subscription.of(scene.topic("t"), 2));
        WireClient publisher = scene.publisher(version);
        for (int i = 0; i < 20; i++) {
            publisher.publishAndAwait(
                    Publish.of(scene.topic("t"), Integer.toString(i)).qos(1 + i % 2));
        }

        List<Publish> deliveries = subscriber.awaitPublishes(20);

        assertThat(deliveries)
                .extracting(Publish::packetId)
                .doesNotHaveDuplicates()
                .doesNotContain(0);
        assertThat(deliveries).noneMatch(Publish::dup);
    }

    @ParameterizedTest
    @EnumSource
    @Tag("MQTT-4.6.0-4")
    @Tag("MQTT5-4.6.0-4")
    @Tag("MQTT5-4.3.3-4")
    void releasesComeInTheOrderOfTheReceipts(Version version) {
        WireClient subscriber = scene.connectWithoutAcknowledging(Connect.transientSession(version, scene.id("s")));
        subscriber.subscribe(Subscription.of(scene.topic("t"), 2));
        WireClient publisher = scene.publisher(version);
        for (int i = 0; i < 5; i++) {
            publisher.publishAndAwait(
                    Publish.of(scene.topic("t"), Integer.toString(i)).qos(2));
        }
        List<Publish> deliveries = subscriber.awaitPublishes(5);
        List<Publish> received =
                List.of(deliveries.get(2), deliveries.get(0), deliveries.get(1), deliveries.get(4), deliveries.get(3));
        received.forEach(publish -> subscriber.send(ack(Ack.Kind.PUBREC, publish)));

        List<Integer> released = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            released.add(subscriber
                    .await(Ack.class, ack -> ack.kind() == Ack.Kind.PUBREL, "PUBREL")
                    .packetId());
        }

        assertThat(released).isEqualTo(received.stream().map(Publish::packetId).toList());
    }

    @ParameterizedTest
    @EnumSource
    @Tag("MQTT-3.10.4-3")
    @Tag("MQTT5-3.10.4-3")
    void deliveryThatBeganIsCompletedAfterUnsubscribing(Version version) {
        WireClient subscriber = scene.connectWithoutAcknowledging(Connect.transientSession(version, scene.id("s")));
        subscriber.subscribe(Subscription.of(scene.topic("t"), 2));
        scene.publisher(version)
                .publishAndAwait(Publish.of(scene.topic("t"), "x").qos(2));
        Publish begun = subscriber.awaitPublish();

        subscriber.unsubscribe(scene.topic("t"));
        subscriber.send(ack(Ack.Kind.PUBREC, begun));

        assertThat(subscriber.awaitAck(Ack.Kind.PUBREL, begun.packetId()).reason())
                .isZero();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    @Tag("MQTT5-4.4.0-2")
    void deliveryThatTheClientRefusedIsNotSentAgain(int qos) {
        Connect connect = Connect.persistentSession(Version.V5, scene.id("s"));
        WireClient before = scene.connectWithoutAcknowledging(connect);
        before.subscribe(Subscription.of(scene.topic("t"), 2));
        WireClient publisher = scene.publisher(Version.V5);
        publisher.publishAndAwait(Publish.of(scene.topic("t"), "refused").qos(qos));
        before.send(ack(qos == 1 ? Ack.Kind.PUBACK : Ack.Kind.PUBREC, before.awaitPublish(), 0x83));
        before.ping();
        assertThat(before.unread()).as("no PUBREL for what was refused").isEmpty();
        before.abort();

        WireClient after = scene.connect(connect);

        scene.assertNothingBeforeMarker(after, publisher, scene.topic("t"));
    }

    @Test
    @Tag("MQTT5-4.3.3-7")
    @Tag("MQTT5-4.3.3-13")
    void expiryIsNotAppliedToADeliveryThatBegan() {
        Connect connect = Connect.persistentSession(Version.V5, scene.id("s"));
        WireClient before = scene.connectWithoutAcknowledging(connect);
        before.subscribe(Subscription.of(scene.topic("t"), 2));
        WireClient publisher = scene.publisher(Version.V5);
        for (String payload : List.of("received", "unanswered")) {
            publisher.publishAndAwait(
                    Publish.of(scene.topic("t"), payload).qos(2).with(Property.of(Property.MESSAGE_EXPIRY, 1)));
        }
        Publish received = before.awaitPublish();
        Publish unanswered = before.awaitPublish();

        Scene.letTimePass(Duration.ofSeconds(2));
        before.send(ack(Ack.Kind.PUBREC, received));
        before.awaitAck(Ack.Kind.PUBREL, received.packetId());
        before.abort();
        WireClient after = scene.connectWithoutAcknowledging(connect);

        after.awaitAck(Ack.Kind.PUBREL, received.packetId());
        Publish again = after.awaitPublish();
        assertThat(again.payload()).isEqualTo("unanswered");
        assertThat(again.packetId()).isEqualTo(unanswered.packetId());
    }

    @ParameterizedTest
    @EnumSource
    @Tag("MQTT5-4.3.2-5")
    void identifierOfAnAcknowledgedQos1PublishIsNewWhateverItsDup(Version version) {
        WireClient subscriber = scene.subscriber(version, Subscription.of(scene.topic("t"), 1));
        WireClient publisher = scene.publisher(version);
        Publish publish = Publish.of(scene.topic("t"), "x").qos(1).packetId(5);

        publisher.publishAndAwait(publish);
        publisher.publishAndAwait(publish.duplicate());

        assertThat(subscriber.awaitPublishes(2)).extracting(Publish::payload).containsExactly("x", "x");
    }

    @Test
    @Tag("MQTT5-4.3.3-9")
    @Tag("MQTT5-3.5.2-1")
    void identifierOfARefusedQos2PublishIsFreeAgain() {
        WireClient subscriber = scene.subscriber(Version.V5, Subscription.of(scene.topic("t"), 2));
        WireClient publisher = scene.publisher(Version.V5);

        Ack refused = publisher.publishAndAwait(
                Publish.of("$x/not-for-clients", "refused").qos(2).packetId(5));
        Ack completed = publisher.publishAndAwait(
                Publish.of(scene.topic("t"), "taken").qos(2).packetId(5));

        assertThat(refused.kind()).isEqualTo(Ack.Kind.PUBREC);
        assertThat(refused.reason()).isEqualTo(0x87);
        assertThat(completed.kind()).isEqualTo(Ack.Kind.PUBCOMP);
        assertThat(subscriber.awaitPublish().payload()).isEqualTo("taken");
    }

    @ParameterizedTest
    @EnumSource(names = {"V3_1", "V3_1_1"})
    @Tag("MQTT-3.3.5-2")
    void publishThatIsNotAllowedIsAcknowledgedAndDroppedBeforeVersion5(Version version) {
        WireClient publisher = scene.publisher(version);

        publisher.publishAndAwait(Publish.of("$x/not-for-clients", "x").qos(1));
        publisher.publishAndAwait(Publish.of("$x/not-for-clients", "x").qos(2));

        publisher.ping();
    }

    @Test
    @Tag("MQTT5-3.4.2-2")
    @Tag("MQTT5-3.4.2-3")
    @Tag("MQTT5-3.5.2-2")
    @Tag("MQTT5-3.5.2-3")
    @Tag("MQTT5-3.6.2-2")
    @Tag("MQTT5-3.6.2-3")
    @Tag("MQTT5-3.7.2-2")
    @Tag("MQTT5-3.7.2-3")
    @Tag("MQTT5-3.9.2-1")
    @Tag("MQTT5-3.9.2-2")
    @Tag("MQTT5-3.11.2-1")
    @Tag("MQTT5-3.11.2-2")
    void acknowledgementsFitIntoWhatTheClientTakes() {
        WireClient client = scene.connectWithoutAcknowledging(Connect.transientSession(Version.V5, scene.id("a"))
                .with(Property.of(Property.MAXIMUM_PACKET_SIZE, 24)));

        SubAck subscribed = client.subscribe(Subscription.of(scene.topic("t"), 2), Subscription.of("a/#/b", 0));
        UnsubAck unsubscribed = client.unsubscribe(scene.topic("never"));
        Ack unheard = client.publishAndAwait(Publish.of(scene.topic("u"), "").qos(1));
        Ack refused = client.publishAndAwait(Publish.of("$x/y", "").qos(2));
        Ack unknown = completeOf(client, 4711);
        client.publishAndAwait(Publish.of(scene.topic("t"), "").qos(2));
        Publish delivery = client.awaitPublish();
        client.send(ack(Ack.Kind.PUBREC, delivery));
        Ack release = client.awaitAck(Ack.Kind.PUBREL, delivery.packetId());

        assertThat(subscribed.properties().list()).isEmpty();
        assertThat(subscribed.reasons().getLast()).isEqualTo(0x8F);
        assertThat(unsubscribed.properties().list()).isEmpty();
        assertThat(unsubscribed.reasons()).containsExactly(0x11);
        for (Ack ack : List.of(unheard, refused, unknown, release)) {
            assertThat(ack.properties().list()).as("%s", ack).isEmpty();
        }
        assertThat(unknown.reason()).isEqualTo(0x92);
    }

    private static Ack completeOf(WireClient client, int packetId) {
        client.send(Ack.of(Ack.Kind.PUBREL, packetId).toBytes());
        return client.awaitAck(Ack.Kind.PUBCOMP, packetId);
    }

    // ---- topic aliases towards clients ----

    @Test
    @Tag("MQTT5-3.1.2-26")
    @Tag("MQTT5-3.3.2-11")
    void aliasesTowardsTheClientStayWithinItsMaximum() {
        WireClient subscriber = scene.connect(
                Connect.transientSession(Version.V5, scene.id("s")).with(Property.of(Property.TOPIC_ALIAS_MAXIMUM, 2)));
        subscriber.subscribe(Subscription.of(scene.topic("#"), 1));
        WireClient publisher = scene.publisher(Version.V5);
        List<String> topics = List.of(scene.topic("first/topic"), scene.topic("second/topic"), scene.topic("third"));
        List<String> sent = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            String topic = topics.get(i * 7 % 5 % 3);
            sent.add(topic);
            publisher.publishAndAwait(Publish.of(topic, topic).qos(1));
        }

        Map<Long, String> aliases = new HashMap<>();
        List<String> received = new ArrayList<>();
        int shortened = 0;
        for (Publish publish : subscriber.awaitPublishes(60)) {
            long alias = publish.properties().number(Property.TOPIC_ALIAS).orElse(0);
            assertThat(alias).isBetween(0L, 2L);
            String topic = publish.topic();
            if (topic.isEmpty()) {
                shortened++;
                topic = aliases.getOrDefault(alias, "an alias that was not set");
            } else if (alias != 0) {
                aliases.put(alias, topic);
            }
            assertThat(topic).isEqualTo(publish.payload());
            received.add(topic);
        }
        assertThat(received).containsExactlyInAnyOrderElementsOf(sent);
        assertThat(shortened).as("topics that repeat are shortened").isGreaterThan(10);
    }

    // ---- sessions ----

    @ParameterizedTest
    @EnumSource
    @Tag("MQTT-4.1.0-2")
    @Tag("MQTT5-4.1.0-1")
    void sessionLastsAsLongAsItsConnection(Version version) {
        Connect connect = Connect.transientSession(version, scene.id("a"));
        WireClient client = scene.connect(
                version.hasProperties() ? connect.with(Property.of(Property.SESSION_EXPIRY, 1)) : connect);
        client.subscribe(Subscription.of(scene.topic("t"), 1));

        Scene.letTimePass(Duration.ofMillis(2_500));
        scene.publisher(version)
                .publishAndAwait(Publish.of(scene.topic("t"), "still there").qos(1));

        assertThat(client.awaitPublish().payload()).isEqualTo("still there");
    }

    @ParameterizedTest
    @EnumSource
    @Tag("MQTT-3.1.2-7")
    void retainedMessagesOutliveTheSessionThatSentThem(Version version) {
        WireClient sender = scene.connect(Connect.transientSession(version, scene.id("p")));
        sender.publishAndAwait(Publish.of(scene.topic("t"), "kept").qos(1).retained());
        sender.disconnect();
        scene.connect(Connect.transientSession(version, scene.id("p"))).disconnect();

        WireClient late = scene.subscriber(version, Subscription.of(scene.topic("t"), 1));

        assertThat(late.awaitPublish().payload()).isEqualTo("kept");
        late.publishAndAwait(Publish.of(scene.topic("t"), "").qos(1).retained());
    }

    @ParameterizedTest
    @EnumSource
    @Tag("MQTT-3.1.2-12")
    void connectionWithoutWillEndsWithoutMessage(Version version) {
        WireClient watcher = scene.subscriber(version, Subscription.of(scene.topic("#"), 1));
        scene.connect(Connect.transientSession(version, scene.id("a")).will(Will.of(scene.topic("will"), "of before")))
                .disconnect();

        scene.client(version, "a").abort();

        scene.assertNothingBeforeMarker(watcher, scene.publisher(version), scene.topic("m"));
    }

    // ---- shared subscriptions ----

    private Subscription shared(int qos) {
        return Subscription.of("$share/g/" + scene.topic("t"), qos);
    }

    @Test
    @Tag("MQTT5-4.8.2-4")
    @Tag("MQTT5-4.8.2-5")
    void groupsAreGrantedQos1SoThatNoQos2DeliveryCanBeTornBetweenMembers() {
        WireClient member = scene.client(Version.V5, "m");

        assertThat(member.subscribe(shared(2)).reasons()).containsExactly(1);
        scene.publisher(Version.V5)
                .publishAndAwait(Publish.of(scene.topic("t"), "x").qos(2));

        assertThat(member.awaitPublish().qos()).isEqualTo(1);
    }

    @Test
    @Tag("MQTT5-4.8.2-6")
    void messageThatAMemberRefusedIsNotGivenToAnother() {
        WireClient refusing = scene.connectWithoutAcknowledging(Connect.transientSession(Version.V5, scene.id("r")));
        refusing.subscribe(shared(1));
        WireClient publisher = scene.publisher(Version.V5);
        publisher.publishAndAwait(Publish.of(scene.topic("t"), "refused").qos(1));
        Publish refused = refusing.awaitPublish();
        WireClient other = scene.subscriber(Version.V5, shared(1), Subscription.of(scene.topic("m"), 1));

        refusing.send(ack(Ack.Kind.PUBACK, refused, 0x80));
        refusing.ping();
        refusing.abort();

        scene.assertNothingBeforeMarker(other, publisher, scene.topic("m"));
    }

    @Test
    void subscriptionIdentifiersComeWithRetainedMessages() {
        WireClient publisher = scene.publisher(Version.V5);
        publisher.publishAndAwait(Publish.of(scene.topic("t"), "kept").qos(1).retained());
        WireClient subscriber = scene.client(Version.V5, "s");

        subscriber.subscribe(
                Properties.of(Property.of(Property.SUBSCRIPTION_IDENTIFIER, 9)), Subscription.of(scene.topic("t"), 1));

        assertThat(subscriber.awaitPublish().properties().numbers(Property.SUBSCRIPTION_IDENTIFIER))
                .containsExactly(9L);
        publisher.publishAndAwait(Publish.of(scene.topic("t"), "").qos(1).retained());
    }

    @Test
    void remainingExpiryOfARetainedMessageIsPassedOn() {
        WireClient publisher = scene.publisher(Version.V5);
        publisher.publishAndAwait(
                Publish.of(scene.topic("t"), "kept").qos(1).retained().with(Property.of(Property.MESSAGE_EXPIRY, 100)));

        Scene.letTimePass(Duration.ofMillis(2_100));
        WireClient subscriber = scene.subscriber(Version.V5, Subscription.of(scene.topic("t"), 1));

        assertThat(subscriber
                        .awaitPublish()
                        .properties()
                        .number(Property.MESSAGE_EXPIRY)
                        .orElse(-1))
                .isBetween(80L, 98L);
        publisher.publishAndAwait(Publish.of(scene.topic("t"), "").qos(1).retained());
    }

    @Test
    void oneCopyOfAMessageCarriesTheIdentifiersOfAllItsSubscriptions() {
        WireClient subscriber = scene.client(Version.V5, "s");
        for (int identifier = 1; identifier <= 3; identifier++) {
            subscriber.subscribe(
                    Properties.of(Property.of(Property.SUBSCRIPTION_IDENTIFIER, identifier)),
                    Subscription.of(scene.topic(List.of("t", "+", "#").get(identifier - 1)), 1));
        }
        WireClient publisher = scene.publisher(Version.V5);

        publisher.publishAndAwait(Publish.of(scene.topic("t"), "x").qos(1));

        assertThat(subscriber.awaitPublish().properties().numbers(Property.SUBSCRIPTION_IDENTIFIER))
                .containsExactlyInAnyOrder(1L, 2L, 3L);
        scene.assertNothingBeforeMarker(subscriber, publisher, scene.topic("t"));
    }

    @Test
    @Tag("MQTT5-3.3.2-19")
    void contentTypeThatIsNotUtf8IsMalformed() {
        WireClient client = scene.client(Version.V5, "a");

        client.send(PacketBytes.of(0x30, 9, 0, 1, 'a', 5, Property.CONTENT_TYPE, 0, 2, 0xC3, 0x28));

        assertThat(client.awaitDisconnect().reason()).isEqualTo(0x81);
    }
}
