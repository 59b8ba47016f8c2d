package io.robustmq.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.pkitesting.X509Bundle;
import io.robustmq.transport.proxy.ProxyMode;
import io.robustmq.transport.proxy.ProxySettings;
import io.robustmq.transport.proxy.TrustedNetworks;
import io.robustmq.transport.tls.TlsSettings;
import io.robustmq.transport.websocket.WebSocketSettings;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** WebSocket over real sockets. */
class WebSocketIT {

    private static final int FRAME_BYTES_MAX = 100_000;

    private final EchoNode node = new EchoNode(HomeLoops.Polling.best());
    private final List<Socket> sockets = new ArrayList<>();

    @AfterEach
    void closeEverything() throws IOException {
        for (Socket socket : sockets) {
            socket.close();
        }
        node.close();
    }

    private Listener listen(List<String> origins, ProxySettings proxy, @Nullable TlsSettings tls, long handshakeMillis)
            throws ListenException {
        return node.listen(new ListenerSettings(
                "ws",
                new ListenerAddress.Internet("127.0.0.1", 0),
                128,
                1000,
                10_000,
                handshakeMillis * 1_000_000,
                1024,
                WriteLimits.DEFAULT,
                null,
                proxy,
                tls,
                new WebSocketSettings(
                        "/mqtt", List.of("mqtt", "mqttv3.1"), origins, FRAME_BYTES_MAX, 4096, 1_000_000_000L)));
    }

    private Listener listen() throws ListenException {
        return listen(List.of(), ProxySettings.OFF, null, 20_000);
    }

    private Socket plain(Listener listener) throws IOException {
        Socket socket =
                new Socket(InetAddress.getLoopbackAddress(), listener.info().port());
        socket.setTcpNoDelay(true);
        socket.setSoTimeout((int) EchoNode.PATIENCE.toMillis());
        sockets.add(socket);
        return socket;
    }

    private FrameSocket connect(Listener listener) throws IOException {
        return new FrameSocket(plain(listener));
    }

    @Test
    @Tag("MQTT-6.0.0-4")
    @Tag("MQTT5-6.0.0-4")
    void theSubProtocolThatWasAgreedOnIsNamed() throws Exception {
        Listener listener = listen();
        assertThat(connect(listener).upgrade("Sec-WebSocket-Protocol: chat, mqtt"))
                .startsWith("HTTP/1.1 101 ")
                .containsIgnoringCase("sec-websocket-protocol: mqtt\r\n")
                .containsIgnoringCase("sec-websocket-accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")
                .doesNotContainIgnoringCase("extensions");
        assertThat(connect(listener).upgrade("Sec-WebSocket-Protocol: mqttv3.1"))
                .containsIgnoringCase("sec-websocket-protocol: mqttv3.1\r\n");
        assertThat(node.arrival().listener().transport()).isEqualTo(Transport.WS);
    }

    @ParameterizedTest
    @ValueSource(strings = {"Sec-WebSocket-Protocol: chat", "Sec-WebSocket-Protocol: MQTT", "Accept: */*"})
    @Tag("MQTT-6.0.0-3")
    @Tag("MQTT5-6.0.0-3")
    void aRequestThatDoesNotOfferMqttIsRefused(String header) throws Exception {
        Listener listener = listen();
        assertThat(connect(listener).upgrade(header)).startsWith("HTTP/1.1 400 ");
        EchoNode.await("closed", () -> listener.openConnections() == 0);
        assertThat(listener.failedHandshakes()).isEqualTo(1);
        assertThat(node.arrived).isEmpty();
    }

