package io.robustmq.protocol.mqtt.connection;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import io.robustmq.kernel.Guarantee;
import io.robustmq.kernel.PublishDraft;
import io.robustmq.protocol.mqtt.MqttLimits;
import io.robustmq.protocol.mqtt.MqttOffer;
import io.robustmq.protocol.mqtt.MqttRedirect;
import io.robustmq.protocol.mqtt.MqttSettings;
import io.robustmq.protocol.mqtt.codec.BinaryData;
import io.robustmq.protocol.mqtt.codec.ConnAck;
import io.robustmq.protocol.mqtt.codec.Connect;
import io.robustmq.protocol.mqtt.codec.Disconnect;
import io.robustmq.protocol.mqtt.codec.Packet;
import io.robustmq.protocol.mqtt.codec.Properties;
import io.robustmq.protocol.mqtt.codec.Property;
import io.robustmq.protocol.mqtt.codec.ProtocolVersion;
import io.robustmq.protocol.mqtt.codec.PubAck;
import io.robustmq.protocol.mqtt.codec.Publish;
import io.robustmq.protocol.mqtt.codec.QualityOfService;
import io.robustmq.protocol.mqtt.codec.ReasonCode;
import io.robustmq.protocol.mqtt.codec.SubAck;
import io.robustmq.protocol.mqtt.codec.Subscribe;
import io.robustmq.protocol.mqtt.codec.SubscriptionOptions;
import io.robustmq.protocol.mqtt.codec.Will;
import io.robustmq.security.node.NodeSecurity;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What a server may withhold, and what it does when a client takes it all the same. */
class OfferTest {
    private static final MqttOffer NOTHING = new MqttOffer(QualityOfService.AT_MOST_ONCE, false, false, false, false);

    private static MqttSettings settings(MqttOffer offer, boolean validate, @Nullable MqttRedirect redirect) {
        return new MqttSettings(
                MqttLimits.DEFAULTS,
                false,
                MqttSettings.RefusedPublish.ACKNOWLEDGE_AND_DROP,
                null,
                offer,
                validate,
                redirect);
    }

    private static TestClient live(ProtocolVersion version) {
        return TestClient.live(version, settings(NOTHING, false, null));
    }

    private static Subscribe subscribe(String filter, Properties properties) {
        return new Subscribe(
                1,
                properties,
                List.of(new Subscribe.Entry(filter, SubscriptionOptions.ofQos(QualityOfService.EXACTLY_ONCE))));
    }

    private static Publish retained(QualityOfService qos) {
        return new Publish(false, qos, true, "t", 0, Properties.NONE, BinaryData.ofUtf8("x"));
    }

    @Test
    void whatIsWithheldIsAnnounced() {
        TestClient client = new TestClient(ProtocolVersion.MQTT_5, settings(NOTHING, false, null), NodeSecurity.open());
        client.send(TestClient.connect(ProtocolVersion.MQTT_5, "c", true));
        client.attach(false);

        Properties properties = client.receiveOne(ConnAck.class).properties();
        assertThat(properties.number(Property.MAXIMUM_QOS, -1)).isZero();
        assertThat(properties.number(Property.RETAIN_AVAILABLE, -1)).isZero();
        assertThat(properties.number(Property.WILDCARD_SUBSCRIPTION_AVAILABLE, -1))
                .isZero();
        assertThat(properties.number(Property.SUBSCRIPTION_IDENTIFIER_AVAILABLE, -1))
                .isZero();
        assertThat(properties.number(Property.SHARED_SUBSCRIPTION_AVAILABLE, -1))
                .isZero();
    }

    private static void assertEnded(TestClient client, ReasonCode reason) {
        if (client.version.hasProperties()) {
            assertThat(client.receiveOne(Disconnect.class).reason()).isEqualTo(reason);
        } else {
            assertThat(client.received()).isEmpty();
        }
        assertThat(client.wire.closed).isTrue();
    }

