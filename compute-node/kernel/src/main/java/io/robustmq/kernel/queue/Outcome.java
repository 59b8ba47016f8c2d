package io.robustmq.kernel.queue;

/** What has to be logged about a message that was checked out. */
public enum Outcome {
    /** It is done: log it as settled, apply with {@link WorkQueue#applySettled}. */
    SETTLED,
    /** It is to be given out again: log it as returned, apply with {@link WorkQueue#applyReturned}. */
    RETURNED,
    /** It was rejected or returned too often: log it as settled with that cause, forward it, apply with {@link WorkQueue#applySettled}. */
    DEAD_LETTER,
    /** Not held by that consumer (any more): nothing. */
    UNKNOWN
}
