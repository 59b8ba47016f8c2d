package io.robustmq.benchmarks.kernel.shard;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.robustmq.kernel.AttachRequest;
import io.robustmq.kernel.Guarantee;
import io.robustmq.kernel.KernelLoop;
import io.robustmq.kernel.KernelOptions;
import io.robustmq.kernel.Name;
import io.robustmq.kernel.PublishDraft;
import io.robustmq.kernel.SessionKey;
import io.robustmq.kernel.SubscribeRequest;
import io.robustmq.kernel.SubscribeRequest.LastValues;
import io.robustmq.kernel.node.NodeKernel;
import io.robustmq.kernel.node.NodeSpec;
import io.robustmq.storage.Lease;
import io.robustmq.storage.ledger.LedgerLogOptions;
import io.robustmq.storage.ledger.LedgerLogStore;
import io.robustmq.storage.ledger.LedgerRunStore;
import io.robustmq.storage.memory.MemoryCoordStore;
import io.robustmq.storage.memory.MemoryLedgerStore;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * One tick with {@value #BATCH} publishes of 64 bytes to one subscriber on the same loop, settled at once: routes, batches, and for the durable session decide, log, apply, commit,
 * deliver and settle. The log is in memory, and its cost is in the figure; with {@code -prof gc} it shows what a message allocates.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
        value = 1,
        jvmArgsAppend = {
            "-Dio.netty.noUnsafe=true",
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow",
            "-XX:+UseZGC",
            "-XX:+UseCompactObjectHeaders"
        })
public class ShardLoopBenchmark {
    private static final int BATCH = 128;

    /** Of publisher and subscription. */
    @Param({"AT_MOST_ONCE", "AT_LEAST_ONCE", "EXACTLY_ONCE"})
    public Guarantee guarantee = Guarantee.AT_MOST_ONCE;

    /** Whether the subscriber's session outlives its connection, and so is logged. */
    @Param({"false", "true"})
    public boolean durable;

    private final TurnedLoop loop = new TurnedLoop();
    private final Echo publisher = new Echo();
    private final Echo subscriber = new Echo();
    private final PublishDraft draft = new PublishDraft();
    private final ByteBuf payload = Unpooled.directBuffer(64).writeZero(64);
    private KernelLoop door;
    private Name name;
    private int packetId;

    /** A node of one loop and one shard, one publisher, one subscriber. */
    public ShardLoopBenchmark() {
        MemoryLedgerStore ledgers = new MemoryLedgerStore(loop);
        NodeKernel kernel = new NodeKernel(new NodeSpec(
                List.of(loop),
                1,
                new LedgerLogStore(
                        ledgers, new MemoryCoordStore(loop), Lease.SOLE_MEMBER, LedgerLogOptions.defaults("bench")),
                new LedgerRunStore(ledgers, "bench"),
                ByteBufAllocator.DEFAULT,
                KernelOptions.DEFAULTS,
                "one",
                () -> true));
        var _ = kernel.start();
        loop.run();
        door = kernel.loop(0);
        name = door.intern("bench/device/7/state");
    }

    @Setup
    public void attach() {
        long expiry = durable ? AttachRequest.NEVER_EXPIRES : 0;
        door.attach(new AttachRequest(new SessionKey(0, "sub"), true, expiry, 1024, 1 << 20, null), subscriber);
        door.attach(new AttachRequest(new SessionKey(0, "pub"), true, 0, 1024, 1 << 20, null), publisher);
        loop.run();
        subscriber
                .session()
                .subscribe(
                        1,
                        List.of(new SubscribeRequest(
                                "bench/device/+/state", guarantee, false, false, LastValues.DO_NOT_SEND, 0, null)));
        loop.run();
    }

    /** Returns what was delivered so far. */
    @Benchmark
    @OperationsPerInvocation(BATCH)
    public long publishToSettled() {
        long before = subscriber.delivered;
        for (int i = 0; i < BATCH; i++) {
            draft.begin(name, guarantee).payload(payload, 0, 64);
            if (guarantee == Guarantee.EXACTLY_ONCE) {
                packetId = packetId % 65_535 + 1;
                publisher.session().publishOnce(packetId, draft);
            } else {
                publisher.session().publish(i, draft);
            }
        }
        loop.run();
        if (subscriber.delivered != before + BATCH) {
            throw new IllegalStateException("delivered " + (subscriber.delivered - before) + " of " + BATCH);
        }
        return subscriber.delivered;
    }
}
