package io.robustmq.kernel.node;

import io.netty.buffer.ByteBufAllocator;
import io.robustmq.kernel.KernelOptions;
import io.robustmq.storage.LogStore;
import io.robustmq.storage.Loop;
import io.robustmq.storage.RunStore;
import java.util.List;
import java.util.Objects;
import java.util.function.BooleanSupplier;

/**
 * What a node is made of.
 *
 * @param loops the home loops, 1..64; shard i lives on loop i mod n
 * @param shards number of shards, fixed when the platform's data was created
 * @param incarnation unique per start of the process
 * @param roomOnDisk false while publishes that would be logged must be refused; asked on every loop, must be cheap
 */
public record NodeSpec(
        List<Loop> loops,
        int shards,
        LogStore logs,
        RunStore runs,
        ByteBufAllocator allocator,
        KernelOptions options,
        String incarnation,
        BooleanSupplier roomOnDisk) {
    public NodeSpec {
        loops = List.copyOf(loops);
        if (loops.isEmpty() || loops.size() > 64) {
            throw new IllegalArgumentException("a node has 1..64 loops, not " + loops.size());
        }
        if (shards < 1) {
            throw new IllegalArgumentException("shards must be positive: " + shards);
        }
        Objects.requireNonNull(incarnation, "incarnation");
    }
}
