package io.robustmq.kernel.testkit.schedule;

import java.util.ArrayList;
import java.util.List;

/**
 * One start of a program: its tasks, timers and incoming messages. A process can be paused, as by SIGSTOP: nothing of it runs, what is due waits, and afterwards it
 * goes on with its old memory. It can crash: everything it would have done is gone, what it sent stays under way.
 */
public final class SimProcess {
    private final SimScheduler scheduler;
    private final String name;
    private final int endpoint;
    private final SimClock clock;
    private final List<SimScheduler.Event> parked = new ArrayList<>();
    private final List<Runnable> crashHooks = new ArrayList<>();
    private boolean alive = true;
    private boolean paused;
    private boolean suspended;
    private long pausedAt;
    private long resumedAt = -1;

    /**
     * @param endpoint where the machine of this process is in the network; a restarted process has the endpoint of its former self
     */
    public SimProcess(SimScheduler scheduler, String name, int endpoint, SimClock clock) {
        this.scheduler = scheduler;
        this.name = name;
        this.endpoint = endpoint;
        this.clock = clock;
    }

    public String name() {
        return name;
    }

    public int endpoint() {
        return endpoint;
    }

    public SimClock clock() {
        return clock;
    }

    public SimScheduler scheduler() {
        return scheduler;
    }

    public boolean alive() {
        return alive;
    }

    public boolean paused() {
        return paused;
    }

    /** Whether it runs: alive and not paused. */
    public boolean running() {
        return alive && !paused;
    }

    /** When it last went on after a pause, in true time; -1 if it never stood still. */
    public long resumedAt() {
        return resumedAt;
    }

    public SimLoop newLoop() {
        return new SimLoop(this, scheduler.random().fork());
    }

    /** Runs a task of this process outside its loops (a client library's thread) once its own clock has advanced by {@code delayNanos}. */
    public SimScheduler.Event after(long delayNanos, Runnable task) {
        return scheduler.schedule(clock.trueNanos(delayNanos), this, task);
    }

    /**
     * Stops everything until {@link #resume}.
     *
     * @param suspend the whole machine sleeps, so that its monotonic clock stands still too
     */
    public void pause(boolean suspend) {
        if (alive && !paused) {
            paused = true;
            suspended = suspend;
            pausedAt = scheduler.now();
        }
    }

    /** Goes on where it was stopped; what became due meanwhile happens now, in its order. */
    public void resume() {
        if (!alive || !paused) {
            return;
        }
        paused = false;
        resumedAt = scheduler.now();
        if (suspended) {
            clock.skip(scheduler.now() - pausedAt);
        }
        for (int i = 0; i < parked.size(); i++) {
            scheduler.requeue(parked.get(i), i);
        }
        parked.clear();
    }

    /** Ends the process as by SIGKILL. */
    public void crash() {
        if (!alive) {
            return;
        }
        alive = false;
        paused = false;
        parked.clear();
        crashHooks.forEach(Runnable::run);
        crashHooks.clear();
    }

    /** What the world (not the process) does when the process ends. */
    public void onCrash(Runnable hook) {
        crashHooks.add(hook);
    }

    void park(SimScheduler.Event event) {
        parked.add(event);
    }

    @Override
    public String toString() {
        return name;
    }
}
