/**
 * Durable subscriber state: sessions, their subscriptions, the filter streams that equal subscriptions share, and the window of assigned deliveries.
 *
 * <p>Enters: records of the shard's log, through the shard. Leaves: which message a session gets next, and under which sequence. All of it is a function of the log: the next
 * owner of the shard finds the same sequences for the same messages without anything having been written when they were sent. Owned by the shard's loop.
 */
@NullMarked
package io.robustmq.kernel.session;

import org.jspecify.annotations.NullMarked;
