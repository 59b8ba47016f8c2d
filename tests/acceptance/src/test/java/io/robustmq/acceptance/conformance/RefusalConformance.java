package io.robustmq.acceptance.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.robustmq.acceptance.broker.Broker;
import io.robustmq.acceptance.broker.SharedBroker;
import io.robustmq.acceptance.wire.Auth;
import io.robustmq.acceptance.wire.ConnAck;
import io.robustmq.acceptance.wire.Connect;
import io.robustmq.acceptance.wire.Disconnect;
import io.robustmq.acceptance.wire.PacketBytes;
import io.robustmq.acceptance.wire.PingResp;
import io.robustmq.acceptance.wire.Property;
import io.robustmq.acceptance.wire.Publish;
import io.robustmq.acceptance.wire.Subscription;
import io.robustmq.acceptance.wire.Version;
import io.robustmq.acceptance.wire.WireClient;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** How a server refuses and ends: what it says, to whom, and that it says nothing more. */
@ExtendWith(SharedBroker.class)
final class RefusalConformance {
    private static final String UNKNOWN_METHOD = "NO-SUCH-METHOD";

    private final Scene scene;

    RefusalConformance(Broker broker) {
        this.scene = new Scene(broker);
    }

    @AfterEach
    void close() {
        scene.close();
    }

    private Connect refused(Version version) {
        return version.hasProperties()
                ? Connect.transientSession(version, scene.id("r"))
                        .with(Property.of(Property.AUTHENTICATION_METHOD, UNKNOWN_METHOD))
                : Connect.transientSession(version, "").clean(false);
    }