    @ParameterizedTest
    @EnumSource(ProtocolVersion.class)
    void publishBeyondTheOfferEndsTheConnection(ProtocolVersion version) {
        TestClient better = live(version);
        better.send(TestClient.publish(QualityOfService.AT_LEAST_ONCE, 1, "t", "x"));
        assertEnded(better, ReasonCode.QOS_NOT_SUPPORTED);
        assertThat(better.session().published).isEmpty();

        TestClient keeping = live(version);
        keeping.send(retained(QualityOfService.AT_MOST_ONCE));
        assertEnded(keeping, ReasonCode.RETAIN_NOT_SUPPORTED);
        assertThat(keeping.session().published).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"AT_LEAST_ONCE, false, QOS_NOT_SUPPORTED", "AT_MOST_ONCE, true, RETAIN_NOT_SUPPORTED"})
    void willBeyondTheOfferIsRefused(QualityOfService qos, boolean retain, ReasonCode reason) {
        TestClient client = new TestClient(ProtocolVersion.MQTT_5, settings(NOTHING, false, null), NodeSecurity.open());

        client.send(TestClient.connect(
                ProtocolVersion.MQTT_5,
                Properties.NONE,
                new Will(qos, retain, "t", Properties.NONE, BinaryData.ofUtf8("x"))));

        assertThat(client.receiveOne(ConnAck.class).reason()).isEqualTo(reason);
        assertThat(client.kernel.attachments).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "a/#, WILDCARD_SUBSCRIPTIONS_NOT_SUPPORTED",
        "+, WILDCARD_SUBSCRIPTIONS_NOT_SUPPORTED",
        "$share/g/t, SHARED_SUBSCRIPTIONS_NOT_SUPPORTED",
        "$queue/t, SHARED_SUBSCRIPTIONS_NOT_SUPPORTED"
    })
    void filterBeyondTheOfferIsRefused(String filter, ReasonCode reason) {
        TestClient newer = live(ProtocolVersion.MQTT_5);
        newer.send(subscribe(filter, Properties.NONE));
        assertEnded(newer, reason);

        TestClient older = live(ProtocolVersion.MQTT_3_1_1);
        older.send(subscribe(filter, Properties.NONE));
        assertThat(older.receiveOne(SubAck.class).reasons())
                .allSatisfy(code -> assertThat(code.isError()).isTrue());
        assertThat(older.wire.closed).isFalse();
    }

    @Test
    void subscriptionIdentifierBeyondTheOfferIsRefused() {
        TestClient client = live(ProtocolVersion.MQTT_5);

        client.send(
                subscribe("t", Properties.builder().subscriptionIdentifier(7).build()));

        assertEnded(client, ReasonCode.SUBSCRIPTION_IDENTIFIERS_NOT_SUPPORTED);
    }

    @Test
    void subscriptionIsGrantedWhatIsOffered() {
        TestClient client = live(ProtocolVersion.MQTT_5);

        client.send(subscribe("t", Properties.NONE));

        assertThat(client.session().subscribes.getFirst().what().getFirst().guarantee())
                .isEqualTo(Guarantee.AT_MOST_ONCE);
    }

    private static Publish text(QualityOfService qos, BinaryData payload) {
        return new Publish(
                false,
                qos,
                false,
                "t",
                qos == QualityOfService.AT_MOST_ONCE ? 0 : 1,
                Properties.builder().set(Property.PAYLOAD_FORMAT_INDICATOR, 1).build(),
                payload);
    }

    @Test
    void payloadThatIsNotOfItsFormatIsRefusedWhereItIsLookedAt() {
        BinaryData noText = BinaryData.copyOf(Unpooled.wrappedBuffer(new byte[] {'a', (byte) 0xC3}), 0, 2);
        TestClient acknowledged = TestClient.live(ProtocolVersion.MQTT_5, settings(MqttOffer.EVERYTHING, true, null));
        acknowledged.send(text(QualityOfService.AT_LEAST_ONCE, noText));
        assertThat(acknowledged.receiveOne(PubAck.class).reason()).isEqualTo(ReasonCode.PAYLOAD_FORMAT_INVALID);
        acknowledged.send(text(QualityOfService.AT_MOST_ONCE, BinaryData.ofUtf8("ü\0")));
        assertThat(acknowledged.session().published).hasSize(1);
        acknowledged.send(text(QualityOfService.AT_MOST_ONCE, noText));
        assertEnded(acknowledged, ReasonCode.PAYLOAD_FORMAT_INVALID);

        TestClient unseen = TestClient.live(ProtocolVersion.MQTT_5);
        unseen.send(text(QualityOfService.AT_MOST_ONCE, noText));
        assertThat(unseen.session().published).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource({"false, USE_ANOTHER_SERVER", "true, SERVER_MOVED"})
    void redirectedClientIsToldWhereToGo(boolean permanent, ReasonCode reason) {
        MqttSettings settings =
                settings(MqttOffer.EVERYTHING, false, new MqttRedirect("other.example:1883", permanent));
        TestClient newer = new TestClient(ProtocolVersion.MQTT_5, settings, NodeSecurity.open());
        newer.send(TestClient.connect(ProtocolVersion.MQTT_5, "c", true));
        ConnAck answer = newer.receiveOne(ConnAck.class);
        assertThat(answer.reason()).isEqualTo(reason);
        assertThat(answer.properties().text(Property.SERVER_REFERENCE)).isEqualTo("other.example:1883");
        assertThat(newer.wire.closed).isTrue();

        TestClient older = new TestClient(ProtocolVersion.MQTT_3_1_1, settings, NodeSecurity.open());
        older.send(TestClient.connect(ProtocolVersion.MQTT_3_1_1, "c", true));
        assertThat(older.receiveOne(ConnAck.class).reason()).isEqualTo(ReasonCode.SERVER_UNAVAILABLE);
    }

    @Test
    void redirectFitsIntoWhatTheClientTakes() {
        MqttSettings settings = settings(MqttOffer.EVERYTHING, false, new MqttRedirect("o".repeat(20), false));
        TestClient narrow = new TestClient(ProtocolVersion.MQTT_5, settings, NodeSecurity.open());

        narrow.send(new Connect(
                ProtocolVersion.MQTT_5,
                "c",
                true,
                60,
                Properties.builder().set(Property.MAXIMUM_PACKET_SIZE, 30).build(),
                null,
                null,
                null));

        Properties properties = narrow.receiveOne(ConnAck.class).properties();
        assertThat(properties.text(Property.SERVER_REFERENCE)).isNotNull();
        assertThat(properties.text(Property.REASON_STRING)).isNull();
    }

    @Test
    void aliasesAreUsedForTopicsThatRepeatWithinWhatTheClientAllows() {
        Properties allowing =
                Properties.builder().set(Property.TOPIC_ALIAS_MAXIMUM, 2).build();
        TestClient client = TestClient.live(ProtocolVersion.MQTT_5, MqttSettings.DEFAULTS, allowing);
        PublishDraft draft = new PublishDraft()
                .begin(client.kernel.intern("some/long/topic"), Guarantee.AT_MOST_ONCE)
                .payload(Unpooled.wrappedBuffer(new byte[1]), 0, 1);
        for (int i = 0; i < 4; i++) {
            client.session().deliver(0, Guarantee.AT_MOST_ONCE, draft, false);
        }

        List<Packet> packets = client.received();

        assertThat(packets).hasSize(4);
        Publish told = (Publish) packets.get(1);
        long alias = told.properties().number(Property.TOPIC_ALIAS, 0);
        assertThat(told.topic()).isEqualTo("some/long/topic");
        assertThat(alias).isBetween(1L, 2L);
        assertThat(packets.subList(2, 4)).allSatisfy(packet -> {
            Publish publish = (Publish) packet;
            assertThat(publish.topic()).isEmpty();
            assertThat(publish.properties().number(Property.TOPIC_ALIAS, 0)).isEqualTo(alias);
        });
    }
}
