package io.robustmq.acceptance.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.robustmq.acceptance.broker.Broker;
import io.robustmq.acceptance.broker.SharedBroker;
import io.robustmq.acceptance.wire.Ack;
import io.robustmq.acceptance.wire.Connect;
import io.robustmq.acceptance.wire.PacketBytes;
import io.robustmq.acceptance.wire.Properties;
import io.robustmq.acceptance.wire.Property;
import io.robustmq.acceptance.wire.Publish;
import io.robustmq.acceptance.wire.Subscription;
import io.robustmq.acceptance.wire.Version;
import io.robustmq.acceptance.wire.Will;
import io.robustmq.acceptance.wire.WireClient;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The bytes of packets in both directions: those of the server as they are, those of clients with parts missing or wrong. */
@ExtendWith(SharedBroker.class)
final class PacketFormConformance {
    private static final String BYTE_ORDER_MARK = "\uFEFF";

    private final Scene scene;

    PacketFormConformance(Broker broker) {
        this.scene = new Scene(broker);
    }

    @AfterEach
    void close() {
        scene.close();
    }

    /** A connection whose answers are looked at byte by byte. */
    private Socket socket() throws IOException {
        Socket socket =
                new Socket(InetAddress.getLoopbackAddress(), scene.broker().mqttPort());
        socket.setTcpNoDelay(true);
        socket.setSoTimeout((int) WireClient.PATIENCE.toMillis());
        return socket;
    }

    private static void exchange(Socket socket, byte[] sent, int... expected) throws IOException {
        socket.getOutputStream().write(sent);
        byte[] answer = new byte[expected.length];
        new DataInputStream(socket.getInputStream()).readFully(answer);
        assertThat(answer).isEqualTo(PacketBytes.of(expected));
    }

    @Test
    @Tag("MQTT-2.2.2-1")
    @Tag("MQTT-2.3.1-7")
    void packetsOfTheServerAreThoseOfTheTables() throws IOException {
        try (Socket socket = socket()) {
            exchange(
                    socket,
                    Connect.transientSession(Version.V3_1_1, scene.id("a")).toBytes(),
                    0x20,
                    2,
                    0,
                    0);
            exchange(socket, PacketBytes.of(0xC0, 0), 0xD0, 0);
            exchange(socket, PacketBytes.of(0x82, 6, 0, 7, 0, 1, 'q', 2), 0x90, 3, 0, 7, 2);
            exchange(socket, PacketBytes.of(0xA2, 5, 0, 8, 0, 1, 'q'), 0xB0, 2, 0, 8);
            exchange(socket, PacketBytes.of(0x32, 5, 0, 1, 'q', 0, 9), 0x40, 2, 0, 9);
            exchange(socket, PacketBytes.of(0x34, 5, 0, 1, 'q', 0, 10), 0x50, 2, 0, 10);
            exchange(socket, PacketBytes.of(0x62, 2, 0, 10), 0x70, 2, 0, 10);
            exchange(socket, PacketBytes.of(0x50, 2, 0, 11), 0x62, 2, 0, 11);
        }
    }

    @Test
    @Tag("MQTT5-1.5.5-1")
    @Tag("MQTT5-2.1.3-1")
    @Tag("MQTT5-2.2.2-1")
    @Tag("MQTT5-3.2.2-1")
    @Tag("MQTT5-3.6.2-1")
    @Tag("MQTT5-3.9.3-2")
    void packetsOfTheServerAreThoseOfTheTablesInVersion5() throws IOException {
        try (Socket socket = socket()) {
            socket.getOutputStream()
                    .write(Connect.transientSession(Version.V5, scene.id("a")).toBytes());
            DataInputStream in = new DataInputStream(socket.getInputStream());
            assertThat(in.readUnsignedByte()).isEqualTo(0x20);
            byte[] connack = in.readNBytes(in.readUnsignedByte());
            assertThat(connack[0]).as("acknowledge flags").isZero();
            assertThat(connack[2]).as("property length").isEqualTo((byte) (connack.length - 3));
            exchange(socket, PacketBytes.of(0xC0, 0), 0xD0, 0);
            exchange(socket, PacketBytes.of(0x82, 7, 0, 7, 0, 0, 1, 'q', 2), 0x90, 4, 0, 7, 0, 2);
            exchange(socket, PacketBytes.of(0xA2, 6, 0, 8, 0, 0, 1, 'q'), 0xB0, 4, 0, 8, 0, 0);
            exchange(socket, PacketBytes.of(0x32, 6, 0, 1, 'q', 0, 9, 0), 0x40, 3, 0, 9, 0x10);
            exchange(socket, PacketBytes.of(0x34, 6, 0, 1, 'q', 0, 10, 0), 0x50, 3, 0, 10, 0x10);
            exchange(socket, PacketBytes.of(0x62, 2, 0, 10), 0x70, 2, 0, 10);
            exchange(socket, PacketBytes.of(0x50, 2, 0, 11), 0x62, 3, 0, 11, 0x92);
        }
    }

