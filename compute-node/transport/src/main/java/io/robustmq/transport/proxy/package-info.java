/**
 * The PROXY protocol: what a load balancer tells of the client in front of it. Enters: the first bytes of a connection; leaves: a {@link
 * io.robustmq.transport.proxy.ProxiedPeer} as a user event of the channel, or the end of the connection. Everything on the connection's loop.
 */
@NullMarked
package io.robustmq.transport.proxy;

import org.jspecify.annotations.NullMarked;
