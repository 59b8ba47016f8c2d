package io.robustmq.protocol.mqtt.connection;

import static org.assertj.core.api.Assertions.assertThat;

import io.robustmq.kernel.AttachRequest;
import io.robustmq.kernel.CloseReason;
import io.robustmq.kernel.Detach;
import io.robustmq.protocol.mqtt.MqttEvent;
import io.robustmq.protocol.mqtt.MqttSettings;
import io.robustmq.protocol.mqtt.codec.ConnAck;
import io.robustmq.protocol.mqtt.codec.Disconnect;
import io.robustmq.protocol.mqtt.codec.PingReq;
import io.robustmq.protocol.mqtt.codec.PingResp;
import io.robustmq.protocol.mqtt.codec.Properties;
import io.robustmq.protocol.mqtt.codec.Property;
import io.robustmq.protocol.mqtt.codec.ProtocolVersion;
import io.robustmq.protocol.mqtt.codec.ReasonCode;
import io.robustmq.transport.PauseReason;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class EndingTest {
    private static Properties expiry(long seconds) {
        return Properties.builder()
                .set(Property.SESSION_EXPIRY_INTERVAL, seconds)
                .build();
    }

    @ParameterizedTest
    @EnumSource(ProtocolVersion.class)
    @Tag("MQTT-3.12.4-1")
    @Tag("MQTT5-3.12.4-1")
    void pingIsAnswered(ProtocolVersion version) {
        TestClient client = TestClient.live(version);

        client.send(new PingReq());

        client.receiveOne(PingResp.class);
    }

    @ParameterizedTest
    @CsvSource({"SUCCESS, true", "DISCONNECT_WITH_WILL_MESSAGE, false", "UNSPECIFIED_ERROR, false"})
    @Tag("MQTT5-3.14.4-3")
    @Tag("MQTT5-3.1.2-10")
    void goodbyeForgetsTheWillUnlessToldOtherwise(ReasonCode reason, boolean forgotten) {
        TestClient client = TestClient.live(ProtocolVersion.MQTT_5);

        client.send(new Disconnect(reason, Properties.NONE));
        client.connection.lost();

        assertThat(client.session().detached).containsExactly(new Detach(forgotten, Detach.KEEP_EXPIRY));
        assertThat(client.received()).isEmpty();
        assertThat(client.wire.closed).isTrue();
        assertThat(client.events(MqttEvent.DISCONNECTED_BY_CLIENT)).isEqualTo(1);
        assertThat(client.events(MqttEvent.CONNECTION_LOST)).isZero();
        assertThat(client.loop.figures().live()).isZero();
    }

    @Test
    void packetsBehindGoodbyeHaveNoEffect() {
        TestClient client = TestClient.live(ProtocolVersion.MQTT_3_1_1);

        client.send(new Disconnect(ReasonCode.SUCCESS, Properties.NONE), new PingReq());

        assertThat(client.received()).isEmpty();
    }

    @Test
    void goodbyeMayChangeTheExpiryOfTheSession() {
        TestClient client = TestClient.live(ProtocolVersion.MQTT_5, MqttSettings.DEFAULTS, expiry(10));

        client.send(new Disconnect(ReasonCode.SUCCESS, expiry(20)));

        assertThat(client.session().detached).containsExactly(new Detach(true, 20_000));
    }

    @Test
    void goodbyeMayNotAskForMoreThanTheLimit() {
        TestClient client = TestClient.live(ProtocolVersion.MQTT_5, MqttSettings.DEFAULTS, expiry(10));

        client.send(new Disconnect(ReasonCode.SUCCESS, expiry(0xFFFF_FFFFL)));

        assertThat(client.session().detached).containsExactly(new Detach(true, 2_592_000_000L));
        assertThat(client.session().request.expiryMillis()).isNotEqualTo(AttachRequest.NEVER_EXPIRES);
    }

    @Test
    void goodbyeMayNotGiveAnExpiryToASessionWithoutOne() {
        TestClient client = TestClient.live(ProtocolVersion.MQTT_5);

        client.send(new Disconnect(ReasonCode.SUCCESS, expiry(1)));

        assertThat(client.receiveOne(Disconnect.class).reason()).isEqualTo(ReasonCode.PROTOCOL_ERROR);
        assertThat(client.session().detached).containsExactly(Detach.BROKEN);
    }

    @Test
    void lostConnectionIsABrokenAttachment() {
        TestClient client = TestClient.live(ProtocolVersion.MQTT_5);

        client.connection.lost();

        assertThat(client.session().detached).containsExactly(Detach.BROKEN);
        assertThat(client.events(MqttEvent.CONNECTION_LOST)).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource({
        "TAKEN_OVER, SESSION_TAKEN_OVER",
        "ENDED, ADMINISTRATIVE_ACTION",
        "STATE_LOST, SERVER_BUSY",
        "SHUTTING_DOWN, SERVER_SHUTTING_DOWN",
    })
    @Tag("MQTT5-3.1.4-3")
    void endOfTheSessionIsToldToVersion5(CloseReason reason, ReasonCode code) {
        TestClient five = TestClient.live(ProtocolVersion.MQTT_5);
        TestClient four = TestClient.live(ProtocolVersion.MQTT_3_1_1);

        five.session().sink.closed(reason);
        four.session().sink.closed(reason);

        assertThat(five.receiveOne(Disconnect.class).reason()).isEqualTo(code);
        assertThat(four.received()).isEmpty();
        assertThat(five.wire.closed).isTrue();
        assertThat(four.wire.closed).isTrue();
        assertThat(five.session().detached).as("the kernel ended it itself").isEmpty();
    }

    @ParameterizedTest
    @EnumSource(ProtocolVersion.class)
    @Tag("MQTT5-3.1.2-22")
    @Tag("MQTT-3.1.2-24")
    void silenceBeyondTheKeepAliveEndsTheConnection(ProtocolVersion version) {
        TestClient client = TestClient.live(version);
        assertThat(client.wire.silenceNanos).isEqualTo(90_000_000_000L);

        client.connection.silentTooLong();

        assertThat(client.wire.closed).isTrue();
        if (version.hasProperties()) {
            assertThat(client.receiveOne(Disconnect.class).reason()).isEqualTo(ReasonCode.KEEP_ALIVE_TIMEOUT);
        }
        assertThat(client.session().detached).containsExactly(Detach.BROKEN);
        assertThat(client.events(MqttEvent.KEEP_ALIVE_TIMEOUT)).isEqualTo(1);
    }

    @Test
    void silenceWhileNobodyReadsSaysNothing() {
        TestClient client = TestClient.live(ProtocolVersion.MQTT_5);
        client.wire.shut(PauseReason.KERNEL_PRESSED);
        client.wire.silenceNanos = 0;

        client.connection.silentTooLong();

        assertThat(client.wire.closed).isFalse();
        assertThat(client.wire.silenceNanos).isEqualTo(90_000_000_000L);
    }

    @Test
    void malformedPacketIsToldToVersion5AndClosesTheOthers() {
        TestClient five = TestClient.live(ProtocolVersion.MQTT_5);
        TestClient four = TestClient.live(ProtocolVersion.MQTT_3_1_1);

        five.sendBytes(0xC1, 0);
        four.sendBytes(0xC1, 0);

        Disconnect disconnect = five.receiveOne(Disconnect.class);
        assertThat(disconnect.reason()).isEqualTo(ReasonCode.MALFORMED_PACKET);
        assertThat(disconnect.properties().text(Property.REASON_STRING)).isNotEmpty();
        assertThat(four.received()).isEmpty();
        assertThat(four.wire.closed).isTrue();
        assertThat(four.session().detached).containsExactly(Detach.BROKEN);
    }

    @Test
    void clientThatWantsNoProblemInformationGetsNone() {
        TestClient client = TestClient.live(
                ProtocolVersion.MQTT_5,
                MqttSettings.DEFAULTS,
                Properties.builder()
                        .set(Property.REQUEST_PROBLEM_INFORMATION, 0)
                        .build());

        client.sendBytes(0xC1, 0);

        assertThat(client.receiveOne(Disconnect.class).properties()).isEqualTo(Properties.NONE);
    }

    @Test
    void farewellIsSaidInEveryState() {
        TestClient silent = new TestClient(ProtocolVersion.MQTT_5);
        TestClient attaching = new TestClient(ProtocolVersion.MQTT_5);
        attaching.send(TestClient.connect(ProtocolVersion.MQTT_5, "c", true));
        TestClient live = TestClient.live(ProtocolVersion.MQTT_5);

        silent.connection.farewell();
        attaching.connection.farewell();
        live.connection.farewell();

        assertThat(silent.received()).isEmpty();
        assertThat(attaching.receiveOne(ConnAck.class).reason()).isEqualTo(ReasonCode.SERVER_UNAVAILABLE);
        assertThat(attaching.session().detached).containsExactly(Detach.BROKEN);
        assertThat(live.receiveOne(Disconnect.class).reason()).isEqualTo(ReasonCode.SERVER_SHUTTING_DOWN);
        assertThat(live.session().detached).containsExactly(Detach.BROKEN);
        assertThat(silent.wire.closed && attaching.wire.closed && live.wire.closed)
                .isTrue();
    }
}
