package io.robustmq.kernel.testkit.platform;

/** What clients may do beyond publishing, subscribing and losing connections. A run without a habit says nothing about what it would show. */
public enum Habit {
    /** Clients with durable sessions publish exactly once, through the outbox of their session's shard. */
    DURABLE_EXACTLY_ONCE,
    /** Values of one kept name are published under changing guarantees. */
    MIXED_KEPT_GUARANTEES,
    /** A subscription is made again with another guarantee. */
    CHANGING_GUARANTEES
}
