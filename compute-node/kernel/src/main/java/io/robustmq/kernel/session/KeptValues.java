package io.robustmq.kernel.session;

import io.robustmq.kernel.Guarantee;
import java.util.ArrayDeque;

/** Last values looked up for one session: references of its own, in LSN order, gone once passed. */
public final class KeptValues {
    private final ArrayDeque<Kept> waiting = new ArrayDeque<>();

    /** One reference. */
    public record Kept(long lsn, Guarantee guarantee, int identifier) {}

    public void add(long lsn, Guarantee guarantee, int identifier) {
        waiting.addLast(new Kept(lsn, guarantee, identifier));
    }

    /** {@link Long#MAX_VALUE} if nothing waits. */
    public long nextLsn() {
        Kept first = waiting.peekFirst();
        return first == null ? Long.MAX_VALUE : first.lsn();
    }

    Guarantee nextGuarantee() {
        return waiting.getFirst().guarantee();
    }

    int nextIdentifier() {
        return waiting.getFirst().identifier();
    }

    void pass() {
        waiting.removeFirst();
    }

    /** Oldest first. */
    public Iterable<Kept> waiting() {
        return waiting;
    }
}
