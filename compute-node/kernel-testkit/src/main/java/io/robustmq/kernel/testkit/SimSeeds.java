package io.robustmq.kernel.testkit;

import java.util.EnumSet;
import java.util.Set;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Runs a scenario under many seeds. The system property {@code sim.seed} runs one seed only; {@code sim.seeds} sets how many are run instead of the number given
 * here, {@code sim.first} at which to begin. A failure names its seed and the line that repeats it.
 */
public final class SimSeeds {
    private final String test;
    private final int count;

    private SimSeeds(String test, int count) {
        this.test = test;
        this.count = count;
    }

    /**
     * @param test the test, as {@code Class#method}
     * @param count seeds of a normal build
     */
    public static SimSeeds of(String test, int count) {
        return new SimSeeds(test, count);
    }

    /** Runs the scenario; it throws when an invariant is broken. */
    public void check(LongConsumer scenario) {
        Long only = Long.getLong("sim.seed");
        if (only != null) {
            scenario.accept(only);
            return;
        }
        long first = Long.getLong("sim.first", 1);
        int seeds = Integer.getInteger("sim.seeds", count);
        for (long seed = first; seed < first + seeds; seed++) {
            try {
                scenario.accept(seed);
            } catch (RuntimeException | AssertionError failure) {
                throw new AssertionError(
                        "failed under seed " + seed + ": " + failure.getMessage() + "\n  make sim SEED=" + seed
                                + " TEST=" + test,
                        failure);
            }
        }
    }

    /**
     * Runs a scenario with a deliberate bug until one of its seeds notices.
     *
     * @param expected the invariants that this bug breaks
     * @return the seed that noticed
     */
    public long mustNotice(Set<Invariant> expected, LongConsumer scenario) {
        Set<Invariant> wanted = EnumSet.copyOf(expected);
        @Nullable Throwable other = null;
        long first = Long.getLong("sim.seed", 1);
        for (long seed = first; seed < first + count; seed++) {
            try {
                scenario.accept(seed);
            } catch (InvariantViolation violation) {
                if (wanted.contains(violation.invariant())) {
                    return seed;
                }
                other = violation;
            } catch (RuntimeException failure) {
                other = failure;
            }
        }
        throw new AssertionError(
                "no seed of " + count + " noticed the bug planted by " + test + "; expected " + wanted
                        + (other == null ? "" : ", but found " + other.getMessage()),
                other);
    }
}