    @Test
    void packetsMayBeSplitAndJoinedInAnyWay() throws Exception {
        FrameSocket socket = connect(listen()).opened();
        socket.send(FrameSocket.FIN | FrameSocket.BINARY, "several packets in one frame");
        assertThat(socket.receiveBytes(28)).isEqualTo("several packets in one frame");
        socket.send(FrameSocket.BINARY, "one");
        socket.send(FrameSocket.CONTINUATION, "");
        socket.send(FrameSocket.CONTINUATION, " packet in");
        socket.send(FrameSocket.FIN | FrameSocket.PING, "between");
        socket.send(FrameSocket.FIN | FrameSocket.CONTINUATION, " frames");
        StringBuilder text = new StringBuilder();
        boolean answered = false;
        while (text.length() < 20 || !answered) {
            FrameSocket.Frame frame = socket.receive();
            if (frame.opcode() == FrameSocket.PONG) {
                assertThat(frame.text()).isEqualTo("between");
                answered = true;
            } else {
                text.append(frame.text());
            }
        }
        assertThat(text).hasToString("one packet in frames");
        for (byte single : FrameSocket.frame(
                FrameSocket.FIN | FrameSocket.BINARY, "byte by byte".getBytes(StandardCharsets.US_ASCII))) {
            socket.sendRaw(new byte[] {single});
        }
        assertThat(socket.receiveBytes(12)).isEqualTo("byte by byte");
    }

    @Test
    void whatWasCollectedDuringATickIsOneFrameAndOneWrite() throws Exception {
        FrameSocket socket = connect(listen()).opened();
        node.arrival();
        long before = node.flushes();
        byte[] one = FrameSocket.frame(FrameSocket.FIN | FrameSocket.BINARY, new byte[] {'a'});
        byte[] hundred = new byte[one.length * 100];
        for (int i = 0; i < 100; i++) {
            System.arraycopy(one, 0, hundred, i * one.length, one.length);
        }
        socket.sendRaw(hundred);
        assertThat(socket.receiveBytes(100)).isEqualTo("a".repeat(100));
        // All came in one segment or a few.
        assertThat(node.flushes() - before).isLessThan(20);
    }

    @Test
    @Tag("MQTT-6.0.0-1")
    @Tag("MQTT5-6.0.0-1")
    void aTextFrameClosesTheConnection() throws Exception {
        Listener listener = listen();
        FrameSocket socket = connect(listener).opened();
        socket.send(FrameSocket.FIN | FrameSocket.TEXT, "hello");
        socket.send(FrameSocket.FIN | FrameSocket.BINARY, "not heard any more");
        FrameSocket.Frame close = socket.receive();
        assertThat(close.opcode()).isEqualTo(FrameSocket.CLOSE);
        assertThat(close.status()).isEqualTo(1003);
        socket.sendRaw(FrameSocket.frame(FrameSocket.FIN | FrameSocket.CLOSE, close.content()));
        socket.assertEnd();
        EchoNode.await("gone", () -> listener.openConnections() == 0);
    }

    @Test
    void aPeerThatDoesNotAnswerACloseFrameIsCutOff() throws Exception {
        Listener listener = listen();
        FrameSocket socket = connect(listener).opened();
        socket.send(FrameSocket.FIN | FrameSocket.TEXT, "hello");
        assertThat(socket.receive().status()).isEqualTo(1003);
        socket.assertEnd();
        EchoNode.await("gone", () -> listener.openConnections() == 0);
    }

    @Test
    void theEndOfTheProtocolIsACloseFrame() throws Exception {
        Listener listener = listen();
        FrameSocket socket = connect(listener).opened();
        socket.send(FrameSocket.FIN | FrameSocket.BINARY, "bye X");
        assertThat(socket.receiveBytes(5)).isEqualTo("bye X");
        FrameSocket.Frame close = socket.receive();
        assertThat(close.opcode()).isEqualTo(FrameSocket.CLOSE);
        assertThat(close.status()).isEqualTo(1000);
        socket.sendRaw(FrameSocket.frame(FrameSocket.FIN | FrameSocket.CLOSE, close.content()));
        socket.assertEnd();
        EchoNode.await("gone", () -> listener.openConnections() == 0);
    }

    @Test
    void aCloseFrameOfTheClientIsAnswered() throws Exception {
        Listener listener = listen();
        FrameSocket socket = connect(listener).opened();
        socket.sendRaw(FrameSocket.frame(FrameSocket.FIN | FrameSocket.CLOSE, new byte[] {3, (byte) 0xE9}));
        FrameSocket.Frame close = socket.receive();
        assertThat(close.opcode()).isEqualTo(FrameSocket.CLOSE);
        assertThat(close.status()).isEqualTo(1001);
        socket.assertEnd();
        EchoNode.await("gone", () -> listener.openConnections() == 0);
    }

