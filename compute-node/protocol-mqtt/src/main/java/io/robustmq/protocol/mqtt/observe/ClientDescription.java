package io.robustmq.protocol.mqtt.observe;

import io.robustmq.protocol.mqtt.codec.ProtocolVersion;
import org.jspecify.annotations.Nullable;

/**
 * A welcomed client; does not change while its connection lasts.
 *
 * @param clientId the identifier in force
 * @param userName the name that was proven; null if none was
 * @param address of the peer, in numbers, behind a trusted proxy too; {@code 0.0.0.0} of one that has none, such as on a Unix socket
 * @param port of the peer; 0 of one that has none
 * @param listener name of the listener it came through
 * @param mountPoint what the listener puts before its topics; empty for nothing
 * @param version of the protocol
 * @param cleanStart whether an earlier session was dropped
 * @param resumed whether its session was there already
 * @param keepAliveSeconds in force, 0 for none
 * @param expirySeconds session expiry as granted, 4294967295 for never
 * @param receiveMaximum deliveries of QoS 1 and 2 that it takes at once
 * @param loop home loop of its connection
 * @param connectedAtMillis when it was welcomed, ms since the epoch
 */
public record ClientDescription(
        String clientId,
        @Nullable String userName,
        String address,
        int port,
        String listener,
        String mountPoint,
        ProtocolVersion version,
        boolean cleanStart,
        boolean resumed,
        int keepAliveSeconds,
        long expirySeconds,
        int receiveMaximum,
        int loop,
        long connectedAtMillis) {}
