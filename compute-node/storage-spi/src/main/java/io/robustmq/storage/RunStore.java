package io.robustmq.storage;

import java.util.concurrent.CompletionStage;

/**
 * Immutable runs of blocks: where a flush puts what outlives the log. A run is written once, finished, read, and deleted when no manifest names it.
 * Runs of a shard that no manifest names are orphans of a crash; the store removes them (see {@link #deleteOrphans}).
 */
public interface RunStore {

    /** Starts a run for the shard. {@code epoch} is that of the owner. Completes on {@code home}; the writer lives there. */
    CompletionStage<RunWriter> create(ShardId shard, long epoch, Loop home);

    /** Opens a finished run. Completes on {@code home}; the reader lives there. Fails with {@link StorageFault.NotFound} or Unavailable. */
    CompletionStage<RunReader> open(RunId run, Loop home);

    /** Deletes a run; deleting one that does not exist succeeds. Any thread. */
    CompletionStage<Void> delete(RunId run);

    /**
     * Deletes every run of the shard made under an epoch below {@code epoch} that {@code referenced} does not name. To be called by the owner under
     * {@code epoch}, once it holds the manifest. Any thread.
     *
     * @return how many were deleted
     */
    CompletionStage<Integer> deleteOrphans(ShardId shard, long epoch, Iterable<RunId> referenced);
}