    /** A CONNECT with these flags and these fields behind the client identifier. */
    private static byte[] connect(Version version, int flags, byte[] fields) {
        PacketBytes packet = new PacketBytes();
        packet.text("MQTT");
        packet.u8(version.level());
        packet.u8(flags);
        packet.u16(60);
        if (version.hasProperties()) {
            packet.variable(0);
        }
        packet.raw(fields);
        return packet.framed(0x10);
    }

    /**
     * What is wrong with the payload of a CONNECT.
     *
     * @param willProperties whether an empty property length comes before the second field in version 5
     */
    record BadPayload(String what, int flags, boolean willProperties, List<String> fields) {
        @Override
        public String toString() {
            return what;
        }

        byte[] toBytes(Version version) {
            PacketBytes rest = new PacketBytes();
            for (int i = 0; i < fields.size(); i++) {
                if (i == 1 && willProperties && version.hasProperties()) {
                    rest.variable(0);
                }
                String field = fields.get(i);
                if (field.equals(ILL_FORMED)) {
                    rest.counted(PacketBytes.of(0xC3, 0x28));
                } else {
                    rest.text(field);
                }
            }
            return connect(version, flags, rest.toBytes());
        }
    }

    private static final String ILL_FORMED = "not UTF-8";

    static Stream<BadPayload> badPayloads() {
        List<String> id = List.of("c");
        return Stream.of(
                new BadPayload("no client identifier", 0x02, false, List.of()),
                new BadPayload("client identifier is not UTF-8", 0x02, false, List.of(ILL_FORMED)),
                new BadPayload("will flag without will", 0x06, true, id),
                new BadPayload("will topic without will message", 0x06, true, List.of("c", "w")),
                new BadPayload("will topic is not UTF-8", 0x06, true, List.of("c", ILL_FORMED, "m")),
                new BadPayload("will without flag", 0x02, false, List.of("c", "w", "m")),
                new BadPayload("user name flag without user name", 0x82, false, id),
                new BadPayload("user name without flag", 0x02, false, List.of("c", "u")),
                new BadPayload("user name is not UTF-8", 0x82, false, List.of("c", ILL_FORMED)),
                new BadPayload("password flag without password", 0xC2, false, List.of("c", "u")),
                new BadPayload("password without flag", 0x82, false, List.of("c", "u", "p")));
    }

    @ParameterizedTest
    @MethodSource("badPayloads")
    @Tag("MQTT-3.1.2-9")
    @Tag("MQTT-3.1.2-11")
    @Tag("MQTT-3.1.2-18")
    @Tag("MQTT-3.1.2-19")
    @Tag("MQTT-3.1.2-20")
    @Tag("MQTT-3.1.2-21")
    @Tag("MQTT-3.1.3-3")
    @Tag("MQTT-3.1.3-4")
    @Tag("MQTT-3.1.3-10")
    @Tag("MQTT-3.1.3-11")
    @Tag("MQTT-3.1.4-1")
    @Tag("MQTT-3.2.2-6")
    void payloadOfConnectThatContradictsItsFlagsIsClosedWithoutConnack(BadPayload bad) throws IOException {
        try (Socket socket = socket()) {
            socket.getOutputStream().write(bad.toBytes(Version.V3_1_1));

            assertThat(socket.getInputStream().readAllBytes()).isEmpty();
        }
    }

    @ParameterizedTest
    @MethodSource("badPayloads")
    @Tag("MQTT5-3.1.2-9")
    @Tag("MQTT5-3.1.2-16")
    @Tag("MQTT5-3.1.2-17")
    @Tag("MQTT5-3.1.2-18")
    @Tag("MQTT5-3.1.2-19")
    @Tag("MQTT5-3.1.3-3")
    @Tag("MQTT5-3.1.3-4")
    @Tag("MQTT5-3.1.3-11")
    @Tag("MQTT5-3.1.3-12")
    @Tag("MQTT5-3.1.4-1")
    @Tag("MQTT5-3.2.2-8")
    void payloadOfConnectThatContradictsItsFlagsIsMalformedInVersion5(BadPayload bad) throws IOException {
        try (Socket socket = socket()) {
            socket.getOutputStream().write(bad.toBytes(Version.V5));

            byte[] answer = socket.getInputStream().readAllBytes();
            assertThat(answer[0]).isEqualTo((byte) 0x20);
            assertThat(answer[3]).isEqualTo((byte) 0x81);
        }
    }

