package io.robustmq.transport;

import java.net.InetSocketAddress;

/**
 * The listener through which a connection came.
 *
 * @param name its name in configuration, logs and metrics
 * @param address what it is bound to, with the port that the system chose if none was asked for
 * @param packetBytesMax what to accept as one packet
 * @param writeLimits for the connection's {@link CoalescingWriter}
 */
public record ListenerInfo(String name, InetSocketAddress address, int packetBytesMax, WriteLimits writeLimits) {}
