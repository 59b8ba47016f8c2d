package io.robustmq.kernel.shard;

import io.robustmq.kernel.inspect.UnavailableException;
import io.robustmq.storage.Loop;
import java.util.concurrent.CompletableFuture;

/**
 * A bounded look at the state of a shard for somebody who administers it; see {@link Shard#inspect}. Looks when everything decided before is committed, so that nothing is told that a
 * crash could take back. Given to one shard once.
 *
 * @param <R> what is told
 */
public abstract sealed class ShardInspection<R> permits SessionLookUp, SessionScan, LastValueScan {
    private final CompletableFuture<R> answer = new CompletableFuture<>();

    /** Completed on the loop of the shard; fails with an {@link UnavailableException} if the shard does not serve. */
    public final CompletableFuture<R> answer() {
        return answer;
    }

    /** Looks and completes the answer, possibly later. Home loop of the shard. */
    abstract void look(int shard, ShardState state, RunBlocks blocks, Loop loop);

    final void answer(R told) {
        answer.complete(told);
    }

    final void fail(Throwable why) {
        answer.completeExceptionally(why);
    }

    final void unavailable(int shard) {
        fail(new UnavailableException(shard));
    }

    final Output over(int shard, ShardState state, RunBlocks blocks, Loop loop) {
        return new Output() {
            @Override
            public void committed() {
                try {
                    look(shard, state, blocks, loop);
                } catch (RuntimeException mistake) {
                    // Whoever asked hears of it; the shard has nothing to do with it.
                    fail(mistake);
                }
            }

            @Override
            public void lost() {
                unavailable(shard);
            }
        };
    }
}
