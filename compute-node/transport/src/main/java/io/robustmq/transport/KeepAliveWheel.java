package io.robustmq.transport;

import io.robustmq.storage.Loop;
import org.jspecify.annotations.Nullable;

/**
 * Finds connections that have been silent for too long, for any number of connections of one loop, with one timer.
 *
 * <pre>
 *   slot      0        1        2       ...     511
 *           watch -  watch    (empty)          watch
 *             |                                         touch: one store; the watch stays where it is
 *           watch                                       slot comes up: moved to its true deadline, or told
 * </pre>
 *
 * Time is the loop's own: when the loop stood still (a suspended process, a long collector pause), the wheel did too, because the bytes that would have shown the
 * client to be alive were not read either. Belongs to the loop.
 */
public final class KeepAliveWheel {

    /** The connection that is watched. */
    public interface Owner {
        /** Nothing touched the watch for as long as it allows. The watch is off; {@link Watch#start} puts it on again. */
        void silentTooLong();
    }

    private static final int TICKS_AT_ONCE_MAX = 2;

    private final Loop loop;
    private final LoopFigures figures;
    private final long tickNanos;
    private final @Nullable Watch[] slots;
    private long tick;
    private long tickedAtNanos;
    private int watches;
    private boolean turning;

    /** A wheel of {@code slotCount} slots (a power of two) that moves every {@code tickNanos}, once something is watched. */
    public KeepAliveWheel(Loop loop, LoopFigures figures, long tickNanos, int slotCount) {
        if (tickNanos <= 0 || Integer.bitCount(slotCount) != 1) {
            throw new IllegalArgumentException(
                    "tickNanos must be positive and slotCount a power of two, not " + tickNanos + " and " + slotCount);
        }
        this.loop = loop;
        this.figures = figures;
        this.tickNanos = tickNanos;
        this.slots = new Watch[slotCount];
    }

    /** A watch for {@code owner} that is off. */
    public Watch watch(Owner owner) {
        return new Watch(owner);
    }

    /** How many watches are on. */
    public int watches() {
        return watches;
    }

    private void turn() {
        if (watches == 0) {
            turning = false;
            return;
        }
        long now = loop.nanoTime();
        long passed = (now - tickedAtNanos) / tickNanos;
        if (passed > TICKS_AT_ONCE_MAX) {
            passed = TICKS_AT_ONCE_MAX;
            tickedAtNanos = now;
        } else {
            tickedAtNanos += passed * tickNanos;
        }
        for (; passed > 0; passed--) {
            tick++;
            visit(slot(tick));
        }
        scheduleTurn();
    }

    private void visit(int slot) {
        Watch watch = slots[slot];
        slots[slot] = null;
        // The list is detached first: an owner that is told may start or stop any watch, its own included.
        Watch due = null;
        while (watch != null) {
            Watch next = watch.next;
            watch.previous = null;
            watch.next = null;
            if (watch.deadlineTick() > tick) {
                insert(watch);
            } else {
                watch.slot = Watch.DUE;
                watch.next = due;
                due = watch;
            }
            watch = next;
        }
        while (due != null) {
            Watch next = due.next;
            due.next = null;
            if (due.slot == Watch.DUE) {
                due.slot = Watch.OFF;
                watches--;
                figures.silentConnections().add(1);
                due.owner.silentTooLong();
            }
            due = next;
        }
    }

    private void insert(Watch watch) {
        long reachable = tick + slots.length - 1;
        int slot = slot(Math.min(watch.deadlineTick(), reachable));
        Watch first = slots[slot];
        watch.slot = slot;
        watch.next = first;
        if (first != null) {
            first.previous = watch;
        }
        slots[slot] = watch;
    }

    private void scheduleTurn() {
        loop.after(tickNanos - (loop.nanoTime() - tickedAtNanos), this::turn);
    }

    private int slot(long atTick) {
        return (int) (atTick & (slots.length - 1));
    }

    /** Watches over one connection. Belongs to the wheel's loop. */
    public final class Watch {

        private static final int OFF = -1;
        private static final int DUE = -2;

        private final Owner owner;
        private @Nullable Watch previous;
        private @Nullable Watch next;
        private int slot = OFF;
        private long touchedTick;
        private long allowedTicks;

        private Watch(Owner owner) {
            this.owner = owner;
        }

        /**
         * Puts the watch on, or gives it another limit: the owner is told once {@code silenceNanos} passed since this call and since the last {@link #touch}, at most two
         * ticks of the wheel later and never earlier.
         */
        public void start(long silenceNanos) {
            if (silenceNanos <= 0) {
                throw new IllegalArgumentException("silenceNanos must be positive, not " + silenceNanos);
            }
            stop();
            // One tick more than asked for: the present tick is already running.
            allowedTicks = Math.ceilDiv(silenceNanos, tickNanos) + 1;
            touchedTick = tick;
            watches++;
            insert(this);
            if (!turning) {
                turning = true;
                tickedAtNanos = loop.nanoTime();
                scheduleTurn();
            }
        }

        /** The connection gave a sign of life. Costs a store, so call it for every read. */
        public void touch() {
            touchedTick = tick;
        }

        /** Puts the watch off; harmless if it is. To be called once the connection is gone. */
        public void stop() {
            if (slot == OFF) {
                return;
            }
            if (slot != DUE) {
                Watch before = previous;
                Watch after = next;
                if (before == null) {
                    slots[slot] = after;
                } else {
                    before.next = after;
                }
                if (after != null) {
                    after.previous = before;
                }
                previous = null;
                next = null;
            }
            slot = OFF;
            watches--;
        }

        private long deadlineTick() {
            return touchedTick + allowedTicks;
        }
    }
}
