package io.robustmq.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.handler.ssl.OpenSsl;
import io.netty.pkitesting.X509Bundle;
import io.robustmq.transport.proxy.ProxySettings;
import io.robustmq.transport.tls.ClientAuthentication;
import io.robustmq.transport.tls.PeerIdentity;
import io.robustmq.transport.tls.TlsFacts;
import io.robustmq.transport.tls.TlsProvider;
import io.robustmq.transport.tls.TlsReload;
import io.robustmq.transport.tls.TlsSettings;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** TLS over real sockets, with each provider; the clients are the JDK's. */
@ParameterizedClass
@EnumSource(
        value = TlsProvider.class,
        names = {"OPENSSL", "JDK"})
class TlsIT {

    private static final X509Bundle AUTHORITY = Authorities.authority("authority");
    private static final X509Bundle STRANGERS = Authorities.authority("strangers");
    private static final X509Bundle SERVER = Authorities.server(AUTHORITY, "localhost", "first.example");
    private static final X509Bundle RENEWED = Authorities.server(AUTHORITY, "localhost");
    private static final X509Bundle OTHER = Authorities.server(AUTHORITY, "other.example");
    private static final X509Bundle WILD = Authorities.serverBySubject(AUTHORITY, "*.wild.example");

    private final TlsProvider provider;
    private final EchoNode node = new EchoNode(HomeLoops.Polling.best());
    private final List<Socket> sockets = new ArrayList<>();

    @TempDir
    Path directory;

    TlsIT(TlsProvider provider) {
        this.provider = provider;
    }

    @AfterEach
    void closeEverything() throws IOException {
        for (Socket socket : sockets) {
            socket.close();
        }
        node.close();
    }

    private TlsSettings tls() {
        Path certificate = Authorities.write(directory.resolve("server.pem"), SERVER.getCertificatePathPEM());
        Path key = Authorities.write(directory.resolve("server.key"), SERVER.getPrivateKeyPEM());
        return TlsSettings.of(certificate, key, 0).withProvider(provider);
    }

    private TlsSettings tls(ClientAuthentication clients, @Nullable Path revoked) {
        Path authorities = Authorities.write(directory.resolve("clients.pem"), AUTHORITY.getCertificatePEM());
        return tls().withClients(clients, authorities, revoked);
    }

    private static ListenerSettings settings(TlsSettings tls, long handshakeMillis) {
        return new ListenerSettings(
                "mqtts",
                new ListenerAddress.Internet("127.0.0.1", 0),
                128,
                1000,
                10_000,
                handshakeMillis * 1_000_000,
                1024,
                WriteLimits.DEFAULT,
                null,
                ProxySettings.OFF,
                tls,
                null);
    }

    private Listener listen(TlsSettings tls) throws ListenException {
        return node.listen(settings(tls, 20_000));
    }

    private Socket plain(Listener listener) throws IOException {
        Socket socket =
                new Socket(InetAddress.getLoopbackAddress(), listener.info().port());
        socket.setSoTimeout((int) EchoNode.PATIENCE.toMillis());
        sockets.add(socket);
        return socket;
    }

    private SSLSocket connect(Listener listener, @Nullable X509Bundle own, String host, String... protocols)
            throws Exception {
        SSLSocket socket = (SSLSocket) Authorities.clientContext(AUTHORITY, own)
                .getSocketFactory()
                .createSocket(plain(listener), host, listener.info().port(), true);
        SSLParameters parameters = socket.getSSLParameters();
        parameters.setServerNames(List.of(new SNIHostName(host)));
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        if (protocols.length > 0) {
            parameters.setProtocols(protocols);
        }
        socket.setSSLParameters(parameters);
        socket.setSoTimeout((int) EchoNode.PATIENCE.toMillis());
        sockets.add(socket);
        return socket;
    }

    private static void echoes(SSLSocket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
        assertThat(new String(socket.getInputStream().readNBytes(text.length()), StandardCharsets.US_ASCII))
                .isEqualTo(text);
    }

    private static X509Certificate shown(SSLSocket socket) throws IOException {
        return (X509Certificate) socket.getSession().getPeerCertificates()[0];
    }

    /** In TLS 1.3 a client learns of its refusal only when it reads. */
    private static void assertRefused(SSLSocket socket) {
        assertThatThrownBy(() -> {
                    socket.startHandshake();
                    socket.getOutputStream().write('a');
                    if (socket.getInputStream().read() < 0) {
                        throw new IOException("closed");
                    }
                })
                .isInstanceOf(IOException.class);
    }

