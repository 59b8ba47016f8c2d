package io.robustmq.server.config;

import io.quarkus.runtime.configuration.MemorySize;
import io.robustmq.protocol.mqtt.MountPointTemplate;
import io.robustmq.protocol.mqtt.MqttLimits;
import io.robustmq.security.node.SecuritySettings;
import io.robustmq.security.node.SourceKind;
import io.robustmq.transport.ListenerAddress;
import io.robustmq.transport.ListenerSettings;
import io.robustmq.transport.WriteLimits;
import io.robustmq.transport.proxy.ProxyMode;
import io.robustmq.transport.proxy.ProxySettings;
import io.robustmq.transport.proxy.TrustedNetworks;
import io.robustmq.transport.tls.ClientAuthentication;
import io.robustmq.transport.tls.TlsProvider;
import io.robustmq.transport.tls.TlsSettings;
import io.robustmq.transport.websocket.WebSocketSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The listeners as the transport takes them. */
final class ListenerReading {

    private static final Pattern NAME = Pattern.compile("[a-z0-9]([a-z0-9-]{0,30}[a-z0-9])?");

    /** What MQTT is called in a WebSocket handshake [MQTT-6.0.0-4], and what clients of MQTT 3.1 say. */
    private static final List<String> SUB_PROTOCOLS = List.of("mqtt", "mqttv3.1");

    private final MqttConfiguration mqtt;
    private final int portOffset;

    /** Whether somebody without a login may be let in. */
    private final boolean anonymous;

    ListenerReading(RobustMqConfiguration configuration, SecuritySettings security) {
        this.mqtt = configuration.mqtt();
        this.anonymous = security.authentication().chain().contains(SourceKind.ANONYMOUS);
        this.portOffset = configuration.portOffset();
    }

    /** All that are to listen, by name. */
    List<ListenerSettings> read(Map<String, ListenerConfiguration> listeners) throws ConfigurationException {
        List<ListenerSettings> settings = new ArrayList<>();
        for (Map.Entry<String, ListenerConfiguration> listener : new TreeMap<>(listeners).entrySet()) {
            String name = listener.getKey();
            Settings.require(
                    NAME.matcher(name).matches(),
                    "The name of a listener is made of small letters, digits and dashes, 32 at most: " + name);
            if (listener.getValue().enabled()) {
                settings.add(read(name, listener.getValue()));
            }
        }
        Settings.require(
                !settings.isEmpty(), "No listener is enabled: set " + ConfigurationKeys.LISTENERS + "mqtt.enabled");
        return settings;
    }

    private ListenerSettings read(String name, ListenerConfiguration listener) throws ConfigurationException {
        String group = ConfigurationKeys.LISTENERS + name;
        requireUsed(group, listener);
        ListenerAddress address = address(group, listener);
        if (address instanceof ListenerAddress.Internet internet) {
            requireLoginOrLoopback(group, listener, internet.host());
        }
        WriteLimits writeLimits = writeLimits(group, listener.output());
        TlsSettings tls = tls(group, listener);
        WebSocketSettings webSocket = webSocket(group, listener);
        ProxySettings proxy = proxy(group, listener);
        Optional<String> mountPoint = listener.mountPoint();
        if (mountPoint.isPresent()) {
            Settings.checked(group, () -> new MountPointTemplate(mountPoint.get()));
        }
        int packetBytesMax = packetBytesMax(group, listener.packetBytesMax());
        return Settings.checked(
                group,
                () -> new ListenerSettings(
                        name,
                        address,
                        listener.backlogMax(),
                        listener.connectionsMax(),
                        listener.acceptsPerSecondMax(),
                        listener.handshakeTimeout().toNanos(),
                        packetBytesMax,
                        writeLimits,
                        mountPoint.orElse(null),
                        proxy,
                        tls,
                        webSocket));
    }

