package io.robustmq.kernel.testkit.schedule;

/**
 * What the processes of one machine read as time: a monotonic clock that runs a little fast or slow and stands still while the machine is suspended, and a wall
 * clock that may be wrong and may jump.
 */
public final class SimClock {
    /** Wall time at virtual time 0: an arbitrary day in 2026. */
    private static final long START_MILLIS = 1_770_000_000_000L;

    private final SimScheduler scheduler;
    private final long driftPpm;
    private final long originNanos;
    private long wallOffsetMillis;
    private long suspendedNanos;

    /**
     * @param driftPpm how much faster than true time the clock runs, in millionths
     * @param wallOffsetMillis how far the wall clock is ahead
     */
    public SimClock(SimScheduler scheduler, long driftPpm, long wallOffsetMillis) {
        this.scheduler = scheduler;
        this.driftPpm = driftPpm;
        this.wallOffsetMillis = wallOffsetMillis;
        this.originNanos = scheduler.random().between(-1_000_000_000_000L, 1_000_000_000_000L);
    }

    public long nanoTime() {
        long elapsed = scheduler.now() - suspendedNanos;
        return originNanos + elapsed + elapsed / 1000 * driftPpm / 1000;
    }

    public long wallMillis() {
        return START_MILLIS + scheduler.now() / 1_000_000 + wallOffsetMillis;
    }

    /** Moves the wall clock. */
    public void jump(long millis) {
        wallOffsetMillis += millis;
    }

    /** True nanoseconds in which this clock advances by {@code nanos}. */
    long trueNanos(long nanos) {
        return nanos - nanos / 1000 * driftPpm / 1000;
    }

    /** The machine was suspended: the monotonic clock did not see this time. */
    void skip(long nanos) {
        suspendedNanos += nanos;
    }
}
