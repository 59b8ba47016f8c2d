package io.robustmq.protocol.mqtt.connection;

import static org.assertj.core.api.Assertions.assertThat;

import io.robustmq.kernel.Guarantee;
import io.robustmq.kernel.KernelFault;
import io.robustmq.kernel.Session;
import io.robustmq.kernel.SubscribeRequest;
import io.robustmq.kernel.SubscribeResult;
import io.robustmq.protocol.mqtt.MqttLimits;
import io.robustmq.protocol.mqtt.codec.Properties;
import io.robustmq.protocol.mqtt.codec.ProtocolVersion;
import io.robustmq.protocol.mqtt.codec.QualityOfService;
import io.robustmq.protocol.mqtt.codec.ReasonCode;
import io.robustmq.protocol.mqtt.codec.RetainHandling;
import io.robustmq.protocol.mqtt.codec.SubAck;
import io.robustmq.protocol.mqtt.codec.Subscribe;
import io.robustmq.protocol.mqtt.codec.SubscriptionOptions;
import io.robustmq.protocol.mqtt.codec.UnsubAck;
import io.robustmq.protocol.mqtt.codec.Unsubscribe;
import io.robustmq.transport.PauseReason;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class SubscribeTest {
    private static final SubscriptionOptions QOS_2 = SubscriptionOptions.ofQos(QualityOfService.EXACTLY_ONCE);

    private static Subscribe.Entry entry(String filter) {
        return new Subscribe.Entry(filter, QOS_2);
    }

    @ParameterizedTest
    @EnumSource(ProtocolVersion.class)
    @Tag("MQTT5-3.8.4-1")
    @Tag("MQTT5-3.8.4-2")
    @Tag("MQTT5-3.8.4-5")
    @Tag("MQTT5-3.8.4-6")
    @Tag("MQTT5-3.9.3-1")
    void answersStandInTheOrderOfTheRequest(ProtocolVersion version) {
        TestClient client = TestClient.live(version);

        client.send(new Subscribe(
                7, Properties.NONE, List.of(entry("a"), entry("b#"), entry("c/+"), entry("d"), entry("e"))));
        assertThat(client.received()).isEmpty();
        FakeKernel.Asked<SubscribeRequest> asked = client.session().subscribes.getFirst();
        assertThat(asked.what().stream().map(SubscribeRequest::pattern)).containsExactly("a", "c/+", "d", "e");
        client.session()
                .sink
                .subscribed(
                        asked.token(),
                        List.of(
                                new SubscribeResult.Granted(Guarantee.EXACTLY_ONCE),
                                new SubscribeResult.Granted(Guarantee.AT_MOST_ONCE),
                                new SubscribeResult.Refused(new KernelFault.LimitReached("subscriptionsMax")),
                                new SubscribeResult.Granted(Guarantee.AT_LEAST_ONCE)));

        SubAck answer = client.receiveOne(SubAck.class);
        assertThat(answer.packetId()).isEqualTo(7);
        assertThat(answer.reasons())
                .containsExactly(
                        ReasonCode.GRANTED_QOS_2,
                        version.hasProperties() ? ReasonCode.TOPIC_FILTER_INVALID : ReasonCode.UNSPECIFIED_ERROR,
                        ReasonCode.SUCCESS,
                        version.hasProperties() ? ReasonCode.QUOTA_EXCEEDED : ReasonCode.UNSPECIFIED_ERROR,
                        ReasonCode.GRANTED_QOS_1);
    }

    @Test
    void optionsAndIdentifierReachTheKernel() {
        TestClient client = TestClient.live(ProtocolVersion.MQTT_5);
        Properties properties = Properties.builder().subscriptionIdentifier(12).build();

        client.send(new Subscribe(
                1,
                properties,
                List.of(
                        new Subscribe.Entry(
                                "a",
                                new SubscriptionOptions(
                                        QualityOfService.AT_LEAST_ONCE,
                                        true,
                                        true,
                                        RetainHandling.SEND_AT_NEW_SUBSCRIBE)),
                        new Subscribe.Entry(
                                "b",
                                new SubscriptionOptions(
                                        QualityOfService.AT_MOST_ONCE, false, false, RetainHandling.DO_NOT_SEND)))));

        assertThat(client.session().subscribes.getFirst().what())
                .containsExactly(
                        new SubscribeRequest(
                                "a",
                                Guarantee.AT_LEAST_ONCE,
                                true,
                                true,
                                SubscribeRequest.LastValues.SEND_IF_NEW,
                                12,
                                null),
                        new SubscribeRequest(
                                "b",
                                Guarantee.AT_MOST_ONCE,
                                false,
                                false,
                                SubscribeRequest.LastValues.DO_NOT_SEND,
                                12,
                                null));
    }

    @ParameterizedTest
    @CsvSource({"$share/g/a, g", "$queue/a, $queue/"})
    void groupIsSharedAtMostAtLeastOnceAndWithoutRetained(String filter, String group) {
        TestClient client = TestClient.live(ProtocolVersion.MQTT_3_1_1);

        client.send(new Subscribe(1, Properties.NONE, List.of(entry(filter))));

        assertThat(client.session().subscribes.getFirst().what())
                .containsExactly(new SubscribeRequest(
                        "a", Guarantee.AT_LEAST_ONCE, false, false, SubscribeRequest.LastValues.DO_NOT_SEND, 0, group));
    }

    @Test
    void requestWithNothingReadableIsAnsweredAtOnce() {
        TestClient client = TestClient.live(ProtocolVersion.MQTT_5);

        client.send(new Subscribe(1, Properties.NONE, List.of(entry("a#"), entry("$share/g"))));

        assertThat(client.receiveOne(SubAck.class).reasons())
                .containsExactly(ReasonCode.TOPIC_FILTER_INVALID, ReasonCode.TOPIC_FILTER_INVALID);
        assertThat(client.session().subscribes).isEmpty();
    }

    @Test
    void filtersBeyondTheLimitOfAPacketAreOverQuota() {
        MqttLimits threePerPacket = LimitsOf.receiveMaximum(10);
        TestClient client = TestClient.live(ProtocolVersion.MQTT_5, TestClient.settings(threePerPacket));

        client.send(
                new Subscribe(1, Properties.NONE, List.of(entry("a"), entry("b"), entry("c"), entry("d"), entry("e"))));
        FakeKernel.Asked<SubscribeRequest> asked = client.session().subscribes.getFirst();
        List<SubscribeResult> granted = new ArrayList<>();
        for (SubscribeRequest ignored : asked.what()) {
            granted.add(new SubscribeResult.Granted(ignored.guarantee()));
        }
        client.session().sink.subscribed(asked.token(), granted);

        assertThat(client.receiveOne(SubAck.class).reasons())
                .containsExactly(
                        ReasonCode.GRANTED_QOS_2,
                        ReasonCode.GRANTED_QOS_2,
                        ReasonCode.GRANTED_QOS_2,
                        ReasonCode.QUOTA_EXCEEDED,
                        ReasonCode.QUOTA_EXCEEDED);
    }

    @Test
    void pendingRequestsHoldBackReading() {
        TestClient client = TestClient.live(ProtocolVersion.MQTT_5, TestClient.settings(LimitsOf.receiveMaximum(10)));

        client.send(
                new Subscribe(1, Properties.NONE, List.of(entry("a"))),
                new Subscribe(2, Properties.NONE, List.of(entry("b"))),
                new Subscribe(3, Properties.NONE, List.of(entry("c"))));
        assertThat(client.session().subscribes).hasSize(2);
        assertThat(client.wire.reasons).containsExactly(PauseReason.LIMIT);
        client.session()
                .sink
                .subscribed(
                        client.session().subscribes.getFirst().token(),
                        List.of(new SubscribeResult.Granted(Guarantee.AT_MOST_ONCE)));
        client.resumeIfOpen();

        assertThat(client.session().subscribes).hasSize(3);
        client.connection.lost();
    }

    @Test
    @Tag("MQTT5-3.10.4-4")
    @Tag("MQTT5-3.10.4-5")
    @Tag("MQTT5-3.11.3-1")
    void unsubscribeTellsWhatExisted() {
        TestClient client = TestClient.live(ProtocolVersion.MQTT_5);

        client.send(new Unsubscribe(4, Properties.NONE, List.of("a", "$share/g/b", "c#")));
        FakeKernel.Asked<Session.GroupPattern> asked =
                client.session().unsubscribes.getFirst();
        assertThat(asked.what()).containsExactly(new Session.GroupPattern("a", ""), new Session.GroupPattern("b", "g"));
        client.session().sink.unsubscribed(asked.token(), List.of(true, false));

        assertThat(client.receiveOne(UnsubAck.class))
                .isEqualTo(new UnsubAck(
                        4,
                        Properties.NONE,
                        List.of(
                                ReasonCode.SUCCESS,
                                ReasonCode.NO_SUBSCRIPTION_EXISTED,
                                ReasonCode.TOPIC_FILTER_INVALID)));
    }

    @Test
    @Tag("MQTT-3.10.4-4")
    void unsubscribeOfAnOldVersionIsAnsweredWithoutCodes() {
        TestClient client = TestClient.live(ProtocolVersion.MQTT_3_1_1);

        client.send(new Unsubscribe(4, Properties.NONE, List.of("a")));
        client.session()
                .sink
                .unsubscribed(client.session().unsubscribes.getFirst().token(), List.of(false));

        assertThat(client.receiveOne(UnsubAck.class)).isEqualTo(new UnsubAck(4, Properties.NONE, List.of()));
    }

    @Test
    void unsubscribeThatCouldNotBeTakenEndsTheConnection() {
        TestClient client = TestClient.live(ProtocolVersion.MQTT_3_1_1);

        client.send(new Unsubscribe(4, Properties.NONE, List.of("a")));
        client.session()
                .sink
                .unsubscribed(client.session().unsubscribes.getFirst().token(), List.of());

        assertThat(client.received()).isEmpty();
        assertThat(client.wire.closed).isTrue();
    }
}
