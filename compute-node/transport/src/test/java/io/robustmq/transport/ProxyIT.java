package io.robustmq.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.pkitesting.X509Bundle;
import io.robustmq.transport.proxy.ProxiedTls;
import io.robustmq.transport.proxy.ProxyMode;
import io.robustmq.transport.proxy.ProxySettings;
import io.robustmq.transport.proxy.TrustedNetworks;
import io.robustmq.transport.tls.TlsSettings;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The PROXY protocol over real sockets. */
class ProxyIT {

    private static final String TEXT = "PROXY TCP4 192.0.2.7 198.51.100.1 4711 1883\r\n";

    private final EchoNode node = new EchoNode(HomeLoops.Polling.best());
    private final List<Socket> sockets = new ArrayList<>();

    @AfterEach
    void closeEverything() throws IOException {
        for (Socket socket : sockets) {
            socket.close();
        }
        node.close();
    }

    private Listener listen(ProxyMode mode, String trusted, @Nullable TlsSettings tls, long handshakeMillis)
            throws ListenException {
        return node.listen(new ListenerSettings(
                "proxied",
                new ListenerAddress.Internet("127.0.0.1", 0),
                128,
                1000,
                10_000,
                handshakeMillis * 1_000_000,
                1024,
                WriteLimits.DEFAULT,
                null,
                new ProxySettings(mode, TrustedNetworks.parse(List.of(trusted)), false),
                tls,
                null));
    }

    private Listener listen(ProxyMode mode) throws ListenException {
        return listen(mode, "127.0.0.0/8", null, 20_000);
    }

    private Socket connect(Listener listener) throws IOException {
        Socket socket =
                new Socket(InetAddress.getLoopbackAddress(), listener.info().port());
        socket.setTcpNoDelay(true);
        socket.setSoTimeout((int) EchoNode.PATIENCE.toMillis());
        sockets.add(socket);
        return socket;
    }

    private static void send(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
    }

    private static void echoes(Socket socket, String text) throws IOException {
        send(socket, text);
        assertThat(new String(socket.getInputStream().readNBytes(text.length()), StandardCharsets.US_ASCII))
                .isEqualTo(text);
    }

    private static void assertRefused(Socket socket) throws IOException {
        try {
            assertThat(socket.getInputStream().readAllBytes()).isEmpty();
        } catch (SocketException reset) {
            assertThat(reset).hasMessageContaining("reset");
        }
    }

