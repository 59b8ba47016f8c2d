package io.robustmq.acceptance.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.hivemq.client.mqtt.MqttGlobalPublishFilter;
import com.hivemq.client.mqtt.datatypes.MqttQos;
import com.hivemq.client.mqtt.mqtt5.Mqtt5BlockingClient;
import com.hivemq.client.mqtt.mqtt5.Mqtt5Client;
import com.hivemq.client.mqtt.mqtt5.Mqtt5ClientBuilder;
import com.hivemq.client.mqtt.mqtt5.message.publish.Mqtt5Publish;
import io.netty.pkitesting.X509Bundle;
import io.robustmq.acceptance.broker.Broker;
import io.robustmq.acceptance.broker.Brokers;
import io.robustmq.acceptance.wire.Connect;
import io.robustmq.acceptance.wire.Disconnect;
import io.robustmq.acceptance.wire.Property;
import io.robustmq.acceptance.wire.Publish;
import io.robustmq.acceptance.wire.Subscription;
import io.robustmq.acceptance.wire.Version;
import io.robustmq.acceptance.wire.Will;
import io.robustmq.acceptance.wire.WireClient;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.UnixDomainSocketAddress;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** MQTT over everything that can carry it. */
@Timeout(120)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@DisabledIfSystemProperty(
        named = "acceptance.broker",
        matches = "mosquitto",
        disabledReason = "settings are those of the product")
final class ListenersIT {
    private static final Duration PATIENCE = WireClient.PATIENCE;
    private static final int MQTT_PORT = 1883;

    private final List<AutoCloseable> open = new ArrayList<>();

    @TempDir
    static Path directory;

    private @Nullable Certificates certificates;
    private @Nullable Broker broker;

    @BeforeAll
    void start() throws Exception {
        Certificates made = new Certificates(directory.resolve("tls"));
        made.renewServer();
        certificates = made;
        List<String> settings = new ArrayList<>(List.of(
                "listeners.secure.transport=tls",
                "listeners.secure.tls.reload-interval=100ms",
                "listeners.mutual.transport=tls",
                "listeners.mutual.port=8885",
                "listeners.mutual.tls.client-authentication=require",
                "listeners.mutual.tls.client-ca=" + made.file("authority.pem"),
                "listeners.web.transport=ws",
                "listeners.webs.transport=wss",
                "listeners.proxied.port=1884",
                "listeners.proxied.proxy-protocol=any",
                "listeners.proxied.proxy-trusted=127.0.0.0/8",
                "listeners.direct.port=1885",
                "listeners.direct.proxy-protocol=any",
                "listeners.direct.proxy-trusted=10.0.0.0/8",
                "listeners.mounted.port=1886",
                "listeners.mounted.packet-bytes-max=4K",
                "listeners.mounted.mount-point=tenants/${clientid}/",
                "listeners.local.transport=unix",
                "listeners.local.path=" + socket(),
                "listeners.local.permissions=rw-rw----",
                "mqtt.limits.connect-timeout=3s"));
        for (String listener : List.of("secure", "mutual", "webs")) {
            settings.add("listeners." + listener + ".tls.certificate=" + made.file("server.pem"));
            settings.add("listeners." + listener + ".tls.key=" + made.file("server.key"));
        }
        Broker started = Brokers.create(
                "transport",
                settings.stream().map(setting -> "robustmq." + setting).toArray(String[]::new));
        broker = started;
        started.start();
    }

    @AfterAll
    void stop() {
        Broker running = broker;
        if (running != null) {
            assertThat(running.stop()).isZero();
            assertThat(running.output()).doesNotContain("Exception", "LEAK");
            running.close();
        }
    }

    @AfterEach
    void closeClients() throws Exception {
        for (AutoCloseable client : open) {
            client.close();
        }
        open.clear();
    }

    private static Path socket() {
        return directory.resolve("mqtt.sock");
    }

    private Broker broker() {
        return Objects.requireNonNull(broker);
    }

    private Certificates certificates() {
        return Objects.requireNonNull(certificates);
    }

