package io.robustmq.storage.testkit;

import io.robustmq.storage.Loop;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A loop on a thread of its own, for tests against real stores. What a task throws is kept ({@link #failure}). */
public final class ThreadLoop implements Loop, AutoCloseable {
    private final LinkedBlockingQueue<Runnable> tasks = new LinkedBlockingQueue<>();
    private final PriorityQueue<Due> timers = new PriorityQueue<>(
            Comparator.<Due>comparingLong(due -> due.atNanos).thenComparingLong(due -> due.order));
    private final ArrayDeque<Runnable> tickEnd = new ArrayDeque<>();
    private final Thread thread;
    private long timerOrder;
    private volatile boolean closed;
    private volatile @Nullable Throwable failure;

    public ThreadLoop(String name) {
        thread = Thread.ofPlatform().name(name).daemon().start(this::run);
    }

    private void run() {
        List<Runnable> ready = new ArrayList<>();
        while (!closed) {
            try {
                Due next = timers.peek();
                Runnable first = next == null
                        ? tasks.take()
                        : tasks.poll(Math.max(0, next.atNanos - System.nanoTime()), TimeUnit.NANOSECONDS);
                if (first != null) {
                    ready.add(first);
                }
            } catch (InterruptedException e) {
                return;
            }
            tasks.drainTo(ready);
            ready.forEach(this::guard);
            ready.clear();
            long now = System.nanoTime();
            for (Due due = timers.peek(); due != null && due.atNanos <= now; due = timers.peek()) {
                timers.remove();
                if (!due.cancelled) {
                    guard(due.task);
                }
            }
            for (Runnable task = tickEnd.poll(); task != null; task = tickEnd.poll()) {
                guard(task);
            }
        }
    }

    private void guard(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException | Error e) {
            if (failure == null) {
                failure = e;
            }
        }
    }

    /** The first thing that a task threw. */
    public @Nullable Throwable failure() {
        return failure;
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
        return System.nanoTime();
    }

    @Override
    public long wallMillis() {
        return System.currentTimeMillis();
    }

    @Override
    public Timer after(long delayNanos, Runnable task) {
        if (!inLoop()) {
            throw new IllegalStateException("timers are set from within the loop");
        }
        Due due = new Due(System.nanoTime() + Math.max(0, delayNanos), timerOrder++, task);
        timers.add(due);
        return () -> due.cancelled = true;
    }

    @Override
    public boolean inLoop() {
        return Thread.currentThread().equals(thread);
    }

    @Override
    public void close() {
        execute(() -> closed = true);
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
