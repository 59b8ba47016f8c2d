package io.robustmq.acceptance.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.robustmq.acceptance.broker.Broker;
import io.robustmq.acceptance.broker.SharedBroker;
import io.robustmq.acceptance.wire.ConnAck;
import io.robustmq.acceptance.wire.Connect;
import io.robustmq.acceptance.wire.Disconnect;
import io.robustmq.acceptance.wire.PacketBytes;
import io.robustmq.acceptance.wire.Properties;
import io.robustmq.acceptance.wire.Property;
import io.robustmq.acceptance.wire.Publish;
import io.robustmq.acceptance.wire.Subscription;
import io.robustmq.acceptance.wire.Version;
import io.robustmq.acceptance.wire.Will;
import io.robustmq.acceptance.wire.WireClient;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** CONNECT, CONNACK, keep alive and the ways a connection ends. */
@ExtendWith(SharedBroker.class)
final class ConnectConformance {
    private final Scene scene;

    ConnectConformance(Broker broker) {
        this.scene = new Scene(broker);
    }

    @AfterEach
    void close() {
        scene.close();
    }

    @ParameterizedTest
    @EnumSource
    @Tag("MQTT-3.1.4-4")
    @Tag("MQTT-3.2.0-1")
    @Tag("MQTT5-3.1.4-5")
    @Tag("MQTT5-3.2.0-1")
    @Tag("MQTT-7.0.0-2")
    void connectIsAnsweredWithConnack(Version version) {
        WireClient client = scene.client(version, "a");

        assertThat(client.connAck().reason()).isZero();
        assertThat(client.connAck().sessionPresent()).isFalse();
        client.ping();
    }

    @ParameterizedTest
    @EnumSource
    @Tag("MQTT-3.1.3-5")
    @Tag("MQTT5-3.1.3-5")
    void clientIdentifiersOf23LettersAndDigitsAreAccepted(Version version) {
        scene.connect(Connect.transientSession(version, "0123456789abcdefghijklm"));
        scene.connect(Connect.transientSession(version, "nopqrstuvwxyzABCDEFGHIJ"));
        scene.connect(Connect.transientSession(version, "KLMNOPQRSTUVWXYZ0123456"))
                .ping();
    }

    @Test
    @Tag("MQTT-3.1.3-6")
    void emptyClientIdentifierIsAcceptedWithCleanSession() {
        WireClient first = scene.connect(Connect.transientSession(Version.V3_1_1, ""));
        WireClient second = scene.connect(Connect.transientSession(Version.V3_1_1, ""));

        first.ping();
        second.ping();
    }

    @Test
    @Tag("MQTT-3.1.3-8")
    @Tag("MQTT-3.2.2-4")
    @Tag("MQTT-3.2.2-5")
    @Tag("MQTT-3.1.3-9")
    void emptyClientIdentifierIsRejectedWithoutCleanSession() {
        WireClient client =
                scene.attempt(Connect.transientSession(Version.V3_1_1, "").clean(false));

        assertThat(client.connAck().reason()).isEqualTo(2);
        assertThat(client.connAck().sessionPresent()).isFalse();
        client.awaitClosed();
    }

    @Test
    @Tag("MQTT5-3.1.3-6")
    @Tag("MQTT5-3.1.3-7")
    @Tag("MQTT5-3.2.2-16")
    void emptyClientIdentifierIsReplacedByAnAssignedOne() {
        String first = assignedClientIdentifier();
        String second = assignedClientIdentifier();

        assertThat(first).isNotEmpty();
        assertThat(second).isNotEmpty().isNotEqualTo(first);
    }

    private @Nullable String assignedClientIdentifier() {
        return scene.connect(Connect.transientSession(Version.V5, ""))
                .connAck()
                .properties()
                .text(Property.ASSIGNED_CLIENT_IDENTIFIER);
    }

    @Test
    void assignedClientIdentifierNamesTheSessionLater() {
        WireClient client =
                scene.connect(Connect.transientSession(Version.V5, "").with(Property.of(Property.SESSION_EXPIRY, 60)));
        String assigned = client.connAck().properties().text(Property.ASSIGNED_CLIENT_IDENTIFIER);
        assertThat(assigned).isNotNull();
        client.disconnect();

        WireClient again = scene.connect(Connect.persistentSession(Version.V5, assigned));

        assertThat(again.connAck().sessionPresent()).isTrue();
    }

