package io.robustmq.kernel.node;

import io.robustmq.kernel.CloseReason;
import io.robustmq.kernel.Guarantee;
import io.robustmq.kernel.Kernel;
import io.robustmq.kernel.KernelFigures;
import io.robustmq.kernel.KernelLoop;
import io.robustmq.kernel.link.LoopBatch;
import io.robustmq.kernel.link.LoopLinks;
import io.robustmq.kernel.link.ShardDirectory;
import io.robustmq.kernel.local.Attachment;
import io.robustmq.kernel.local.LoopRuntime;
import io.robustmq.kernel.route.RouteTable;
import io.robustmq.kernel.shard.Shard;
import io.robustmq.storage.Loop;
import io.robustmq.storage.ShardId;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.ToLongFunction;

/** The kernel of one node. */
public final class NodeKernel implements Kernel {
    private final List<Loop> loops;
    private final Shard[] shards;
    private final LoopRuntime[] runtimes;
    private final LoopLinks[] links;
    private final NodeInspection inspection;

    /** Builds the node; nothing runs before {@link #start}. */
    public NodeKernel(NodeSpec spec) {
        loops = spec.loops();
        int count = loops.size();
        ShardDirectory directory = new ShardDirectory(spec.shards(), count);
        RouteTable table = new RouteTable();
        links = new LoopLinks[count];
        runtimes = new LoopRuntime[count];
        shards = new Shard[spec.shards()];
        for (int i = 0; i < count; i++) {
            int self = i;
            links[i] = new LoopLinks(
                    i, count, loops.get(i), spec.allocator(), (LoopBatch batch) -> runtimes[self].receive(batch));
        }
        for (LoopLinks from : links) {
            for (int to = 0; to < count; to++) {
                from.connect(to, links[to]);
            }
        }
        for (int i = 0; i < shards.length; i++) {
            shards[i] = new Shard(
                    new ShardId(i),
                    directory,
                    links[directory.loopOf(i)],
                    table,
                    shards,
                    spec.logs(),
                    spec.runs(),
                    spec.options(),
                    spec.incarnation());
        }
        for (int i = 0; i < count; i++) {
            runtimes[i] = new LoopRuntime(links[i], directory, table, shards, spec.options(), spec.roomOnDisk());
        }
        inspection = new NodeInspection(this, loops, shards, directory, table);
        directory.onRelief(() -> {
            for (int i = 0; i < count; i++) {
                LoopRuntime runtime = runtimes[i];
                loops.get(i).execute(runtime::relieve);
            }
        });
    }

    /** Takes all shards over; completes when they serve, fails if one cannot be had. Any thread. */
    public CompletionStage<Void> start() {
        return CompletableFuture.allOf(each(shard -> shard.start().toCompletableFuture()));
    }

    private CompletableFuture<?>[] each(Function<Shard, CompletableFuture<Void>> what) {
        CompletableFuture<?>[] all = new CompletableFuture<?>[shards.length];
        for (int i = 0; i < shards.length; i++) {
            all[i] = what.apply(shards[i]);
        }
        return all;
    }

    @Override
    public int loops() {
        return loops.size();
    }

    @Override
    public KernelLoop loop(int index) {
        return runtimes[index];
    }

    /** For those who administer the node. Any thread. */
    public NodeInspection inspection() {
        return inspection;
    }

    @Override
    public boolean ready() {
        return sum(shard -> shard.figures().serving.read()) == shards.length;
    }

    @Override
    public CompletionStage<Void> stop() {
        List<CompletableFuture<Void>> closed = new ArrayList<>();
        for (int i = 0; i < runtimes.length; i++) {
            LoopRuntime runtime = runtimes[i];
            CompletableFuture<Void> done = new CompletableFuture<>();
            closed.add(done);
            loops.get(i).execute(() -> {
                for (Attachment attachment : runtime.attachments()) {
                    attachment.release(CloseReason.SHUTTING_DOWN, () -> {});
                }
                done.complete(null);
            });
        }
        return CompletableFuture.allOf(closed.toArray(new CompletableFuture<?>[0]))
                .thenCompose(
                        _ -> CompletableFuture.allOf(each(shard -> shard.stop().toCompletableFuture())));
    }

    /**
     * Drops all memory without a word, as a kill of the process would: for simulations. Nothing of this kernel may run afterwards; to be called where no loop of it runs.
     */
    public void crash() {
        for (LoopRuntime runtime : runtimes) {
            runtime.drop();
        }
        for (Shard shard : shards) {
            shard.drop();
        }
        release();
    }

    /** Gives back pooled buffers; after {@link #stop}, when no loop runs kernel work any more. */
    public void release() {
        for (LoopLinks one : links) {
            one.close();
        }
    }

    /** How often a shard met a programmer's mistake and started anew; anything but 0 deserves a report. Any thread. */
    public long invariantsBroken() {
        return sum(shard -> shard.figures().invariantsBroken.read());
    }

    private long sum(ToLongFunction<Shard> what) {
        long all = 0;
        for (Shard shard : shards) {
            all += what.applyAsLong(shard);
        }
        return all;
    }

    private long sumLoops(ToLongFunction<LoopRuntime> what) {
        long all = 0;
        for (LoopRuntime runtime : runtimes) {
            all += what.applyAsLong(runtime);
        }
        return all;
    }

    private List<Long> byGuarantee(Function<Guarantee, Long> what) {
        List<Long> all = new ArrayList<>();
        for (Guarantee guarantee : Guarantee.values()) {
            all.add(what.apply(guarantee));
        }
        return List.copyOf(all);
    }

    @Override
    public KernelFigures figures() {
        return new KernelFigures(
                sumLoops(loop -> loop.figures().attachments.read()),
                sum(shard -> shard.figures().sessions()),
                sum(shard -> shard.figures().subscriptions()),
                sum(shard -> shard.figures().retained()),
                sum(shard -> shard.figures().delayed()),
                sum(shard -> shard.figures().queues()),
                byGuarantee(
                        one -> sumLoops(loop -> loop.figures().messagesIn(one).read())),
                byGuarantee(
                        one -> sumLoops(loop -> loop.figures().messagesOut(one).read())),
                sumLoops(loop -> loop.figures().droppedSlow.read()),
                sumLoops(loop -> loop.figures().droppedExpired.read())
                        + sum(shard -> shard.figures().droppedExpired.read()),
                sumLoops(loop -> loop.figures().droppedTooLarge.read())
                        + sum(shard -> shard.figures().droppedTooLarge.read()),
                sum(shard -> shard.figures().droppedLimit.read()),
                sumLoops(loop -> loop.figures().noRoute.read()),
                sum(shard -> shard.figures().records.read()),
                sum(shard -> shard.figures().entries.read()),
                sum(shard -> shard.figures().bytes.read()),
                sum(shard -> shard.figures().tailBytes()),
                sum(shard -> shard.figures().pendingMessages()),
                sum(shard -> shard.figures().flushes.read()),
                sum(shard -> shard.figures().takeovers.read()),
                (int) sum(shard -> shard.figures().serving.read()));
    }
}