    private int packetBytesMax(String group, Optional<MemorySize> here) throws ConfigurationException {
        return Settings.checked(group, () -> {
            int bytes = Settings.bytes(here.orElse(mqtt.limits().packetBytesMax()));
            if (bytes < MqttLimits.PACKET_BYTES_FLOOR || bytes > MqttLimits.PACKET_BYTES_CEILING) {
                throw new IllegalArgumentException("packetBytesMax must be " + MqttLimits.PACKET_BYTES_FLOOR + ".."
                        + MqttLimits.PACKET_BYTES_CEILING + ": " + bytes);
            }
            return bytes;
        });
    }

    /** What would be ignored is told: somebody who set it meant it. */
    private static void requireUsed(String group, ListenerConfiguration listener) throws ConfigurationException {
        boolean secured = isSecured(listener);
        boolean unix = listener.transport() == ListenerConfiguration.Transport.UNIX;
        ListenerConfiguration.TlsConfiguration tls = listener.tls();
        Settings.require(
                secured
                        || Stream.of(tls.certificate(), tls.key(), tls.clientCa(), tls.revoked())
                                .allMatch(Optional::isEmpty),
                group + ".tls is set and " + group + ".transport is neither tls nor wss");
        Settings.require(
                isWebSocket(listener) || listener.websocket().origins().isEmpty(),
                group + ".websocket is set and " + group + ".transport is neither ws nor wss");
        Settings.require(
                isWebSocket(listener) || !listener.websocket().forwardedFor(),
                group + ".websocket is set and " + group + ".transport is neither ws nor wss");
        Settings.require(
                isWebSocket(listener) || unix || listener.path().isEmpty(),
                group + ".path is set and " + group + ".transport is none of ws, wss and unix");
        Settings.require(
                !unix || listener.port().isEmpty(), group + ".port is set and " + group + ".transport is unix");
    }

    private ListenerAddress address(String group, ListenerConfiguration listener) throws ConfigurationException {
        if (listener.transport() == ListenerConfiguration.Transport.UNIX) {
            Optional<String> path = listener.path();
            Settings.require(path.isPresent(), group + ".path must say where the socket is");
            return Settings.checked(group, () -> {
                try {
                    return new ListenerAddress.Unix(
                            Path.of(path.get()), PosixFilePermissions.fromString(listener.permissions()));
                } catch (IllegalArgumentException bad) {
                    throw String.valueOf(bad.getMessage()).startsWith("path")
                            ? bad
                            : new IllegalArgumentException(
                                    "permissions must have a form such as rw-rw----: " + listener.permissions(), bad);
                }
            });
        }
        int asked = listener.port()
                .orElse(
                        switch (listener.transport()) {
                            case TCP, UNIX -> 1883;
                            case TLS -> 8883;
                            case WS -> 8083;
                            case WSS -> 8084;
                        });
        int port = asked == 0 ? 0 : Settings.port(group + ".port", asked, portOffset);
        return Settings.checked(group, () -> new ListenerAddress.Internet(listener.host(), port));
    }

    private void requireLoginOrLoopback(String group, ListenerConfiguration listener, String host)
            throws ConfigurationException {
        boolean certificates = isSecured(listener)
                && listener.tls().clientAuthentication()
                        == ListenerConfiguration.TlsConfiguration.ClientAuthentication.REQUIRE;
        if (!anonymous || mqtt.allowAnonymousRemote() || certificates) {
            return;
        }
        InetAddress address;
        try {
            address = InetAddress.ofLiteral(host);
        } catch (IllegalArgumentException nameInstead) {
            address = resolve(group, host);
        }
        Settings.require(
                address.isLoopbackAddress(),
                group + ".host " + host
                        + " is reachable from other machines: set robustmq.mqtt.password-file"
                        + " or a robustmq.security.authentication.chain without anonymous,"
                        + " or robustmq.mqtt.allow-anonymous-remote=true to let everybody in");
    }

    private static InetAddress resolve(String group, String host) throws ConfigurationException {
        try {
            InetAddress[] addresses = InetAddress.getAllByName(host);
            for (InetAddress address : addresses) {
                if (!address.isLoopbackAddress()) {
                    return address;
                }
            }
            return addresses[0];
        } catch (UnknownHostException unknown) {
            throw new ConfigurationException(group + ".host " + host + " is not a known address", unknown);
        }
    }

