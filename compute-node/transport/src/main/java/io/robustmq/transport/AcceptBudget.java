package io.robustmq.transport;

/** How many connections may be accepted now: a bucket that fills at a steady rate up to a tenth of a second's worth, and at least one. Belongs to one thread. */
final class AcceptBudget {

    private static final long SECOND_NANOS = 1_000_000_000L;

    private final long nanosPerAccept;
    private final long saveableNanos;
    private long savedNanos;
    private long countedAtNanos;

    AcceptBudget(int acceptsPerSecondMax, long nowNanos) {
        this.nanosPerAccept = Math.max(1, SECOND_NANOS / acceptsPerSecondMax);
        this.saveableNanos = Math.max(nanosPerAccept, SECOND_NANOS / 10);
        this.savedNanos = saveableNanos;
        this.countedAtNanos = nowNanos;
    }

    /** Takes one accept, on credit if need be, and returns how long to wait before the next; 0 if none. */
    long spend(long nowNanos) {
        savedNanos -= nanosPerAccept;
        return waitNanos(nowNanos);
    }

    /** How long to wait before the next accept; 0 if not at all. */
    long waitNanos(long nowNanos) {
        savedNanos = Math.min(saveableNanos, savedNanos + (nowNanos - countedAtNanos));
        countedAtNanos = nowNanos;
        return savedNanos >= 0 ? 0 : -savedNanos;
    }
}
