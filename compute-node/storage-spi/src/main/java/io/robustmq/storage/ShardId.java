package io.robustmq.storage;

/**
 * Names one shard: a single-writer replicated state machine with a log of its own.
 *
 * @param value 0 .. shard count of the cluster - 1
 */
public record ShardId(int value) {
    public ShardId {
        if (value < 0) {
            throw new IllegalArgumentException("shard id must not be negative: " + value);
        }
    }

    @Override
    public String toString() {
        return "shard-" + value;
    }
}
