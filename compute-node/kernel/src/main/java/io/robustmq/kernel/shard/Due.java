package io.robustmq.kernel.shard;

/** What falls due in a shard. */
sealed interface Due {
    /** A detached session is over. */
    record SessionExpiry(long session) implements Due {}

    /** A parting message is to be published. */
    record Parting(long session) implements Due {}

    /** A delayed message is to be published. */
    record Delayed(long lsn) implements Due {}

    /** A kept last value is over. */
    record LastValueExpiry(String name, long lsn) implements Due {}
}
