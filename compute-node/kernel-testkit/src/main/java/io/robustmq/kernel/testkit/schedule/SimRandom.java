package io.robustmq.kernel.testkit.schedule;

import java.util.List;
import java.util.SplittableRandom;

/** The choices of one run. Streams forked from it are independent, so that a change in one part of a scenario disturbs the others little. */
public final class SimRandom {
    private final SplittableRandom random;

    public SimRandom(long seed) {
        this.random = new SplittableRandom(seed);
    }

    private SimRandom(SplittableRandom random) {
        this.random = random;
    }

    /** An independent stream of choices. */
    public SimRandom fork() {
        return new SimRandom(random.split());
    }

    /** 0 .. bound - 1. */
    public int below(int bound) {
        return random.nextInt(bound);
    }

    /** from .. to, both included. */
    public long between(long from, long to) {
        return from >= to ? from : random.nextLong(from, to + 1);
    }

    /** from .. to, both included. */
    public int between(int from, int to) {
        return from >= to ? from : random.nextInt(from, to + 1);
    }

    /**
     * Usually near {@code from}, now and then far out: each doubling of the value is as likely as the one before, which is how latencies of disks, networks and
     * schedulers look.
     *
     * @param from at least 1
     */
    public long skewed(long from, long to) {
        if (from >= to) {
            return from;
        }
        int doublings = 64 - Long.numberOfLeadingZeros(to / from);
        int steps = random.nextInt(doublings * 4);
        int used = steps < doublings * 3 ? steps % Math.max(1, doublings / 2) : steps - doublings * 3;
        long low = from << used;
        return Math.min(to, low + random.nextLong(low));
    }

    public long bits() {
        return random.nextLong();
    }

    /** True in {@code permille} of 1000 cases. */
    public boolean chance(int permille) {
        return permille > 0 && random.nextInt(1000) < permille;
    }

    public boolean coin() {
        return random.nextBoolean();
    }

    /** One of a list that is not empty. */
    public <T> T pick(List<T> from) {
        return from.get(random.nextInt(from.size()));
    }
}