    private static WriteLimits writeLimits(String group, ListenerConfiguration.OutputConfiguration output)
            throws ConfigurationException {
        return Settings.checked(
                group + ".output",
                () -> new WriteLimits(
                        Settings.bytes(output.highWaterBytes()),
                        Settings.bytes(output.lowWaterBytes()),
                        Settings.bytes(output.shareFromBytes()),
                        Settings.bytes(output.bufferBytesMin()),
                        Settings.bytes(output.bufferBytesMax()),
                        output.linger().toNanos()));
    }

    private static @Nullable TlsSettings tls(String group, ListenerConfiguration listener)
            throws ConfigurationException {
        if (!isSecured(listener)) {
            return null;
        }
        ListenerConfiguration.TlsConfiguration tls = listener.tls();
        String password = password(group, tls.keyPasswordFile());
        return Settings.checked(
                group + ".tls",
                () -> new TlsSettings(
                        switch (tls.provider()) {
                            case AUTO -> TlsProvider.AUTO;
                            case OPENSSL -> TlsProvider.OPENSSL;
                            case JDK -> TlsProvider.JDK;
                        },
                        tls.certificate().orElse(List.of()),
                        tls.key().orElse(List.of()),
                        password,
                        tls.protocols(),
                        tls.ciphers().orElse(List.of()),
                        switch (tls.clientAuthentication()) {
                            case NONE -> ClientAuthentication.NONE;
                            case REQUEST -> ClientAuthentication.REQUEST;
                            case REQUIRE -> ClientAuthentication.REQUIRE;
                        },
                        tls.clientCa().orElse(null),
                        tls.revoked().orElse(null),
                        tls.reloadInterval().toMillis()));
    }

    private static @Nullable String password(String group, Optional<Path> file) throws ConfigurationException {
        if (file.isEmpty()) {
            return null;
        }
        try (Stream<String> lines = Files.lines(file.get())) {
            return lines.findFirst().orElse("");
        } catch (IOException | UncheckedIOException unreadable) {
            throw new ConfigurationException(
                    group + ".tls.key-password-file " + file.get() + " cannot be read: " + unreadable, unreadable);
        }
    }

    private static @Nullable WebSocketSettings webSocket(String group, ListenerConfiguration listener)
            throws ConfigurationException {
        if (!isWebSocket(listener)) {
            return null;
        }
        List<String> origins = listener.websocket().origins().orElse(List.of()).stream()
                .map(origin -> origin.toLowerCase(Locale.ROOT))
                .toList();
        String path = listener.path().orElse("/mqtt");
        Settings.require(
                path.startsWith("/") && path.indexOf('?') < 0 && path.indexOf('#') < 0,
                group + ".path must begin with / and have no query: " + path);
        return Settings.checked(
                group + ".websocket",
                () -> new WebSocketSettings(
                        path,
                        SUB_PROTOCOLS,
                        origins,
                        Settings.bytes(listener.websocket().frameBytesMax()),
                        Settings.bytes(listener.websocket().requestBytesMax()),
                        listener.output().linger().toNanos()));
    }

    private static ProxySettings proxy(String group, ListenerConfiguration listener) throws ConfigurationException {
        TrustedNetworks trusted;
        try {
            trusted = TrustedNetworks.parse(listener.proxyTrusted().orElse(List.of()));
        } catch (IllegalArgumentException bad) {
            throw new ConfigurationException(group + ".proxy-trusted: " + bad.getMessage(), bad);
        }
        return new ProxySettings(
                switch (listener.proxyProtocol()) {
                    case OFF -> ProxyMode.OFF;
                    case V1 -> ProxyMode.V1;
                    case V2 -> ProxyMode.V2;
                    case ANY -> ProxyMode.ANY;
                },
                trusted,
                listener.websocket().forwardedFor());
    }

    private static boolean isSecured(ListenerConfiguration listener) {
        return switch (listener.transport()) {
            case TLS, WSS -> true;
            case TCP, WS, UNIX -> false;
        };
    }

    private static boolean isWebSocket(ListenerConfiguration listener) {
        return switch (listener.transport()) {
            case WS, WSS -> true;
            case TCP, TLS, UNIX -> false;
        };
    }
}