    @Test
    @Tag("MQTT5-3.2.2-9")
    void announcedLimitsAreLegal() {
        Properties properties = scene.client(Version.V5, "a").connAck().properties();

        assertThat(properties.number(Property.RECEIVE_MAXIMUM).orElse(65_535)).isBetween(1L, 65_535L);
        assertThat(properties.number(Property.MAXIMUM_PACKET_SIZE).orElse(1)).isPositive();
        for (int flag : List.of(
                Property.MAXIMUM_QOS,
                Property.RETAIN_AVAILABLE,
                Property.WILDCARD_AVAILABLE,
                Property.SUBSCRIPTION_IDENTIFIERS_AVAILABLE,
                Property.SHARED_AVAILABLE)) {
            assertThat(properties.number(flag).orElse(1)).isBetween(0L, 1L);
        }
        assertThat(properties.number(Property.MAXIMUM_QOS))
                .as("sent only when below 2")
                .isEmpty();
        for (int feature : List.of(
                Property.RETAIN_AVAILABLE,
                Property.WILDCARD_AVAILABLE,
                Property.SUBSCRIPTION_IDENTIFIERS_AVAILABLE,
                Property.SHARED_AVAILABLE)) {
            assertThat(properties.number(feature).orElse(1)).isEqualTo(1);
        }
    }

    @Test
    @Tag("MQTT5-3.1.2-28")
    void responseInformationIsNotSentUnasked() {
        ConnAck answer = scene.client(Version.V5, "a").connAck();

        assertThat(answer.properties().has(Property.RESPONSE_INFORMATION)).isFalse();
    }

