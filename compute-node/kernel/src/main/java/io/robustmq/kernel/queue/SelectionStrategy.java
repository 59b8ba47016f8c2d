package io.robustmq.kernel.queue;

/** Which of the consumers that have credit is given the next message. */
public enum SelectionStrategy {
    /** Each in turn. */
    ROUND_ROBIN,
    /** Any, evenly. Needs a source of randomness. */
    RANDOM,
    /** The same one until its credit is used up. */
    STICKY,
    /** The one with the fewest unsettled messages; among equals each in turn. */
    LEAST_LOADED
}
