package io.robustmq.kernel;

/**
 * How an attachment ends.
 *
 * @param suppressParting forget the parting message (MQTT DISCONNECT 0x00)
 * @param expiryMillis new expiry of the session, or {@link #KEEP_EXPIRY}
 */
public record Detach(boolean suppressParting, long expiryMillis) {
    public static final long KEEP_EXPIRY = -1;

    /** The connection broke. */
    public static final Detach BROKEN = new Detach(false, KEEP_EXPIRY);
}
