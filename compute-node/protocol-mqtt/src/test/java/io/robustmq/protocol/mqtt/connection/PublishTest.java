package io.robustmq.protocol.mqtt.connection;

import static org.assertj.core.api.Assertions.assertThat;

import io.robustmq.kernel.Detach;
import io.robustmq.kernel.Guarantee;
import io.robustmq.kernel.PublishOutcome;
import io.robustmq.protocol.mqtt.MqttEvent;
import io.robustmq.protocol.mqtt.MqttLimits;
import io.robustmq.protocol.mqtt.MqttSettings;
import io.robustmq.protocol.mqtt.codec.BinaryData;
import io.robustmq.protocol.mqtt.codec.Disconnect;
import io.robustmq.protocol.mqtt.codec.Packet;
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
import io.robustmq.transport.PauseReason;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class PublishTest {
    private static final QualityOfService QOS_0 = QualityOfService.AT_MOST_ONCE;
    private static final QualityOfService QOS_1 = QualityOfService.AT_LEAST_ONCE;
    private static final QualityOfService QOS_2 = QualityOfService.EXACTLY_ONCE;

    @ParameterizedTest
    @EnumSource(ProtocolVersion.class)
    void qos0IsPublishedAndNotAnswered(ProtocolVersion version) {
        TestClient client = TestClient.live(version);

        client.send(TestClient.publish(QOS_0, 0, "a/b", "x"));

        assertThat(client.session().published)
                .containsExactly(
                        new FakeKernel.Published(0, "a/b", Guarantee.AT_MOST_ONCE, false, Long.MAX_VALUE, "", "x"));
        assertThat(client.received()).isEmpty();
    }

    @Test
    void retainFlagAndExpiryReachTheKernel() {
        TestClient client = TestClient.live(ProtocolVersion.MQTT_5);
        Properties properties =
                Properties.builder().set(Property.MESSAGE_EXPIRY_INTERVAL, 9).build();

        client.send(new Publish(false, QOS_0, true, "a", 0, properties, BinaryData.EMPTY));

        FakeKernel.Published published = client.session().published.getFirst();
        assertThat(published.lastValue()).isTrue();
        assertThat(published.expiresAtMillis()).isEqualTo(client.kernel.loop.wallMillis() + 9_000);
        assertThat(published.headersHex()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(ProtocolVersion.class)
    @Tag("MQTT5-4.3.2-4")
    void pubacksLeaveInTheOrderOfThePublishes(ProtocolVersion version) {
        TestClient client = TestClient.live(version);
        client.send(
                TestClient.publish(QOS_1, 5, "a", "1"),
                TestClient.publish(QOS_1, 3, "b", "2"),
                TestClient.publish(QOS_1, 4, "a", "3"));
        List<FakeKernel.Published> published = client.session().published;

        client.session().sink.published(published.get(2).token(), PublishOutcome.DONE);
        client.session().sink.published(published.get(1).token(), PublishOutcome.DONE);
        assertThat(client.received()).isEmpty();
        client.session().sink.published(published.get(0).token(), PublishOutcome.DONE);

        assertThat(client.received().stream().map(packet -> ((PubAck) packet).packetId()))
                .containsExactly(5, 3, 4);
    }

    @ParameterizedTest
    @CsvSource({
        "MQTT_5, DONE, SUCCESS",
        "MQTT_5, NO_ROUTE, NO_MATCHING_SUBSCRIBERS",
        "MQTT_5, OVERLOADED, QUOTA_EXCEEDED",
        "MQTT_3_1_1, DONE, SUCCESS",
        "MQTT_3_1_1, NO_ROUTE, SUCCESS",
    })
    @Tag("MQTT5-3.4.2-1")
    void pubackTellsTheOutcome(ProtocolVersion version, PublishOutcome outcome, ReasonCode reason) {
        TestClient client = TestClient.live(version);
        client.send(TestClient.publish(QOS_1, 1, "a", ""));

        client.session().sink.published(client.session().published.getFirst().token(), outcome);

        assertThat(client.receiveOne(PubAck.class)).isEqualTo(new PubAck(1, reason, Properties.NONE));
        assertThat(client.wire.closed).isFalse();
    }

    @Test
    void refusedPublishOfAnOldVersionEndsTheConnection() {
        TestClient client = TestClient.live(ProtocolVersion.MQTT_3_1_1);
        client.send(TestClient.publish(QOS_1, 1, "a", ""));

        client.session().sink.published(client.session().published.getFirst().token(), PublishOutcome.OVERLOADED);

        assertThat(client.received()).isEmpty();
        assertThat(client.wire.closed).isTrue();
        assertThat(client.session().detached).containsExactly(Detach.BROKEN);
    }

    @ParameterizedTest
    @EnumSource(ProtocolVersion.class)
    void unknownOutcomeIsNotAnsweredAndEndsTheConnection(ProtocolVersion version) {
        TestClient client = TestClient.live(version);
        client.send(TestClient.publish(QOS_1, 1, "a", ""), TestClient.publish(QOS_1, 2, "a", ""));

        client.session().sink.published(client.session().published.getFirst().token(), PublishOutcome.UNKNOWN);

        assertThat(client.received()).noneMatch(PubAck.class::isInstance);
        assertThat(client.wire.closed).isTrue();
    }

    @ParameterizedTest
    @EnumSource(ProtocolVersion.class)
    @Tag("MQTT5-4.3.3-8")
    @Tag("MQTT5-4.3.3-11")
    void exactlyOnceGoesThroughPubrecAndPubcomp(ProtocolVersion version) {
        TestClient client = TestClient.live(version);

        client.send(TestClient.publish(QOS_2, 9, "a", "x"));
        assertThat(client.session().publishedOnce).hasSize(1);
        client.session().sink.publishedOnce(9, PublishOutcome.DONE);
        assertThat(client.receiveOne(PubRec.class)).isEqualTo(new PubRec(9, ReasonCode.SUCCESS, Properties.NONE));

        client.send(new PubRel(9, ReasonCode.SUCCESS, Properties.NONE));
        assertThat(client.received()).isEmpty();
        assertThat(client.session().released).containsExactly(9);
        client.session().sink.releasedOnce(9, true);
        assertThat(client.receiveOne(PubComp.class)).isEqualTo(new PubComp(9, ReasonCode.SUCCESS, Properties.NONE));
    }

    @Test
    void repeatedExactlyOnceIsAnsweredAgain() {
        TestClient client = TestClient.live(ProtocolVersion.MQTT_3_1_1);
        client.send(TestClient.publish(QOS_2, 9, "a", "x"), TestClient.publish(QOS_2, 9, "a", "x"));

        client.session().sink.publishedOnce(9, PublishOutcome.DONE);
        client.session().sink.publishedOnce(9, PublishOutcome.DONE);

        assertThat(client.received()).hasSize(2).allMatch(PubRec.class::isInstance);
    }

    @ParameterizedTest
    @CsvSource({"MQTT_5, PACKET_IDENTIFIER_NOT_FOUND", "MQTT_3_1_1, SUCCESS"})
    void releaseOfAnUnknownIdentifierIsCompleted(ProtocolVersion version, ReasonCode reason) {
        TestClient client = TestClient.live(version);

        client.send(new PubRel(7, ReasonCode.SUCCESS, Properties.NONE));
        client.session().sink.releasedOnce(7, false);

        assertThat(client.receiveOne(PubComp.class)).isEqualTo(new PubComp(7, reason, Properties.NONE));
    }

    @Test
    void oneMoreThanTheReceiveMaximumEndsTheConnection() {
        TestClient client = TestClient.live(ProtocolVersion.MQTT_5, TestClient.settings(LimitsOf.receiveMaximum(2)));
        client.send(TestClient.publish(QOS_1, 1, "a", ""), TestClient.publish(QOS_2, 2, "a", ""));
        assertThat(client.received()).isEmpty();

        client.send(TestClient.publish(QOS_1, 3, "a", ""));

        assertThat(client.receiveOne(Disconnect.class).reason()).isEqualTo(ReasonCode.RECEIVE_MAXIMUM_EXCEEDED);
        assertThat(client.session().published).hasSize(1);
        assertThat(client.session().detached).containsExactly(Detach.BROKEN);
    }

    @Test
    void acknowledgedPublishesFreeTheReceiveMaximum() {
        TestClient client = TestClient.live(ProtocolVersion.MQTT_5, TestClient.settings(LimitsOf.receiveMaximum(2)));
        client.send(TestClient.publish(QOS_1, 1, "a", ""), TestClient.publish(QOS_2, 2, "a", ""));
        client.session().sink.published(client.session().published.getFirst().token(), PublishOutcome.DONE);
        client.session().sink.publishedOnce(2, PublishOutcome.DONE);
        client.send(new PubRel(2, ReasonCode.SUCCESS, Properties.NONE));
        client.session().sink.releasedOnce(2, true);
        assertThat(client.received()).hasSize(3);

        client.send(TestClient.publish(QOS_2, 4, "a", ""), TestClient.publish(QOS_2, 5, "a", ""));
        client.session().sink.publishedOnce(4, PublishOutcome.OVERLOADED);
        assertThat(client.receiveOne(PubRec.class).reason()).isEqualTo(ReasonCode.QUOTA_EXCEEDED);
        client.send(TestClient.publish(QOS_1, 6, "a", ""));

        assertThat(client.received()).isEmpty();
        assertThat(client.wire.closed).isFalse();
    }

    @Test
    void pubrecDoesNotFreeTheReceiveMaximum() {
        TestClient client = TestClient.live(ProtocolVersion.MQTT_5, TestClient.settings(LimitsOf.receiveMaximum(1)));
        client.send(TestClient.publish(QOS_2, 1, "a", ""));
        client.session().sink.publishedOnce(1, PublishOutcome.DONE);
        client.receiveOne(PubRec.class);

        client.send(TestClient.publish(QOS_1, 2, "a", ""));

        assertThat(client.receiveOne(Disconnect.class).reason()).isEqualTo(ReasonCode.RECEIVE_MAXIMUM_EXCEEDED);
    }

    @Test
    @Tag("MQTT5-3.3.2-12")
    void topicAliasStandsForTheTopicItWasSetTo() {
        TestClient client = TestClient.live(ProtocolVersion.MQTT_5);
        client.send(
                aliased("long/topic", 1, "1"),
                aliased("", 1, "2"),
                aliased("other", 1, "3"),
                aliased("", 1, "4"),
                aliased("third", 64, "5"));

        assertThat(client.session().published.stream().map(FakeKernel.Published::name))
                .containsExactly("long/topic", "long/topic", "other", "other", "third");
        assertThat(client.session().published)
                .allMatch(published -> published.headersHex().isEmpty());
    }

    @ParameterizedTest
    @CsvSource({"65, TOPIC_ALIAS_INVALID", "2, PROTOCOL_ERROR"})
    void aliasOutOfRangeOrNeverSetEndsTheConnection(int alias, ReasonCode reason) {
        TestClient client = TestClient.live(ProtocolVersion.MQTT_5);

        client.send(aliased(alias == 65 ? "t" : "", alias, ""));

        assertThat(client.receiveOne(Disconnect.class).reason()).isEqualTo(reason);
    }

    @Test
    void aliasOfARefusedTopicDoesNotKeepItsFormerMeaning() {
        TestClient client = TestClient.live(ProtocolVersion.MQTT_5);
        client.send(aliased("a", 1, ""), aliased("$SYS/x", 1, ""));

        client.send(aliased("", 1, ""));

        assertThat(client.session().published).hasSize(1);
        assertThat(client.receiveOne(Disconnect.class).reason()).isEqualTo(ReasonCode.PROTOCOL_ERROR);
    }

    @Test
    void publishToTheServersTopicsIsNotAuthorized() {
        TestClient client = TestClient.live(ProtocolVersion.MQTT_5);

        client.send(
                TestClient.publish(QOS_0, 0, "$SYS/a", ""),
                TestClient.publish(QOS_1, 1, "$SYS/a", ""),
                TestClient.publish(QOS_2, 2, "$x", ""));

        assertThat(client.received())
                .containsExactly(
                        new PubAck(1, ReasonCode.NOT_AUTHORIZED, Properties.NONE),
                        new PubRec(2, ReasonCode.NOT_AUTHORIZED, Properties.NONE));
        assertThat(client.session().published).isEmpty();
        assertThat(client.session().publishedOnce).isEmpty();
        assertThat(client.events(MqttEvent.PUBLISH_REFUSED)).isEqualTo(3);
    }

    @ParameterizedTest
    @CsvSource({"ACKNOWLEDGE_AND_DROP, false", "DISCONNECT, true"})
    void refusedPublishOfAnOldVersionIsDroppedOrEndsTheConnection(
            MqttSettings.RefusedPublish behaviour, boolean closed) {
        TestClient client = TestClient.live(
                ProtocolVersion.MQTT_3_1_1, new MqttSettings(MqttLimits.DEFAULTS, false, behaviour, null));

        client.send(TestClient.publish(QOS_1, 1, "$SYS/a", ""));

        assertThat(client.wire.closed).isEqualTo(closed);
        assertThat(client.received()).hasSize(closed ? 0 : 1);
        assertThat(client.session().published).isEmpty();
    }

    @Test
    void tooDeepTopicIsInvalid() {
        TestClient client = TestClient.live(ProtocolVersion.MQTT_5);

        client.send(TestClient.publish(QOS_1, 1, "/".repeat(128), ""));
        assertThat(client.receiveOne(PubAck.class).reason()).isEqualTo(ReasonCode.TOPIC_NAME_INVALID);
        client.send(TestClient.publish(QOS_0, 0, "/".repeat(128), ""));

        assertThat(client.receiveOne(Disconnect.class).reason()).isEqualTo(ReasonCode.TOPIC_NAME_INVALID);
    }

    @Test
    @Tag("MQTT5-3.3.2-2")
    void wildcardInATopicNameEndsTheConnection() {
        TestClient client = TestClient.live(ProtocolVersion.MQTT_5);

        client.sendBytes(0x30, 6, 0, 3, 'a', '/', '#', 0);

        assertThat(client.receiveOne(Disconnect.class).reason()).isEqualTo(ReasonCode.TOPIC_NAME_INVALID);
    }

    @Test
    void pressedKernelPausesReadingUntilRelieved() {
        TestClient client = TestClient.live(ProtocolVersion.MQTT_5);
        client.session().pressed = true;

        client.send(TestClient.publish(QOS_0, 0, "a", "1"), TestClient.publish(QOS_0, 0, "a", "2"));
        assertThat(client.session().published).as("what was read is taken").hasSize(2);
        assertThat(client.wire.reasons).containsExactly(PauseReason.KERNEL_PRESSED);
        client.session().pressed = false;
        client.session().sink.relieved();

        assertThat(client.wire.isOpen()).isTrue();
    }

    @Test
    void clientOfAnOldVersionIsHeldBackByTheNumberOfUnansweredPublishes() {
        TestClient client =
                TestClient.live(ProtocolVersion.MQTT_3_1_1, TestClient.settings(LimitsOf.unansweredMax(4, 1 << 20)));
        Packet[] many = new Packet[10];
        for (int i = 0; i < many.length; i++) {
            many[i] = TestClient.publish(QOS_1, i + 1, "a", "");
        }

        client.send(many);
        List<FakeKernel.Published> published = client.session().published;
        assertThat(published).hasSize(4);
        assertThat(client.wire.reasons).containsExactly(PauseReason.LIMIT);
        for (int answered = 0; answered < many.length; answered++) {
            client.session().sink.published(published.get(answered).token(), PublishOutcome.DONE);
            client.resumeIfOpen();
        }

        assertThat(published).hasSize(10);
        assertThat(client.received()).hasSize(10);
        assertThat(client.wire.isOpen()).isTrue();
    }

    @Test
    void anyClientIsHeldBackByTheBytesOfUnansweredPublishes() {
        TestClient client =
                TestClient.live(ProtocolVersion.MQTT_5, TestClient.settings(LimitsOf.unansweredMax(1_000, 10)));

        client.send(TestClient.publish(QOS_1, 1, "a", "0123456789"));
        assertThat(client.wire.reasons).containsExactly(PauseReason.LIMIT);
        client.session().sink.published(client.session().published.getFirst().token(), PublishOutcome.DONE);

        assertThat(client.wire.isOpen()).isTrue();
    }

    @Test
    void answerBeforeThePublishReturnsIsFine() {
        TestClient client = TestClient.live(ProtocolVersion.MQTT_5);
        client.session().answerAtOnce = true;

        client.send(TestClient.publish(QOS_1, 1, "a", ""), TestClient.publish(QOS_2, 2, "a", ""));

        assertThat(client.received())
                .containsExactly(
                        new PubAck(1, ReasonCode.SUCCESS, Properties.NONE),
                        new PubRec(2, ReasonCode.SUCCESS, Properties.NONE));
    }

    private static Publish aliased(String topic, int alias, String payload) {
        return new Publish(
                false,
                QOS_0,
                false,
                topic,
                0,
                Properties.builder().set(Property.TOPIC_ALIAS, alias).build(),
                BinaryData.ofUtf8(payload));
    }
}
