package io.robustmq.kernel.testkit;

import io.robustmq.kernel.testkit.schedule.SimScheduler;
import org.jspecify.annotations.Nullable;

/**
 * Hears of broken invariants during a run. Checkers call it from callbacks of the code under test, where an exception would be swallowed by a stage; so it keeps the
 * first finding, the run stops there and throws it.
 */
public final class SimJudge {
    private final SimScheduler scheduler;
    private @Nullable InvariantViolation first;

    public SimJudge(SimScheduler scheduler) {
        this.scheduler = scheduler;
    }

    public void broken(Invariant invariant, String what) {
        if (first == null) {
            first = new InvariantViolation(invariant, what + " (at " + scheduler.now() / 1_000 + " us)");
        }
    }

    public boolean isBroken() {
        return first != null;
    }

    /** Throws the first finding, if there is one. */
    public void rule() {
        if (first != null) {
            throw first;
        }
    }
}
