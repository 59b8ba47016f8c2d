package io.robustmq.transport;

import io.robustmq.transport.proxy.ProxyMode;
import io.robustmq.transport.proxy.ProxySettings;
import io.robustmq.transport.tls.TlsSettings;
import io.robustmq.transport.websocket.WebSocketSettings;
import org.jspecify.annotations.Nullable;

/**
 * Where to listen and what to let in.
 *
 * @param name what logs, metrics and {@link ListenerInfo} call it, for instance {@code mqtt}
 * @param address what to bind
 * @param backlogMax connections that the system completes ahead of us
 * @param connectionsMax open connections; further ones are closed at once
 * @param acceptsPerSecondMax new connections; more wait in the backlog
 * @param handshakeTimeoutNanos from accepting a connection to the end of PROXY header, TLS handshake and WebSocket upgrade; then it is closed
 * @param packetBytesMax what adapters accept as one packet
 * @param writeLimits how output of each connection is collected
 * @param mountPoint what adapters put before the names of each connection; null for nothing
 * @param proxy what proxies may tell of their clients
 * @param tls null for none
 * @param webSocket null for none
 */
public record ListenerSettings(
        String name,
        ListenerAddress address,
        int backlogMax,
        int connectionsMax,
        int acceptsPerSecondMax,
        long handshakeTimeoutNanos,
        int packetBytesMax,
        WriteLimits writeLimits,
        @Nullable String mountPoint,
        ProxySettings proxy,
        @Nullable TlsSettings tls,
        @Nullable WebSocketSettings webSocket) {

    /** Ten seconds. */
    public static final long HANDSHAKE_TIMEOUT_NANOS_DEFAULT = 10_000_000_000L;

    public ListenerSettings {
        if (name.isBlank()) {
            throw new IllegalArgumentException("a listener needs a name");
        }
        positive(name, "backlogMax", backlogMax);
        positive(name, "connectionsMax", connectionsMax);
        positive(name, "acceptsPerSecondMax", acceptsPerSecondMax);
        positive(name, "handshakeTimeoutNanos", handshakeTimeoutNanos);
        positive(name, "packetBytesMax", packetBytesMax);
        if (address instanceof ListenerAddress.Unix && (tls != null || webSocket != null)) {
            throw new IllegalArgumentException(
                    "transport of listener " + name + " cannot be a Unix domain socket with" + " TLS or WebSocket");
        }
        if (address instanceof ListenerAddress.Internet
                && (proxy.mode() != ProxyMode.OFF || proxy.forwardedFor())
                && proxy.trusted().isEmpty()) {
            throw new IllegalArgumentException(
                    "proxyTrusted of listener " + name + " must name the proxies whose word is taken");
        }
    }

    /** Plain TCP with nothing in front of it. */
    public static ListenerSettings tcp(
            String name,
            String host,
            int port,
            int backlogMax,
            int connectionsMax,
            int acceptsPerSecondMax,
            int packetBytesMax,
            WriteLimits writeLimits) {
        return new ListenerSettings(
                name,
                new ListenerAddress.Internet(host, port),
                backlogMax,
                connectionsMax,
                acceptsPerSecondMax,
                HANDSHAKE_TIMEOUT_NANOS_DEFAULT,
                packetBytesMax,
                writeLimits,
                null,
                ProxySettings.OFF,
                null,
                null);
    }

    /** What carries the bytes. */
    public Transport transport() {
        if (address instanceof ListenerAddress.Unix) {
            return Transport.UNIX;
        }
        if (webSocket != null) {
            return tls == null ? Transport.WS : Transport.WSS;
        }
        return tls == null ? Transport.TCP : Transport.TLS;
    }

    private static void positive(String listener, String limit, long value) {
        if (value < 1) {
            throw new IllegalArgumentException(limit + " of listener " + listener + " must be positive, not " + value);
        }
    }
}
