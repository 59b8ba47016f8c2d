package io.robustmq.storage.ledger;

/**
 * The rules that keep a shard's history single and whole. Production obeys all of them. The simulation takes one away and must then find a
 * violation: a checker that does not notice is no checker.
 */
public enum ChainRule {
    /** A ledger closed by recovery is deleted only when its former writer can no longer answer: the fence dies with the ledger. */
    KEEP_FENCED_LEDGERS,
    /** A conflict or an unknown outcome of a write to the shard's record is resolved by reading, and no ledger is deleted because of it. */
    RESOLVE_WRITES_BY_READING,
    /** The next ledger gets its first entry only after every append to the present one is acknowledged. */
    DRAIN_BEFORE_NEXT_LEDGER,
    /** A takeover fences every ledger of the chain that is not closed. */
    FENCE_EVERY_OPEN_LEDGER,
    /** An append is reported committed only after the ledger acknowledged it. */
    ACKNOWLEDGE_AFTER_COMMIT,
    /** An append is reported committed only while the lease holds, read in the commit callback. */
    CHECK_LEASE_AT_COMMIT,
    /** The manifest and the shortened chain are installed by one write. */
    INSTALL_MANIFEST_WITH_CHAIN
}