    private static byte[] joined(byte[] first, byte[] second) {
        byte[] both = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, both, first.length, second.length);
        return both;
    }

    @ParameterizedTest
    @EnumSource
    @Tag("MQTT-3.1.4-5")
    @Tag("MQTT5-3.1.4-6")
    void whatFollowsARefusedConnectIsNotProcessed(Version version) {
        WireClient watcher = scene.subscriber(version, Subscription.of(scene.topic("t"), 0));
        WireClient client = scene.open(version);

        client.send(joined(
                refused(version).toBytes(),
                Publish.of(scene.topic("t"), "intruder").toBytes(version)));
        client.awaitClosed();

        assertThat(client.await(ConnAck.class).reason()).isNotZero();
        scene.assertNothingBeforeMarker(watcher, scene.publisher(version), scene.topic("t"));
    }

    @Test
    @Tag("MQTT5-3.14.0-1")
    @Tag("MQTT5-3.2.2-7")
    @Tag("MQTT5-3.2.2-8")
    void refusedConnectIsAnsweredWithConnackAlone() {
        WireClient client = scene.attempt(refused(Version.V5));
        client.awaitClosed();

        assertThat(client.connAck().reason()).isEqualTo(0x8C);
        assertThat(client.unread()).isEmpty();
    }

    @Test
    @Tag("MQTT5-3.1.3-8")
    void clientIdentifierThatIsTooLongIsNotValid() {
        WireClient client = scene.attempt(Connect.transientSession(Version.V5, "x".repeat(60_000)));
        client.awaitClosed();

        assertThat(client.connAck().reason()).isEqualTo(0x85);
    }

    @ParameterizedTest
    @EnumSource
    @Tag("MQTT5-3.2.0-2")
    void secondConnectGetsNoSecondConnack(Version version) {
        WireClient client = scene.client(version, "a");

        client.send(Connect.transientSession(version, scene.id("a")).toBytes());
        client.awaitClosed();

        assertThat(client.poll(ConnAck.class, _ -> true, WireClient.PATIENCE)).isNull();
    }

    @Test
    @Tag("MQTT5-3.2.2-19")
    @Tag("MQTT5-3.2.2-20")
    void connackFitsIntoWhatTheClientTakes() {
        ConnAck told = scene.attempt(refused(Version.V5)).connAck();
        ConnAck cut = scene.attempt(refused(Version.V5).with(Property.of(Property.MAXIMUM_PACKET_SIZE, 8)))
                .connAck();

        assertThat(told.properties().text(Property.REASON_STRING)).isNotEmpty();
        assertThat(cut.reason()).isEqualTo(told.reason());
        assertThat(cut.properties().list()).isEmpty();
    }

    private Disconnect disconnectOf(Connect connect) {
        WireClient client = scene.connect(connect);
        client.send(PacketBytes.of(0xF0, 2, 0x18, 0));
        Disconnect disconnect = client.awaitDisconnect();
        assertThat(client.unread()).as("after DISCONNECT").isEmpty();
        return disconnect;
    }

    @Test
    @Tag("MQTT5-3.14.2-2")
    @Tag("MQTT5-3.14.2-3")
    @Tag("MQTT5-3.14.2-4")
    @Tag("MQTT5-3.14.4-1")
    @Tag("MQTT5-3.14.4-2")
    void disconnectIsTheLastPacketAndFitsIntoWhatTheClientTakes() {
        Connect connect = Connect.persistentSession(Version.V5, scene.id("a"));

        Disconnect told = disconnectOf(connect);
        Disconnect cut = disconnectOf(connect.with(Property.of(Property.MAXIMUM_PACKET_SIZE, 24)));
        Disconnect unwanted = disconnectOf(connect.with(Property.of(Property.REQUEST_PROBLEM_INFORMATION, 0)));

        assertThat(told.properties().text(Property.REASON_STRING)).isNotEmpty();
        assertThat(told.properties().list()).hasSize(1);
        assertThat(cut.properties().list()).isEmpty();
        assertThat(unwanted.properties().list()).isEmpty();
    }

    @Test
    @Tag("MQTT5-4.12.0-6")
    void authWithoutMethodIsAProtocolErrorAndNeverComesFromTheServer() {
        WireClient client = scene.client(Version.V5, "a");
        client.send(PacketBytes.of(0xF0, 2, 0x18, 0));

        assertThat(client.awaitDisconnect().reason()).isEqualTo(0x82);
        assertThat(client.poll(Auth.class, _ -> true, WireClient.PATIENCE)).isNull();
        assertThat(client.connAck().properties().has(Property.AUTHENTICATION_METHOD))
                .isFalse();
    }

    @Test
    @Tag("MQTT5-3.2.2-22")
    void keepAliveOfTheClientIsUsedWhereTheServerNamesNone() {
        WireClient client = scene.connect(
                Connect.transientSession(Version.V5, scene.id("a")).keepAlive(1));

        assertThat(client.connAck().properties().has(Property.SERVER_KEEP_ALIVE))
                .isFalse();
        assertThat(client.awaitDisconnect().reason()).isEqualTo(0x8D);
    }

    // ---- the two outcomes of bad input ----

    /** A packet in the form of version 3 and in that of version 5, as hexadecimal digits. */
    record Bad(String what, int reason, String before5, String in5) {
        @Override
        public String toString() {
            return what;
        }
    }

    private static Bad bad(String what, int reason, int[] before5, int[] in5) {
        return new Bad(what, reason, hex(PacketBytes.of(before5)), hex(PacketBytes.of(in5)));
    }

    private static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(bytes);
    }

    private static int[] of(int... bytes) {
        return bytes;
    }

    static Stream<Bad> badPackets() {
        return Stream.of(
                bad("packet type 0", 0x81, of(0x00, 0), of(0x00, 0)),
                bad("packet type 15 or AUTH without method", 0x82, of(0xF0, 0), of(0xF0, 0)),
                bad("a packet of servers", 0x82, of(0xD0, 0), of(0xD0, 0)),
                bad(
                        "remaining length of five bytes",
                        0x81,
                        of(0xC0, 0x80, 0x80, 0x80, 0x80, 1),
                        of(0xC0, 0x80, 0x80, 0x80, 0x80, 1)),
                bad("reserved flags of PINGREQ", 0x81, of(0xC1, 0), of(0xC1, 0)),
                bad("PINGREQ with a body", 0x81, of(0xC0, 1, 0), of(0xC0, 1, 0)),
                bad("QoS 3", 0x81, of(0x36, 5, 0, 1, 'a', 0, 1), of(0x36, 6, 0, 1, 'a', 0, 1, 0)),
                bad("DUP with QoS 0", 0x82, of(0x38, 3, 0, 1, 'a'), of(0x38, 4, 0, 1, 'a', 0)),
                bad("packet identifier 0", 0x82, of(0x32, 5, 0, 1, 'a', 0, 0), of(0x32, 6, 0, 1, 'a', 0, 0, 0)),
                bad("wildcard in topic", 0x90, of(0x30, 3, 0, 1, '#'), of(0x30, 4, 0, 1, '#', 0)),
                bad("empty topic", 0x82, of(0x30, 2, 0, 0), of(0x30, 3, 0, 0, 0)),
                bad("topic longer than its packet", 0x81, of(0x30, 3, 0, 9, 'a'), of(0x30, 4, 0, 9, 'a', 0)),
                bad("U+0000", 0x81, of(0x30, 4, 0, 2, 'a', 0), of(0x30, 5, 0, 2, 'a', 0, 0)),
                bad("surrogate", 0x81, of(0x30, 5, 0, 3, 0xED, 0xA0, 0x80), of(0x30, 6, 0, 3, 0xED, 0xA0, 0x80, 0)),
                bad("overlong UTF-8", 0x81, of(0x30, 4, 0, 2, 0xC0, 0x80), of(0x30, 5, 0, 2, 0xC0, 0x80, 0)),
                bad("SUBSCRIBE without filter", 0x82, of(0x82, 2, 0, 1), of(0x82, 3, 0, 1, 0)),
                bad(
                        "reserved flags of SUBSCRIBE",
                        0x81,
                        of(0x80, 6, 0, 1, 0, 1, 'a', 0),
                        of(0x80, 7, 0, 1, 0, 0, 1, 'a', 0)),
                bad(
                        "SUBSCRIBE with packet identifier 0",
                        0x82,
                        of(0x82, 6, 0, 0, 0, 1, 'a', 0),
                        of(0x82, 7, 0, 0, 0, 0, 1, 'a', 0)),
                bad("subscription QoS 3", 0x82, of(0x82, 6, 0, 1, 0, 1, 'a', 3), of(0x82, 7, 0, 1, 0, 0, 1, 'a', 3)),
                bad(
                        "reserved subscription options",
                        0x81,
                        of(0x82, 6, 0, 1, 0, 1, 'a', 0x81),
                        of(0x82, 7, 0, 1, 0, 0, 1, 'a', 0x41)),
                bad("UNSUBSCRIBE without filter", 0x82, of(0xA2, 2, 0, 1), of(0xA2, 3, 0, 1, 0)),
                bad("reserved flags of PUBREL", 0x81, of(0x60, 2, 0, 1), of(0x60, 2, 0, 1)),
                bad("reserved flags of DISCONNECT", 0x81, of(0xE1, 0), of(0xE1, 0)),
                bad("PUBACK cut short", 0x81, of(0x40, 1, 0), of(0x40, 1, 0)));
    }

    @ParameterizedTest
    @MethodSource("badPackets")
    @Tag("MQTT-4.8.0-1")
    @Tag("MQTT-2.2.2-1")
    @Tag("MQTT-2.2.2-2")
    void badPacketEndsAConnectionOfVersion3WithoutAWord(Bad bad) {
        WireClient client = scene.client(Version.V3_1_1, "a");

        client.send(HexFormat.of().parseHex(bad.before5()));
        client.awaitClosed();

        assertThat(client.unread()).isEmpty();
    }

    /** MQTT 3.1 does not say what becomes of bits that mean nothing, so its clients are borne with. */
    private static final Set<String> BORNE_IN_VERSION_3_1 = Set.of(
            "reserved flags of PINGREQ",
            "DUP with QoS 0",
            "reserved flags of SUBSCRIBE",
            "reserved subscription options",
            "reserved flags of PUBREL");

    @ParameterizedTest
    @MethodSource("badPackets")
    void badPacketEndsAConnectionOfVersion31UnlessOnlyReservedBitsAreWrong(Bad bad) {
        WireClient client = scene.client(Version.V3_1, "a");

        client.send(HexFormat.of().parseHex(bad.before5()));

        if (BORNE_IN_VERSION_3_1.contains(bad.what())) {
            client.send(PacketBytes.of(0xC0, 0));
            client.await(PingResp.class);
        } else {
            client.awaitClosed();
            assertThat(client.unread()).isEmpty();
        }
    }

    @ParameterizedTest
    @MethodSource("badPackets")
    @Tag("MQTT5-4.13.1-1")
    @Tag("MQTT5-4.13.2-1")
    @Tag("MQTT5-3.14.2-1")
    @Tag("MQTT5-2.1.3-1")
    void badPacketEndsAConnectionOfVersion5WithItsReason(Bad bad) {
        WireClient client = scene.client(Version.V5, "a");

        client.send(HexFormat.of().parseHex(bad.in5()));

        Disconnect disconnect = client.awaitDisconnect();
        assertThat(disconnect.reason()).isEqualTo(bad.reason());
        assertThat(disconnect.properties().text(Property.REASON_STRING)).isNotEmpty();
        assertThat(client.unread()).isEmpty();
    }

    static Stream<Bad> badPropertiesOfPublish() {
        return Stream.of(
                whole("remaining length that is not minimal", 0x81, 0xC0, 0x80, 0x00),
                whole("PUBLISH without property length", 0x81, 0x30, 3, 0, 1, 'a'),
                whole("reserved flags of AUTH", 0x81, 0xF1, 2, 0x18, 0),
                whole("AUTH with a reason of others", 0x81, 0xF0, 2, 0x80, 0),
                whole("PUBREL with a reason of others", 0x81, 0x62, 3, 0, 1, 0x10),
                whole("DISCONNECT with a reason of others", 0x81, 0xE0, 2, 0x01, 0),
                property(
                        "user property that is not UTF-8",
                        0x81,
                        8,
                        Property.USER_PROPERTY,
                        0,
                        1,
                        'k',
                        0,
                        2,
                        0xC3,
                        0x28),
                property(
                        "name of a user property that is not UTF-8",
                        0x81,
                        7,
                        Property.USER_PROPERTY,
                        0,
                        2,
                        0xC3,
                        0x28,
                        0,
                        0),
                property("response topic that is not UTF-8", 0x81, 5, Property.RESPONSE_TOPIC, 0, 2, 0xC3, 0x28),
                property("unknown property", 0x81, 2, 0x7E, 0),
                property("property of another packet", 0x81, 3, Property.RECEIVE_MAXIMUM, 0, 1),
                property("property twice", 0x82, 4, Property.PAYLOAD_FORMAT, 0, Property.PAYLOAD_FORMAT, 0),
                property("property cut short", 0x81, 2, Property.TOPIC_ALIAS, 0),
                property("property length beyond the packet", 0x81, 90, Property.TOPIC_ALIAS, 0, 1),
                property("identifier that is not minimal", 0x81, 3, 0x81, 0x00, 0),
                property("payload format 2", 0x82, 2, Property.PAYLOAD_FORMAT, 2),
                property("topic alias 0", 0x94, 3, Property.TOPIC_ALIAS, 0, 0),
                property("topic alias that is not set and no topic", 0x82, -1),
                property("response topic with wildcard", 0x90, 4, Property.RESPONSE_TOPIC, 0, 1, '#'));
    }

    private static Bad whole(String what, int reason, int... packet) {
        return bad(what, reason, of(), packet);
    }

    private static Bad property(String what, int reason, int... properties) {
        if (properties[0] < 0) {
            return bad(what, reason, of(), of(0x30, 6, 0, 0, 3, Property.TOPIC_ALIAS, 0, 1));
        }
        PacketBytes packet = new PacketBytes();
        packet.text("a");
        packet.raw(PacketBytes.of(properties));
        return new Bad(what, reason, "", hex(packet.framed(0x30)));
    }

    @ParameterizedTest
    @MethodSource("badPropertiesOfPublish")
    @Tag("MQTT5-4.13.1-1")
    @Tag("MQTT5-1.5.5-1")
    @Tag("MQTT5-1.5.7-1")
    @Tag("MQTT5-2.2.2-1")
    @Tag("MQTT5-3.3.2-13")
    @Tag("MQTT5-3.14.2-1")
    @Tag("MQTT5-3.15.1-1")
    @Tag("MQTT5-3.15.2-1")
    @Tag("MQTT5-3.6.2-1")
    void badPropertyEndsTheConnectionWithItsReason(Bad bad) {
        WireClient client = scene.client(Version.V5, "a");

        client.send(HexFormat.of().parseHex(bad.in5()));

        assertThat(client.awaitDisconnect().reason()).isEqualTo(bad.reason());
    }
}
