package io.robustmq.protocol.mqtt.connection;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.robustmq.kernel.AttachRequest;
import io.robustmq.kernel.Detach;
import io.robustmq.kernel.Guarantee;
import io.robustmq.kernel.KernelFault;
import io.robustmq.kernel.MessageView;
import io.robustmq.kernel.PartingMessage;
import io.robustmq.protocol.mqtt.MqttEvent;
import io.robustmq.protocol.mqtt.MqttLimits;
import io.robustmq.protocol.mqtt.MqttSettings;
import io.robustmq.protocol.mqtt.codec.BinaryData;
import io.robustmq.protocol.mqtt.codec.ConnAck;
import io.robustmq.protocol.mqtt.codec.Connect;
import io.robustmq.protocol.mqtt.codec.Disconnect;
import io.robustmq.protocol.mqtt.codec.PingReq;
import io.robustmq.protocol.mqtt.codec.PingResp;
import io.robustmq.protocol.mqtt.codec.Properties;
import io.robustmq.protocol.mqtt.codec.Property;
import io.robustmq.protocol.mqtt.codec.ProtocolVersion;
import io.robustmq.protocol.mqtt.codec.QualityOfService;
import io.robustmq.protocol.mqtt.codec.ReasonCode;
import io.robustmq.protocol.mqtt.codec.Will;
import io.robustmq.security.authentication.Refusal;
import io.robustmq.security.authentication.Verdict;
import io.robustmq.security.node.NodeSecurity;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class ConnectTest {
    @ParameterizedTest
    @EnumSource(ProtocolVersion.class)
    @Tag("MQTT5-3.2.0-1")
    @Tag("MQTT5-3.1.4-5")
    void clientIsWelcomedOnceItsSessionIsAttached(ProtocolVersion version) {
        TestClient client = new TestClient(version);

        client.send(TestClient.connect(version, "c", true));
        assertThat(client.received()).isEmpty();
        assertThat(client.wire.isOpen()).isFalse();
        client.attach(false);

        assertThat(client.receiveOne(ConnAck.class).reason()).isEqualTo(ReasonCode.SUCCESS);
        assertThat(client.wire.isOpen()).isTrue();
        assertThat(client.loop.figures().live()).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource({"MQTT_3_1_1", "MQTT_5"})
    @Tag("MQTT5-3.2.2-3")
    void resumedSessionIsPresent(ProtocolVersion version) {
        TestClient client = new TestClient(version);

        client.send(TestClient.connect(version, "c", false));
        client.attach(true);

        assertThat(client.receiveOne(ConnAck.class).sessionPresent()).isTrue();
        assertThat(client.session().request.fresh()).isFalse();
    }

    @ParameterizedTest
    @CsvSource({"MQTT_3_1_1, true, 0", "MQTT_3_1_1, false, 2592000000", "MQTT_5, true, 0", "MQTT_5, false, 0"})
    void versionAndCleanFlagDecideHowLongASessionLives(ProtocolVersion version, boolean clean, long expiryMillis) {
        TestClient client = new TestClient(version);

        client.send(TestClient.connect(version, "c", clean));

        assertThat(client.session().request.fresh()).isEqualTo(clean);
        assertThat(client.session().request.expiryMillis()).isEqualTo(expiryMillis);
    }

    @Test
    void sessionLivesForEverWhereThatIsAllowed() {
        MqttSettings settings = TestClient.settings(LimitsOf.sessionExpiryMax(0xFFFF_FFFFL));
        TestClient client = new TestClient(ProtocolVersion.MQTT_3_1_1, settings, NodeSecurity.open());

        client.send(TestClient.connect(ProtocolVersion.MQTT_3_1_1, "c", false));

        assertThat(client.session().request.expiryMillis()).isEqualTo(AttachRequest.NEVER_EXPIRES);
    }

    @Test
    @Tag("MQTT5-3.1.3-6")
    @Tag("MQTT5-3.1.3-7")
    @Tag("MQTT5-3.2.2-16")
    void connackTellsAllThatDiffersFromWhatTheClientAssumes() {
        MqttSettings settings = new MqttSettings(
                LimitsOf.keepAliveMax(30), false, MqttSettings.RefusedPublish.ACKNOWLEDGE_AND_DROP, "answers/");
        TestClient client = new TestClient(ProtocolVersion.MQTT_5, settings, NodeSecurity.open());

        client.send(new Connect(
                ProtocolVersion.MQTT_5,
                "",
                true,
                60,
                Properties.builder()
                        .set(Property.SESSION_EXPIRY_INTERVAL, 0xFFFF_FFFFL)
                        .set(Property.REQUEST_RESPONSE_INFORMATION, 1)
                        .build(),
                null,
                null,
                null));
        client.attach(false);

        Properties properties = client.receiveOne(ConnAck.class).properties();
        assertThat(properties.number(Property.SESSION_EXPIRY_INTERVAL, -1)).isEqualTo(2_592_000);
        assertThat(properties.number(Property.RECEIVE_MAXIMUM, -1)).isEqualTo(1_024);
        assertThat(properties.number(Property.MAXIMUM_PACKET_SIZE, -1)).isEqualTo((1 << 20) + (64 << 10));
        assertThat(properties.number(Property.TOPIC_ALIAS_MAXIMUM, -1)).isEqualTo(64);
        assertThat(properties.number(Property.SERVER_KEEP_ALIVE, -1)).isEqualTo(30);
        assertThat(properties.text(Property.RESPONSE_INFORMATION)).isEqualTo("answers/");
        assertThat(properties.text(Property.ASSIGNED_CLIENT_IDENTIFIER))
                .isEqualTo(client.session().request.key().name())
                .startsWith("auto-")
                .hasSize(37);
        assertThat(properties.contains(Property.MAXIMUM_QOS)).isFalse();
        assertThat(properties.contains(Property.RETAIN_AVAILABLE)).isFalse();
        assertThat(client.wire.silenceNanos).isEqualTo(45_000_000_000L);
    }

    @Test
    void connackSaysNothingThatWasNotAskedOrChanged() {
        TestClient client = new TestClient(ProtocolVersion.MQTT_5);

        client.send(TestClient.connect(ProtocolVersion.MQTT_5, "c", true));
        client.attach(false);

        Properties properties = client.receiveOne(ConnAck.class).properties();
        assertThat(properties.contains(Property.ASSIGNED_CLIENT_IDENTIFIER)).isFalse();
        assertThat(properties.contains(Property.SESSION_EXPIRY_INTERVAL)).isFalse();
        assertThat(properties.contains(Property.SERVER_KEEP_ALIVE)).isFalse();
        assertThat(properties.contains(Property.RESPONSE_INFORMATION)).isFalse();
    }

    @Test
    void windowIsTheSmallerOfTheClientsAndTheServers() {
        TestClient modest = new TestClient(ProtocolVersion.MQTT_5);
        modest.send(TestClient.connect(
                ProtocolVersion.MQTT_5,
                Properties.builder().set(Property.RECEIVE_MAXIMUM, 7).build(),
                null));
        TestClient greedy = new TestClient(ProtocolVersion.MQTT_5);
        greedy.send(TestClient.connect(ProtocolVersion.MQTT_5, Properties.NONE, null));

        assertThat(modest.session().request.windowMax()).isEqualTo(7);
        assertThat(greedy.session().request.windowMax()).isEqualTo(1_024);
    }

    @Test
    @Tag("MQTT-3.1.3-8")
    void emptyIdentifierWithoutCleanSessionIsRefusedIn311() {
        TestClient client = new TestClient(ProtocolVersion.MQTT_3_1_1);

        client.send(TestClient.connect(ProtocolVersion.MQTT_3_1_1, "", false));

        assertThat(client.receiveOne(ConnAck.class).reason()).isEqualTo(ReasonCode.CLIENT_IDENTIFIER_NOT_VALID);
        assertThat(client.wire.closed).isTrue();
        assertThat(client.kernel.attachments).isEmpty();
    }

    @Test
    @Tag("MQTT-3.1.3-6")
    void emptyIdentifierGetsAUniqueOne() {
        TestClient first = new TestClient(ProtocolVersion.MQTT_3_1_1);
        first.send(TestClient.connect(ProtocolVersion.MQTT_3_1_1, "", true));
        String name = first.session().request.key().name();
        first.attach(false);

        assertThat(first.receiveOne(ConnAck.class).reason()).isEqualTo(ReasonCode.SUCCESS);
        assertThat(name).isNotEmpty();
    }

    @ParameterizedTest
    @CsvSource({"false, 24, SUCCESS", "true, 24, CLIENT_IDENTIFIER_NOT_VALID", "true, 23, SUCCESS"})
    void lengthRuleOf31IsKeptOnlyWhenAskedFor(boolean strict, int length, ReasonCode reason) {
        MqttSettings settings =
                new MqttSettings(MqttLimits.DEFAULTS, strict, MqttSettings.RefusedPublish.ACKNOWLEDGE_AND_DROP, null);
        TestClient client = new TestClient(ProtocolVersion.MQTT_3_1, settings, NodeSecurity.open());

        client.send(TestClient.connect(ProtocolVersion.MQTT_3_1, "x".repeat(length), true));
        if (reason == ReasonCode.SUCCESS) {
            client.attach(false);
        }

        assertThat(client.receiveOne(ConnAck.class).reason()).isEqualTo(reason);
    }

    @Test
    void tooLongIdentifierIsRefused() {
        TestClient client = new TestClient(ProtocolVersion.MQTT_5);

        client.send(TestClient.connect(ProtocolVersion.MQTT_5, "x".repeat(1_025), true));

        assertThat(client.receiveOne(ConnAck.class).reason()).isEqualTo(ReasonCode.CLIENT_IDENTIFIER_NOT_VALID);
    }

    @Test
    @Tag("MQTT5-4.12.0-1")
    void unknownAuthenticationMethodIsRefused() {
        TestClient client = new TestClient(ProtocolVersion.MQTT_5);

        client.send(TestClient.connect(
                ProtocolVersion.MQTT_5,
                Properties.builder()
                        .set(Property.AUTHENTICATION_METHOD, "SCRAM")
                        .build(),
                null));

        assertThat(client.receiveOne(ConnAck.class).reason()).isEqualTo(ReasonCode.BAD_AUTHENTICATION_METHOD);
    }

    @Test
    void willBecomesAPartingMessage() {
        TestClient client = new TestClient(ProtocolVersion.MQTT_5);
        Properties properties = Properties.builder()
                .set(Property.WILL_DELAY_INTERVAL, 30)
                .set(Property.MESSAGE_EXPIRY_INTERVAL, 5)
                .set(Property.CONTENT_TYPE, "t")
                .build();

        client.send(TestClient.connect(
                ProtocolVersion.MQTT_5,
                Properties.builder().set(Property.SESSION_EXPIRY_INTERVAL, 100).build(),
                new Will(QualityOfService.AT_LEAST_ONCE, true, "gone/c", properties, BinaryData.ofUtf8("bye"))));

        PartingMessage parting = client.session().request.parting();
        assertThat(parting).isNotNull();
        assertThat(parting.delayMillis()).isEqualTo(30_000);
        ByteBuf published = Unpooled.buffer();
        parting.message().writeTo(published);
        MessageView.publishedNow(published, 0, 1_000);
        assertThat(FakeKernel.Attachment.read(0, new MessageView().wrap(published, 0)))
                .isEqualTo(
                        new FakeKernel.Published(0, "gone/c", Guarantee.AT_LEAST_ONCE, true, 6_000, "01000174", "bye"));
        assertThat(parting.message().view().publisher())
                .isEqualTo(client.session().request.key().hash64());
    }

    @Test
    void willDelayDoesNotOutlastTheSession() {
        TestClient client = new TestClient(ProtocolVersion.MQTT_5);
        Properties delay =
                Properties.builder().set(Property.WILL_DELAY_INTERVAL, 30).build();

        client.send(TestClient.connect(
                ProtocolVersion.MQTT_5,
                Properties.NONE,
                new Will(QualityOfService.AT_MOST_ONCE, false, "w", delay, BinaryData.EMPTY)));

        PartingMessage parting = client.session().request.parting();
        assertThat(parting).isNotNull();
        assertThat(parting.delayMillis()).isZero();
    }

    @Test
    void willInTheServersTopicsIsNotAuthorized() {
        TestClient client = new TestClient(ProtocolVersion.MQTT_3_1_1);

        client.send(TestClient.connect(
                ProtocolVersion.MQTT_3_1_1,
                Properties.NONE,
                new Will(QualityOfService.AT_MOST_ONCE, false, "$SYS/x", Properties.NONE, BinaryData.EMPTY)));

        assertThat(client.receiveOne(ConnAck.class).reason()).isEqualTo(ReasonCode.NOT_AUTHORIZED);
    }

    @Test
    @Tag("MQTT5-3.1.4-2")
    void wrongPasswordIsRefusedWhenTheAnswerComes() {
        CompletableFuture<Verdict> answer = new CompletableFuture<>();
        TestClient client =
                new TestClient(ProtocolVersion.MQTT_5, MqttSettings.DEFAULTS, TestClient.secured(_ -> answer));
        client.send(TestClient.connect(ProtocolVersion.MQTT_5, "c", true));
        assertThat(client.received()).isEmpty();

        answer.complete(new Verdict.Denied(Refusal.BAD_CREDENTIALS, "Wrong."));
        client.kernel.loop.tick();

        assertThat(client.receiveOne(ConnAck.class).reason()).isEqualTo(ReasonCode.BAD_USER_NAME_OR_PASSWORD);
        assertThat(client.events(MqttEvent.AUTHENTICATION_FAILED)).isEqualTo(1);
        assertThat(client.kernel.attachments).isEmpty();
    }

    @Test
    void rightPasswordAttachesWhenTheAnswerComes() {
        CompletableFuture<Verdict> answer = new CompletableFuture<>();
        TestClient client =
                new TestClient(ProtocolVersion.MQTT_3_1_1, MqttSettings.DEFAULTS, TestClient.secured(login -> {
                    assertThat(login.userName()).isEqualTo("u");
                    return answer;
                }));
        client.send(new Connect(
                ProtocolVersion.MQTT_3_1_1, "c", true, 0, Properties.NONE, null, "u", BinaryData.ofUtf8("p")));

        answer.complete(TestClient.accepted());
        client.kernel.loop.tick();
        client.attach(false);

        assertThat(client.receiveOne(ConnAck.class).reason()).isEqualTo(ReasonCode.SUCCESS);
        assertThat(client.wire.silenceNanos).as("keep alive 0").isZero();
    }

    @Test
    void brokenAuthenticatorIsAnUnavailableServer() {
        TestClient client = new TestClient(
                ProtocolVersion.MQTT_3_1_1,
                MqttSettings.DEFAULTS,
                TestClient.secured(_ -> CompletableFuture.failedFuture(new IllegalStateException("gone"))));

        client.send(TestClient.connect(ProtocolVersion.MQTT_3_1_1, "c", true));

        assertThat(client.receiveOne(ConnAck.class).reason()).isEqualTo(ReasonCode.SERVER_UNAVAILABLE);
    }

    @Test
    void verdictForAConnectionThatIsGoneHasNoEffect() {
        CompletableFuture<Verdict> answer = new CompletableFuture<>();
        TestClient client =
                new TestClient(ProtocolVersion.MQTT_5, MqttSettings.DEFAULTS, TestClient.secured(_ -> answer));
        client.send(TestClient.connect(ProtocolVersion.MQTT_5, "c", true));
        client.connection.lost();

        answer.complete(TestClient.accepted());
        client.kernel.loop.tick();

        assertThat(client.kernel.attachments).isEmpty();
    }

    @Test
    void connectionThatEndsWhileAttachingGivesTheSessionUp() {
        TestClient client = new TestClient(ProtocolVersion.MQTT_5);
        client.send(TestClient.connect(ProtocolVersion.MQTT_5, "c", true));

        client.connection.lost();

        assertThat(client.session().detached).containsExactly(Detach.BROKEN);
    }

    @ParameterizedTest
    @CsvSource({"MQTT_5, SERVER_UNAVAILABLE", "MQTT_3_1_1, SERVER_UNAVAILABLE"})
    void refusedAttachmentIsTold(ProtocolVersion version, ReasonCode reason) {
        TestClient client = new TestClient(version);
        client.send(TestClient.connect(version, "c", true));

        client.session().sink.refused(new KernelFault.Unavailable("the shard moves"));

        assertThat(client.receiveOne(ConnAck.class).reason()).isEqualTo(reason);
        assertThat(client.wire.closed).isTrue();
    }

    @Test
    void packetsBehindConnectWaitForTheSession() {
        TestClient client = new TestClient(ProtocolVersion.MQTT_3_1_1);

        client.send(TestClient.connect(ProtocolVersion.MQTT_3_1_1, "c", true), new PingReq(), new PingReq());
        assertThat(client.received()).isEmpty();
        client.attach(false);

        assertThat(client.received()).hasSize(3).last().isInstanceOf(PingResp.class);
        client.connection.lost();
    }

    @Test
    @Tag("MQTT-3.1.0-2")
    @Tag("MQTT5-3.1.0-2")
    void secondConnectEndsTheConnection() {
        TestClient client = TestClient.live(ProtocolVersion.MQTT_5);

        client.send(TestClient.connect(ProtocolVersion.MQTT_5, "c", true));

        assertThat(client.receiveOne(Disconnect.class).reason()).isEqualTo(ReasonCode.PROTOCOL_ERROR);
        assertThat(client.session().detached).containsExactly(Detach.BROKEN);
        assertThat(client.wire.closed).isTrue();
    }

    @Test
    @Tag("MQTT5-3.1.0-1")
    void otherFirstPacketEndsTheConnectionWithoutAWord() {
        TestClient client = new TestClient(ProtocolVersion.MQTT_5);

        client.send(new PingReq());

        assertThat(client.received()).isEmpty();
        assertThat(client.wire.closed).isTrue();
    }

    @Test
    @Tag("MQTT-3.1.2-2")
    void unknownProtocolVersionIsToldInTheCommonForm() {
        TestClient client = new TestClient(ProtocolVersion.MQTT_3_1_1);

        client.sendBytes(0x10, 13, 0, 4, 'M', 'Q', 'T', 'T', 6, 2, 0, 60, 0, 1, 'c');

        assertThat(client.receiveOne(ConnAck.class).reason()).isEqualTo(ReasonCode.UNSUPPORTED_PROTOCOL_VERSION);
        assertThat(client.wire.closed).isTrue();
    }

    @Test
    void malformedConnectOfVersion5IsToldWhy() {
        TestClient client = new TestClient(ProtocolVersion.MQTT_5);

        client.sendBytes(0x10, 14, 0, 4, 'M', 'Q', 'T', 'T', 5, 3, 0, 60, 0, 0, 1, 'c');

        ConnAck refusal = client.receiveOne(ConnAck.class);
        assertThat(refusal.reason()).isEqualTo(ReasonCode.MALFORMED_PACKET);
        assertThat(refusal.properties().text(Property.REASON_STRING)).contains("MQTT-3.1.2-3");
    }

    @Test
    @Tag("MQTT-3.1.4-1")
    void malformedConnectOfVersion311IsClosed() {
        TestClient client = new TestClient(ProtocolVersion.MQTT_3_1_1);

        client.sendBytes(0x10, 13, 0, 4, 'M', 'Q', 'T', 'T', 4, 3, 0, 60, 0, 1, 'c');

        assertThat(client.received()).isEmpty();
        assertThat(client.wire.closed).isTrue();
    }

    @Test
    void anotherProtocolIsClosedWithoutAWord() {
        TestClient client = new TestClient(ProtocolVersion.MQTT_3_1_1);

        client.sendBytes('G', 'E', 'T', ' ', '/', ' ', 'H', 'T', 'T', 'P', '/', '1', '.', '1', '\r', '\n');

        assertThat(client.received()).isEmpty();
        assertThat(client.wire.closed).isTrue();
        assertThat(client.events(MqttEvent.FOREIGN_PROTOCOL)).isEqualTo(1);
    }

    @Test
    void silentClientIsClosedAfterTheConnectTimeout() {
        TestClient client = new TestClient(ProtocolVersion.MQTT_5);
        assertThat(client.wire.silenceNanos).isEqualTo(10_000_000_000L);
        assertThat(client.connection.isLive()).as("bytes put off the timeout").isFalse();

        client.connection.silentTooLong();

        assertThat(client.wire.closed).isTrue();
        assertThat(client.events(MqttEvent.CONNECT_TIMEOUT)).isEqualTo(1);
    }

    @Test
    @Tag("MQTT5-3.1.2-24")
    void clientThatTakesNoConnackIsClosed() {
        TestClient client = new TestClient(ProtocolVersion.MQTT_5);

        client.send(TestClient.connect(
                ProtocolVersion.MQTT_5,
                Properties.builder().set(Property.MAXIMUM_PACKET_SIZE, 8).build(),
                null));
        client.attach(false);

        assertThat(client.received()).isEmpty();
        assertThat(client.wire.closed).isTrue();
        assertThat(client.session().detached).containsExactly(Detach.BROKEN);
    }
}
