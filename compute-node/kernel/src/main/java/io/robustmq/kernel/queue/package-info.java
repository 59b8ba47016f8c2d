/**
 * The one queue engine: messages that are each given to one of several consumers, settled, returned and given out again. Serves
 * shared subscriptions today and is shaped for the queues and share groups of other protocols.
 *
 * <p>A queue is an object of one shard and names its messages by their LSN; payloads are none of its business. It decides and
 * applies: what is durable changes only in {@code apply...} methods, which the shard calls for its records in normal running and
 * in replay alike; who holds what is memory and dies with the owner. Before a message is given out, a logged mark covers it, so
 * that a new owner knows what was certainly never given out. Loop-confined; no clock, no threads, randomness as an argument.
 */
@NullMarked
package io.robustmq.kernel.queue;

import org.jspecify.annotations.NullMarked;
