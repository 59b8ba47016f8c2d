package io.robustmq.protocol.mqtt.observe;

import io.robustmq.protocol.mqtt.codec.ProtocolVersion;
import org.jspecify.annotations.Nullable;

/**
 * A welcomed client; does not change while its connection lasts.
 *
 * @param clientId the identifier in force
 * @param userName as told in the CONNECT; null if none was
 * @param address of the peer, in numbers
 * @param port of the peer
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
        ProtocolVersion version,
        boolean cleanStart,
        boolean resumed,
        int keepAliveSeconds,
        long expirySeconds,
        int receiveMaximum,
        int loop,
        long connectedAtMillis) {}
