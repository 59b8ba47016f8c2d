package io.robustmq.kernel.local;

import java.util.Arrays;

/**
 * The unsettled deliveries of an attachment by sequence: a ring of states from the oldest unsettled one to the newest.
 *
 * <pre>
 *   sent -> SENT --ACCEPTED/REJECTED--> settled
 *              \--RECEIVED--> RECEIVED --COMPLETED--> settled
 * </pre>
 */
final class OutboundWindow {
    private static final byte SETTLED = 0;
    private static final byte SENT = 1;
    private static final byte RECEIVED = 2;

    private byte[] states = new byte[16];
    private long base = 1;
    private long next = 1;
    private int unsettled;

    int unsettled() {
        return unsettled;
    }

    /** The sequence after the newest. */
    long next() {
        return next;
    }

    /** Whether another sequence fits: two that share a packet identifier are never open at once. */
    boolean spans(int distance) {
        return next - base < distance;
    }

    /**
     * Notes that {@code sequence} was sent. Sequences left out count as settled; one of them may still come, if it waited for room in the window while a later one needed none.
     */
    void sent(long sequence, boolean received) {
        if (base == next) {
            base = sequence;
            next = sequence;
        }
        long lowest = Math.min(base, sequence);
        while (Math.max(next, sequence + 1) - lowest > states.length) {
            grow();
        }
        while (base > sequence) {
            states[slot(--base)] = SETTLED;
        }
        while (next <= sequence) {
            states[slot(next++)] = SETTLED;
        }
        if (states[slot(sequence)] != SETTLED) {
            throw new IllegalStateException("sequence " + sequence + " is sent twice");
        }
        states[slot(sequence)] = received ? RECEIVED : SENT;
        unsettled++;
    }

    boolean accept(long sequence) {
        return step(sequence, SENT, SETTLED);
    }

    boolean receive(long sequence) {
        return isOpen(sequence) && (states[slot(sequence)] == RECEIVED || step(sequence, SENT, RECEIVED));
    }

    boolean complete(long sequence) {
        return step(sequence, RECEIVED, SETTLED);
    }

    private boolean step(long sequence, byte from, byte to) {
        if (!isOpen(sequence) || states[slot(sequence)] != from) {
            return false;
        }
        states[slot(sequence)] = to;
        if (to == SETTLED) {
            unsettled--;
            while (base < next && states[slot(base)] == SETTLED) {
                base++;
            }
        }
        return true;
    }

    private boolean isOpen(long sequence) {
        return sequence >= base && sequence < next;
    }

    private int slot(long sequence) {
        return (int) sequence & (states.length - 1);
    }

    private void grow() {
        byte[] old = states;
        byte[] grown = Arrays.copyOf(old, old.length * 2);
        for (long s = base; s < next; s++) {
            grown[(int) s & (grown.length - 1)] = old[(int) s & (old.length - 1)];
        }
        states = grown;
    }
}