    @ParameterizedTest
    @EnumSource
    @Tag("MQTT-3.1.0-1")
    @Tag("MQTT5-3.1.0-1")
    void connectionThatDoesNotBeginWithConnectIsEnded(Version version) {
        WireClient client = scene.open(version);

        client.send(PacketBytes.of(0xC0, 0));

        client.awaitClosed();
        assertThat(client.unread()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    @Tag("MQTT-3.1.0-2")
    @Tag("MQTT5-3.1.0-2")
    void secondConnectEndsTheConnection(Version version) {
        WireClient client = scene.client(version, "a");

        client.send(Connect.transientSession(version, scene.id("a")).toBytes());

        client.awaitClosed();
        assertDisconnectReason(client, 0x82);
    }

    /** The DISCONNECT before the close may be missing, but a wrong reason is wrong. */
    private static void assertDisconnectReason(WireClient client, Integer... permitted) {
        Disconnect disconnect = client.poll(Disconnect.class, _ -> true, Duration.ZERO);
        if (disconnect != null) {
            assertThat(disconnect.reason()).isIn((Object[]) permitted);
        }
    }

    @Test
    @Tag("MQTT-3.1.2-1")
    @Tag("MQTT5-3.1.2-1")
    void unknownProtocolNameEndsTheConnection() throws IOException {
        byte[] answer = answerTo("MQTX", 4, 2);

        assertThat(answer.length == 0 || (answer[0] == 0x20 && answer[3] != 0))
                .as("no CONNACK or a refusing one")
                .isTrue();
    }

    @Test
    @Tag("MQTT-3.1.2-2")
    @Tag("MQTT5-3.1.2-2")
    void unknownProtocolLevelIsRefused() throws IOException {
        byte[] answer = answerTo("MQTT", 6, 2);

        assertThat(answer.length == 0 || answer[0] == 0x20).isTrue();
        if (answer.length > 0) {
            assertThat(answer[3] & 0xFF)
                    .as("unacceptable version, of 3.1.1 or of 5")
                    .isIn(0x01, 0x84);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {4, 5})
    @Tag("MQTT-3.1.2-3")
    @Tag("MQTT5-3.1.2-3")
    void reservedConnectFlagIsMalformed(int level) throws IOException {
        byte[] answer = answerTo("MQTT", level, 3);

        assertRefused(answer);
    }

    /** Closed, with or without a CONNACK that refuses. */
    private static void assertRefused(byte[] answer) {
        assertThat(answer.length == 0 || (answer[0] == 0x20 && answer[3] != 0))
                .as("refused")
                .isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "will QoS 3, 30",
        "will QoS without will, 10",
        "will retain without will, 34",
        "password without user, 66"
    })
    @Tag("MQTT-3.1.2-13")
    @Tag("MQTT-3.1.2-14")
    @Tag("MQTT-3.1.2-15")
    @Tag("MQTT-3.1.2-22")
    void contradictoryConnectFlagsAreMalformed(String what, int flags) throws IOException {
        byte[] answer = answerTo("MQTT", 4, flags);

        assertThat(answer).as(what).satisfies(ConnectConformance::assertRefused);
    }

    @ParameterizedTest
    @CsvSource({"will QoS 3, 30", "will QoS without will, 10", "will retain without will, 34"})
    @Tag("MQTT5-3.1.2-11")
    @Tag("MQTT5-3.1.2-12")
    @Tag("MQTT5-3.1.2-13")
    @Tag("MQTT5-3.1.4-1")
    void contradictoryConnectFlagsAreMalformedInVersion5(String what, int flags) throws IOException {
        byte[] answer = answerTo("MQTT", 5, flags);

        assertThat(answer).as(what).satisfies(ConnectConformance::assertRefused);
    }

    /** Everything the broker sends before it closes. */
    private byte[] answerTo(String protocolName, int level, int flags) throws IOException {
        PacketBytes packet = new PacketBytes();
        packet.text(protocolName);
        packet.u8(level);
        packet.u8(flags);
        packet.u16(60);
        if (level >= 5) {
            packet.variable(0);
        }
        packet.text(scene.id("x"));
        if ((flags & 4) != 0) {
            if (level >= 5) {
                packet.variable(0);
            }
            packet.text(scene.topic("will"));
            packet.text("gone");
        }
        if ((flags & 0x40) != 0) {
            packet.text("password");
        }
        try (Socket socket =
                new Socket(InetAddress.getLoopbackAddress(), scene.broker().mqttPort())) {
            socket.setSoTimeout((int) WireClient.PATIENCE.toMillis());
            socket.getOutputStream().write(packet.framed(0x10));
            return socket.getInputStream().readAllBytes();
        }
    }

    @Test
    @Tag("MQTT5-4.12.0-1")
    @Tag("MQTT5-3.2.2-7")
    @Tag("MQTT5-4.13.2-1")
    @Tag("MQTT5-3.1.4-2")
    @Tag("MQTT5-3.2.2-8")
    void unknownAuthenticationMethodIsRefused() {
        WireClient client = scene.attempt(Connect.transientSession(Version.V5, scene.id("a"))
                .with(Property.of(Property.AUTHENTICATION_METHOD, "NO-SUCH-METHOD")));

        assertThat(client.connAck().reason()).isIn(0x8C, 0x87);
        client.awaitClosed();
    }

    @ParameterizedTest
    @EnumSource(names = {"V3_1", "V3_1_1"})
    @Tag("MQTT-3.1.4-2")
    void takeoverEndsTheOldConnection(Version version) {
        WireClient old = scene.client(version, "a");

        WireClient current = scene.client(version, "a");

        old.awaitClosed();
        current.ping();
    }

    @Test
    @Tag("MQTT5-3.1.4-3")
    @Tag("MQTT5-4.13.2-1")
    void takeoverIsToldToTheOldConnection() {
        WireClient old = scene.client(Version.V5, "a");

        WireClient current = scene.client(Version.V5, "a");

        assertThat(old.awaitDisconnect().reason()).isEqualTo(0x8E);
        current.ping();
    }

    @Test
    void takeoverKeepsThePersistentSession() {
        Connect connect = Connect.persistentSession(Version.V5, scene.id("a"));
        WireClient old = scene.connect(connect);
        old.subscribe(Subscription.of(scene.topic("t"), 1));

        WireClient current = scene.connect(connect);
        old.awaitClosed();
        current.publishAndAwait(Publish.of(scene.topic("t"), "still subscribed").qos(1));

        assertThat(current.connAck().sessionPresent()).isTrue();
        assertThat(current.awaitPublish().payload()).isEqualTo("still subscribed");
    }

    @ParameterizedTest
    @EnumSource
    @Tag("MQTT-3.1.2-24")
    @Tag("MQTT5-3.1.2-22")
    void silenceOfOneAndAHalfKeepAlivesEndsTheConnection(Version version) {
        WireClient client =
                scene.connect(Connect.transientSession(version, scene.id("a")).keepAlive(2));
        long begin = System.nanoTime();

        client.awaitClosed();

        Duration silence = Duration.ofNanos(System.nanoTime() - begin);
        assertThat(silence).isBetween(Duration.ofMillis(2900), Duration.ofSeconds(10));
        assertDisconnectReason(client, 0x8D);
    }

    @Test
    @Tag("MQTT-3.12.4-1")
    @Tag("MQTT5-3.12.4-1")
    void pingsKeepTheConnection() {
        WireClient client = scene.connect(
                Connect.transientSession(Version.V3_1_1, scene.id("a")).keepAlive(1));

        for (int i = 0; i < 8; i++) {
            client.ping();
            assertThat(client.closedWithin(Duration.ofMillis(500))).isFalse();
        }
    }

    @Test
    void anyPacketCountsForTheKeepAlive() {
        WireClient client = scene.connect(
                Connect.transientSession(Version.V5, scene.id("a")).keepAlive(1));

        for (int i = 0; i < 8; i++) {
            client.publish(Publish.of(scene.topic("t"), "alive"));
            assertThat(client.closedWithin(Duration.ofMillis(500))).isFalse();
        }
    }

    @Test
    void keepAliveOfZeroIsNone() {
        WireClient client = scene.connect(
                Connect.transientSession(Version.V3_1_1, scene.id("a")).keepAlive(0));

        assertThat(client.closedWithin(Duration.ofSeconds(3))).isFalse();
        client.ping();
    }

    @Test
    @Tag("MQTT5-3.14.4-3")
    @Tag("MQTT-3.14.4-3")
    void normalDisconnectDiscardsTheWill() {
        WireClient watcher = scene.subscriber(Version.V5, Subscription.of(scene.topic("#"), 1));
        WireClient client = scene.connect(Connect.transientSession(Version.V5, scene.id("a"))
                .will(Will.of(scene.topic("will"), "gone").qos(1)));

        client.disconnect();

        scene.assertNothingBeforeMarker(watcher, scene.publisher(Version.V5), scene.topic("will"));
    }

    @Test
    @Tag("MQTT5-3.14.1-1")
    @Tag("MQTT-3.14.1-1")
    void disconnectWithReservedFlagsIsMalformed() {
        WireClient client = scene.client(Version.V5, "a");

        client.send(PacketBytes.of(0xE1, 0));

        client.awaitClosed();
        assertDisconnectReason(client, 0x81);
    }

    @ParameterizedTest
    @ValueSource(ints = {0x00, 0xF0, 0xD0, 0x20, 0x90, 0xB0})
    @Tag("MQTT5-4.13.1-1")
    @Tag("MQTT-4.8.0-1")
    void packetTypesAClientMustNotSendEndTheConnection(int firstByte) {
        WireClient client = scene.client(Version.V3_1_1, "a");

        client.send(PacketBytes.of(firstByte, 2, 0, 1));

        client.awaitClosed();
    }

    @Test
    @Tag("MQTT5-3.1.2-29")
    void problemInformationIsNotSentToWhoDoesNotWantIt() {
        WireClient client = scene.connect(Connect.transientSession(Version.V5, scene.id("a"))
                .with(Property.of(Property.REQUEST_PROBLEM_INFORMATION, 0)));

        Properties properties =
                client.unsubscribe(scene.topic("never/subscribed")).properties();

        assertThat(properties.has(Property.REASON_STRING)).isFalse();
        assertThat(properties.user()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {Property.SESSION_EXPIRY, Property.RECEIVE_MAXIMUM, Property.MAXIMUM_PACKET_SIZE})
    void repeatedConnectPropertyIsAProtocolError(int id) {
        WireClient client = scene.open(Version.V5);

        client.send(Connect.transientSession(Version.V5, scene.id("a"))
                .with(Property.of(id, 100))
                .with(Property.of(id, 100))
                .toBytes());

        client.awaitClosed();
        ConnAck answer = client.poll(ConnAck.class, _ -> true, Duration.ZERO);
        if (answer != null) {
            assertThat(answer.reason()).isIn(0x81, 0x82);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {Property.RECEIVE_MAXIMUM, Property.MAXIMUM_PACKET_SIZE})
    void limitOfZeroIsAProtocolError(int id) {
        WireClient client = scene.open(Version.V5);

        client.send(Connect.transientSession(Version.V5, scene.id("a"))
                .with(Property.of(id, 0))
                .toBytes());

        client.awaitClosed();
        ConnAck answer = client.poll(ConnAck.class, _ -> true, Duration.ZERO);
        if (answer != null) {
            assertThat(answer.reason()).isIn(0x81, 0x82);
        }
    }
}
