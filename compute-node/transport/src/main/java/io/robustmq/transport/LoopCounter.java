package io.robustmq.transport;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * A number that one loop writes and anybody reads. Reading is never torn and sees a value that is at most a moment old; writing costs a plain addition, because a loop
 * counts on its hot path.
 */
public final class LoopCounter {

    private static final VarHandle VALUE;

    static {
        try {
            VALUE = MethodHandles.lookup().findVarHandle(LoopCounter.class, "value", long.class);
        } catch (ReflectiveOperationException impossible) {
            throw new ExceptionInInitializerError(impossible);
        }
    }

    private long value;

    LoopCounter() {}

    /** Adds {@code amount}, which may be negative for a level. Loop only. */
    public void add(long amount) {
        VALUE.setOpaque(this, value + amount);
    }

    /** The present value; any thread. */
    public long get() {
        return (long) VALUE.getOpaque(this);
    }
}
