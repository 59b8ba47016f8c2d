package io.robustmq.security;

import java.util.concurrent.atomic.LongAdder;

/** Counts what happened, from 0 at the start of the process. Any thread. */
public final class SecurityCounters {
    private final LongAdder[] counts;

    public SecurityCounters() {
        counts = new LongAdder[SecurityEvent.values().length];
        for (int i = 0; i < counts.length; i++) {
            counts[i] = new LongAdder();
        }
    }

    /** It happened once more. */
    public void count(SecurityEvent event) {
        counts[event.index()].increment();
    }

    /** How often it happened. */
    public long get(SecurityEvent event) {
        return counts[event.index()].sum();
    }
}
