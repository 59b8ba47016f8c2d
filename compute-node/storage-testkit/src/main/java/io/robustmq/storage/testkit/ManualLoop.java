package io.robustmq.storage.testkit;

import io.robustmq.storage.Loop;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.PriorityQueue;

/**
 * A loop that a test turns by hand, with a clock that moves only when told. Everything happens on the test's thread, in one order; several stores and
 * several owners may share one such loop.
 */
public final class ManualLoop implements Loop {
    private final ArrayDeque<Runnable> tasks = new ArrayDeque<>();
    private final ArrayDeque<Runnable> tickEnd = new ArrayDeque<>();
    private final PriorityQueue<Due> timers = new PriorityQueue<>(
            Comparator.<Due>comparingLong(due -> due.atNanos).thenComparingLong(due -> due.order));
    private long timerOrder;
    private long nanos;
    private long wallMillis = 1_000_000_000_000L;
    private boolean running;

    /** Runs what is ready, and what that makes ready, until nothing is. */
    public void run() {
        if (running) {
            throw new IllegalStateException("the loop is turned from outside");
        }
        running = true;
        try {
            boolean more = true;
            while (more) {
                for (int ready = tasks.size(); ready > 0; ready--) {
                    tasks.remove().run();
                }
                for (Due due = timers.peek(); due != null && due.atNanos <= nanos; due = timers.peek()) {
                    timers.remove();
                    if (!due.cancelled) {
                        due.task.run();
                    }
                }
                for (Runnable task = tickEnd.poll(); task != null; task = tickEnd.poll()) {
                    task.run();
                }
                Due next = timers.peek();
                more = !tasks.isEmpty() || (next != null && next.atNanos <= nanos);
            }
        } finally {
            running = false;
        }
    }

    /** Lets time pass, timer by timer, running what becomes ready. */
    public void advanceMillis(long millis) {
        long until = nanos + millis * 1_000_000L;
        run();
        for (Due due = timers.peek(); due != null && due.atNanos <= until; due = timers.peek()) {
            moveTo(due.atNanos);
            run();
        }
        moveTo(until);
    }

    /** Goes on to the next timer, if there is one. */
    public boolean advanceToNextTimer() {
        run();
        Due due = timers.peek();
        if (due == null) {
            return false;
        }
        moveTo(due.atNanos);
        run();
        return true;
    }

    private void moveTo(long newNanos) {
        wallMillis += newNanos / 1_000_000L - nanos / 1_000_000L;
        nanos = newNanos;
    }

    @Override
    public void execute(Runnable task) {
        tasks.add(task);
    }

    @Override
    public void atTickEnd(Runnable task) {
        tickEnd.add(task);
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
        Due due = new Due(nanos + Math.max(0, delayNanos), timerOrder++, task);
        timers.add(due);
        return () -> due.cancelled = true;
    }

    @Override
    public boolean inLoop() {
        return true;
    }

    private static final class Due {
        private final long atNanos;
        private final long order;
        private final Runnable task;
        private boolean cancelled;

        private Due(long atNanos, long order, Runnable task) {
            this.atNanos = atNanos;
            this.order = order;
            this.task = task;
        }
    }
}
