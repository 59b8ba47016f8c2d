package io.robustmq.kernel.node;

import io.robustmq.kernel.SessionKey;
import io.robustmq.kernel.inspect.RetainedMessage;
import io.robustmq.kernel.inspect.RetainedPortion;
import io.robustmq.kernel.inspect.RouteInfo;
import io.robustmq.kernel.inspect.SessionInfo;
import io.robustmq.kernel.inspect.SessionPortion;
import io.robustmq.kernel.link.ShardDirectory;
import io.robustmq.kernel.route.RouteTable;
import io.robustmq.kernel.shard.LastValueScan;
import io.robustmq.kernel.shard.SessionLookUp;
import io.robustmq.kernel.shard.SessionScan;
import io.robustmq.kernel.shard.Shard;
import io.robustmq.kernel.shard.ShardInspection;
import io.robustmq.storage.Loop;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * The state of a node for those who administer it. Any thread. Each question is one task on the loop that owns the answer, of bounded length: who wants much asks again for the next
 * portion. Answers come on that loop, so what takes time goes elsewhere; they fail with an {@link io.robustmq.kernel.inspect.UnavailableException} where a shard does not serve, and do not come
 * at all if a shard begins anew while it reads from storage, so whoever waits sets a limit.
 */
public final class NodeInspection {
    private final List<Loop> loops;
    private final Shard[] shards;
    private final ShardDirectory directory;
    private final RouteTable table;
    private final NodeKernel kernel;

    NodeInspection(NodeKernel kernel, List<Loop> loops, Shard[] shards, ShardDirectory directory, RouteTable table) {
        this.kernel = kernel;
        this.loops = loops;
        this.shards = shards;
        this.directory = directory;
        this.table = table;
    }

    /** Shards are numbered from 0 to this, exclusively. */
    public int shards() {
        return shards.length;
    }

    /**
     * A portion of the sessions of a shard. A session that exists during the whole walk is told at least once, any other at most.
     *
     * @param from 0, then {@link SessionPortion#next} of the portion before
     * @param wanted asked on a loop for every session; must be cheap and touch nothing that changes
     */
    public CompletionStage<SessionPortion> sessions(int shard, long from, Predicate<SessionKey> wanted) {
        return ask(shard, new SessionScan(from, wanted));
    }

    /** A session that is kept in the log; one that ends with its connection is known to the connection only. */
    public CompletionStage<Optional<SessionInfo>> session(SessionKey key) {
        return ask(directory.shardOf(key), new SessionLookUp(key));
    }

    /**
     * Some of the last values that a shard keeps for names that match.
     *
     * @param after empty, then {@link RetainedPortion#next} of the portion before
     * @param max most messages wanted, at least 1
     * @throws IllegalArgumentException if the pattern is none
     */
    public CompletionStage<RetainedPortion> retained(int shard, String pattern, String after, int max) {
        return ask(shard, new LastValueScan(pattern, after, max));
    }

    /** The last value of one name. */
    public CompletionStage<Optional<RetainedMessage>> retained(String name) {
        CompletableFuture<Integer> keeper = new CompletableFuture<>();
        loops.getFirst()
                .execute(() -> keeper.complete(
                        directory.shardOfName(kernel.loop(0).intern(name).nameHash())));
        return keeper.thenCompose(shard -> retained(shard, name, "", 1))
                .thenApply(portion -> portion.messages().stream().findFirst());
    }

    /** Every pattern that somebody wants messages of; walked through on the calling thread. */
    public void routes(Consumer<RouteInfo> visitor) {
        table.forEach(visitor);
    }

    /** Patterns that somebody wants messages of. */
    public int routeCount() {
        return table.size();
    }

    /** Whether anybody would get a message of this name now. */
    public boolean isWanted(String name) {
        return !table.match(name).isEmpty();
    }

    private <R> CompletionStage<R> ask(int shard, ShardInspection<R> inspection) {
        Shard asked = shards[shard];
        loops.get(directory.loopOf(shard)).execute(() -> asked.inspect(inspection));
        return inspection.answer();
    }
}
