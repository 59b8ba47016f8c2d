package io.robustmq.kernel.link;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/** A figure with one writing thread and any number of readers that may see it a little late. */
public final class Counter {
    private static final VarHandle VALUE;

    static {
        try {
            VALUE = MethodHandles.lookup().findVarHandle(Counter.class, "value", long.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    @SuppressWarnings("unused") // through VALUE
    private long value;

    /** Owning thread only. */
    public void add(long n) {
        VALUE.setOpaque(this, (long) VALUE.get(this) + n);
    }

    /** Owning thread only. */
    public void increment() {
        add(1);
    }

    /** Any thread. */
    public long read() {
        return (long) VALUE.getOpaque(this);
    }
}
