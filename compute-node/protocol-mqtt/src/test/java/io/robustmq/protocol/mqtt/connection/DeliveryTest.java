package io.robustmq.protocol.mqtt.connection;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.robustmq.kernel.Delivery;
import io.robustmq.kernel.Guarantee;
import io.robustmq.kernel.PublishDraft;
import io.robustmq.kernel.Settlement;
import io.robustmq.protocol.mqtt.MqttEvent;
import io.robustmq.protocol.mqtt.MqttSettings;
import io.robustmq.protocol.mqtt.codec.BinaryData;
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
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class DeliveryTest {
    private static PublishDraft draft(TestClient client, String payload) {
        ByteBuf bytes = Unpooled.copiedBuffer(payload, StandardCharsets.UTF_8);
        return new PublishDraft()
                .begin(client.kernel.intern("a/b"), Guarantee.EXACTLY_ONCE)
                .payload(bytes, 0, bytes.readableBytes());
    }

    @ParameterizedTest
    @EnumSource(ProtocolVersion.class)
    void deliveryOfEachGuaranteeBecomesAPublish(ProtocolVersion version) {
        TestClient client = TestClient.live(version);

        client.session().deliver(0, Guarantee.AT_MOST_ONCE, draft(client, "x"), false);
        client.session().deliver(1, Guarantee.AT_LEAST_ONCE, draft(client, "y").lastValue(true), true);
        client.session().deliver(Delivery.QUEUE + 3, Guarantee.AT_LEAST_ONCE, draft(client, "z"), false);
        client.session().deliver(49_152 + 7, Guarantee.EXACTLY_ONCE, draft(client, ""), false);

        assertThat(client.received())
                .containsExactly(
                        publish(false, QualityOfService.AT_MOST_ONCE, false, 0, "x"),
                        publish(true, QualityOfService.AT_LEAST_ONCE, true, 1, "y"),
                        publish(false, QualityOfService.AT_LEAST_ONCE, false, 49_155, "z"),
                        publish(false, QualityOfService.EXACTLY_ONCE, false, 8, ""));
    }

    @Test
    @Tag("MQTT5-3.3.1-2")
    void qos0IsNeverMarkedAsADuplicate() {
        TestClient client = TestClient.live(ProtocolVersion.MQTT_5);

        client.session().deliver(0, Guarantee.AT_MOST_ONCE, draft(client, "x"), true);

        assertThat(client.receiveOne(Publish.class).dup()).isFalse();
    }

    @ParameterizedTest
    @CsvSource({"10000, 10", "9999, 10", "9001, 10", "9000, 9", "1, 1", "0, 0", "-5, 0"})
    @Tag("MQTT5-3.3.2-6")
    void expiryIsRewrittenToWhatIsLeft(long remainingMillis, long seconds) {
        TestClient client = TestClient.live(ProtocolVersion.MQTT_5);

        client.session()
                .deliver(
                        0,
                        Guarantee.AT_MOST_ONCE,
                        draft(client, "").expiresAtMillis(client.kernel.loop.wallMillis() + remainingMillis),
                        false);

        assertThat(client.receiveOne(Publish.class).properties().number(Property.MESSAGE_EXPIRY_INTERVAL, -1))
                .isEqualTo(seconds);
    }

    @Test
    @Tag("MQTT5-3.3.4-3")
    @Tag("MQTT5-3.3.4-4")
    void subscriptionIdentifiersAreToldToVersion5Only() {
        TestClient five = TestClient.live(ProtocolVersion.MQTT_5);
        TestClient four = TestClient.live(ProtocolVersion.MQTT_3_1_1);

        five.session().deliver(0, Guarantee.AT_MOST_ONCE, draft(five, ""), false, 5, 268_435_455);
        four.session().deliver(0, Guarantee.AT_MOST_ONCE, draft(four, ""), false, 5);

        assertThat(five.receiveOne(Publish.class).properties().subscriptionIdentifiers())
                .containsExactly(5, 268_435_455);
        assertThat(four.receiveOne(Publish.class).properties()).isEqualTo(Properties.NONE);
    }

    @Test
    void payloadOfAnySizeIsDelivered() {
        TestClient client = TestClient.live(ProtocolVersion.MQTT_5);
        String large = "x".repeat(1 << 20);

        client.session().deliver(0, Guarantee.AT_MOST_ONCE, draft(client, large), false);

        assertThat(client.received()).containsExactly(publish(false, QualityOfService.AT_MOST_ONCE, false, 0, large));
    }

    @Test
    void slowReceiverLosesQos0AndGetsTheRest() {
        TestClient client = TestClient.live(ProtocolVersion.MQTT_5);
        client.wire.writable = false;

        boolean atMostOnce = client.session().deliver(0, Guarantee.AT_MOST_ONCE, draft(client, "x"), false);
        boolean atLeastOnce = client.session().deliver(1, Guarantee.AT_LEAST_ONCE, draft(client, "y"), false);
        client.connection.writableAgain();

        assertThat(atMostOnce).isFalse();
        assertThat(atLeastOnce).isTrue();
        assertThat(client.receiveOne(Publish.class).packetId()).isEqualTo(1);
        assertThat(client.session().drained).isEqualTo(1);
        assertThat(client.events(MqttEvent.DELIVERY_DROPPED_SLOW)).isEqualTo(1);
    }

    @Test
    @Tag("MQTT5-3.1.2-24")
    @Tag("MQTT5-3.1.2-25")
    void packetLargerThanTheClientTakesIsSkippedAsIfItWasDone() {
        // PUBLISH of topic a/b at QoS 1 with 80 bytes: 2 header, 5 topic, 2 identifier, 1 properties, 80 payload.
        Properties limit =
                Properties.builder().set(Property.MAXIMUM_PACKET_SIZE, 90).build();
        TestClient client = TestClient.live(ProtocolVersion.MQTT_5, MqttSettings.DEFAULTS, limit);

        client.session().deliver(1, Guarantee.AT_LEAST_ONCE, draft(client, "x".repeat(80)), false);
        assertThat(client.receiveOne(Publish.class).payload().length()).isEqualTo(80);
        client.session().deliver(2, Guarantee.AT_LEAST_ONCE, draft(client, "x".repeat(81)), false);
        assertThat(client.session().settled).as("not from within deliver").isEmpty();
        client.kernel.loop.tick();

        assertThat(client.received()).isEmpty();
        assertThat(client.session().settled).containsExactly(new FakeKernel.Settled(2, Settlement.REJECTED));
        assertThat(client.events(MqttEvent.DELIVERY_TOO_LARGE)).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource({"SUCCESS, ACCEPTED", "QUOTA_EXCEEDED, REJECTED", "UNSPECIFIED_ERROR, REJECTED"})
    void pubackSettlesTheDelivery(ReasonCode reason, Settlement settlement) {
        TestClient client = TestClient.live(ProtocolVersion.MQTT_5);
        client.session().deliver(49_153, Guarantee.AT_LEAST_ONCE, draft(client, ""), false);

        client.send(new PubAck(2, reason, Properties.NONE));

        assertThat(client.session().settled).containsExactly(new FakeKernel.Settled(49_153, settlement));
    }

    @ParameterizedTest
    @EnumSource(ProtocolVersion.class)
    @Tag("MQTT5-4.3.3-4")
    @Tag("MQTT5-4.3.3-5")
    void exactlyOnceIsReleasedOnceItsReceiptIsLogged(ProtocolVersion version) {
        TestClient client = TestClient.live(version);
        client.session().deliver(1, Guarantee.EXACTLY_ONCE, draft(client, ""), false);
        client.receiveOne(Publish.class);

        client.send(new PubRec(1, ReasonCode.SUCCESS, Properties.NONE));
        assertThat(client.received()).isEmpty();
        client.session().sink.receivedLogged(1);
        assertThat(client.receiveOne(PubRel.class)).isEqualTo(new PubRel(1, ReasonCode.SUCCESS, Properties.NONE));
        client.send(new PubComp(1, ReasonCode.SUCCESS, Properties.NONE));

        assertThat(client.session().settled)
                .containsExactly(
                        new FakeKernel.Settled(1, Settlement.RECEIVED),
                        new FakeKernel.Settled(1, Settlement.COMPLETED));
    }

    @Test
    void releaseOfAResumedDeliveryIsCompleted() {
        TestClient client = TestClient.live(ProtocolVersion.MQTT_5);
        client.session().unsettled.add(100L);

        client.session().sink.receivedLogged(100);
        client.send(new PubComp(100, ReasonCode.SUCCESS, Properties.NONE));

        assertThat(client.receiveOne(PubRel.class).packetId()).isEqualTo(100);
        assertThat(client.session().settled).containsExactly(new FakeKernel.Settled(100, Settlement.COMPLETED));
    }

    @ParameterizedTest
    @CsvSource({"MQTT_5, PACKET_IDENTIFIER_NOT_FOUND", "MQTT_3_1_1, SUCCESS"})
    void receiptOfAnUnknownDeliveryIsReleased(ProtocolVersion version, ReasonCode reason) {
        TestClient client = TestClient.live(version);

        client.send(new PubRec(5, ReasonCode.SUCCESS, Properties.NONE));

        assertThat(client.receiveOne(PubRel.class)).isEqualTo(new PubRel(5, reason, Properties.NONE));
        assertThat(client.events(MqttEvent.ACK_UNKNOWN)).isEqualTo(1);
    }

    @Test
    @Tag("MQTT5-4.3.3-4")
    void rejectedExactlyOnceIsNotReleased() {
        TestClient client = TestClient.live(ProtocolVersion.MQTT_5);
        client.session().deliver(1, Guarantee.EXACTLY_ONCE, draft(client, ""), false);
        client.receiveOne(Publish.class);

        client.send(new PubRec(1, ReasonCode.UNSPECIFIED_ERROR, Properties.NONE));

        assertThat(client.session().settled).containsExactly(new FakeKernel.Settled(1, Settlement.REJECTED));
        assertThat(client.received()).isEmpty();
    }

    @Test
    void acknowledgementsOfNothingAreIgnored() {
        TestClient client = TestClient.live(ProtocolVersion.MQTT_5);

        client.send(
                new PubAck(5, ReasonCode.SUCCESS, Properties.NONE),
                new PubComp(6, ReasonCode.SUCCESS, Properties.NONE),
                new PubAck(60_000, ReasonCode.SUCCESS, Properties.NONE));

        assertThat(client.received()).isEmpty();
        assertThat(client.wire.closed).isFalse();
        assertThat(client.events(MqttEvent.ACK_UNKNOWN)).isEqualTo(3);
    }

    private static Publish publish(boolean dup, QualityOfService qos, boolean retain, int packetId, String payload) {
        return new Publish(dup, qos, retain, "a/b", packetId, Properties.NONE, BinaryData.ofUtf8(payload));
    }
}
