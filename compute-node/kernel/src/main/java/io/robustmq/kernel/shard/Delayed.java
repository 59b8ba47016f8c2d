package io.robustmq.kernel.shard;

import io.robustmq.kernel.session.MessageRow;

/**
 * A message that waits for its time.
 *
 * @param dueAtMillis when it is to be published, ms since the epoch
 */
record Delayed(MessageRow message, long dueAtMillis) {}
