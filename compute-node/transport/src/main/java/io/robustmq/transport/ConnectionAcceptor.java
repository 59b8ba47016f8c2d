package io.robustmq.transport;

import io.netty.channel.Channel;

/** A protocol's door: makes a fresh connection its own. */
@FunctionalInterface
public interface ConnectionAcceptor {

    /**
     * A client connected, and what its transport has to settle first (PROXY header, TLS handshake, WebSocket upgrade) is settled. Adds the protocol's handlers to the end of the
     * channel's pipeline and returns. Runs on {@code loop}, which owns the connection; handlers are told {@code handlerAdded} and {@code channelActive} afterwards; nothing
     * can be read or written yet. A {@link Farewell} reaches the handlers as a user event when the server wants the connection to end.
     */
    void accepted(Channel channel, NettyLoop loop, ConnectionInfo connection);
}
