package io.robustmq.protocol.mqtt.connection;

import io.robustmq.kernel.AttachRequest;
import io.robustmq.kernel.SessionKey;
import io.robustmq.protocol.mqtt.MqttLimits;
import io.robustmq.protocol.mqtt.codec.ProtocolVersion;

/**
 * What a CONNECT settled for the time of its connection: what the client asked for, brought within the limits.
 *
 * @param clientId the identifier in force
 * @param clientIdAssigned whether the server chose it
 * @param fresh whether an existing session is dropped first
 * @param expiryAskedSeconds session expiry as asked for, 4294967295 for never
 * @param expirySeconds session expiry as granted
 * @param keepAliveAskedSeconds 0 for none
 * @param keepAliveSeconds in force, 0 for none
 * @param receiveMaximum deliveries of QoS 1 and 2 the client takes at once, 1..65535
 * @param topicAliasMaximum topic aliases to use towards it, 0 for none
 * @param maximumPacketBytes largest packet the client takes
 * @param problemInformation whether reason strings are welcome
 * @param responseInformation whether the client asked for response information
 */
record ClientProfile(
        ProtocolVersion version,
        String clientId,
        boolean clientIdAssigned,
        boolean fresh,
        long expiryAskedSeconds,
        long expirySeconds,
        int keepAliveAskedSeconds,
        int keepAliveSeconds,
        int receiveMaximum,
        int topicAliasMaximum,
        int maximumPacketBytes,
        boolean problemInformation,
        boolean responseInformation) {

    SessionKey key() {
        return new SessionKey(0, clientId);
    }

    /** MQTT 5.0 §3.1.2.10: one and a half times the keep alive; 0 for none. */
    long silenceNanos() {
        return keepAliveSeconds * 1_500_000_000L;
    }

    /** A session expiry interval in the kernel's unit. */
    static long expiryMillis(long seconds) {
        return seconds == MqttLimits.SESSION_NEVER_EXPIRES_SECONDS ? AttachRequest.NEVER_EXPIRES : seconds * 1_000;
    }
}