    /** Version 2 (section 2.2): command 0 LOCAL, 1 PROXY; TCP over IPv4. */
    private static byte[] binary(int command, byte[] more) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(new byte[] {13, 10, 13, 10, 0, 13, 10, 'Q', 'U', 'I', 'T', 10});
        out.write(0x20 | command);
        out.write(0x11);
        int length = 12 + more.length;
        out.write(length >> 8);
        out.write(length);
        out.writeBytes(new byte[] {(byte) 192, 0, 2, 7, (byte) 198, 51, 100, 1, 0x12, 0x67, 0x07, 0x5B});
        out.writeBytes(more);
        return out.toByteArray();
    }

    private static byte[] entry(int type, byte[] content) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(type);
        out.write(content.length >> 8);
        out.write(content.length);
        out.writeBytes(content);
        return out.toByteArray();
    }

    @ParameterizedTest
    @CsvSource({"V1", "ANY"})
    void theTextHeaderNamesTheClient(ProxyMode mode) throws Exception {
        Socket socket = connect(listen(mode));
        send(socket, TEXT);
        echoes(socket, "hello");
        ConnectionInfo connection = node.arrival();
        assertThat(connection.remoteAddress()).isEqualTo(new InetSocketAddress("192.0.2.7", 4711));
        assertThat(connection.localAddress()).isEqualTo(new InetSocketAddress("198.51.100.1", 1883));
        assertThat(connection.proxyAddress()).isEqualTo(socket.getLocalSocketAddress());
        assertThat(connection.isProxied()).isTrue();
        assertThat(connection.proxiedTls()).isNull();
    }

    @Test
    void headerAndFirstBytesMayComeTogetherOrByteByByte() throws Exception {
        Listener listener = listen(ProxyMode.ANY);
        Socket together = connect(listener);
        send(together, TEXT + "hello");
        assertThat(new String(together.getInputStream().readNBytes(5), StandardCharsets.US_ASCII))
                .isEqualTo("hello");
        Socket slow = connect(listener);
        for (byte single : binary(1, new byte[0])) {
            slow.getOutputStream().write(single);
        }
        echoes(slow, "hello");
        node.arrival();
        assertThat(node.arrival().remoteAddress()).isEqualTo(new InetSocketAddress("192.0.2.7", 4711));
    }

    @Test
    void theBinaryHeaderTellsOfTls() throws Exception {
        ByteArrayOutputStream ssl = new ByteArrayOutputStream();
        // TLS, with a certificate on this connection, found valid.
        ssl.writeBytes(new byte[] {0x03, 0, 0, 0, 0});
        ssl.writeBytes(entry(0x21, "TLSv1.3".getBytes(StandardCharsets.US_ASCII)));
        ssl.writeBytes(entry(0x22, "ann".getBytes(StandardCharsets.UTF_8)));
        ssl.writeBytes(entry(0x23, "TLS_AES_128_GCM_SHA256".getBytes(StandardCharsets.US_ASCII)));
        Socket socket = connect(listen(ProxyMode.V2));
        socket.getOutputStream().write(binary(1, entry(0x20, ssl.toByteArray())));
        echoes(socket, "hello");
        assertThat(node.arrival().proxiedTls())
                .isEqualTo(new ProxiedTls("TLSv1.3", "TLS_AES_128_GCM_SHA256", "ann", true));
    }

    @Test
    void aConnectionOfTheProxyItselfKeepsItsAddress() throws Exception {
        Listener listener = listen(ProxyMode.ANY);
        Socket local = connect(listener);
        local.getOutputStream().write(binary(0, new byte[0]));
        echoes(local, "hello");
        ConnectionInfo connection = node.arrival();
        assertThat(connection.remoteAddress()).isEqualTo(local.getLocalSocketAddress());
        assertThat(connection.isProxied()).isFalse();
        Socket unknown = connect(listener);
        send(unknown, "PROXY UNKNOWN\r\n");
        echoes(unknown, "hello");
        assertThat(node.arrival().remoteAddress()).isEqualTo(unknown.getLocalSocketAddress());
    }

    @Test
    void aHeaderFromAnAddressThatIsNotTrustedIsRefused() throws Exception {
        Listener listener = listen(ProxyMode.ANY, "10.0.0.0/8", null, 20_000);
        Socket text = connect(listener);
        send(text, TEXT + "hello");
        assertRefused(text);
        Socket binary = connect(listener);
        binary.getOutputStream().write(binary(1, new byte[0]));
        assertRefused(binary);
        EchoNode.await("gone", () -> listener.openConnections() == 0);
        assertThat(listener.failedHandshakes()).isEqualTo(2);
        assertThat(node.arrived).isEmpty();
    }

    @Test
    void clientsThatAreNoProxiesMayConnectWithoutAHeader() throws Exception {
        Socket socket = connect(listen(ProxyMode.ANY, "10.0.0.0/8", null, 20_000));
        for (byte single : "PROBABLY no header".getBytes(StandardCharsets.US_ASCII)) {
            socket.getOutputStream().write(single);
        }
        assertThat(new String(socket.getInputStream().readNBytes(18), StandardCharsets.US_ASCII))
                .isEqualTo("PROBABLY no header");
        assertThat(node.arrival().remoteAddress()).isEqualTo(socket.getLocalSocketAddress());
    }

    @Test
    void aProxyWithoutTheHeaderThatIsAskedForIsRefused() throws Exception {
        Listener binaryOnly = listen(ProxyMode.V2);
        Socket text = connect(binaryOnly);
        send(text, TEXT);
        assertRefused(text);
        Listener textOnly = listen(ProxyMode.V1);
        Socket binary = connect(textOnly);
        binary.getOutputStream().write(binary(1, new byte[0]));
        assertRefused(binary);
        Socket none = connect(textOnly);
        send(none, "MQTT comes without any header\r\n");
        assertRefused(none);
        Socket bad = connect(textOnly);
        send(bad, "PROXY TCP4 nonsense 198.51.100.1 4711 1883\r\n");
        assertRefused(bad);
        EchoNode.await("gone", () -> binaryOnly.openConnections() + textOnly.openConnections() == 0);
        assertThat(node.arrived).isEmpty();
    }

    @Test
    void aHeaderThatDoesNotComeInTimeEndsTheConnection() throws Exception {
        Listener listener = listen(ProxyMode.ANY, "127.0.0.0/8", null, 300);
        Socket socket = connect(listener);
        send(socket, "PROXY TCP4 ");
        assertRefused(socket);
        EchoNode.await("gone", () -> listener.openConnections() == 0);
        assertThat(listener.failedHandshakes()).isEqualTo(1);
    }

    @Test
    void tlsFollowsTheHeader(@TempDir Path directory) throws Exception {
        X509Bundle authority = Authorities.authority("authority");
        X509Bundle server = Authorities.server(authority, "localhost");
        TlsSettings tls = TlsSettings.of(
                Authorities.write(directory.resolve("server.pem"), server.getCertificatePathPEM()),
                Authorities.write(directory.resolve("server.key"), server.getPrivateKeyPEM()),
                0);
        Listener listener = listen(ProxyMode.ANY, "127.0.0.0/8", tls, 20_000);
        Socket socket = connect(listener);
        send(socket, TEXT);
        SSLSocket secured = (SSLSocket) Authorities.clientContext(authority, null)
                .getSocketFactory()
                .createSocket(socket, "localhost", listener.info().port(), true);
        echoes(secured, "hello");
        ConnectionInfo connection = node.arrival();
        assertThat(connection.remoteAddress()).isEqualTo(new InetSocketAddress("192.0.2.7", 4711));
        assertThat(connection.tls()).isNotNull();
    }
}
