package io.robustmq.benchmarks.kernel.route;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.robustmq.kernel.Name;
import io.robustmq.kernel.route.NameCache;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** Finding one of {@code names} names of 20 bytes in a read buffer; done for every publish. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 3, time = 1)
@Fork(value = 1)
public class NameCacheBenchmark {
    private static final int NAME_LENGTH = 20;

    /** Names in turn, a power of two. */
    @Param({"16", "16384"})
    public int names;

    private final NameCache<BenchmarkName> cache = new NameCache<>(BenchmarkName::new);
    private ByteBuf direct = PooledByteBufAllocator.DEFAULT.directBuffer(1);
    private ByteBuf heap = PooledByteBufAllocator.DEFAULT.heapBuffer(1);
    private int next;

    /** Writes the names into buffers and makes them known. */
    @Setup
    public void fill() {
        tearDown();
        direct = PooledByteBufAllocator.DEFAULT.directBuffer(names * NAME_LENGTH);
        heap = PooledByteBufAllocator.DEFAULT.heapBuffer(names * NAME_LENGTH);
        for (int i = 0; i < names; i++) {
            byte[] utf8 = "plant/s/%06d/state".formatted(i).getBytes(StandardCharsets.UTF_8);
            direct.writeBytes(utf8).writeZero(NAME_LENGTH - utf8.length);
            heap.writeBytes(utf8).writeZero(NAME_LENGTH - utf8.length);
            cache.intern(direct, i * NAME_LENGTH, NAME_LENGTH);
        }
    }

    /** Releases the buffers. */
    @TearDown
    public void tearDown() {
        direct.release();
        heap.release();
    }

    private int index() {
        return (next++ & (names - 1)) * NAME_LENGTH;
    }

    /** In an off-heap buffer, as the transport reads. */
    @Benchmark
    public @Nullable Name findInDirectBuffer() {
        return cache.find(direct, index(), NAME_LENGTH);
    }

    /** In a heap buffer. */
    @Benchmark
    public @Nullable Name findInHeapBuffer() {
        return cache.find(heap, index(), NAME_LENGTH);
    }
}
