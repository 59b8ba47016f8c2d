package io.robustmq.storage;

/** What became of an append. There is no "failed": a negative answer needs a proof that only recovery gives. */
public enum AppendOutcome {
    /** The entry is in the log that every later owner recovers. */
    COMMITTED,
    /**
     * The entry may or may not be in the log: time-out, lost connection, fenced by another owner, lapsed lease. The owner answers nobody,
     * drops all state of the shard and takes the shard over again (from itself) or stops being its owner.
     */
    UNKNOWN
}
