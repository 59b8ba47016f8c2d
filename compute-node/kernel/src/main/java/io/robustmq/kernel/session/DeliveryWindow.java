package io.robustmq.kernel.session;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The assigned deliveries of a session from the oldest unsettled one on: sequence -> message and state. */
public final class DeliveryWindow {
    /** Bits of a state. */
    public static final int GUARANTEE = 3;
    /** The receiver has it; only the release is open. */
    public static final int RECEIVED = 4;

    public static final int SETTLED = 8;
    /** A kept last value: delivered with the last-value flag. */
    public static final int KEPT = 16;

    private long base = 1;
    private long next = 1;
    private long[] lsns = new long[4];
    private byte[] states = new byte[4];
    /** Made for the first kept value that came in under an identifier; few windows ever hold one. */
    private int @Nullable [] identifiers;

    /** Oldest sequence that is not settled, or {@link #next()}. */
    public long base() {
        return base;
    }

    /** The sequence that the next assignment gets. */
    public long next() {
        return next;
    }

    /** Starts at a sequence; only while empty. */
    public void restart(long sequence) {
        base = sequence;
        next = sequence;
    }

    /** Assigns the next sequence to anything but a kept value. */
    public long assign(long lsn, int state) {
        return assign(lsn, state, 0);
    }

    /**
     * Assigns the next sequence.
     *
     * @param identifier of the subscription that a kept value was looked up for; 0 for none, and for all other messages
     */
    public long assign(long lsn, int state, int identifier) {
        if (next - base == lsns.length) {
            grow();
        }
        int slot = slot(next);
        lsns[slot] = lsn;
        states[slot] = (byte) state;
        int[] kept = identifiers;
        if (kept == null && identifier != 0) {
            kept = new int[lsns.length];
            identifiers = kept;
        }
        if (kept != null) {
            kept[slot] = identifier;
        }
        long assigned = next++;
        return assigned;
    }

    public boolean isOpen(long sequence) {
        return sequence >= base && sequence < next && (states[slot(sequence)] & SETTLED) == 0;
    }

    public long lsn(long sequence) {
        return lsns[slot(sequence)];
    }

    public int state(long sequence) {
        return states[slot(sequence)];
    }

    /** Identifier under which a kept value is delivered; 0 if there is none. */
    public int identifier(long sequence) {
        int[] kept = identifiers;
        return kept == null ? 0 : kept[slot(sequence)];
    }

    public void received(long sequence) {
        states[slot(sequence)] |= RECEIVED;
    }

    public void settled(long sequence) {
        states[slot(sequence)] |= SETTLED;
        while (base < next && (states[slot(base)] & SETTLED) != 0) {
            base++;
        }
        if (base == next && lsns.length > 256) {
            lsns = new long[4];
            states = new byte[4];
        }
        if (base == next) {
            identifiers = null;
        }
    }

    private int slot(long sequence) {
        return (int) sequence & (lsns.length - 1);
    }

    private void grow() {
        long[] oldLsns = lsns;
        byte[] oldStates = states;
        int[] oldIdentifiers = identifiers;
        int[] kept = oldIdentifiers == null ? null : new int[oldLsns.length * 2];
        lsns = Arrays.copyOf(oldLsns, oldLsns.length * 2);
        states = Arrays.copyOf(oldStates, oldStates.length * 2);
        for (long s = base; s < next; s++) {
            int from = (int) s & (oldLsns.length - 1);
            lsns[slot(s)] = oldLsns[from];
            states[slot(s)] = oldStates[from];
            if (kept != null && oldIdentifiers != null) {
                kept[slot(s)] = oldIdentifiers[from];
            }
        }
        identifiers = kept;
    }
}
