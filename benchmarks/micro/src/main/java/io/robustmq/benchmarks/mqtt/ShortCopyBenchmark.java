package io.robustmq.benchmarks.mqtt;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.robustmq.protocol.mqtt.codec.PacketEncoder;
import java.util.concurrent.TimeUnit;
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

/** From which length on the buffers' own copy beats the copy by words: decides its limit in {@link PacketEncoder#copy}. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 3, time = 1)
public class ShortCopyBenchmark {
    /** The bytes to copy. */
    @Param({"8", "27", "64", "128", "256"})
    public int length = 64;

    private ByteBuf from = Unpooled.EMPTY_BUFFER;
    private ByteBuf out = Unpooled.EMPTY_BUFFER;

    /** Makes both buffers. */
    @Setup
    public void open() {
        from = PooledByteBufAllocator.DEFAULT.directBuffer(4_096).writeZero(4_096);
        out = PooledByteBufAllocator.DEFAULT.directBuffer(4_096);
    }

    /** Gives the buffers back. */
    @TearDown
    public void close() {
        from.release();
        out.release();
    }

    /** The copy of the codec. */
    @Benchmark
    public int byWords() {
        PacketEncoder.copy(from, 3, length, out.clear());
        return out.writerIndex();
    }

    /** The copy of the buffers. */
    @Benchmark
    public int byBuffers() {
        return out.clear().writeBytes(from, 3, length).writerIndex();
    }
}