    /** A port of the configuration as it is on this machine. */
    private int port(int configured) {
        return configured + broker().mqttPort() - MQTT_PORT;
    }

    private Socket socket(int configured) throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), port(configured));
        socket.setTcpNoDelay(true);
        socket.setSoTimeout((int) PATIENCE.toMillis());
        open.add(socket);
        return socket;
    }

    private SSLSocket secured(Socket socket, @Nullable X509Bundle own) throws Exception {
        SSLSocket secured = (SSLSocket) certificates()
                .context(own)
                .getSocketFactory()
                .createSocket(socket, "localhost", socket.getPort(), true);
        secured.startHandshake();
        return secured;
    }

    private <T extends AutoCloseable> T closing(T client) {
        open.add(client);
        return client;
    }

    private static Connect connect(String clientId) {
        return Connect.transientSession(Version.V5, clientId);
    }

    /** A client of the default listener gets what the other publishes, and the other what it publishes itself. */
    private void exchanges(WireClient client, String name) {
        WireClient witness = closing(WireClient.connect(broker().mqttPort(), connect(name + "-witness")));
        witness.subscribe(Subscription.of(name + "/#", 2));
        client.subscribe(Subscription.of(name + "/#", 2));
        String large = "p".repeat(200_000);
        client.publishAndAwait(Publish.of(name + "/a", "hello").qos(1));
        client.publishAndAwait(Publish.of(name + "/b", large).qos(2));
        for (WireClient receiver : List.of(witness, client)) {
            assertThat(receiver.awaitPublish(name + "/a").payload()).isEqualTo("hello");
            assertThat(receiver.awaitPublish(name + "/b").payload()).isEqualTo(large);
        }
        client.disconnect();
    }

    @Test
    void everyListenerIsAnnounced() {
        assertThat(broker().output())
                .contains("mqtt  127.0.0.1:" + port(1883))
                .contains("secure  127.0.0.1:" + port(8883) + "  tls")
                .contains("web  127.0.0.1:" + port(8083) + "  ws")
                .contains("webs  127.0.0.1:" + port(8084) + "  wss")
                .contains("local  " + socket() + "  unix");
    }

    @Test
    void mqttOverTls() throws Exception {
        exchanges(WireClient.connectOver(secured(socket(8883), null), connect("tls")), "tls");
    }

    @Test
    void mosquittosCommandsSpeakTlsToIt() throws Exception {
        Process publisher = new ProcessBuilder(
                        "mosquitto_pub",
                        "-h",
                        "localhost",
                        "-p",
                        Integer.toString(port(8883)),
                        "--cafile",
                        certificates().file("authority.pem").toString(),
                        "-V",
                        "5",
                        "-q",
                        "1",
                        "-r",
                        "-t",
                        "mosquitto/tls",
                        "-m",
                        "hello")
                .inheritIO()
                .start();
        assertThat(publisher.waitFor()).isZero();
        WireClient witness = closing(WireClient.connect(broker().mqttPort(), connect("mosquitto-witness")));
        witness.subscribe(Subscription.of("mosquitto/tls", 1));
        assertThat(witness.awaitPublish("mosquitto/tls").payload()).isEqualTo("hello");
    }

    @Test
    void aClientThatIsConnectedSurvivesANewCertificateAndANewOneSeesIt() throws Exception {
        SSLSocket before = secured(socket(8883), null);
        WireClient client = WireClient.connectOver(before, connect("reload"));
        X509Bundle renewed = certificates().renewServer();
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        boolean seen = false;
        while (!seen) {
            assertThat(System.nanoTime()).as("the new certificate in time").isLessThan(deadline);
            try (SSLSocket after = secured(socket(8883), null)) {
                seen = after.getSession().getPeerCertificates()[0].equals(renewed.getCertificate());
            }
        }
        exchanges(client, "reload");
    }

    @Test
    void onlyClientsWithACertificateGetInWhereItIsRequired() throws Exception {
        X509Bundle ann = certificates().client("ann");
        exchanges(WireClient.connectOver(secured(socket(8885), ann), connect("mutual")), "mutual");
        assertThatThrownBy(() -> {
                    SSLSocket stranger = secured(socket(8885), null);
                    if (stranger.getInputStream().read() < 0) {
                        throw new IOException("closed");
                    }
                })
                .isInstanceOf(IOException.class);
    }

    @ParameterizedTest
    @CsvSource({"8083, false", "8084, true"})
    @Tag("MQTT-6.0.0-2")
    @Tag("MQTT5-6.0.0-2")
    void aForeignClientSpeaksWebSocketToIt(int configured, boolean tls) throws Exception {
        String topic = "web/" + configured;
        Mqtt5ClientBuilder builder = Mqtt5Client.builder()
                .identifier("hivemq-" + configured)
                .serverHost("localhost")
                .serverPort(port(configured))
                .webSocketConfig()
                .serverPath("mqtt")
                .subprotocol("mqtt")
                .applyWebSocketConfig();
        if (tls) {
            TrustManagerFactory trust = certificates().trust();
            builder = builder.sslConfig().trustManagerFactory(trust).applySslConfig();
        }
        Mqtt5BlockingClient client = builder.buildBlocking();
        client.connect();
        try (Mqtt5BlockingClient.Mqtt5Publishes publishes = client.publishes(MqttGlobalPublishFilter.ALL)) {
            client.subscribeWith().topicFilter(topic).qos(MqttQos.EXACTLY_ONCE).send();
            for (int i = 0; i < 100; i++) {
                client.publishWith()
                        .topic(topic)
                        .qos(MqttQos.AT_LEAST_ONCE)
                        .payload(("number " + i).getBytes(StandardCharsets.US_ASCII))
                        .send();
            }
            for (int i = 0; i < 100; i++) {
                Optional<Mqtt5Publish> publish = publishes.receive(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
                assertThat(publish.map(Mqtt5Publish::getPayloadAsBytes))
                        .hasValueSatisfying(payload -> assertThat(payload)
                                .asString(StandardCharsets.US_ASCII)
                                .startsWith("number "));
            }
        }
        client.disconnect();
    }

    /** Binary messages as they come, and the status of the close frame. */
    private static final class Frames implements WebSocket.Listener {
        private final BlockingQueue<String> received = new LinkedBlockingQueue<>();

        @Override
        public CompletionStage<?> onBinary(WebSocket socket, ByteBuffer data, boolean last) {
            byte[] bytes = new byte[data.remaining()];
            data.get(bytes);
            received.add(HexFormat.of().formatHex(bytes));
            socket.request(1);
            return CompletableFuture.completedStage(null);
        }

        @Override
        public CompletionStage<?> onClose(WebSocket socket, int status, String reason) {
            received.add("closed " + status);
            return CompletableFuture.completedStage(null);
        }

        String next() throws InterruptedException {
            String event = received.poll(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
            return event == null ? "nothing" : event;
        }
    }

    private WebSocket webSocket(Frames frames, String... subProtocols) {
        HttpClient http = closing(HttpClient.newHttpClient());
        WebSocket.Builder builder = http.newWebSocketBuilder();
        if (subProtocols.length > 0) {
            builder.subprotocols(subProtocols[0], Arrays.copyOfRange(subProtocols, 1, subProtocols.length));
        }
        return builder.buildAsync(URI.create("ws://127.0.0.1:" + port(8083) + "/mqtt"), frames)
                .join();
    }

    @Test
    @Tag("MQTT-6.0.0-2")
    @Tag("MQTT5-6.0.0-2")
    void packetsAndFramesNeedNotFitEachOther() throws Exception {
        Frames frames = new Frames();
        WebSocket socket = webSocket(frames, "mqtt");
        byte[] connect = Connect.transientSession(Version.V3_1_1, "frames").toBytes();
        byte[] ping = {(byte) 0xC0, 0};
        for (int i = 0; i < connect.length; i++) {
            socket.sendBinary(ByteBuffer.wrap(connect, i, 1), i % 3 == 2 || i == connect.length - 1)
                    .join();
        }
        assertThat(frames.next()).isEqualTo("20020000");
        byte[] pings = new byte[ping.length * 3 + 1];
        for (int i = 0; i < 3; i++) {
            System.arraycopy(ping, 0, pings, i * ping.length, ping.length);
        }
        // Three and a half, and the half.
        pings[6] = ping[0];
        socket.sendBinary(ByteBuffer.wrap(pings), true).join();
        socket.sendBinary(ByteBuffer.wrap(ping, 1, 1), true).join();
        StringBuilder answers = new StringBuilder();
        while (answers.length() < 16) {
            answers.append(frames.next());
        }
        assertThat(answers).hasToString("d000".repeat(4));
        socket.sendBinary(ByteBuffer.wrap(new byte[] {(byte) 0xE0, 0}), true).join();
        assertThat(frames.next()).isEqualTo("closed 1000");
    }

    @Test
    @Tag("MQTT-6.0.0-1")
    @Tag("MQTT5-6.0.0-1")
    void aTextFrameClosesTheConnectionAndTheWillIsPublished() throws Exception {
        WireClient witness = closing(WireClient.connect(broker().mqttPort(), connect("text-witness")));
        witness.subscribe(Subscription.of("text/will", 1));
        Frames frames = new Frames();
        WebSocket socket = webSocket(frames, "mqtt");
        socket.sendBinary(
                        ByteBuffer.wrap(connect("text")
                                .will(Will.of("text/will", "lost"))
                                .toBytes()),
                        true)
                .join();
        assertThat(frames.next()).startsWith("20");
        socket.sendText("hello", true).join();
        assertThat(frames.next()).isEqualTo("closed 1003");
        assertThat(witness.awaitPublish("text/will").payload()).isEqualTo("lost");
    }

    @Test
    @Tag("MQTT-6.0.0-3")
    @Tag("MQTT5-6.0.0-3")
    @Tag("MQTT-6.0.0-4")
    @Tag("MQTT5-6.0.0-4")
    void theSubProtocolIsMqttAndARequestWithoutItIsRefused() {
        assertThat(webSocket(new Frames(), "chat", "mqtt").getSubprotocol()).isEqualTo("mqtt");
        assertThatThrownBy(() -> webSocket(new Frames()))
                .isInstanceOf(CompletionException.class)
                .cause()
                .isInstanceOfSatisfying(
                        WebSocketHandshakeException.class,
                        refused ->
                                assertThat(refused.getResponse().statusCode()).isEqualTo(400));
    }

    @Test
    void theAddressThatTheProxyNamesIsTheOneInTheLog() throws Exception {
        Socket socket = socket(1884);
        socket.getOutputStream()
                .write("PROXY TCP4 203.0.113.77 198.51.100.1 4711 1883\r\n".getBytes(StandardCharsets.US_ASCII));
        exchanges(WireClient.connectOver(socket, connect("proxied")), "proxied");
        Socket bad = socket(1884);
        bad.getOutputStream()
                .write("PROXY TCP4 203.0.113.78 198.51.100.1 4712 1883\r\n".getBytes(StandardCharsets.US_ASCII));
        // CONNECT with the reserved flag.
        bad.getOutputStream().write(new byte[] {0x10, 13, 0, 4, 'M', 'Q', 'T', 'T', 4, 3, 0, 0, 0, 1, 'a'});
        assertThat(bad.getInputStream().readAllBytes().length).isLessThan(10);
        awaitOutput("peer=/203.0.113.78:4712");
    }

    @Test
    void aHeaderFromAnybodyElseIsRefused() throws Exception {
        Socket socket = socket(1885);
        socket.getOutputStream()
                .write("PROXY TCP4 203.0.113.79 198.51.100.1 4711 1883\r\n".getBytes(StandardCharsets.US_ASCII));
        assertThat(socket.getInputStream().readAllBytes()).isEmpty();
        awaitOutput("a PROXY header from an address that is not trusted");
        assertThat(broker().output()).doesNotContain("203.0.113.79");
        exchanges(WireClient.connectOver(socket(1885), connect("direct")), "direct");
    }

    private void awaitOutput(String text) {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!broker().output().contains(text)) {
            assertThat(System.nanoTime()).as("in the log in time: %s", text).isLessThan(deadline);
            Thread.onSpinWait();
        }
    }

    @Test
    void clientsOfAMountPointLiveInANameSpaceOfTheirOwn() {
        WireClient outside = closing(WireClient.connect(broker().mqttPort(), connect("outside")));
        outside.subscribe(Subscription.of("tenants/#", 1));
        WireClient ann = closing(WireClient.connect(
                port(1886), connect("ann").will(Will.of("status", "lost").qos(1))));
        WireClient bob = closing(WireClient.connect(port(1886), connect("bob")));
        ann.subscribe(Subscription.of("#", 1));
        bob.subscribe(Subscription.of("#", 1), Subscription.of("$share/g/jobs", 1));
        ann.publishAndAwait(Publish.of("a", "of ann").qos(1));
        bob.publishAndAwait(Publish.of("b", "of bob").qos(1));
        outside.publishAndAwait(Publish.of("tenants/bob/jobs", "work").qos(1));

        assertThat(ann.awaitPublish("a").payload()).isEqualTo("of ann");
        assertThat(bob.awaitPublish("b").payload()).isEqualTo("of bob");
        assertThat(bob.awaitPublishes(2)).extracting(Publish::topic).containsExactly("jobs", "jobs");
        assertThat(outside.awaitPublishes(3))
                .extracting(Publish::topic)
                .containsExactlyInAnyOrder("tenants/ann/a", "tenants/bob/b", "tenants/bob/jobs");
        ann.close();
        assertThat(outside.awaitPublish("tenants/ann/status").payload()).isEqualTo("lost");
        assertThat(WireClient.attempt(port(1886), connect("+")).connAck().reason())
                .isEqualTo(0x85);
    }

    @Test
    void packetsMayBeAsLargeAsTheirListenerTakes() {
        WireClient client = closing(WireClient.connect(port(1886), connect("large")));
        assertThat(client.connAck().properties().number(Property.MAXIMUM_PACKET_SIZE))
                .hasValue(4096);
        client.publish(Publish.of("large", "p".repeat(5000)));
        assertThat(client.await(Disconnect.class).reason()).isEqualTo(0x95);
    }

    @Test
    void clientsOfTheMachineConnectThroughTheFileSystem() throws Exception {
        assertThat(Files.getPosixFilePermissions(socket())).isEqualTo(PosixFilePermissions.fromString("rw-rw----"));
        try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(socket()))) {
            channel.write(ByteBuffer.wrap(
                    Connect.transientSession(Version.V3_1_1, "unix").toBytes()));
            ByteBuffer answer = ByteBuffer.allocate(4);
            while (answer.hasRemaining() && channel.read(answer) >= 0) {
                assertThat(answer.position()).isLessThanOrEqualTo(4);
            }
            assertThat(answer.array()).containsExactly(0x20, 2, 0, 0);
        }
    }

    @Test
    void whoStopsInTheMiddleOfAHandshakeDisturbsNobody() throws Exception {
        List<Socket> slow = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            Socket tls = socket(8883);
            tls.getOutputStream().write(new byte[] {22, 3, 1, 2, 0, 1});
            Socket web = socket(8083);
            web.getOutputStream().write("GET /mqtt HTT".getBytes(StandardCharsets.US_ASCII));
            Socket proxied = socket(1884);
            proxied.getOutputStream().write("PROXY TCP4 ".getBytes(StandardCharsets.US_ASCII));
            slow.addAll(List.of(tls, web, proxied));
        }
        exchanges(WireClient.connectOver(secured(socket(8883), null), connect("undisturbed")), "undisturbed");
        for (Socket socket : slow) {
            assertThat(socket.getInputStream().read())
                    .as("cut off after ten seconds")
                    .isEqualTo(-1);
        }
    }
}