    @Test
    void theNativeProviderIsThereWhereItIsShipped() {
        assertThat(OpenSsl.isAvailable())
                .as(() -> String.valueOf(OpenSsl.unavailabilityCause()))
                .isTrue();
        assertThat(OpenSsl.versionString()).contains("BoringSSL");
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void bothVersionsAreSpokenAndKnownToTheProtocol(String version) throws Exception {
        Listener listener = listen(tls());
        SSLSocket socket = connect(listener, null, "localhost", version);
        echoes(socket, "hello");

        ConnectionInfo connection = node.arrival();
        TlsFacts facts = Objects.requireNonNull(connection.tls());
        assertThat(connection.listener().transport()).isEqualTo(Transport.TLS);
        assertThat(facts.protocol()).isEqualTo(version);
        assertThat(facts.cipher()).isEqualTo(socket.getSession().getCipherSuite());
        assertThat(facts.peer()).isNull();
        assertThat(connection.remoteAddress()).isEqualTo(socket.getLocalSocketAddress());
        assertThat(connection.isProxied()).isFalse();
        assertThat(shown(socket)).isEqualTo(SERVER.getCertificate());
    }

    @Test
    void aVersionThatIsNotOfferedIsRefused() throws Exception {
        TlsSettings both = tls();
        Listener listener = listen(new TlsSettings(
                provider,
                both.certificates(),
                both.keys(),
                null,
                List.of("TLSv1.3"),
                List.of(),
                ClientAuthentication.NONE,
                null,
                null,
                0));
        assertRefused(connect(listener, null, "localhost", "TLSv1.2"));
        EchoNode.await("counted", () -> listener.failedHandshakes() == 1);
        echoes(connect(listener, null, "localhost"), "hello");
    }

    @Test
    void onlyTheCiphersAskedForAreOffered() throws Exception {
        TlsSettings all = tls();
        Listener listener = listen(new TlsSettings(
                provider,
                all.certificates(),
                all.keys(),
                null,
                List.of("TLSv1.2"),
                List.of("TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256"),
                ClientAuthentication.NONE,
                null,
                null,
                0));
        SSLSocket socket = connect(listener, null, "localhost");
        echoes(socket, "hello");
        assertThat(socket.getSession().getCipherSuite()).isEqualTo("TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256");
    }

    @Test
    void muchIsEchoedAndTheEndOfTlsIsToldBeforeThatOfTheSocket() throws Exception {
        Listener listener = listen(tls());
        SSLSocket socket = connect(listener, null, "localhost");
        byte[] much = new byte[3 << 20];
        Arrays.fill(much, (byte) 'a');
        Thread writer = Thread.ofPlatform().start(() -> {
            try {
                socket.getOutputStream().write(much);
                socket.getOutputStream().write('X');
            } catch (IOException unexpected) {
                node.failures.add(unexpected.toString());
            }
        });
        assertThat(socket.getInputStream().readNBytes(much.length + 1)).hasSize(much.length + 1);
        // The JDK would throw if the connection ended without close_notify.
        assertThat(socket.getInputStream().read()).isEqualTo(-1);
        writer.join();
        socket.close();
        EchoNode.await("gone", () -> listener.openConnections() == 0);
    }

    @Test
    void anEncryptedKeyIsReadWithItsPassword() throws Exception {
        TlsSettings open = tls();
        Authorities.write(directory.resolve("server.key"), Authorities.encrypted(SERVER, "open sesame"));
        TlsSettings encrypted = new TlsSettings(
                provider,
                open.certificates(),
                open.keys(),
                "open sesame",
                TlsSettings.PROTOCOLS,
                List.of(),
                ClientAuthentication.NONE,
                null,
                null,
                0);
        echoes(connect(listen(encrypted), null, "localhost"), "hello");
        assertThatThrownBy(() -> listen(open))
                .isInstanceOf(ListenException.class)
                .hasMessageContaining("is encrypted and no password was given");
    }

    @Test
    void aKeyOfAnotherCertificateIsToldAtTheStart() {
        TlsSettings tls = tls();
        Authorities.write(directory.resolve("server.key"), RENEWED.getPrivateKeyPEM());
        assertThatThrownBy(() -> listen(tls))
                .isInstanceOf(ListenException.class)
                .hasMessageContaining("is not that of the certificate in");
    }

    @Test
    void theClientsCertificateBecomesItsIdentity() throws Exception {
        Listener listener = listen(tls(ClientAuthentication.REQUIRE, null));
        echoes(connect(listener, Authorities.client(AUTHORITY, "ann"), "localhost"), "hello");

        PeerIdentity peer = Objects.requireNonNull(
                Objects.requireNonNull(node.arrival().tls()).peer());
        assertThat(peer.commonName()).isEqualTo("ann");
        assertThat(peer.alternativeName(PeerIdentity.NameKind.DNS)).isEqualTo("ann.example");
        assertThat(peer.alternativeName(PeerIdentity.NameKind.EMAIL)).isEqualTo("ann@example");
        assertThat(peer.alternativeName(PeerIdentity.NameKind.URI)).isEqualTo("urn:device:ann");
        assertThat(peer.alternativeName(PeerIdentity.NameKind.IP_ADDRESS)).isEqualTo("192.0.2.7");
        assertThat(peer.chain()).isNotEmpty();
    }

    @Test
    void whoHasNoValidCertificateIsRefusedWhereOneIsRequired() throws Exception {
        Listener listener = listen(tls(ClientAuthentication.REQUIRE, null));
        assertRefused(connect(listener, null, "localhost"));
        assertRefused(connect(listener, Authorities.client(STRANGERS, "eve"), "localhost"));
        EchoNode.await("counted", () -> listener.failedHandshakes() == 2 && listener.openConnections() == 0);
        assertThat(node.arrived).isEmpty();
    }

    @Test
    void whereOneIsRequestedClientsMayGoWithout() throws Exception {
        Listener listener = listen(tls(ClientAuthentication.REQUEST, null));
        echoes(connect(listener, null, "localhost"), "hello");
        assertThat(Objects.requireNonNull(node.arrival().tls()).peer()).isNull();
    }

    @Test
    void aRevokedCertificateIsRefusedAndOneRevokedLaterAfterTheReload() throws Exception {
        X509Bundle ann = Authorities.client(AUTHORITY, "ann");
        X509Bundle bob = Authorities.client(AUTHORITY, "bob");
        Path list = directory.resolve("revoked.crl");
        Files.write(list, Authorities.revocations(AUTHORITY, List.of(bob)));
        Listener listener = listen(tls(ClientAuthentication.REQUIRE, list));

        echoes(connect(listener, ann, "localhost"), "hello");
        assertRefused(connect(listener, bob, "localhost"));

        Files.write(list, Authorities.revocations(AUTHORITY, List.of(ann, bob)));
        assertThat(listener.reloadTls()).isEqualTo(new TlsReload.Reloaded());
        assertRefused(connect(listener, ann, "localhost"));
    }

    @Test
    void theCertificateIsChosenByTheHostTheClientNames() throws Exception {
        TlsSettings one = tls();
        Path certificate = Authorities.write(directory.resolve("other.pem"), OTHER.getCertificatePathPEM());
        Path key = Authorities.write(directory.resolve("other.key"), OTHER.getPrivateKeyPEM());
        Path wildCertificate = Authorities.write(directory.resolve("wild.pem"), WILD.getCertificatePathPEM());
        Path wildKey = Authorities.write(directory.resolve("wild.key"), WILD.getPrivateKeyPEM());
        Listener listener = listen(new TlsSettings(
                provider,
                List.of(one.certificates().getFirst(), certificate, wildCertificate),
                List.of(one.keys().getFirst(), key, wildKey),
                null,
                TlsSettings.PROTOCOLS,
                List.of(),
                ClientAuthentication.NONE,
                null,
                null,
                0));
        SSLSocket other = connect(listener, null, "other.example");
        echoes(other, "hello");
        assertThat(shown(other)).isEqualTo(OTHER.getCertificate());
        SSLSocket wild = connect(listener, null, "a.wild.example");
        echoes(wild, "hello");
        assertThat(shown(wild)).isEqualTo(WILD.getCertificate());
        SSLSocket socket = connect(listener, null, "first.example");
        echoes(socket, "hello");
        assertThat(shown(socket)).isEqualTo(SERVER.getCertificate());
    }

    @Test
    void newFilesAreForNewClientsAndThoseThatAreConnectedGoOn() throws Exception {
        TlsSettings once = tls();
        Listener listener = listen(new TlsSettings(
                provider,
                once.certificates(),
                once.keys(),
                null,
                TlsSettings.PROTOCOLS,
                List.of(),
                ClientAuthentication.NONE,
                null,
                null,
                20));
        SSLSocket before = connect(listener, null, "localhost");
        echoes(before, "hello");
        assertThat(shown(before)).isEqualTo(SERVER.getCertificate());
        Instant formerEnd = listener.certificateExpires().orElseThrow();

        Authorities.write(directory.resolve("server.pem"), RENEWED.getCertificatePathPEM());
        Authorities.write(directory.resolve("server.key"), RENEWED.getPrivateKeyPEM());

        EchoNode.await("the new certificate", () -> {
            try {
                SSLSocket after = connect(listener, null, "localhost");
                echoes(after, "hello");
                return shown(after).equals(RENEWED.getCertificate());
            } catch (Exception unexpected) {
                throw new AssertionError(unexpected);
            }
        });
        echoes(before, "still here");
        assertThat(listener.certificateExpires().orElseThrow()).isAfterOrEqualTo(formerEnd);
    }

    @Test
    void filesThatCannotBeUsedChangeNothing() throws Exception {
        Listener listener = listen(tls());
        Authorities.write(directory.resolve("server.pem"), "nonsense");
        assertThat(listener.reloadTls())
                .isInstanceOfSatisfying(
                        TlsReload.Rejected.class,
                        rejected -> assertThat(rejected.sentence()).contains("holds no PEM certificate"));
        SSLSocket socket = connect(listener, null, "localhost");
        echoes(socket, "hello");
        assertThat(shown(socket)).isEqualTo(SERVER.getCertificate());
    }

    @Test
    void whoIsSlowToShakeHandsIsCutOff() throws Exception {
        Listener listener = node.listen(settings(tls(), 300));
        List<Socket> slow = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            Socket socket = plain(listener);
            // The beginning of a hello: handshake record of 512 bytes.
            socket.getOutputStream().write(new byte[] {22, 3, 1, 2, 0, 1});
            slow.add(socket);
        }
        slow.add(plain(listener));
        for (Socket socket : slow) {
            assertThat(socket.getInputStream().readAllBytes()).isEmpty();
        }
        EchoNode.await("all gone", () -> listener.openConnections() == 0);
        assertThat(listener.failedHandshakes()).isEqualTo(21);
        assertThat(node.arrived).isEmpty();
        echoes(connect(listener, null, "localhost"), "hello");
    }

