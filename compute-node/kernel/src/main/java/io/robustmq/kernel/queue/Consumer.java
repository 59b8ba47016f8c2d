package io.robustmq.kernel.queue;

import org.jspecify.annotations.Nullable;

/** Somebody who is given messages, as long as there is credit. Made by {@link WorkQueue#addConsumer}; belongs to that queue. */
public final class Consumer {
    private final String member;
    final int slot;
    int credit;
    boolean leaving;

    /** LSNs of what it holds. */
    final LongTable held = new LongTable();

    /** Links and place among those with credit; used by {@link Selection} only. */
    @Nullable Consumer before;

    @Nullable Consumer after;

    int place;

    Consumer(String member, int slot) {
        this.member = member;
        this.slot = slot;
    }

    /** The name given to {@link WorkQueue#addConsumer}. */
    public String member() {
        return member;
    }

    /** How many more messages it takes. */
    public int credit() {
        return credit;
    }

    /** How many messages it holds. */
    public int unsettled() {
        return held.size();
    }

    @Override
    public String toString() {
        return member + " (credit " + credit + ", unsettled " + held.size() + ")";
    }
}
