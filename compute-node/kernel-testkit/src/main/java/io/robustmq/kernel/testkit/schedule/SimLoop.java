package io.robustmq.kernel.testkit.schedule;

import io.robustmq.storage.Loop;
import java.util.ArrayDeque;
import java.util.ArrayList;
import org.jspecify.annotations.Nullable;

/**
 * A home loop in virtual time. A tick runs a seeded number of the tasks that are ready, then what was registered for its end; the loop may be interrupted between
 * two tasks of a tick, as a thread is when its process is stopped or the machine is busy.
 */
public final class SimLoop implements Loop {
    private static final int TASKS_PER_TICK_MAX = 16;
    private static final int INTERRUPT_PERMILLE = 30;

    private final SimProcess process;
    private final SimRandom random;
    private final ArrayDeque<Runnable> ready = new ArrayDeque<>();
    private final ArrayList<Runnable> endOfTick = new ArrayList<>();
    private final Runnable tick = this::tick;
    private boolean scheduled;
    private int budget;

    SimLoop(SimProcess process, SimRandom random) {
        this.process = process;
        this.random = random;
    }

    public SimProcess process() {
        return process;
    }

    @Override
    public void execute(Runnable task) {
        if (!process.alive()) {
            return;
        }
        ready.add(task);
        wake();
    }

    @Override
    public void atTickEnd(Runnable task) {
        requireInLoop();
        endOfTick.add(task);
        wake();
    }

    @Override
    public long nanoTime() {
        return process.clock().nanoTime();
    }

    @Override
    public long wallMillis() {
        return process.clock().wallMillis();
    }

    @Override
    public Timer after(long delayNanos, Runnable task) {
        requireInLoop();
        SimTimer timer = new SimTimer(task);
        timer.event = process.after(delayNanos, () -> execute(timer));
        return timer;
    }

    @Override
    public boolean inLoop() {
        return process.scheduler().current() == this;
    }

    private void requireInLoop() {
        if (!inLoop()) {
            throw new IllegalStateException("called from outside the loop of " + process.name());
        }
    }

    private void wake() {
        if (!scheduled) {
            scheduled = true;
            budget = 1 + random.below(TASKS_PER_TICK_MAX);
            process.scheduler().schedule(random.skewed(200, 2_000_000), process, tick);
        }
    }

    private void tick() {
        SimScheduler scheduler = process.scheduler();
        @Nullable SimLoop outer = scheduler.current();
        scheduler.current(this);
        try {
            while (budget > 0) {
                Runnable task = ready.poll();
                if (task == null) {
                    break;
                }
                budget--;
                task.run();
                if (!process.alive()) {
                    return;
                }
                if (process.paused() || random.chance(INTERRUPT_PERMILLE)) {
                    scheduler.schedule(random.skewed(1_000, 20_000_000), process, tick);
                    return;
                }
            }
            for (int i = 0; i < endOfTick.size(); i++) {
                endOfTick.get(i).run();
            }
            endOfTick.clear();
        } finally {
            scheduler.current(outer);
        }
        scheduled = false;
        if (!ready.isEmpty()) {
            wake();
        }
    }

    private static final class SimTimer implements Timer, Runnable {
        private final Runnable task;
        private SimScheduler.@Nullable Event event;
        private boolean cancelled;

        SimTimer(Runnable task) {
            this.task = task;
        }

        @Override
        public void cancel() {
            cancelled = true;
            if (event != null) {
                event.cancel();
            }
        }

        @Override
        public void run() {
            if (!cancelled) {
                task.run();
            }
        }
    }
}
