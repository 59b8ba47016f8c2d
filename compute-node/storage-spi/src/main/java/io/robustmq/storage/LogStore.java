package io.robustmq.storage;

import java.util.Optional;
import java.util.concurrent.CompletionStage;

/** The durable logs of all shards. Any thread. */
public interface LogStore extends AutoCloseable {

    /**
     * Becomes the owner of a shard: claims it under {@code claim}, fences and recovers what a former owner left open, and opens the log for
     * appending after everything that was acknowledged. Needs no consent of the former owner and waits for no lease.
     *
     * <p>Fails with {@link StorageFault.NotOwner} if the shard is held under a higher epoch, {@link StorageFault.Damaged} if its log
     * contradicts itself, {@link StorageFault.Unavailable} if the store cannot answer.
     *
     * @param home the loop on which the log lives: the stage completes there, all methods of the log are called there
     * @param listener hears the outcome of every append, on {@code home}
     */
    CompletionStage<ShardLog> takeOver(ShardId shard, Claim claim, Loop home, AppendListener listener);

    /** The claim under which the shard was last taken over; empty if it never was. Completes on any thread. */
    CompletionStage<Optional<Claim>> owner(ShardId shard);

    /** Lets go of resources that are not bound to a shard. Shard logs must be closed before. */
    @Override
    void close();
}
