package io.robustmq.kernel.queue;

/**
 * A message that somebody held who is gone.
 *
 * @param lsn names the message
 * @param outcome {@link Outcome#RETURNED} or {@link Outcome#DEAD_LETTER}
 */
public record Leftover(long lsn, Outcome outcome) {}
