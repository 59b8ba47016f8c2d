package io.robustmq.protocol.mqtt.connection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.robustmq.kernel.Guarantee;
import io.robustmq.kernel.PublishDraft;
import io.robustmq.kernel.Session;
import io.robustmq.kernel.SubscribeRequest;
import io.robustmq.protocol.mqtt.MountPointTemplate;
import io.robustmq.protocol.mqtt.MqttSettings;
import io.robustmq.protocol.mqtt.codec.BinaryData;
import io.robustmq.protocol.mqtt.codec.ConnAck;
import io.robustmq.protocol.mqtt.codec.Connect;
import io.robustmq.protocol.mqtt.codec.Properties;
import io.robustmq.protocol.mqtt.codec.ProtocolVersion;
import io.robustmq.protocol.mqtt.codec.Publish;
import io.robustmq.protocol.mqtt.codec.QualityOfService;
import io.robustmq.protocol.mqtt.codec.ReasonCode;
import io.robustmq.protocol.mqtt.codec.Subscribe;
import io.robustmq.protocol.mqtt.codec.SubscriptionOptions;
import io.robustmq.protocol.mqtt.codec.Unsubscribe;
import io.robustmq.protocol.mqtt.codec.Will;
import io.robustmq.security.node.NodeSecurity;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MountPointTest {
    private static TestClient connecting(
            String mountPoint, String clientId, @Nullable String userName, @Nullable Will will) {
        TestClient client =
                new TestClient(ProtocolVersion.MQTT_5, MqttSettings.DEFAULTS, NodeSecurity.open(), mountPoint);
        client.send(new Connect(ProtocolVersion.MQTT_5, clientId, true, 60, Properties.NONE, will, userName, null));
        return client;
    }

    private static TestClient live(String mountPoint) {
        TestClient client = connecting(mountPoint, "c", "ann", null);
        client.attach(false);
        assertThat(client.receiveOne(ConnAck.class).reason().isError()).isFalse();
        return client;
    }

    private static PublishDraft draft(TestClient client, String name) {
        ByteBuf bytes = Unpooled.copiedBuffer("x", StandardCharsets.UTF_8);
        return new PublishDraft()
                .begin(client.kernel.intern(name), Guarantee.AT_MOST_ONCE)
                .payload(bytes, 0, bytes.readableBytes());
    }

    private static Subscribe.Entry entry(String filter) {
        return new Subscribe.Entry(filter, SubscriptionOptions.ofQos(QualityOfService.AT_LEAST_ONCE));
    }

    @Test
    void publishesGoBelowTheMountPoint() {
        TestClient client = live("tenants/${username}/${clientid}/");
        client.send(TestClient.publish(QualityOfService.AT_MOST_ONCE, 0, "a/b", "x"));
        client.send(TestClient.publish(QualityOfService.AT_LEAST_ONCE, 1, "a/b", "y"));
        client.send(TestClient.publish(QualityOfService.AT_LEAST_ONCE, 2, "ä", "z"));
        assertThat(client.session().published)
                .extracting(FakeKernel.Published::name)
                .containsExactly("tenants/ann/c/a/b", "tenants/ann/c/a/b", "tenants/ann/c/ä");
    }

    @Test
    void filtersGoBelowTheMountPointAndShareNamesStayInFront() {
        TestClient client = live("t/");
        client.send(new Subscribe(
                1, Properties.NONE, List.of(entry("#"), entry("$share/g/a/+"), entry("$queue/jobs"), entry("$SYS/#"))));
        assertThat(client.session().subscribes.getFirst().what())
                .extracting(SubscribeRequest::pattern)
                .containsExactly("t/#", "t/a/+", "t/jobs", "t/$SYS/#");
        assertThat(client.session().subscribes.getFirst().what())
                .extracting(SubscribeRequest::group)
                .containsExactly(null, "g", FilterReading.QUEUE_GROUP, null);
        client.send(new Unsubscribe(2, Properties.NONE, List.of("a", "$share/g/a/+")));
        assertThat(client.session().unsubscribes.getFirst().what())
                .containsExactly(new Session.GroupPattern("t/a", ""), new Session.GroupPattern("t/a/+", "g"));
    }

    @Test
    void deliveriesShowTheNameBelowTheMountPoint() {
        TestClient client = live("t/");
        for (String name : List.of("t/a/b", "other/a", "t/", "t")) {
            client.session().deliver(0, Guarantee.AT_MOST_ONCE, draft(client, name), false);
        }
        assertThat(client.received())
                .extracting(packet -> ((Publish) packet).topic())
                .as("names from elsewhere are left alone")
                .containsExactly("a/b", "other/a", "t/", "t");
    }

    @Test
    void theWillGoesBelowTheMountPoint() {
        Will will =
                new Will(QualityOfService.AT_LEAST_ONCE, false, "status", Properties.NONE, BinaryData.ofUtf8("lost"));
        TestClient client = connecting("t/${clientid}/", "c", null, will);
        assertThat(Objects.requireNonNull(client.kernel.last().request.parting())
                        .message()
                        .view()
                        .name())
                .isEqualTo("t/c/status");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a/b", "+", "#", "$share", "x+y"})
    void aClientIdentifierThatLeadsElsewhereIsRefused(String clientId) {
        TestClient client = connecting("t/${clientid}/", clientId, "ann", null);
        assertThat(client.receiveOne(ConnAck.class).reason()).isEqualTo(ReasonCode.CLIENT_IDENTIFIER_NOT_VALID);
        assertThat(client.wire.closed).isTrue();
        assertThat(client.kernel.attachments).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            nullValues = "none",
            value = {"none", "''", "a/b", "+", "#"})
    void aUserNameThatLeadsElsewhereOrIsMissingIsRefused(@Nullable String userName) {
        TestClient client = connecting("t/${username}/", "c", userName, null);
        assertThat(client.receiveOne(ConnAck.class).reason()).isEqualTo(ReasonCode.BAD_USER_NAME_OR_PASSWORD);
        assertThat(client.kernel.attachments).isEmpty();
    }

    @Test
    void aNameThatLooksLikeAPlaceholderIsNotReplaced() {
        assertThat(new MountPointTemplate("${clientid}/${username}/").resolve("x${username}", "ann"))
                .isEqualTo(new MountPointTemplate.Resolution.Mounted("x${username}/ann/"));
    }

    @Test
    void aTopicThatIsTooLongWithTheMountPointIsRefused() {
        MountPoint mountPoint = new MountPoint("tenant/");
        assertThat(mountPoint.hasRoomFor(65_528)).isTrue();
        assertThat(mountPoint.hasRoomFor(65_529)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"t", "", "t/+/", "#/", "$SYS/", "t/${other}/", "t/$x/"})
    void templatesThatCannotBeMeantAreRefused(String text) {
        assertThatThrownBy(() -> new MountPointTemplate(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("mountPoint must");
    }
}
