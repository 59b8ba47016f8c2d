package io.robustmq.acceptance.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.robustmq.acceptance.broker.Broker;
import io.robustmq.acceptance.broker.Brokers;
import io.robustmq.acceptance.wire.ConnAck;
import io.robustmq.acceptance.wire.Connect;
import io.robustmq.acceptance.wire.Properties;
import io.robustmq.acceptance.wire.Property;
import io.robustmq.acceptance.wire.Publish;
import io.robustmq.acceptance.wire.SubAck;
import io.robustmq.acceptance.wire.Subscription;
import io.robustmq.acceptance.wire.Version;
import io.robustmq.acceptance.wire.Will;
import io.robustmq.acceptance.wire.WireClient;
import java.time.Duration;
import java.util.OptionalLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A server that offers less than everything: it says so, and keeps to it. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class OfferConformance {
    private final Broker broker = Brokers.create(
            "offer",
            "robustmq.mqtt.offer.qos-max=0",
            "robustmq.mqtt.offer.retained-messages=false",
            "robustmq.mqtt.offer.wildcard-subscriptions=false",
            "robustmq.mqtt.offer.shared-subscriptions=false",
            "robustmq.mqtt.offer.subscription-identifiers=false",
            "robustmq.mqtt.validate-payload-format=true",
            "robustmq.mqtt.response-information=answers/",
            "robustmq.mqtt.limits.keep-alive-max=5s",
            "robustmq.mqtt.limits.topic-alias-maximum=0");

    private Scene scene = new Scene(broker);

    @BeforeAll
    void start() {
        broker.start();
    }

    @AfterAll
    void stop() {
        broker.close();
    }

    @BeforeEach
    void begin() {
        scene = new Scene(broker);
    }

    @AfterEach
    void close() {
        scene.close();
    }

    @Test
    @Tag("MQTT5-3.2.2-9")
    void whatIsWithheldIsAnnounced() {
        Properties properties = scene.client(Version.V5, "a").connAck().properties();

        for (int feature : new int[] {
            Property.MAXIMUM_QOS,
            Property.RETAIN_AVAILABLE,
            Property.WILDCARD_AVAILABLE,
            Property.SHARED_AVAILABLE,
            Property.SUBSCRIPTION_IDENTIFIERS_AVAILABLE
        }) {
            assertThat(properties.number(feature)).isEqualTo(OptionalLong.of(0));
        }
        assertThat(properties.has(Property.TOPIC_ALIAS_MAXIMUM)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2})
    @Tag("MQTT5-3.2.2-10")
    void subscriptionsWithAnyQosAreTakenAndGrantedWhatIsOffered(int qos) {
        WireClient client = scene.client(Version.V5, "a");

        assertThat(client.subscribe(Subscription.of(scene.topic("t"), qos)).reasons())
                .containsExactly(0);
    }

    @ParameterizedTest
    @CsvSource({"1, false, 0x9B", "2, false, 0x9B", "0, true, 0x9A"})
    @Tag("MQTT5-3.2.2-12")
    @Tag("MQTT5-3.2.2-13")
    void willBeyondTheOfferIsRefused(int qos, boolean retain, String reason) {
        Will will = Will.of(scene.topic("will"), "x").qos(qos);
        WireClient client = scene.attempt(
                Connect.transientSession(Version.V5, scene.id("a")).will(retain ? will.retained() : will));

        assertThat(client.connAck().reason()).isEqualTo(Integer.decode(reason));
        client.awaitClosed();
    }

    @Test
    @Tag("MQTT5-3.2.2-11")
    @Tag("MQTT5-3.2.2-14")
    void publishBeyondTheOfferEndsTheConnection() {
        WireClient better = scene.client(Version.V5, "a");
        better.publish(Publish.of(scene.topic("t"), "x").qos(1));
        assertThat(better.awaitDisconnect().reason()).isEqualTo(0x9B);

        WireClient keeping = scene.client(Version.V5, "b");
        keeping.publish(Publish.of(scene.topic("t"), "x").retained());
        assertThat(keeping.awaitDisconnect().reason()).isEqualTo(0x9A);

        WireClient older = scene.client(Version.V3_1_1, "c");
        older.publish(Publish.of(scene.topic("t"), "x").qos(1));
        older.awaitClosed();
    }

    @ParameterizedTest
    @CsvSource({"a/+, 0xA2", "#, 0xA2", "$share/g/t, 0x9E"})
    @Tag("MQTT-3.8.3-2")
    void filterBeyondTheOfferIsRefused(String filter, String reason) {
        WireClient newer = scene.client(Version.V5, "a");
        newer.send(newer.subscribeBytes(1, Properties.NONE, Subscription.of(filter, 0)));
        assertThat(newer.awaitDisconnect().reason()).isEqualTo(Integer.decode(reason));

        SubAck answer = scene.client(Version.V3_1_1, "b")
                .subscribe(Subscription.of(filter, 0), Subscription.of(scene.topic("t"), 0));
        assertThat(answer.reasons()).containsExactly(0x80, 0);
    }

    @Test
    void subscriptionIdentifierBeyondTheOfferIsRefused() {
        WireClient client = scene.client(Version.V5, "a");

        client.send(client.subscribeBytes(
                1,
                Properties.of(Property.of(Property.SUBSCRIPTION_IDENTIFIER, 1)),
                Subscription.of(scene.topic("t"), 0)));

        assertThat(client.awaitDisconnect().reason()).isEqualTo(0xA1);
    }

    @Test
    @Tag("MQTT5-3.2.2-18")
    void aliasWhereNoneIsOfferedIsRefused() {
        WireClient client = scene.client(Version.V5, "a");

        client.publish(Publish.of(scene.topic("t"), "x").with(Property.of(Property.TOPIC_ALIAS, 1)));

        assertThat(client.awaitDisconnect().reason()).isEqualTo(0x94);
    }

    @Test
    void payloadThatIsNotOfItsFormatIsRefused() {
        WireClient client = scene.client(Version.V5, "a");
        client.subscribe(Subscription.of(scene.topic("t"), 0));
        Publish text = Publish.of(scene.topic("t"), "\u00C3\u00BC").with(Property.of(Property.PAYLOAD_FORMAT, 1));

        client.publish(text);
        assertThat(client.awaitPublish().payload()).isEqualTo(text.payload());
        client.publish(Publish.of(scene.topic("t"), "\u00C3(").with(Property.of(Property.PAYLOAD_FORMAT, 1)));

        assertThat(client.awaitDisconnect().reason()).isEqualTo(0x99);
    }

    @ParameterizedTest
    @CsvSource({"0, 5", "60, 5", "4, -1"})
    void keepAliveIsCappedForVersion5(int asked, int told) {
        ConnAck answer = scene.connect(
                        Connect.transientSession(Version.V5, scene.id("a")).keepAlive(asked))
                .connAck();

        assertThat(answer.properties().number(Property.SERVER_KEEP_ALIVE).orElse(-1))
                .isEqualTo(told);
    }

    @Test
    void keepAliveThatTheServerNamedIsTheOneThatCounts() {
        WireClient client = scene.connect(
                Connect.transientSession(Version.V5, scene.id("a")).keepAlive(0));

        assertThat(client.awaitDisconnect().reason()).isEqualTo(0x8D);
    }

    @ParameterizedTest
    @EnumSource(names = {"V3_1", "V3_1_1"})
    void olderClientsKeepTheirKeepAlive(Version version) {
        WireClient client =
                scene.connect(Connect.transientSession(version, scene.id("a")).keepAlive(60));

        assertThat(client.closedWithin(Duration.ofSeconds(9))).isFalse();
        client.ping();
    }

    @Test
    void responseInformationIsToldToWhoAsks() {
        ConnAck asked = scene.connect(Connect.transientSession(Version.V5, scene.id("a"))
                        .with(Property.of(Property.REQUEST_RESPONSE_INFORMATION, 1)))
                .connAck();

        assertThat(asked.properties().text(Property.RESPONSE_INFORMATION)).isEqualTo("answers/");
        assertThat(scene.client(Version.V5, "b").connAck().properties().has(Property.RESPONSE_INFORMATION))
                .isFalse();
    }

    @Test
    void redirectTellsClientsWhereToGo() {
        try (Broker elsewhere = Brokers.create(
                "redirect", "robustmq.mqtt.redirect.to=other.example:1883", "robustmq.mqtt.redirect.permanent=true")) {
            elsewhere.start();
            try (WireClient newer = WireClient.attempt(
                            elsewhere.mqttPort(), Connect.transientSession(Version.V5, scene.id("a")));
                    WireClient older = WireClient.attempt(
                            elsewhere.mqttPort(), Connect.transientSession(Version.V3_1_1, scene.id("b")))) {
                assertThat(newer.connAck().reason()).isEqualTo(0x9D);
                assertThat(newer.connAck().properties().text(Property.SERVER_REFERENCE))
                        .isEqualTo("other.example:1883");
                newer.awaitClosed();
                assertThat(older.connAck().reason()).isEqualTo(3);
                older.awaitClosed();
            }
        }
    }
}
