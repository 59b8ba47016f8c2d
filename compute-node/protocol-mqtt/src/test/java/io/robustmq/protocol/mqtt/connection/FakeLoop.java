package io.robustmq.protocol.mqtt.connection;

import io.robustmq.storage.Loop;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.BooleanSupplier;

/** A loop whose clock is pushed by the test and whose tasks run when the test says so. */
final class FakeLoop implements Loop {
    private final Deque<Runnable> tasks = new ArrayDeque<>();
    private final Deque<Runnable> tickEnds = new ArrayDeque<>();
    private long nanos = 1_000;
    private long wallMillis = 1_700_000_000_000L;

    /** Runs what was handed over, then what was put off to the end of the tick, until nothing is left. */
    void tick() {
        BooleanSupplier more = () -> !tasks.isEmpty() || !tickEnds.isEmpty();
        while (more.getAsBoolean()) {
            while (!tasks.isEmpty()) {
                tasks.removeFirst().run();
            }
            if (!tickEnds.isEmpty()) {
                tickEnds.removeFirst().run();
            }
        }
    }

    void passMillis(long millis) {
        nanos += millis * 1_000_000;
        wallMillis += millis;
    }

    @Override
    public void execute(Runnable task) {
        tasks.add(task);
    }

    @Override
    public void atTickEnd(Runnable task) {
        tickEnds.add(task);
    }

    @Override
    public long nanoTime() {
        return nanos;
    }

    @Override
    public long wallMillis() {
        return wallMillis;
    }

    @Override
    public Timer after(long delayNanos, Runnable task) {
        throw new AssertionError("MQTT connections have no timers of their own");
    }

    @Override
    public boolean inLoop() {
        return true;
    }
}
