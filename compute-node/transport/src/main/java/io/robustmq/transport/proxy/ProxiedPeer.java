package io.robustmq.transport.proxy;

import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * User event: what is known of the client after the PROXY header, or after it was found that none is needed.
 *
 * @param source address of the client as the proxy saw it; null if the connection is the proxy's own (LOCAL, UNKNOWN) or came without a proxy
 * @param destination what the client connected to; null as {@code source}
 * @param tls TLS between client and proxy; null if there was none or the header does not say
 */
public record ProxiedPeer(
        @Nullable InetSocketAddress source,
        @Nullable InetSocketAddress destination,
        @Nullable ProxiedTls tls) {

    /** The peer of the socket speaks for itself. */
    public static final ProxiedPeer ITSELF = new ProxiedPeer(null, null, null);
}
