package io.robustmq.protocol.mqtt.auth;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a client shows when it connects (MQTT 5.0 §3.1.3.1, §3.1.3.5, §3.1.3.6).
 *
 * @param clientId the client identifier in force, the assigned one if the client sent none
 * @param userName null when the client sent none
 * @param password null when the client sent none; belongs to the receiver, who may wipe it
 * @param peer address and port of the client, for log lines
 */
public record Credentials(
        String clientId,
        @Nullable String userName,
        @Nullable Password password,
        String peer) {
    public Credentials {
        Objects.requireNonNull(clientId, "clientId");
        Objects.requireNonNull(peer, "peer");
    }

    /** Without user name and password, since lines with this text end in logs. */
    @Override
    public String toString() {
        return "Credentials[clientId=" + clientId + ", peer=" + peer + "]";
    }
}
