package io.robustmq.acceptance.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.robustmq.acceptance.broker.Broker;
import io.robustmq.acceptance.broker.SharedBroker;
import io.robustmq.acceptance.wire.Connect;
import io.robustmq.acceptance.wire.Property;
import io.robustmq.acceptance.wire.Publish;
import io.robustmq.acceptance.wire.Subscription;
import io.robustmq.acceptance.wire.Version;
import io.robustmq.acceptance.wire.WireClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** The last value of a topic. */
@ExtendWith(SharedBroker.class)
final class RetainedConformance {
    private final Scene scene;
    private final List<String> retainedTopics = new ArrayList<>();

    RetainedConformance(Broker broker) {
        this.scene = new Scene(broker);
    }

    @AfterEach
    void close() {
        WireClient cleaner = scene.client(Version.V3_1_1, "cleaner");
        for (String topic : retainedTopics) {
            cleaner.publishAndAwait(Publish.of(topic, "").qos(1).retained());
        }
        scene.close();
    }

    private void retain(Version version, String rest, String payload, int qos) {
        retainedTopics.add(scene.topic(rest));
        WireClient publisher = scene.publisher(version);
        Publish publish = Publish.of(scene.topic(rest), payload).qos(qos).retained();
        if (qos == 0) {
            publisher.publish(publish);
            publisher.ping();
        } else {
            publisher.publishAndAwait(publish);
        }
    }

    @ParameterizedTest
    @EnumSource
    @Tag("MQTT-3.3.1-5")
    @Tag("MQTT-3.3.1-6")
    @Tag("MQTT-3.3.1-8")
    @Tag("MQTT5-3.3.1-5")
    @Tag("MQTT5-3.3.1-9")
    void lastRetainedValueIsSentToANewSubscription(Version version) {
        retain(version, "t", "old", 1);
        retain(version, "t", "new", 2);

        WireClient subscriber = scene.subscriber(version, Subscription.of(scene.topic("t"), 1));

        Publish received = subscriber.awaitPublish(scene.topic("t"));
        assertThat(received.payload()).isEqualTo("new");
        assertThat(received.retain()).isTrue();
        assertThat(received.qos()).as("the lower of 2 and 1").isEqualTo(1);
        scene.assertNothingBeforeMarker(subscriber, scene.publisher(version), scene.topic("t"));
    }

    @ParameterizedTest
    @EnumSource
    @Tag("MQTT-3.3.1-9")
    @Tag("MQTT5-3.3.1-12")
    void liveMessageToAnEstablishedSubscriptionIsNotMarkedRetained(Version version) {
        WireClient subscriber = scene.subscriber(version, Subscription.of(scene.topic("t"), 1));

        retain(version, "t", "live", 1);

        Publish received = subscriber.awaitPublish();
        assertThat(received.payload()).isEqualTo("live");
        assertThat(received.retain()).isFalse();
    }

    @Test
    @Tag("MQTT5-3.3.1-13")
    void retainAsPublishedKeepsTheFlag() {
        WireClient subscriber = scene.subscriber(
                Version.V5, Subscription.of(scene.topic("t"), 1).retainAsPublished());

        retain(Version.V5, "t", "marked", 1);
        scene.publisher(Version.V5)
                .publishAndAwait(Publish.of(scene.topic("t"), "unmarked").qos(1));

        assertThat(subscriber.awaitPublish().retain()).isTrue();
        assertThat(subscriber.awaitPublish().retain()).isFalse();
    }

    @ParameterizedTest
    @EnumSource
    @Tag("MQTT-3.3.1-10")
    @Tag("MQTT-3.3.1-11")
    @Tag("MQTT5-3.3.1-6")
    @Tag("MQTT5-3.3.1-7")
    void emptyPayloadDeletesTheRetainedMessage(Version version) {
        retain(version, "t", "kept", 1);
        WireClient established = scene.subscriber(version, Subscription.of(scene.topic("t"), 1));
        assertThat(established.awaitPublish().payload()).isEqualTo("kept");

        retain(version, "t", "", 1);

        assertThat(established.awaitPublish().payload())
                .as("delivered as any message")
                .isEmpty();
        WireClient late = scene.subscriber(version, Subscription.of(scene.topic("t"), 1));
        scene.assertNothingBeforeMarker(late, scene.publisher(version), scene.topic("t"));
    }

    @ParameterizedTest
    @EnumSource
    @Tag("MQTT-3.3.1-12")
    @Tag("MQTT5-3.3.1-8")
    void unmarkedMessageDoesNotReplaceTheRetainedOne(Version version) {
        retain(version, "t", "kept", 1);
        scene.publisher(version)
                .publishAndAwait(Publish.of(scene.topic("t"), "passing").qos(1));

        WireClient late = scene.subscriber(version, Subscription.of(scene.topic("t"), 1));

        assertThat(late.awaitPublish().payload()).isEqualTo("kept");
    }

    @ParameterizedTest
    @EnumSource
    @Tag("MQTT-3.3.1-7")
    void retainedQos0IsKeptOrDropsTheOldOne(Version version) {
        retain(version, "t", "old", 1);
        retain(version, "t", "new", 0);

        WireClient late = scene.subscriber(version, Subscription.of(scene.topic("t"), 1));
        scene.publisher(version)
                .publishAndAwait(Publish.of(scene.topic("t"), "live").qos(1));

        assertThat(late.awaitPublish().payload()).isIn("new", "live");
    }