    @Test
    void framesThatBreakTheRulesEndTheConnection() throws Exception {
        Listener listener = listen();
        List<byte[]> broken = List.of(
                // Not masked.
                new byte[] {(byte) 0x82, 1, 'a'},
                // An extension bit.
                FrameSocket.frame(0xC2, new byte[] {'a'}),
                // A continuation of nothing.
                FrameSocket.frame(FrameSocket.FIN | FrameSocket.CONTINUATION, new byte[] {'a'}),
                // An opcode that is not defined.
                FrameSocket.frame(FrameSocket.FIN | 3, new byte[] {'a'}),
                // A ping in pieces.
                FrameSocket.frame(FrameSocket.PING, new byte[] {'a'}));
        for (byte[] frame : broken) {
            FrameSocket socket = connect(listener).opened();
            socket.sendRaw(frame);
            assertThat(socket.receive().status()).isEqualTo(1002);
            socket.assertEnd();
        }
        FrameSocket large = connect(listener).opened();
        large.sendRaw(FrameSocket.frame(FrameSocket.FIN | FrameSocket.BINARY, new byte[FRAME_BYTES_MAX + 1]));
        assertThat(large.receive().status()).isEqualTo(1009);
        EchoNode.await("gone", () -> listener.openConnections() == 0);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "GET /other HTTP/1.1 | Upgrade: websocket | Connection: Upgrade | 13 | 404",
                "POST /mqtt HTTP/1.1 | Upgrade: websocket | Connection: Upgrade | 13 | 405",
                "GET /mqtt HTTP/1.0 | Upgrade: websocket | Connection: Upgrade | 13 | 405",
                "GET /mqtt HTTP/1.1 | Upgrade: h2c | Connection: Upgrade | 13 | 426",
                "GET /mqtt HTTP/1.1 | Upgrade: websocket | Connection: close | 13 | 426",
                "GET /mqtt HTTP/1.1 | Upgrade: websocket | Connection: Upgrade | 8 | 426",
                "nonsense | Upgrade: websocket | Connection: Upgrade | 13 | 400",
            })
    void aRequestThatIsNoUpgradeGetsAStatus(
            String line, String upgrade, String connection, String version, String status) throws Exception {
        Listener listener = listen();
        assertThat(connect(listener)
                        .request(
                                line,
                                "Host: localhost",
                                upgrade,
                                connection,
                                "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
                                "Sec-WebSocket-Version: " + version,
                                "Sec-WebSocket-Protocol: mqtt"))
                .startsWith("HTTP/1.1 " + status + " ");
        EchoNode.await("closed", () -> listener.openConnections() == 0);
    }

    @Test
    void largeRequestsAndThoseWithContentAreRefused() throws Exception {
        Listener listener = listen();
        assertThat(connect(listener).upgrade("Cookie: " + "c".repeat(5000))).startsWith("HTTP/1.1 431 ");
        assertThat(connect(listener).request("GET /" + "p".repeat(5000) + " HTTP/1.1"))
                .startsWith("HTTP/1.1 414 ");
        assertThat(connect(listener).upgrade("Sec-WebSocket-Protocol: mqtt", "Content-Length: 1000000"))
                .startsWith("HTTP/1.1 413 ");
        EchoNode.await("closed", () -> listener.openConnections() == 0);
        assertThat(node.arrived).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "none",
            value = {
                "'' | none | 101",
                "'' | http://localhost:8083 | 101",
                "'' | https://evil.example | 403",
                "'' | null | 403",
                "https://app.example | https://app.example | 101",
                "https://app.example | https://evil.example | 403",
                "https://app.example | http://localhost:8083 | 403",
                "* | https://anywhere.example | 101",
            })
    void pagesOfOtherOriginsConnectOnlyIfTheyAreListed(String allowed, @Nullable String origin, String status)
            throws Exception {
        Listener listener = listen(allowed.isEmpty() ? List.of() : List.of(allowed), ProxySettings.OFF, null, 20_000);
        String answer = origin == null
                ? connect(listener).upgrade("Sec-WebSocket-Protocol: mqtt")
                : connect(listener).upgrade("Sec-WebSocket-Protocol: mqtt", "Origin: " + origin);
        assertThat(answer).startsWith("HTTP/1.1 " + status + " ");
    }

    @Test
    void whoIsSlowToAskIsCutOff() throws Exception {
        Listener listener = listen(List.of(), ProxySettings.OFF, null, 300);
        Socket socket = plain(listener);
        socket.getOutputStream().write("GET /mqtt HTT".getBytes(StandardCharsets.US_ASCII));
        assertThat(socket.getInputStream().readAllBytes()).isEmpty();
        EchoNode.await("gone", () -> listener.openConnections() == 0);
        assertThat(listener.failedHandshakes()).isEqualTo(1);
    }

    @Test
    void theForwardedAddressIsThatOfTheClientIfAProxyThatIsTrustedSaysSo() throws Exception {
        TrustedNetworks trusted = TrustedNetworks.parse(List.of("127.0.0.0/8", "10.0.0.0/8"));
        Listener listener = listen(List.of(), new ProxySettings(ProxyMode.OFF, trusted, true), null, 20_000);
        connect(listener)
                .upgrade(
                        "Sec-WebSocket-Protocol: mqtt",
                        "X-Forwarded-For: 6.6.6.6, 192.0.2.7",
                        "X-Forwarded-For: 10.1.2.3");
        ConnectionInfo connection = node.arrival();
        assertThat(((InetSocketAddress) connection.remoteAddress()).getAddress())
                .isEqualTo(InetAddress.ofLiteral("192.0.2.7"));
        assertThat(connection.isProxied()).isTrue();
    }

    @Test
    void theForwardedAddressOfAnybodyElseIsNotBelieved() throws Exception {
        TrustedNetworks trusted = TrustedNetworks.parse(List.of("10.0.0.0/8"));
        Listener listener = listen(List.of(), new ProxySettings(ProxyMode.OFF, trusted, true), null, 20_000);
        Socket socket = plain(listener);
        new FrameSocket(socket).upgrade("Sec-WebSocket-Protocol: mqtt", "X-Forwarded-For: 192.0.2.7");
        ConnectionInfo connection = node.arrival();
        assertThat(connection.remoteAddress()).isEqualTo(socket.getLocalSocketAddress());
        assertThat(connection.isProxied()).isFalse();
    }

    @Test
    void webSocketOnTlsPartsInOrder(@TempDir Path directory) throws Exception {
        X509Bundle authority = Authorities.authority("authority");
        X509Bundle server = Authorities.server(authority, "localhost");
        TlsSettings tls = TlsSettings.of(
                Authorities.write(directory.resolve("server.pem"), server.getCertificatePathPEM()),
                Authorities.write(directory.resolve("server.key"), server.getPrivateKeyPEM()),
                0);
        Listener listener = listen(List.of(), ProxySettings.OFF, tls, 20_000);
        SSLSocket secured = (SSLSocket) Authorities.clientContext(authority, null)
                .getSocketFactory()
                .createSocket(plain(listener), "localhost", listener.info().port(), true);
        FrameSocket socket = new FrameSocket(secured).opened();
        ConnectionInfo connection = node.arrival();
        assertThat(connection.listener().transport()).isEqualTo(Transport.WSS);
        assertThat(connection.tls()).isNotNull();
        String much = "m".repeat(90_000);
        socket.send(FrameSocket.FIN | FrameSocket.BINARY, much);
        assertThat(socket.receiveBytes(much.length())).isEqualTo(much);
        socket.send(FrameSocket.FIN | FrameSocket.BINARY, "X");
        assertThat(socket.receiveBytes(1)).isEqualTo("X");
        FrameSocket.Frame close = socket.receive();
        assertThat(close.status()).isEqualTo(1000);
        socket.sendRaw(FrameSocket.frame(FrameSocket.FIN | FrameSocket.CLOSE, close.content()));
        socket.assertEnd();
    }
}
