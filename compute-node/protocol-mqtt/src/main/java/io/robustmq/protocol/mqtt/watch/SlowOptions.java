package io.robustmq.protocol.mqtt.watch;

/**
 * Which deliveries are slow.
 *
 * @param thresholdMillis from publishing to delivery, or from the connecting of the subscriber if that is later; 1 or more
 * @param topMax subscribers in the ranking, 1..1000
 * @param expiryMillis a subscriber leaves the ranking so long after its last slow delivery
 */
public record SlowOptions(long thresholdMillis, int topMax, long expiryMillis) {
    public SlowOptions {
        if (thresholdMillis < 1) {
            throw new IllegalArgumentException("threshold must be 1 ms or more: " + thresholdMillis);
        }
        if (topMax < 1 || topMax > 1_000) {
            throw new IllegalArgumentException("top must be 1..1000: " + topMax);
        }
        if (expiryMillis < 1) {
            throw new IllegalArgumentException("expiry must be positive: " + expiryMillis);
        }
    }
}
