package io.robustmq.kernel;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How a connection wants to become the one attachment of a session.
 *
 * @param key which session
 * @param fresh end an existing session first (MQTT clean start)
 * @param expiryMillis how long the session outlives its attachment; 0: not at all, {@link #NEVER_EXPIRES}: until it is ended
 * @param windowMax deliveries that may be unsettled at once (MQTT Receive Maximum), 1..65535
 * @param messageBytesMax largest encoded payload+name+headers the receiver takes; larger ones are skipped for it
 * @param parting published if the attachment ends uncleanly
 */
public record AttachRequest(
        SessionKey key,
        boolean fresh,
        long expiryMillis,
        int windowMax,
        long messageBytesMax,
        @Nullable PartingMessage parting) {
    public static final long NEVER_EXPIRES = Long.MAX_VALUE;

    public AttachRequest {
        Objects.requireNonNull(key, "key");
        if (expiryMillis < 0) {
            throw new IllegalArgumentException("expiryMillis must not be negative: " + expiryMillis);
        }
        if (windowMax < 1 || windowMax > 65_535) {
            throw new IllegalArgumentException("windowMax must be 1..65535: " + windowMax);
        }
        if (messageBytesMax < 1) {
            throw new IllegalArgumentException("messageBytesMax must be positive: " + messageBytesMax);
        }
    }
}
