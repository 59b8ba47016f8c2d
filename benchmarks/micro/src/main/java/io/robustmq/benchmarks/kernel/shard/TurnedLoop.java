package io.robustmq.benchmarks.kernel.shard;

import io.robustmq.storage.Loop;
import java.util.ArrayDeque;

/** A loop that the benchmark turns: tasks, then the end of the tick. Timers never fall due. */
final class TurnedLoop implements Loop {
    private final ArrayDeque<Runnable> tasks = new ArrayDeque<>();
    private final ArrayDeque<Runnable> tickEnd = new ArrayDeque<>();

    /** Runs until nothing is left to do. */
    void run() {
        while (!tasks.isEmpty() || !tickEnd.isEmpty()) {
            for (int ready = tasks.size(); ready > 0; ready--) {
                tasks.removeFirst().run();
            }
            Runnable last;
            while ((last = tickEnd.pollFirst()) != null) {
                last.run();
            }
        }
    }

    @Override
    public void execute(Runnable task) {
        tasks.addLast(task);
    }

    @Override
    public void atTickEnd(Runnable task) {
        tickEnd.addLast(task);
    }

    @Override
    public long nanoTime() {
        return 0;
    }

    @Override
    public long wallMillis() {
        return 1;
    }

    @Override
    public Timer after(long delayNanos, Runnable task) {
        return () -> {};
    }

    @Override
    public boolean inLoop() {
        return true;
    }
}