    @ParameterizedTest
    @EnumSource
    @Tag("MQTT-3.1.3-1")
    @Tag("MQTT5-3.1.3-1")
    void fieldsOfConnectAreReadInTheirOrder(Version version) {
        WireClient watcher = scene.subscriber(version, Subscription.of(scene.topic("will"), 1));
        scene.connect(Connect.transientSession(version, scene.id("a"))
                        .will(Will.of(scene.topic("will"), "message").qos(1))
                        .user("user", "password"))
                .abort();

        assertThat(watcher.awaitPublish().payload()).isEqualTo("message");
    }

    @ParameterizedTest
    @EnumSource
    @Tag("MQTT-1.5.3-3")
    @Tag("MQTT5-1.5.4-3")
    void byteOrderMarkIsACharacterLikeOthers(Version version) {
        String marked = scene.topic("a" + BYTE_ORDER_MARK + "b");
        WireClient subscriber =
                scene.subscriber(version, Subscription.of(marked, 1), Subscription.of(scene.topic("m"), 1));
        WireClient publisher = scene.publisher(version);

        publisher.publishAndAwait(Publish.of(scene.topic("ab"), "unmarked").qos(1));
        publisher.publishAndAwait(Publish.of(marked, "marked").qos(1));

        assertThat(subscriber.awaitPublish(marked).payload()).isEqualTo("marked");
        scene.assertNothingBeforeMarker(subscriber, publisher, scene.topic("m"));
    }

    @ParameterizedTest
    @EnumSource(names = {"V3_1_1", "V5"})
    @Tag("MQTT-3.8.3-1")
    @Tag("MQTT-3.10.3-1")
    @Tag("MQTT5-3.8.3-1")
    @Tag("MQTT5-3.10.3-1")
    void filterThatIsNotUtf8EndsTheConnection(Version version) {
        for (int firstByte : new int[] {0x82, 0xA2}) {
            PacketBytes packet = new PacketBytes();
            packet.u16(1);
            if (version.hasProperties()) {
                packet.variable(0);
            }
            packet.counted(PacketBytes.of(0xED, 0xA0, 0x80));
            if (firstByte == 0x82) {
                packet.u8(0);
            }
            WireClient client = scene.client(version, "a" + firstByte);

            client.send(packet.framed(firstByte));

            if (version.hasProperties()) {
                assertThat(client.awaitDisconnect().reason()).isEqualTo(0x81);
            } else {
                client.awaitClosed();
            }
        }
    }

    @Test
    @Tag("MQTT-3.9.3-2")
    void returnCodesOfSubackAreThoseOfTheSpecification() {
        WireClient client = scene.client(Version.V3_1_1, "a");

        assertThat(client.subscribe(
                                Subscription.of(scene.topic("a"), 0),
                                Subscription.of(scene.topic("b"), 1),
                                Subscription.of(scene.topic("c"), 2),
                                Subscription.of("a/#/b", 2),
                                Subscription.of("$share/g", 2))
                        .reasons())
                .containsExactly(0, 1, 2, 0x80, 0x80);
    }

    @Test
    @Tag("MQTT-4.7.3-3")
    @Tag("MQTT5-4.7.3-3")
    void longTopicsAreTakenUpToTheLimitAndRefusedBeyond() {
        for (Version version : Version.values()) {
            String prefix = scene.topic(version.word() + "/");
            String longest = prefix + "x".repeat(4_096 - prefix.length());
            WireClient subscriber = scene.subscriber(version, Subscription.of(longest, 1));

            WireClient publisher = scene.publisher(version);
            publisher.publishAndAwait(Publish.of(longest, "x").qos(1));

            assertThat(subscriber.awaitPublish(longest).payload()).isEqualTo("x");
            assertThat(publisher
                            .publishAndAwait(Publish.of("x".repeat(65_535), "y").qos(1))
                            .reason())
                    .isEqualTo(version.hasProperties() ? 0x90 : 0);
        }
    }

    @Test
    @Tag("MQTT5-3.2.2-6")
    void refusedConnectFindsNoSession() {
        Connect connect = Connect.persistentSession(Version.V5, scene.id("a"));
        scene.connect(connect).disconnect();

        WireClient refused = scene.attempt(connect.with(Property.of(Property.AUTHENTICATION_METHOD, "NO-SUCH-METHOD")));

        assertThat(refused.connAck().reason()).isEqualTo(0x8C);
        assertThat(refused.connAck().sessionPresent()).isFalse();
    }

    @Test
    @Tag("MQTT5-3.6.2-1")
    void receiptThatFitsNothingIsReleasedWithItsReason() {
        WireClient client = scene.connectWithoutAcknowledging(Connect.transientSession(Version.V5, scene.id("a")));
        client.send(new Ack(Ack.Kind.PUBREC, 4711, 0, Properties.NONE).toBytes());

        assertThat(client.awaitAck(Ack.Kind.PUBREL, 4711).reason()).isEqualTo(0x92);
    }
}
