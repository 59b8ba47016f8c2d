package io.robustmq.storage;

import java.util.concurrent.Executor;

/**
 * A home loop: one thread's duty cycle that owns connections and shards alike. Everything that belongs to a loop is touched only by tasks of
 * that loop. A real loop is a Netty event loop; the simulation replaces all loops by one seeded scheduler.
 *
 * <p>{@link #execute} may be called from any thread; all other methods only from within the loop.
 */
public interface Loop extends Executor {

    /** Runs {@code task} on this loop, after tasks handed over earlier by the same thread. Never blocks, never runs it inline. */
    @Override
    void execute(Runnable task);

    /**
     * Runs {@code task} once at the end of the present tick, after everything that was ready in it. What is batched per tick (socket flushes,
     * hand-over to other loops, log entries) leaves from here. A task registered while the end of the tick runs still belongs to this tick.
     */
    void atTickEnd(Runnable task);

    /** Monotonic nanoseconds; only differences mean anything. */
    long nanoTime();

    /** Milliseconds since the epoch by the wall clock; may jump. */
    long wallMillis();

    /** Runs {@code task} on this loop once {@code delayNanos} have passed (at once at the next tick if not positive). */
    Timer after(long delayNanos, Runnable task);

    /** Whether the caller runs on this loop. */
    boolean inLoop();

    /** A pending {@link #after}. */
    interface Timer {
        /** Keeps the task from running if it did not start; harmless afterwards. Loop only. */
        void cancel();
    }
}
