package io.robustmq.transport;

import io.robustmq.storage.Loop;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Queue;

/** A loop whose ticks and time the test moves by hand. */
final class HandLoop implements Loop {

    private record Pending(long atNanos, Runnable task) {}

    private final Queue<Runnable> tasks = new ArrayDeque<>();
    private final Queue<Runnable> tickEnds = new ArrayDeque<>();
    private final List<Pending> timers = new ArrayList<>();
    private long nowNanos;

    /** Runs what is ready, then the end of the tick. */
    void tick() {
        for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
            task.run();
        }
        for (Runnable task = tickEnds.poll(); task != null; task = tickEnds.poll()) {
            task.run();
        }
    }

    /** Lets {@code nanos} pass in one step, running every timer at its time. */
    void pass(long nanos) {
        long until = nowNanos + nanos;
        while (true) {
            Pending next = timers.stream()
                    .filter(timer -> timer.atNanos <= until)
                    .min(Comparator.comparingLong(Pending::atNanos))
                    .orElse(null);
            if (next == null) {
                break;
            }
            timers.remove(next);
            nowNanos = Math.max(nowNanos, next.atNanos);
            next.task.run();
            tick();
        }
        nowNanos = until;
    }

    /** Lets {@code nanos} pass during which the loop does not run. */
    void stall(long nanos) {
        nowNanos += nanos;
    }

    int timers() {
        return timers.size();
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
        return nowNanos;
    }

    @Override
    public long wallMillis() {
        return nowNanos / 1_000_000;
    }

    @Override
    public Timer after(long delayNanos, Runnable task) {
        Pending pending = new Pending(nowNanos + Math.max(0, delayNanos), task);
        timers.add(pending);
        return () -> timers.remove(pending);
    }

    @Override
    public boolean inLoop() {
        return true;
    }
}
