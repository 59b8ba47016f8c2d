package io.robustmq.kernel.testkit.schedule;

import java.util.PriorityQueue;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The event queue of one run: (virtual time, seeded tie-break). Nothing happens in the simulation outside {@link #step}. Time moves only from event to event; it
 * is counted in nanoseconds from 0.
 */
public final class SimScheduler {
    /** Below this many events that will not happen it is not worth to look for them. */
    private static final int CANCELLED_MAX = 64;

    private final PriorityQueue<Event> queue = new PriorityQueue<>(256);
    private final SimRandom random;
    private int cancelled;
    private long now;
    private long sequence;
    private long steps;
    private long digest = 17;
    private @Nullable SimLoop current;

    public SimScheduler(long seed) {
        this.random = new SimRandom(seed * 0x9E3779B97F4A7C15L + 1);
    }

    /** Nanoseconds since the start of the run. True time, which no process can read. */
    public long now() {
        return now;
    }

    /** The root of all choices of this run. */
    public SimRandom random() {
        return random;
    }

    /** Events run so far. */
    public long steps() {
        return steps;
    }

    /** Depends on the time and order of everything that ran: two runs with the same digest were the same run. */
    public long digest() {
        return digest;
    }

    /** Runs a task of the environment (no process owns it, nothing can pause it) after a delay. */
    public Event after(long delayNanos, Runnable task) {
        return schedule(delayNanos, null, task);
    }

    Event schedule(long delayNanos, @Nullable SimProcess owner, Runnable task) {
        if (cancelled > CANCELLED_MAX && cancelled > queue.size() / 2) {
            queue.removeIf(event -> event.cancelled);
            cancelled = 0;
        }
        Event event = new Event(this, now + Math.max(0, delayNanos), random.below(1 << 16), sequence++, owner, task);
        queue.add(event);
        return event;
    }

    /** Runs the next event. */
    public boolean step() {
        while (true) {
            Event event = queue.poll();
            if (event == null) {
                return false;
            }
            if (event.cancelled) {
                cancelled--;
                continue;
            }
            now = Math.max(now, event.time);
            SimProcess owner = event.owner;
            if (owner != null) {
                if (!owner.alive()) {
                    continue;
                }
                if (owner.paused()) {
                    owner.park(event);
                    continue;
                }
            }
            steps++;
            digest = digest * 1_000_003 + now * 31 + event.sequence;
            event.task.run();
            return true;
        }
    }

    /** Runs all events up to the given time; time then stands there. */
    public void runUntil(long time, BooleanSupplier stop) {
        while (!stop.getAsBoolean()) {
            Event next = queue.peek();
            if (next == null || next.time > time) {
                now = Math.max(now, time);
                return;
            }
            step();
        }
    }

    /** Runs events until the condition holds; false if it does not within the given time. */
    public boolean runUntilTrue(BooleanSupplier condition, long withinNanos) {
        long deadline = now + withinNanos;
        while (!condition.getAsBoolean()) {
            Event next = queue.peek();
            if (next == null || next.time > deadline) {
                return false;
            }
            step();
        }
        return true;
    }

    /** Makes a parked event happen now, before everything else that is due now; {@code order} tells parked events apart. */
    void requeue(Event event, int order) {
        event.time = now;
        event.tie = Integer.MIN_VALUE + order;
        queue.add(event);
    }

    @Nullable SimLoop current() {
        return current;
    }

    void current(@Nullable SimLoop loop) {
        current = loop;
    }

    /** Something that will happen. */
    public static final class Event implements Comparable<Event> {
        private final SimScheduler scheduler;
        private long time;
        private int tie;
        private final long sequence;
        private final @Nullable SimProcess owner;
        private final Runnable task;
        private boolean cancelled;

        private Event(
                SimScheduler scheduler, long time, int tie, long sequence, @Nullable SimProcess owner, Runnable task) {
            this.scheduler = scheduler;
            this.time = time;
            this.tie = tie;
            this.sequence = sequence;
            this.owner = owner;
            this.task = task;
        }

        /** Keeps it from happening; harmless afterwards. */
        public void cancel() {
            if (!cancelled) {
                cancelled = true;
                scheduler.cancelled++;
            }
        }

        @Override
        public int compareTo(Event other) {
            int byTime = Long.compare(time, other.time);
            if (byTime != 0) {
                return byTime;
            }
            int byTie = Integer.compare(tie, other.tie);
            return byTie != 0 ? byTie : Long.compare(sequence, other.sequence);
        }

        @Override
        public boolean equals(@Nullable Object other) {
            return this == other;
        }

        @Override
        public int hashCode() {
            return Long.hashCode(sequence);
        }
    }
}
