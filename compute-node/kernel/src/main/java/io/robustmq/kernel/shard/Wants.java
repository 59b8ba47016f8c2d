package io.robustmq.kernel.shard;

import java.util.HashSet;
import java.util.Set;

/**
 * The patterns a shard asks the routes for.
 *
 * @param patterns of its durable subscriptions and queues
 * @param queued those of its queues alone
 */
record Wants(Set<String> patterns, Set<String> queued) {
    static final Wants NOTHING = new Wants(Set.of(), Set.of());

    static Wants of(ShardState state) {
        Set<String> patterns = new HashSet<>();
        Set<String> queued = new HashSet<>();
        state.interests().forEach((pattern, interest) -> {
            patterns.add(pattern);
            if (!interest.queues.isEmpty()) {
                queued.add(pattern);
            }
        });
        return new Wants(patterns, queued);
    }

    /** What is wanted here and not there. */
    Wants without(Wants other) {
        Set<String> left = new HashSet<>(patterns);
        left.removeAll(other.patterns);
        Set<String> leftQueued = new HashSet<>(queued);
        leftQueued.removeAll(other.queued);
        return new Wants(left, leftQueued);
    }
}
