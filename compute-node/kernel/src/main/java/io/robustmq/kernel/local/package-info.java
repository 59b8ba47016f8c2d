/**
 * What lives and dies with a loop: attachments, their transient sessions, the subscriptions attached on this loop, and the way of a publish to its destinations.
 *
 * <p>Enters: {@link io.robustmq.kernel.Session} calls from adapters and frames from other loops. Leaves: frames to loops and shards, {@link io.robustmq.kernel.SessionSink}
 * calls. Nothing here is logged; whatever must survive is state of a shard. Everything belongs to one loop.
 */
@NullMarked
package io.robustmq.kernel.local;

import org.jspecify.annotations.NullMarked;
