package io.robustmq.protocol.mqtt.connection;

import io.robustmq.security.access.ClientAccess;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What it means that a client was let in.
 *
 * @param access what it may do
 * @param expiresAtMillis since the epoch, when its proof of identity ends; {@link Long#MAX_VALUE} if it does not
 * @param proof of extended authentication; null without
 */
record Admission(
        ClientAccess access, long expiresAtMillis, @Nullable Proof proof) {
    Admission {
        Objects.requireNonNull(access, "access");
    }
}
