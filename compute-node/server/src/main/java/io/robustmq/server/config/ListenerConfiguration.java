package io.robustmq.server.config;

import io.quarkus.runtime.configuration.MemorySize;
import io.smallrye.config.WithDefault;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** One listener: where clients connect, over what, and what they may do there. */
public interface ListenerConfiguration {

    /** What is spoken. */
    enum Protocol {
        MQTT
    }

    /** What carries it. */
    enum Transport {
        TCP,
        TLS,
        WS,
        WSS,
        UNIX
    }

    /** Which header of the PROXY protocol proxies send. */
    enum ProxyProtocol {
        OFF,
        V1,
        V2,
        ANY
    }

    @Meaning("Whether it listens; the one named `mqtt` is there without being asked for")
    @WithDefault("true")
    boolean enabled();

    @Meaning("What is spoken")
    @WithDefault("mqtt")
    Protocol protocol();

    @Meaning("What carries it: TCP, TLS, WebSocket, WebSocket on TLS, or a Unix domain socket")
    @WithDefault("tcp")
    Transport transport();

    @Meaning(
            "Address to bind; beyond loopback only with a login, required client certificates or allow-anonymous-remote")
    @WithDefault("127.0.0.1")
    String host();

    @Meaning(
            "Port to bind, before the port offset; 0 lets the system choose; if not set 1883, 8883 with TLS, 8083 with WebSocket, 8084 with both")
    OptionalInt port();

    @Meaning("Path of the upgrade request of a WebSocket, `/mqtt` if not set, or of the socket in the file system")
    Optional<String> path();

    @Meaning("Permissions of a socket in the file system; who may write may connect")
    @WithDefault("rw-------")
    String permissions();

    @Meaning("Open connections; further ones are closed at once")
    @WithDefault("100000")
    int connectionsMax();

    @Meaning("New connections per second; more wait in the backlog")
    @WithDefault("20000")
    int acceptsPerSecondMax();

    @Meaning("Connections that the system completes ahead of the platform")
    @WithDefault("4096")
    int backlogMax();

    @Meaning("Largest packet that is taken here; robustmq.mqtt.limits.packet-bytes-max if not set")
    Optional<MemorySize> packetBytesMax();

    @Meaning(
            "Time from accepting a connection to the end of PROXY header, TLS handshake and WebSocket upgrade; then it is closed")
    @WithDefault("10s")
    Duration handshakeTimeout();

    @Meaning(
            "Put before every topic of these clients and taken away again on delivery; may hold `${clientid}` and `${username}`; ends with /")
    Optional<String> mountPoint();

    @Meaning("PROXY header that trusted proxies send")
    @WithDefault("off")
    ProxyProtocol proxyProtocol();

    @Meaning("Networks of the proxies whose word is taken, such as 10.0.0.0/8,fd00::/8")
    Optional<List<String>> proxyTrusted();

    @Meaning("TLS")
    TlsConfiguration tls();

    /** TLS of one listener. */
    interface TlsConfiguration {

        /** Who does the cryptography. */
        enum Provider {
            AUTO,
            OPENSSL,
            JDK
        }

        /** Whether clients show a certificate. */
        enum ClientAuthentication {
            NONE,
            REQUEST,
            REQUIRE
        }

        @Meaning("BoringSSL where it can be loaded and else the JDK, or one of them")
        @WithDefault("auto")
        Provider provider();

        @Meaning(
                "PEM file with the certificate and its intermediates; several, separated by commas, are chosen from by host name, the first for clients that name none")
        Optional<List<Path>> certificate();

        @Meaning("PEM file with the private key (PKCS#8); as many as certificates")
        Optional<List<Path>> key();

        @Meaning("File whose first line is the password of encrypted keys")
        Optional<Path> keyPasswordFile();

        @Meaning("Versions that are offered")
        @WithDefault("TLSv1.2,TLSv1.3")
        List<String> protocols();

        @Meaning("Cipher suites in order of preference, by their IANA names; what the provider thinks safe if not set")
        Optional<List<String>> ciphers();

        @Meaning("Whether clients are asked for a certificate, and must have one")
        @WithDefault("none")
        ClientAuthentication clientAuthentication();

        @Meaning("PEM file with the authorities of client certificates")
        Optional<Path> clientCa();

        @Meaning("File with the revocation lists of those authorities, one for each")
        Optional<Path> revoked();

        @Meaning("Time between two looks at the files; what is new in them is for new connections; 0s for never")
        @WithDefault("10s")
        Duration reloadInterval();
    }

    @Meaning("WebSocket")
    WebSocketConfiguration websocket();

    /** WebSocket of one listener. */
    interface WebSocketConfiguration {

        @Meaning(
                "Origins of the pages that may connect, such as https://app.example; `*` for all; those of the same host and port if not set")
        Optional<List<String>> origins();

        @Meaning("Largest frame")
        @WithDefault("2M")
        MemorySize frameBytesMax();

        @Meaning("Largest upgrade request")
        @WithDefault("8K")
        MemorySize requestBytesMax();

        @Meaning("Whether X-Forwarded-For of a trusted proxy names the client")
        @WithDefault("false")
        boolean forwardedFor();
    }

    @Meaning("How output of a connection is collected")
    OutputConfiguration output();

    /** Output of one connection. */
    interface OutputConfiguration {

        @Meaning("Unsent bytes of a connection above which nothing more is delivered to it")
        @WithDefault("256K")
        MemorySize highWaterBytes();

        @Meaning("Unsent bytes below which delivery goes on")
        @WithDefault("64K")
        MemorySize lowWaterBytes();

        @Meaning("Payloads of this size and more are written by reference, smaller ones are copied")
        @WithDefault("4K")
        MemorySize shareFromBytes();

        @Meaning("Output buffer of a quiet connection, while it has output; a power of two")
        @WithDefault("256")
        MemorySize bufferBytesMin();

        @Meaning("Output buffer of a busy connection; a power of two")
        @WithDefault("32K")
        MemorySize bufferBytesMax();

        @Meaning("Time that a closing connection has to take its last bytes and to close its side")
        @WithDefault("2s")
        Duration linger();
    }
}
