/**
 * What the kernel asks of durable storage, and nothing of how it is kept.
 *
 * <p>Enters: log entries ({@link io.robustmq.storage.ShardLog#append}), run blocks ({@link io.robustmq.storage.RunWriter}) and small
 * versioned facts ({@link io.robustmq.storage.CoordStore}). Leaves: outcomes, replayed entries, blocks. Buffers are Netty's {@code ByteBuf};
 * each method says who releases what it receives.
 *
 * <p>Threads: a {@link io.robustmq.storage.ShardLog} and everything obtained from it belongs to the {@link io.robustmq.storage.Loop} it was
 * taken over on: it is called there and calls back there. {@link io.robustmq.storage.CoordStore} may be called from any thread and completes
 * on any thread.
 */
@NullMarked
package io.robustmq.storage;

import org.jspecify.annotations.NullMarked;