    @ParameterizedTest
    @EnumSource
    void wildcardSubscriptionGetsEveryMatchingTopic(Version version) {
        for (String rest : List.of("r/a", "r/b", "r/b/c", "s/a")) {
            retain(version, rest, rest, 1);
        }

        WireClient level = scene.subscriber(version, Subscription.of(scene.topic("r/+"), 1));
        WireClient tree = scene.subscriber(version, Subscription.of(scene.topic("r/#"), 1));
        WireClient middle = scene.subscriber(version, Subscription.of(scene.topic("+/a"), 1));

        assertThat(level.awaitPublishes(2)).extracting(Publish::payload).containsExactlyInAnyOrder("r/a", "r/b");
        assertThat(tree.awaitPublishes(3))
                .extracting(Publish::payload)
                .containsExactlyInAnyOrder("r/a", "r/b", "r/b/c");
        assertThat(middle.awaitPublishes(2)).extracting(Publish::payload).containsExactlyInAnyOrder("r/a", "s/a");
        scene.assertNothingBeforeMarker(level, scene.publisher(version), scene.topic("r/a"));
    }

    @ParameterizedTest
    @EnumSource
    @Tag("MQTT-3.8.4-3")
    @Tag("MQTT5-3.8.4-4")
    void subscribingAgainSendsTheRetainedMessageAgain(Version version) {
        retain(version, "t", "kept", 1);
        WireClient subscriber = scene.subscriber(version, Subscription.of(scene.topic("t"), 1));
        assertThat(subscriber.awaitPublish().payload()).isEqualTo("kept");

        subscriber.subscribe(Subscription.of(scene.topic("t"), 1));

        assertThat(subscriber.awaitPublish().payload()).isEqualTo("kept");
    }

    @ParameterizedTest
    @CsvSource({"0, true, true", "1, true, false", "2, false, false"})
    @Tag("MQTT5-3.3.1-9")
    @Tag("MQTT5-3.3.1-10")
    @Tag("MQTT5-3.3.1-11")
    void retainHandlingDecidesWhatASubscriptionGets(int handling, boolean atFirst, boolean again) {
        retain(Version.V5, "t", "kept", 1);
        WireClient publisher = scene.publisher(Version.V5);
        WireClient subscriber = scene.client(Version.V5, "s");
        Subscription subscription = Subscription.of(scene.topic("t"), 1).retainHandling(handling);

        subscriber.subscribe(subscription);
        if (atFirst) {
            assertThat(subscriber.awaitPublish().payload()).isEqualTo("kept");
        }
        scene.assertNothingBeforeMarker(subscriber, publisher, scene.topic("t"));

        subscriber.subscribe(subscription);
        if (again) {
            assertThat(subscriber.awaitPublish().payload()).isEqualTo("kept");
        }
        scene.assertNothingBeforeMarker(subscriber, publisher, scene.topic("t"));
    }

    @Test
    void resumedSessionDoesNotGetRetainedMessagesAgain() {
        retain(Version.V5, "t", "kept", 1);
        Connect connect = Connect.persistentSession(Version.V5, scene.id("s"));
        WireClient before = scene.connect(connect);
        before.subscribe(Subscription.of(scene.topic("t"), 1));
        assertThat(before.awaitPublish().payload()).isEqualTo("kept");
        before.ping();
        before.disconnect();

        WireClient after = scene.connect(connect);

        scene.assertNothingBeforeMarker(after, scene.publisher(Version.V5), scene.topic("t"));
    }

    @Test
    @Tag("MQTT5-3.3.2-4")
    @Tag("MQTT5-3.3.2-17")
    void retainedMessageKeepsItsProperties() {
        retainedTopics.add(scene.topic("t"));
        scene.publisher(Version.V5)
                .publishAndAwait(Publish.of(scene.topic("t"), "kept")
                        .qos(1)
                        .retained()
                        .with(Property.of(Property.PAYLOAD_FORMAT, 1))
                        .with(Property.of(Property.CONTENT_TYPE, "text/plain"))
                        .with(Property.user("b", "1"))
                        .with(Property.user("a", "2")));

        Publish received = scene.subscriber(Version.V5, Subscription.of(scene.topic("t"), 1))
                .awaitPublish();

        assertThat(received.properties().number(Property.PAYLOAD_FORMAT)).hasValue(1);
        assertThat(received.properties().text(Property.CONTENT_TYPE)).isEqualTo("text/plain");
        assertThat(received.properties().user()).containsExactly("b=1", "a=2");
    }

    @Test
    @Tag("MQTT5-3.3.2-5")
    @Tag("MQTT5-3.3.2-6")
    void retainedMessageExpires() {
        retainedTopics.add(scene.topic("short"));
        retainedTopics.add(scene.topic("long"));
        WireClient publisher = scene.publisher(Version.V5);
        publisher.publishAndAwait(Publish.of(scene.topic("short"), "short")
                .qos(1)
                .retained()
                .with(Property.of(Property.MESSAGE_EXPIRY, 1)));
        publisher.publishAndAwait(Publish.of(scene.topic("long"), "long")
                .qos(1)
                .retained()
                .with(Property.of(Property.MESSAGE_EXPIRY, 100)));

        Scene.letTimePass(Duration.ofMillis(2500));
        WireClient late = scene.subscriber(Version.V5, Subscription.of(scene.topic("+"), 1));

        Publish received = late.awaitPublish();
        assertThat(received.payload()).isEqualTo("long");
        assertThat(received.properties().number(Property.MESSAGE_EXPIRY).orElse(0))
                .isBetween(90L, 98L);
        scene.assertNothingBeforeMarker(late, publisher, scene.topic("x"));
    }
}
