package io.robustmq.security.rate;

/**
 * Lets through so many units per second on average and so many at once. What is over the limit is still let through and is a
 * debt, which tells how long to wait: a packet that was read cannot be unread. Loop only.
 */
public final class TokenBucket {
    private static final double NANOS_PER_SECOND = 1e9;

    private final double perNano;
    private final double burst;
    private double tokens;
    private long filledAtNanos;

    /**
     * A full bucket.
     *
     * @param perSecond positive
     * @param burst units at once, positive
     */
    public TokenBucket(long perSecond, long burst, long nowNanos) {
        if (perSecond < 1 || burst < 1) {
            throw new IllegalArgumentException("perSecond and burst must be positive: " + perSecond + ", " + burst);
        }
        this.perNano = perSecond / NANOS_PER_SECOND;
        this.burst = burst;
        this.tokens = burst;
        this.filledAtNanos = nowNanos;
    }

    /** Takes units; how long to wait before taking more, in nanoseconds, 0 for not at all. */
    public long take(long units, long nowNanos) {
        tokens = Math.min(burst, tokens + (nowNanos - filledAtNanos) * perNano) - units;
        filledAtNanos = nowNanos;
        return tokens >= 0 ? 0 : (long) Math.ceil(-tokens / perNano);
    }
}
