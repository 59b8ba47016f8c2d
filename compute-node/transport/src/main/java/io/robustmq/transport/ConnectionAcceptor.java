package io.robustmq.transport;

import io.netty.channel.Channel;

/** A protocol's door: makes a fresh connection its own. */
@FunctionalInterface
public interface ConnectionAcceptor {

    /**
     * A client connected. Adds the protocol's handlers to the channel's pipeline and returns. Runs on {@code loop}, which owns the connection from now on, just before the
     * channel is registered with it: handlers are told {@code handlerAdded} and {@code channelActive} afterwards; nothing can be read or written yet. A {@link Farewell}
     * reaches the handlers as a user event when the server wants the connection to end.
     *
     * @param connectionId unlike that of any other connection of this process; for logs
     */
    void accepted(Channel channel, NettyLoop loop, ListenerInfo listener, long connectionId);
}
