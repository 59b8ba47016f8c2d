package io.robustmq.security.http;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * Leaves a service alone that keeps failing: after so many failures in a row nobody asks it for a while, then one request
 * tries, and only its success lets others through. Any thread.
 */
final class CircuitBreaker {
    private static final long CLOSED = Long.MIN_VALUE;

    private final int failuresMax;
    private final long recoveryNanos;
    private final LongSupplier nanoTime;
    private final AtomicInteger failures = new AtomicInteger();

    /** When the next one may try; {@link #CLOSED} while all may. */
    private final AtomicLong tryAtNanos = new AtomicLong(CLOSED);

    CircuitBreaker(int failuresMax, long recoveryNanos, LongSupplier nanoTime) {
        this.failuresMax = failuresMax;
        this.recoveryNanos = recoveryNanos;
        this.nanoTime = nanoTime;
    }

    /** Whether to ask; who may must tell {@link #succeeded} or {@link #failed} afterwards. */
    boolean mayAsk() {
        long tryAt = tryAtNanos.get();
        if (tryAt == CLOSED) {
            return true;
        }
        long now = nanoTime.getAsLong();
        return now - tryAt >= 0 && tryAtNanos.compareAndSet(tryAt, later(now));
    }

    void succeeded() {
        failures.set(0);
        tryAtNanos.set(CLOSED);
    }

    void failed() {
        if (failures.incrementAndGet() >= failuresMax) {
            tryAtNanos.set(later(nanoTime.getAsLong()));
        }
    }

    private long later(long now) {
        long at = now + recoveryNanos;
        return at == CLOSED ? at + 1 : at;
    }
}
