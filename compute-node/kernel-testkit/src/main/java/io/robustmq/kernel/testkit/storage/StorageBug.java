package io.robustmq.kernel.testkit.storage;

/** Deliberate bugs of storage, to prove that the invariants notice them. Real bookies had or can have each of them. */
public enum StorageBug {
    /** A bookie answers before its journal is synced. */
    ACKNOWLEDGE_BEFORE_SYNC,
    /** A bookie whose disks were emptied comes back under its old id and says "no such entry" with conviction. */
    WIPED_BOOKIE_KEEPS_ITS_ID,
    /** The fence flag is kept in memory only. */
    FENCE_IS_FORGOTTEN,
    /** Recovery takes silence of a bookie for "no such entry". */
    SILENCE_COUNTS_AS_ABSENCE,
    /** A writer acknowledges entries on replaced bookies before the new ensemble is stored. */
    ENSEMBLE_CHANGE_BEFORE_METADATA
}
