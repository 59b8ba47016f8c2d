package io.robustmq.transport;

import io.robustmq.transport.proxy.ProxiedTls;
import io.robustmq.transport.tls.TlsFacts;
import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a connection before its protocol begins. Settled once; immutable.
 *
 * @param listener through which it came
 * @param connectionId unlike that of any other connection of this process; for logs
 * @param localAddress what the client connected to, as far as is known
 * @param remoteAddress the client; behind a trusted proxy the one that the proxy named
 * @param proxyAddress the proxy in between; null if the client connected itself
 * @param tls what the handshake with this listener settled; null if it does no TLS
 * @param proxiedTls what the proxy told of its own TLS with the client; null if nothing
 */
public record ConnectionInfo(
        ListenerInfo listener,
        long connectionId,
        SocketAddress localAddress,
        SocketAddress remoteAddress,
        @Nullable SocketAddress proxyAddress,
        @Nullable TlsFacts tls,
        @Nullable ProxiedTls proxiedTls) {

    /** Whether a trusted proxy is in between. */
    public boolean isProxied() {
        return proxyAddress != null;
    }
}