    @Test
    void whatIsNoTlsIsRefused() throws Exception {
        Listener listener = listen(tls());
        Socket socket = plain(listener);
        socket.getOutputStream().write("MQTT without TLS".getBytes(StandardCharsets.US_ASCII));
        // An alert at most.
        assertThat(socket.getInputStream().readAllBytes().length).isLessThan(16);
        EchoNode.await("counted", () -> listener.failedHandshakes() == 1);
        assertThat(node.arrived).isEmpty();
    }

    @Test
    void aBrokenRecordEndsTheConnectionAndNothingElse() throws Exception {
        Listener listener = listen(tls());
        Socket raw = plain(listener);
        SSLSocket socket = (SSLSocket) Authorities.clientContext(AUTHORITY, null)
                .getSocketFactory()
                .createSocket(raw, "localhost", listener.info().port(), false);
        socket.startHandshake();
        node.arrival();
        byte[] broken = new byte[25];
        System.arraycopy(new byte[] {23, 3, 3, 0, 20}, 0, broken, 0, 5);
        // BoringSSL tells the peer at the first, and ends the connection at the next thing that comes.
        raw.getOutputStream().write(broken);
        raw.getOutputStream().flush();
        assertThat(raw.getInputStream().read())
                .as("an alert, or tickets before it")
                .isPositive();
        raw.getOutputStream().write(broken);
        EchoNode.await("gone", () -> listener.openConnections() == 0);
        echoes(connect(listener, null, "localhost"), "hello");
    }

    @Test
    void clientsInTheMiddleOfTheHandshakeAreNotWaitedForAtTheEnd() throws Exception {
        Listener listener = listen(tls());
        Socket socket = plain(listener);
        socket.getOutputStream().write(new byte[] {22, 3, 1, 2, 0, 1});
        SSLSocket done = connect(listener, null, "localhost");
        echoes(done, "hello");
        EchoNode.await("both", () -> listener.openConnections() == 2);
        node.loops
                .drain(1000, EchoNode.PATIENCE)
                .orTimeout(10, TimeUnit.SECONDS)
                .join();
        assertThat(new String(done.getInputStream().readAllBytes(), StandardCharsets.US_ASCII))
                .isEqualTo("bye");
    }
}
