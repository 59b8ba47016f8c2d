package io.robustmq.transport;

import java.net.InetSocketAddress;
import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * The listener through which a connection came.
 *
 * @param name its name in configuration, logs and metrics
 * @param transport what carries the bytes
 * @param address what it is bound to, with the port that the system chose if none was asked for
 * @param packetBytesMax what to accept as one packet
 * @param writeLimits for the connection's {@link CoalescingWriter}
 * @param mountPoint what to put before the names of each connection, with {@code ${clientid}} and {@code ${username}} to be replaced; null for nothing
 */
public record ListenerInfo(
        String name,
        Transport transport,
        SocketAddress address,
        int packetBytesMax,
        WriteLimits writeLimits,
        @Nullable String mountPoint) {

    /** The bound port; only of listeners that have one. */
    public int port() {
        if (address instanceof InetSocketAddress internet) {
            return internet.getPort();
        }
        throw new IllegalStateException("listener " + name + " has no port: " + address);
    }
}
