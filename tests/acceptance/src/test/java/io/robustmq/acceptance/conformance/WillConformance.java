package io.robustmq.acceptance.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.robustmq.acceptance.broker.Broker;
import io.robustmq.acceptance.broker.SharedBroker;
import io.robustmq.acceptance.wire.Connect;
import io.robustmq.acceptance.wire.PacketBytes;
import io.robustmq.acceptance.wire.Properties;
import io.robustmq.acceptance.wire.Property;
import io.robustmq.acceptance.wire.Publish;
import io.robustmq.acceptance.wire.Subscription;
import io.robustmq.acceptance.wire.Version;
import io.robustmq.acceptance.wire.Will;
import io.robustmq.acceptance.wire.WireClient;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** When a will is published, when not, and as what. */
@ExtendWith(SharedBroker.class)
final class WillConformance {
    private final Scene scene;

    WillConformance(Broker broker) {
        this.scene = new Scene(broker);
    }

    @AfterEach
    void close() {
        scene.close();
    }

    private WireClient watcher(Version version) {
        return scene.subscriber(version, Subscription.of(scene.topic("will"), 2));
    }

    private Will will() {
        return Will.of(scene.topic("will"), "gone").qos(1);
    }

    @ParameterizedTest
    @EnumSource
    @Tag("MQTT-3.1.2-8")
    @Tag("MQTT5-3.1.2-8")
    void lostConnectionPublishesTheWill(Version version) {
        WireClient watcher = watcher(version);
        WireClient client =
                scene.connect(Connect.transientSession(version, scene.id("a")).will(will()));

        client.abort();

        assertThat(watcher.awaitPublish().payload()).isEqualTo("gone");
    }

    @ParameterizedTest
    @EnumSource
    @Tag("MQTT-3.1.2-8")
    @Tag("MQTT5-3.1.2-8")
    void exceededKeepAlivePublishesTheWill(Version version) {
        WireClient watcher = watcher(version);
        scene.connect(
                Connect.transientSession(version, scene.id("a")).keepAlive(1).will(will()));

        assertThat(watcher.awaitPublish().payload()).isEqualTo("gone");
    }

    @ParameterizedTest
    @EnumSource
    @Tag("MQTT-3.1.2-8")
    @Tag("MQTT5-3.1.2-8")
    void protocolErrorPublishesTheWill(Version version) {
        WireClient watcher = watcher(version);
        WireClient client =
                scene.connect(Connect.transientSession(version, scene.id("a")).will(will()));

        client.send(PacketBytes.of(0x00, 0));

        assertThat(watcher.awaitPublish().payload()).isEqualTo("gone");
    }

    @ParameterizedTest
    @EnumSource
    @Tag("MQTT-3.1.2-10")
    @Tag("MQTT-3.14.4-3")
    @Tag("MQTT5-3.1.2-10")
    @Tag("MQTT5-3.14.4-3")
    void goodbyeRemovesTheWill(Version version) {
        WireClient watcher = watcher(version);
        WireClient client =
                scene.connect(Connect.transientSession(version, scene.id("a")).will(will()));

        client.disconnect();

        scene.assertNothingBeforeMarker(watcher, scene.publisher(version), scene.topic("will"));
    }

    @Test
    @Tag("MQTT5-3.1.2-8")
    void goodbyeWithWillPublishesIt() {
        WireClient watcher = watcher(Version.V5);
        WireClient client = scene.connect(
                Connect.transientSession(Version.V5, scene.id("a")).will(will()));

        client.disconnect(0x04, Properties.NONE);

        assertThat(watcher.awaitPublish().payload()).isEqualTo("gone");
    }

    @ParameterizedTest
    @CsvSource({"0, false", "1, true", "2, false"})
    @Tag("MQTT-3.1.2-9")
    @Tag("MQTT-3.1.2-16")
    @Tag("MQTT-3.1.2-17")
    @Tag("MQTT5-3.1.2-14")
    @Tag("MQTT5-3.1.2-15")
    void willHasItsQosAndRetainFlag(int qos, boolean retain) {
        WireClient watcher = watcher(Version.V5);
        Will will = Will.of(scene.topic("will"), "gone").qos(qos);
        scene.connect(Connect.transientSession(Version.V5, scene.id("a")).will(retain ? will.retained() : will))
                .abort();

        assertThat(watcher.awaitPublish().qos()).isEqualTo(qos);

        WireClient late = watcher(Version.V5);
        if (retain) {
            Publish retained = late.awaitPublish();
            assertThat(retained.payload()).isEqualTo("gone");
            assertThat(retained.retain()).isTrue();
            scene.publisher(Version.V5)
                    .publishAndAwait(Publish.of(scene.topic("will"), "").qos(1).retained());
        } else {
            scene.assertNothingBeforeMarker(late, scene.publisher(Version.V5), scene.topic("will"));
        }
    }

