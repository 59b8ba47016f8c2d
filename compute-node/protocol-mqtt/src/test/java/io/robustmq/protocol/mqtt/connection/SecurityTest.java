package io.robustmq.protocol.mqtt.connection;

import static org.assertj.core.api.Assertions.assertThat;

import io.robustmq.protocol.mqtt.MqttEvent;
import io.robustmq.protocol.mqtt.MqttLimits;
import io.robustmq.protocol.mqtt.MqttSettings;
import io.robustmq.protocol.mqtt.codec.Auth;
import io.robustmq.protocol.mqtt.codec.BinaryData;
import io.robustmq.protocol.mqtt.codec.ConnAck;
import io.robustmq.protocol.mqtt.codec.Disconnect;
import io.robustmq.protocol.mqtt.codec.Properties;
import io.robustmq.protocol.mqtt.codec.Property;
import io.robustmq.protocol.mqtt.codec.ProtocolVersion;
import io.robustmq.protocol.mqtt.codec.PubAck;
import io.robustmq.protocol.mqtt.codec.QualityOfService;
import io.robustmq.protocol.mqtt.codec.ReasonCode;
import io.robustmq.protocol.mqtt.codec.Will;
import io.robustmq.security.CertificateIdentity;
import io.robustmq.security.access.RuleText;
import io.robustmq.security.access.Subject;
import io.robustmq.security.authentication.Verdict;
import io.robustmq.security.node.NodeSecurity;
import java.net.InetAddress;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What security says, on the wire. */
class SecurityTest {
    /** Security that accepts one client with these rules of its own. */
    private static NodeSecurity ruled(String rules) throws Exception {
        Verdict accepted = new Verdict.Accepted(
                new Subject("c", "u", InetAddress.getLoopbackAddress(), null, false, "test", RuleText.parse(rules)),
                Verdict.NEVER);
        return TestClient.secured(_ -> CompletableFuture.completedStage(accepted));
    }

    private static TestClient live(ProtocolVersion version, MqttSettings settings, NodeSecurity security) {
        TestClient client = new TestClient(version, settings, security);
        client.send(TestClient.connect(version, "c", true));
        client.attach(false);
        assertThat(client.receiveOne(ConnAck.class).reason().isError()).isFalse();
        return client;
    }

    @Test
    void expelledClientIsToldAndItsNeighboursStay() throws Exception {
        NodeSecurity security = ruled("");
        TestClient client = live(ProtocolVersion.MQTT_5, MqttSettings.DEFAULTS, security);

        client.loop.expel(subject -> subject.clientId().equals("another"));
        assertThat(client.received()).isEmpty();
        client.loop.expel(subject -> subject.clientId().equals("c"));

        assertThat(client.receiveOne(Disconnect.class).reason()).isEqualTo(ReasonCode.ADMINISTRATIVE_ACTION);
        assertThat(client.wire.closed).isTrue();
        client.loop.expel(_ -> true);
        assertThat(client.received())
                .as("it is not among the live ones any more")
                .isEmpty();
    }

    @Test
    void deniedPublishOfAnOlderClientEndsItsConnectionIfSoConfigured() throws Exception {
        MqttSettings strict =
                new MqttSettings(MqttLimits.DEFAULTS, false, MqttSettings.RefusedPublish.DISCONNECT, null);
        TestClient client = live(ProtocolVersion.MQTT_3_1_1, strict, ruled("deny all publish on a\nallow all all\n"));
        client.send(TestClient.publish(QualityOfService.AT_MOST_ONCE, 0, "b", "x"));
        assertThat(client.wire.closed).isFalse();

        client.send(TestClient.publish(QualityOfService.AT_MOST_ONCE, 0, "a", "x"));

        assertThat(client.wire.closed).isTrue();
        assertThat(client.events(MqttEvent.PUBLISH_DENIED)).isEqualTo(1);
        assertThat(client.session().detached).hasSize(1);
    }

    @Test
    void deniedTopicOfAnAliasIsDeniedThroughTheAliasToo() throws Exception {
        TestClient client = live(
                ProtocolVersion.MQTT_5, MqttSettings.DEFAULTS, ruled("deny all publish qos=1 on a\nallow all all\n"));
        Properties alias = Properties.builder().set(Property.TOPIC_ALIAS, 1).build();

        client.send(
                new io.robustmq.protocol.mqtt.codec.Publish(
                        false, QualityOfService.AT_LEAST_ONCE, false, "a", 1, alias, BinaryData.EMPTY),
                new io.robustmq.protocol.mqtt.codec.Publish(
                        false, QualityOfService.AT_LEAST_ONCE, false, "", 2, alias, BinaryData.EMPTY));

        assertThat(client.received())
                .containsExactly(
                        new PubAck(1, ReasonCode.NOT_AUTHORIZED, Properties.NONE),
                        new PubAck(2, ReasonCode.NOT_AUTHORIZED, Properties.NONE));
        assertThat(client.events(MqttEvent.PUBLISH_DENIED)).isEqualTo(2);
    }

    @Test
    void willThatIsDeniedRefusesTheConnect() throws Exception {
        TestClient client = new TestClient(
                ProtocolVersion.MQTT_5,
                MqttSettings.DEFAULTS,
                ruled("deny all publish retain=true on w\nallow all all\n"));

        client.send(TestClient.connect(
                ProtocolVersion.MQTT_5,
                Properties.NONE,
                new Will(QualityOfService.AT_MOST_ONCE, true, "w", Properties.NONE, BinaryData.EMPTY)));

        assertThat(client.receiveOne(ConnAck.class).reason()).isEqualTo(ReasonCode.NOT_AUTHORIZED);
        assertThat(client.events(MqttEvent.WILL_DENIED)).isEqualTo(1);
        assertThat(client.kernel.attachments).isEmpty();
    }

    @Test
    void certificateOfTheWireReachesTheLogin() {
        CompletableFuture<Verdict> never = new CompletableFuture<>();
        CertificateIdentity certificate = new CertificateIdentity("cn", List.of(), List.of(), List.of());
        TestClient client = new TestClient(ProtocolVersion.MQTT_5, MqttSettings.DEFAULTS, TestClient.secured(login -> {
            assertThat(login.certificate()).isEqualTo(certificate);
            assertThat(login.protocol()).isEqualTo("mqtt");
            return never;
        }));
        client.wire.certificate = certificate;

        client.send(TestClient.connect(ProtocolVersion.MQTT_5, "c", true));

        assertThat(client.wire.reasons).as("asked, and waiting").isNotEmpty();
    }

    @Test
    @Tag("MQTT5-4.12.0-6")
    void authOfAClientThatNamedNoMethodIsAProtocolError() throws Exception {
        TestClient client = live(ProtocolVersion.MQTT_5, MqttSettings.DEFAULTS, ruled(""));

        client.send(new Auth(
                ReasonCode.RE_AUTHENTICATE,
                Properties.builder()
                        .set(Property.AUTHENTICATION_METHOD, "SCRAM-SHA-256")
                        .build()));

        assertThat(client.receiveOne(Disconnect.class).reason()).isEqualTo(ReasonCode.PROTOCOL_ERROR);
    }
}
