package io.robustmq.acceptance.abuse;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.robustmq.acceptance.broker.Broker;
import io.robustmq.acceptance.broker.Brokers;
import io.robustmq.acceptance.wire.Ack;
import io.robustmq.acceptance.wire.ConnAck;
import io.robustmq.acceptance.wire.Connect;
import io.robustmq.acceptance.wire.Disconnect;
import io.robustmq.acceptance.wire.PacketBytes;
import io.robustmq.acceptance.wire.Property;
import io.robustmq.acceptance.wire.Publish;
import io.robustmq.acceptance.wire.Subscription;
import io.robustmq.acceptance.wire.Version;
import io.robustmq.acceptance.wire.Will;
import io.robustmq.acceptance.wire.WireClient;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Wrong protocols, broken packets, silence and floods: each meets its specified reaction in time, an ordinary pair of
 * clients notices nothing, and in the end the process is as large as before.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class BadInputIT {
    /** How long an ordinary exchange may take while strangers misbehave; generous because machines are shared. */
    private static final Duration UNDISTURBED = Duration.ofSeconds(2);
    /** How soon nonsense must be answered with the end of the connection. */
    private static final Duration PROMPT = Duration.ofSeconds(5);

    private static final int SILENT_CONNECTIONS = Integer.getInteger("abuse.silent.connections", 10_000);
    private static final int CONNECTIONS_PER_ADDRESS = 5000;
    private static final int CONNECT_TIMEOUT_SECONDS = 8;
    /** Growth over the whole class, after the same was done before: the heap's breathing, nothing that adds up. */
    private static final long GROWTH_BYTES = 64L << 20;

    private final Broker broker = Brokers.create("abuse", "mqtt.connect-timeout=" + CONNECT_TIMEOUT_SECONDS + "s");
    private long residentBefore;
    private String outputBefore = "";
    private @Nullable Canary canary;

    @BeforeAll
    void start() throws IOException {
        broker.start();
        outputBefore = broker.output();
        warmUp();
        residentBefore = broker.residentBytes();
    }

    /** The same kinds of traffic once, so that the comparison at the end is about what stays, not about a first time. */
    private void warmUp() throws IOException {
        floodPastASlowReader();
        sendMutants();
        comeAndGo();
        closeAll(silentConnections());
        for (int i = 0; i < 200; i++) {
            garbage(i);
            WireClient client = connected(Version.V5);
            client.publishAndAwait(Publish.of("abuse/warm", "x".repeat(100_000)).qos(1));
            client.send(PacketBytes.of(0x00, 0));
            client.awaitClosed();
        }
    }

    @AfterAll
    void stop() {
        try (broker) {
            assertThat(broker.running()).isTrue();
            long growth = broker.residentBytes() - residentBefore;
            System.out.printf("abuse: resident before=%d MiB growth=%d MiB%n", residentBefore >> 20, growth >> 20);
            assertThat(growth).as("growth of the process in bytes").isLessThan(GROWTH_BYTES);
            assertThat(broker.output().substring(outputBefore.length()))
                    .as("printed since the start")
                    .doesNotContain("\tat ");
        }
    }

    @BeforeEach
    void letTheCanarySing() {
        canary = new Canary(broker.mqttPort(), "canary");
    }

    @AfterEach
    void lookAtTheCanary() {
        Canary singing = canary;
        if (singing != null) {
            try (singing) {
                singing.assertAlive(UNDISTURBED);
            }
        }
    }

    private WireClient connected(Version version) {
        return WireClient.connect(broker.mqttPort(), Connect.transientSession(version, "stranger"));
    }

    private Socket raw() throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), broker.mqttPort());
        socket.setSoTimeout((int) PROMPT.toMillis());
        return socket;
    }

    /** What comes back until the connection ends, which must be soon. */
    private static byte[] untilEnd(Socket socket) throws IOException {
        try {
            return socket.getInputStream().readAllBytes();
        } catch (SocketTimeoutException e) {
            throw new AssertionError("the connection was not ended in " + PROMPT, e);
        } catch (SocketException _) {
            // Reset: the broker closed with our bytes unread.
            return new byte[0];
        }
    }

    /** Writes to a peer that may close in the middle of it. */
    private static void write(Socket socket, byte[] bytes) {
        try {
            OutputStream out = socket.getOutputStream();
            out.write(bytes);
            out.flush();
        } catch (IOException _) {
            // Closed already; the reading side tells the same.
        }
    }

    static Stream<Arguments> otherProtocols() {
        return Stream.of(
                Arguments.of("HTTP", "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(US_ASCII)),
                Arguments.of("SSH", "SSH-2.0-OpenSSH_9.2\r\n".getBytes(US_ASCII)),
                Arguments.of(
                        "TLS",
                        PacketBytes.of(
                                0x16, 0x03, 0x01, 0x00, 0x2E, 0x01, 0x00, 0x00, 0x2A, 0x03, 0x03, 1, 2, 3, 4, 5, 6, 7,
                                8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29,
                                30, 31, 32, 0x00, 0x00, 0x02, 0x13, 0x01, 0x01, 0x00, 0x00)),
                Arguments.of("AMQP", PacketBytes.of('A', 'M', 'Q', 'P', 0, 0, 9, 1)),
                Arguments.of("Kafka", PacketBytes.of(0, 0, 0, 10, 0, 18, 0, 3, 0, 0, 0, 1, 0, 0)),
                Arguments.of("zeros", new byte[64]));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("otherProtocols")
    void otherProtocolsAreCutOff(String protocol, byte[] hello) throws IOException {
        for (int i = 0; i < 20; i++) {
            try (Socket socket = raw()) {
                write(socket, hello);

                assertThat(untilEnd(socket)).as(protocol).isEmpty();
            }
        }
    }

    @Test
    void randomBytesAreCutOff() throws IOException {
        for (int seed = 0; seed < 300; seed++) {
            garbage(seed);
        }
    }

    private void garbage(int seed) throws IOException {
        Random random = new Random(seed);
        byte[] bytes = new byte[200 + random.nextInt(4000)];
        random.nextBytes(bytes);
        if ((bytes[0] & 0xF0) == 0x10) {
            bytes[0] = 0x40;
        }
        try (Socket socket = raw()) {
            write(socket, bytes);
            socket.shutdownOutput();
            assertThat(untilEnd(socket)).as("seed %d", seed).isEmpty();
        } catch (SocketException _) {
            // Cut off so early that not even the half could be closed.
        }
    }

    @Test
    void randomBytesAfterConnectDisturbNobody() {
        for (int seed = 0; seed < 300; seed++) {
            Random random = new Random(seed);
            byte[] bytes = new byte[1 + random.nextInt(2000)];
            random.nextBytes(bytes);
            try (WireClient client = connected(seed % 2 == 0 ? Version.V5 : Version.V3_1_1)) {
                client.sendIfOpen(bytes);
                // Whatever they mean, they mean it for this connection only; it may live on or end.
                client.sendIfOpen(PacketBytes.of(0x00, 0x00));
            }
        }
    }

    @Test
    void mutatedPacketsDisturbNobody() {
        sendMutants();
    }

    private void sendMutants() {
        byte[] connect = Connect.persistentSession(Version.V5, "mutant")
                .will(Will.of("abuse/will", "gone").qos(1).delaySeconds(1))
                .user("somebody", "secret")
                .toBytes();
        byte[] publish = Publish.of("abuse/mutant", "payload")
                .qos(2)
                .packetId(1)
                .with(Property.of(Property.RESPONSE_TOPIC, "abuse/answer"))
                .with(Property.user("a", "b"))
                .toBytes(Version.V5);
        Random random = new Random(7);
        for (int i = 0; i < 600; i++) {
            try (Socket socket = raw()) {
                byte[] first = i % 2 == 0 ? mutated(connect, random) : connect;
                write(socket, first);
                write(socket, mutated(publish, random));
                write(socket, PacketBytes.of(0xE0, 0));
                socket.shutdownOutput();
                assertThat(untilEnd(socket)).as("round %d", i).hasSizeLessThan(10_000);
            } catch (SocketException _) {
                // Cut off in the middle.
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private static byte[] mutated(byte[] packet, Random random) {
        byte[] mutant = packet.clone();
        for (int i = 0; i <= random.nextInt(3); i++) {
            mutant[random.nextInt(mutant.length)] = (byte) random.nextInt(256);
        }
        return random.nextInt(5) == 0 ? Arrays.copyOf(mutant, random.nextInt(mutant.length) + 1) : mutant;
    }

    @ParameterizedTest
    @CsvSource({"V3_1_1, -1", "V5, 1"})
    void invalidUtf8IsMalformed(Version version, int expectReason) {
        for (int[] topic : new int[][] {
            {0xFF}, {0xC3, 0x28}, {0xC0, 0xAF}, {0xED, 0xBF, 0xBF}, {0xF4, 0x90, 0x80, 0x80}, {0xE2, 0x82}, {0x61, 0x00}
        }) {
            try (WireClient client = connected(version)) {
                PacketBytes packet = new PacketBytes();
                packet.counted(PacketBytes.of(topic));
                if (version.hasProperties()) {
                    packet.variable(0);
                }
                client.send(packet.framed(0x30));

                assertThat(client.closedWithin(PROMPT))
                        .as("topic %s", Arrays.toString(topic))
                        .isTrue();
                if (expectReason > 0) {
                    assertReason(client, 0x81, 0x90);
                }
            }
        }
    }

    /** A DISCONNECT before the end, if there was one, names a fitting reason. */
    private static void assertReason(WireClient client, Integer... permitted) {
        Disconnect disconnect = client.poll(Disconnect.class, _ -> true, Duration.ZERO);
        if (disconnect != null) {
            assertThat(disconnect.reason()).isIn((Object[]) permitted);
        }
    }

    @Test
    void firstPacketOtherThanConnectIsCutOff() throws IOException {
        for (int type = 2; type <= 15; type++) {
            try (Socket socket = raw()) {
                write(socket, PacketBytes.of(type << 4 | (type == 6 || type == 8 || type == 10 ? 2 : 0), 2, 0, 1));

                assertThat(untilEnd(socket)).as("type %d", type).isEmpty();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"V3_1", "V3_1_1", "V5"})
    void secondConnectIsAProtocolError(Version version) {
        try (WireClient client = connected(version)) {
            client.send(Connect.transientSession(version, "stranger").toBytes());

            assertThat(client.closedWithin(PROMPT)).isTrue();
            assertReason(client, 0x82);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"V3_1_1", "V5"})
    void packetIdentifierZeroIsAProtocolError(Version version) {
        try (WireClient client = connected(version)) {
            client.send(Publish.of("abuse/zero", "x").qos(1).packetId(0).toBytes(version));

            assertThat(client.closedWithin(PROMPT)).isTrue();
            assertReason(client, 0x81, 0x82);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"V3_1_1", "V5"})
    void oversizePacketIsRefusedBeforeItIsRead(Version version) {
        long limit = announcedMaximum();
        for (long size : new long[] {limit + 1, 64L << 20, 268_435_455}) {
            try (WireClient client = connected(version)) {
                PacketBytes header = new PacketBytes();
                header.u8(0x30);
                header.variable((int) size);
                header.text("abuse/large");
                client.send(header.toBytes());

                assertThat(client.closedWithin(PROMPT)).as("size %d", size).isTrue();
                assertReason(client, 0x95);
            }
        }
    }

    @Test
    void largestPermittedPacketIsTaken() {
        int payload = (int) announcedMaximum() - 100;
        try (WireClient subscriber = connected(Version.V5);
                WireClient publisher =
                        WireClient.connect(broker.mqttPort(), Connect.transientSession(Version.V3_1_1, "large"))) {
            subscriber.subscribe(Subscription.of("abuse/large", 1));
            publisher.publishAndAwait(
                    Publish.of("abuse/large", "x".repeat(payload)).qos(1));

            assertThat(subscriber.awaitPublish().payload()).hasSize(payload);
        }
    }

    private long announcedMaximum() {
        try (WireClient client = connected(Version.V5)) {
            return client.connAck()
                    .properties()
                    .number(Property.MAXIMUM_PACKET_SIZE)
                    .orElseThrow();
        }
    }

    @Test
    void remainingLengthOfFiveBytesIsMalformed() throws IOException {
        try (Socket socket = raw()) {
            write(socket, PacketBytes.of(0x10, 0xFF, 0xFF, 0xFF, 0xFF, 0x01));

            assertThat(untilEnd(socket)).isEmpty();
        }
    }

    @Test
    void closingInTheMiddleOfAPacketHarmsNobody() {
        byte[] publish =
                Publish.of("abuse/half", "x".repeat(50_000)).qos(1).packetId(1).toBytes(Version.V5);
        for (int i = 0; i < 200; i++) {
            try (WireClient client = connected(Version.V5)) {
                client.send(Arrays.copyOf(publish, 1 + i * 200));
                if (i % 2 == 0) {
                    client.abort();
                }
            }
        }
    }

    @Test
    void connectInSinglesBytesIsTaken() throws IOException {
        try (Socket socket = raw()) {
            socket.setTcpNoDelay(true);
            for (byte single : Connect.transientSession(Version.V3_1_1, "slow").toBytes()) {
                write(socket, new byte[] {single});
            }

            assertThat(socket.getInputStream().readNBytes(4)).containsExactly(0x20, 2, 0, 0);
        }
    }

    @Test
    void halfAConnectIsCutOffAfterTheConnectTimeout() throws IOException {
        byte[] connect = Connect.transientSession(Version.V5, "half").toBytes();
        Duration limit = Duration.ofSeconds(connectTimeoutSeconds() + 5L);
        long begin = System.nanoTime();
        List<Socket> sockets = new ArrayList<>();
        try {
            for (int length : new int[] {0, 1, 2, connect.length / 2, connect.length - 1}) {
                Socket socket = raw();
                sockets.add(socket);
                socket.setSoTimeout((int) limit.toMillis());
                write(socket, Arrays.copyOf(connect, length));
            }
            for (Socket socket : sockets) {
                assertThat(untilEnd(socket)).isEmpty();
            }
        } finally {
            for (Socket socket : sockets) {
                socket.close();
            }
        }
        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(limit);
    }

    private int connectTimeoutSeconds() {
        return broker.traits().connectTimeoutSeconds().orElse(CONNECT_TIMEOUT_SECONDS);
    }

    @Test
    void tenThousandSilentConnectionsAreCutOff() throws IOException {
        Duration limit = Duration.ofSeconds(connectTimeoutSeconds() + 20L);
        long before = broker.residentBytes();
        List<SocketChannel> channels = silentConnections();
        try (Selector selector = Selector.open()) {
            for (SocketChannel channel : channels) {
                channel.configureBlocking(false);
                channel.register(selector, SelectionKey.OP_READ);
            }
            long during = broker.residentBytes();
            WireClient newcomer = connected(Version.V5);
            newcomer.ping();
            newcomer.disconnect();
            int open = awaitEnds(selector, channels.size(), limit);
            System.out.printf(
                    "abuse: %d silent connections, %d bytes each%n",
                    channels.size(), (during - before) / channels.size());
            assertThat(open).as("silent connections still open after %s", limit).isZero();
        } finally {
            closeAll(channels);
        }
    }

    private List<SocketChannel> silentConnections() throws IOException {
        List<SocketChannel> channels = new ArrayList<>(SILENT_CONNECTIONS);
        try {
            for (int i = 0; i < SILENT_CONNECTIONS; i++) {
                SocketChannel channel = SocketChannel.open();
                channels.add(channel);
                byte[] address = {127, 0, 0, (byte) (2 + i / CONNECTIONS_PER_ADDRESS)};
                channel.bind(new InetSocketAddress(InetAddress.getByAddress(address), 0));
                channel.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), broker.mqttPort()));
            }
            return channels;
        } catch (IOException e) {
            closeAll(channels);
            throw e;
        }
    }

    private static void closeAll(List<SocketChannel> channels) throws IOException {
        for (SocketChannel channel : channels) {
            channel.close();
        }
    }

    /** How many connections the broker has left open when the time is over. */
    private static int awaitEnds(Selector selector, int count, Duration limit) throws IOException {
        int open = count;
        ByteBuffer buffer = ByteBuffer.allocate(256);
        long deadline = System.nanoTime() + limit.toNanos();
        for (long left = limit.toMillis(); open > 0 && left > 0; left = (deadline - System.nanoTime()) / 1_000_000) {
            if (selector.select(left) == 0) {
                continue;
            }
            for (SelectionKey key : selector.selectedKeys()) {
                if (ended((SocketChannel) key.channel(), buffer)) {
                    key.channel().close();
                    open--;
                }
            }
            selector.selectedKeys().clear();
        }
        return open;
    }

    private static boolean ended(SocketChannel channel, ByteBuffer buffer) {
        try {
            buffer.clear();
            int read = channel.read(buffer);
            assertThat(read).as("bytes to a silent client").isLessThanOrEqualTo(0);
            return read < 0;
        } catch (IOException _) {
            return true;
        }
    }

    @Test
    void slowReaderHoldsNobodyUp() {
        floodPastASlowReader();
    }

    private void floodPastASlowReader() {
        Connect connect = Connect.transientSession(Version.V5, "slow-reader");
        try (WireClient slow = WireClient.open(Version.V5, broker.mqttPort(), BadInputIT::narrow);
                WireClient fast = WireClient.connect(broker.mqttPort(), Connect.transientSession(Version.V5, "fast"));
                WireClient publisher =
                        WireClient.connect(broker.mqttPort(), Connect.transientSession(Version.V5, "flood"))) {
            slow.send(connect.toBytes());
            slow.await(ConnAck.class);
            slow.subscribe(Subscription.of("abuse/flood", 1));
            fast.subscribe(Subscription.of("abuse/flood", 1));
            slow.pauseReading();
            String payload = "x".repeat(10_000);
            int count = 2000;

            for (int i = 0; i < count; i++) {
                publisher.publish(Publish.of("abuse/flood", payload).qos(1));
                if (i % 20 == 19) {
                    IntStream.range(0, 20).forEach(_ -> publisher.await(Ack.class));
                }
            }

            assertThat(fast.awaitPublishes(count)).hasSize(count);
        }
    }

    private static void narrow(Socket socket) {
        try {
            socket.setReceiveBufferSize(4096);
        } catch (SocketException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void subscriberThatNeverAcknowledgesHoldsNobodyUp() {
        try (WireClient silent = WireClient.connectWithoutAcknowledging(
                        broker.mqttPort(), Connect.transientSession(Version.V5, "never-acknowledges"));
                WireClient other = connected(Version.V5);
                WireClient publisher =
                        WireClient.connect(broker.mqttPort(), Connect.transientSession(Version.V5, "flood"))) {
            silent.subscribe(Subscription.of("abuse/unacknowledged", 2));
            other.subscribe(Subscription.of("abuse/unacknowledged", 2));
            for (int i = 0; i < 500; i++) {
                publisher.publishAndAwait(
                        Publish.of("abuse/unacknowledged", "x").qos(2));
            }

            assertThat(other.awaitPublishes(500)).hasSize(500);
        }
    }

    @Test
    void connectionsInQuickSuccessionHarmNobody() {
        comeAndGo();
    }

    private void comeAndGo() {
        for (int i = 0; i < 500; i++) {
            try (WireClient client = connected(i % 2 == 0 ? Version.V5 : Version.V3_1_1)) {
                if (i % 3 == 0) {
                    client.disconnect();
                } else if (i % 3 == 1) {
                    client.abort();
                }
            }
        }
    }
}