    @Test
    @Tag("MQTT5-3.1.3-10")
    void willHasItsProperties() {
        WireClient watcher = watcher(Version.V5);
        scene.connect(Connect.transientSession(Version.V5, scene.id("a"))
                        .will(will().with(Property.of(Property.PAYLOAD_FORMAT, 1))
                                .with(Property.of(Property.CONTENT_TYPE, "text/plain"))
                                .with(Property.of(Property.RESPONSE_TOPIC, scene.topic("answer")))
                                .with(Property.of(Property.CORRELATION_DATA, "\u0000\u00FF"))
                                .with(Property.user("b", "1"))
                                .with(Property.user("a", "2"))
                                .with(Property.user("b", "3"))))
                .abort();

        Properties properties = watcher.awaitPublish().properties();

        assertThat(properties.number(Property.PAYLOAD_FORMAT)).hasValue(1);
        assertThat(properties.text(Property.CONTENT_TYPE)).isEqualTo("text/plain");
        assertThat(properties.text(Property.RESPONSE_TOPIC)).isEqualTo(scene.topic("answer"));
        assertThat(properties.text(Property.CORRELATION_DATA)).isEqualTo("\u0000\u00FF");
        assertThat(properties.user()).containsExactly("b=1", "a=2", "b=3");
        assertThat(properties.has(Property.WILL_DELAY)).isFalse();
    }

    @Test
    void delayedWillWaits() {
        WireClient watcher = watcher(Version.V5);
        WireClient client = scene.connect(
                Connect.persistentSession(Version.V5, scene.id("a")).will(will().delaySeconds(2)));
        long begin = System.nanoTime();

        client.abort();

        assertThat(watcher.awaitPublish().payload()).isEqualTo("gone");
        assertThat(Duration.ofNanos(System.nanoTime() - begin))
                .isBetween(Duration.ofMillis(1900), Duration.ofSeconds(8));
    }

    @Test
    @Tag("MQTT5-3.1.3-9")
    void reconnectInTimeCancelsTheDelayedWill() {
        WireClient watcher = watcher(Version.V5);
        Connect connect = Connect.persistentSession(Version.V5, scene.id("a"));
        scene.connect(connect.will(will().delaySeconds(1))).abort();

        WireClient again = scene.connect(connect);
        Scene.letTimePass(Duration.ofMillis(2500));

        scene.assertNothingBeforeMarker(watcher, again, scene.topic("will"));
    }

    @Test
    void delayedWillIsPublishedWhenTheSessionEndsBefore() {
        WireClient watcher = watcher(Version.V5);
        WireClient client = scene.connect(Connect.transientSession(Version.V5, scene.id("a"))
                .with(Property.of(Property.SESSION_EXPIRY, 1))
                .will(will().delaySeconds(3600)));

        client.abort();

        assertThat(watcher.awaitPublish().payload()).isEqualTo("gone");
    }

    @Test
    void delayedWillOfATransientSessionIsPublishedAtOnce() {
        WireClient watcher = watcher(Version.V5);
        WireClient client = scene.connect(
                Connect.transientSession(Version.V5, scene.id("a")).will(will().delaySeconds(3600)));

        client.abort();

        assertThat(watcher.awaitPublish().payload()).isEqualTo("gone");
    }

    @Test
    void takeoverPublishesAWillWithoutDelay() {
        WireClient watcher = watcher(Version.V5);
        Connect connect = Connect.persistentSession(Version.V5, scene.id("a"));
        scene.connect(connect.will(will()));

        WireClient current = scene.connect(connect);

        assertThat(watcher.awaitPublish().payload()).isEqualTo("gone");
        current.ping();
    }

    @Test
    @Tag("MQTT5-3.1.3-9")
    void takeoverOfTheSessionCancelsADelayedWill() {
        WireClient watcher = watcher(Version.V5);
        Connect connect = Connect.persistentSession(Version.V5, scene.id("a"));
        WireClient old = scene.connect(connect.will(will().delaySeconds(1)));

        WireClient current = scene.connect(connect);
        old.awaitClosed();
        Scene.letTimePass(Duration.ofMillis(2500));

        scene.assertNothingBeforeMarker(watcher, current, scene.topic("will"));
    }

    @Test
    void cleanTakeoverEndsTheSessionAndPublishesADelayedWill() {
        WireClient watcher = watcher(Version.V5);
        Connect connect = Connect.persistentSession(Version.V5, scene.id("a"));
        scene.connect(connect.will(will().delaySeconds(3600)));

        scene.connect(connect.clean(true));

        assertThat(watcher.awaitPublish().payload()).isEqualTo("gone");
    }

    @Test
    @Tag("MQTT5-3.1.2-7")
    void newConnectionReplacesTheWill() {
        WireClient watcher = watcher(Version.V5);
        Connect connect = Connect.persistentSession(Version.V5, scene.id("a"));
        scene.connect(connect.will(Will.of(scene.topic("will"), "old").qos(1).delaySeconds(3600)))
                .abort();

        scene.connect(connect.will(Will.of(scene.topic("will"), "new").qos(1))).abort();

        assertThat(watcher.awaitPublish().payload()).isEqualTo("new");
    }
}
