package io.robustmq.kernel.testkit;

/** What must hold in every run, whatever fails. docs/design/simulation.md explains each. */
public enum Invariant {
    /** Per shard, LSNs are dense, a committed LSN has one content for ever, and what an owner applied is a prefix of what every later owner applies. */
    ONE_HISTORY,
    /** What was reported committed under an epoch is in the log that every higher epoch recovers. */
    ACKNOWLEDGED_IS_KEPT,
    /** Every ledger and run that a shard's record names exists; what nothing names disappears within its grace. */
    NOTHING_REFERENCED_IS_MISSING,
    /** An acknowledged publish sent after a SUBACK was received is delivered or pending at that subscription. */
    ROUTE,
    /** At least once, exactly once and at most once mean what they say, and nothing is delivered that was not published. */
    COUNTS,
    /** First deliveries of one publisher, name and guarantee come in send order without unlogged gaps. */
    ORDER,
    /** A packet identifier names one unsettled delivery; re-sends are the same delivery and happen on a new connection only. */
    PACKET_IDS,
    /** At most one connection per client identifier, and the newest wins. */
    ONE_CLIENT,
    /** A new subscriber gets the last retained value, nobody goes back to an older one, and a parting message is sent once when due. */
    RETAINED_AND_WILL,
    /** Transfers between shards are applied exactly once, and every bound holds without losing what was acknowledged. */
    TRANSFERS_AND_BOUNDS,
    /** Only a member whose lease holds reports an append committed. */
    LEASE,
    /** The kernel meets no mistake of its own. */
    KERNEL_IS_SOUND,
    /** When every fault is mended, the platform works again by itself. */
    RECOVERS
}
