package io.robustmq.kernel.node;

import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.robustmq.kernel.AttachRequest;
import io.robustmq.kernel.EncodedMessage;
import io.robustmq.kernel.Guarantee;
import io.robustmq.kernel.KernelLoop;
import io.robustmq.kernel.KernelOptions;
import io.robustmq.kernel.PartingMessage;
import io.robustmq.kernel.PublishDraft;
import io.robustmq.kernel.SessionKey;
import io.robustmq.kernel.shard.ShardAudit;
import io.robustmq.storage.Claim;
import io.robustmq.storage.Lease;
import io.robustmq.storage.Loop;
import io.robustmq.storage.ShardId;
import io.robustmq.storage.ShardLog;
import io.robustmq.storage.ledger.LedgerLogOptions;
import io.robustmq.storage.ledger.LedgerLogStore;
import io.robustmq.storage.ledger.LedgerRunStore;
import io.robustmq.storage.memory.MemoryCoordStore;
import io.robustmq.storage.memory.MemoryLedgerStore;
import io.robustmq.storage.testkit.FaultyCoordStore;
import io.robustmq.storage.testkit.FaultyLedgerStore;
import io.robustmq.storage.testkit.ManualLoop;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** A node of two loops and two shards on a hand-turned thread, or on two of them. A crash is a new node on the same stores. */
final class KernelRig implements AutoCloseable {
    static final int SHARDS = 2;

    final ManualLoop loop = new ManualLoop();
    /** The second loop of the node; the same as the first unless they are told apart. */
    final ManualLoop second;

    /** The second loop does not get on: what it has written this tick stays where it is. */
    boolean secondStands;

    final MemoryLedgerStore ledgers = new MemoryLedgerStore(loop);
    final MemoryCoordStore coordination = new MemoryCoordStore(loop);
    /** What the node writes to; may be told to lose answers. */
    final FaultyLedgerStore faultyLedgers = new FaultyLedgerStore(ledgers);

    final FaultyCoordStore faultyCoordination = new FaultyCoordStore(coordination);
    final KernelOptions options;
    private int incarnations;
    NodeKernel kernel;

    KernelRig() {
        this(KernelOptions.DEFAULTS);
    }

    KernelRig(KernelOptions options) {
        this(options, false);
    }

    private KernelRig(KernelOptions options, boolean apart) {
        this.options = options;
        this.second = apart ? new ManualLoop() : loop;
        this.kernel = boot();
    }

    /** With loops that can be turned one without the other. */
    static KernelRig withLoopsApart() {
        return withLoopsApart(KernelOptions.DEFAULTS);
    }

    /** With loops that can be turned one without the other. */
    static KernelRig withLoopsApart(KernelOptions options) {
        return new KernelRig(options, true);
    }

    private NodeKernel boot() {
        LedgerLogStore logs = new LedgerLogStore(
                faultyLedgers, faultyCoordination, Lease.SOLE_MEMBER, LedgerLogOptions.defaults("test"));
        List<Loop> loops = List.of(loop, second);
        NodeKernel node = new NodeKernel(new NodeSpec(
                loops,
                SHARDS,
                logs,
                new LedgerRunStore(faultyLedgers, "test"),
                ByteBufAllocator.DEFAULT,
                options,
                "incarnation-" + incarnations++,
                () -> true));
        CompletionStage<Void> started = node.start();
        settle();
        if (!started.toCompletableFuture().isDone()) {
            throw new AssertionError("the node did not start");
        }
        started.toCompletableFuture().join();
        return node;
    }

    /** Runs everything that can happen without time passing. */
    void settle() {
        for (int i = 0; i < 200; i++) {
            loop.advanceMillis(0);
            loop.run();
            if (second != loop && !secondStands) {
                second.advanceMillis(0);
                second.run();
            }
        }
    }

    void pass(long millis) {
        loop.advanceMillis(millis);
        if (second != loop && !secondStands) {
            second.advanceMillis(millis);
        }
        settle();
    }

    /** The process dies without a word, and another starts on its data. */
    void crash() {
        settle();
        kernel.crash();
        kernel = boot();
    }

    /** What is written from now on has an unknown outcome, until what {@code work} started has met it: the shards that wrote start anew from their logs. */
    void loseAnswersOf(Runnable work) {
        faultyLedgers.hold();
        work.run();
        settle();
        faultyLedgers.loseHeld();
        pass(1000);
    }

    /** Another node takes the shard for good; this one notices when it starts anew. */
    void loseShard(int shard) {
        try (LedgerLogStore others =
                new LedgerLogStore(ledgers, coordination, Lease.SOLE_MEMBER, LedgerLogOptions.defaults("test"))) {
            ShardId id = new ShardId(shard);
            CompletionStage<Optional<Claim>> owner = others.owner(id);
            settle();
            long term = Claim.nextTerm(
                    owner.toCompletableFuture().join().map(Claim::epoch).orElse(0L));
            CompletionStage<ShardLog> taken =
                    others.takeOver(id, new Claim(term, "another node"), loop, (lsn, outcome) -> {});
            settle();
            taken.toCompletableFuture().join().abandon();
        }
        ShardAudit.startAnew(kernel, shard);
        pass(1000);
    }

    KernelLoop door(int index) {
        return kernel.loop(index);
    }

    TestClient attach(int loopIndex, String name, boolean fresh, long expiryMillis) {
        return attach(loopIndex, new AttachRequest(new SessionKey(0, name), fresh, expiryMillis, 100, 1 << 20, null));
    }

    /** A client of a durable session that settles nothing by itself. */
    TestClient attachHolding(int loopIndex, String name) {
        TestClient client = new TestClient(door(loopIndex), name);
        client.settlesAtOnce = false;
        return attach(
                loopIndex,
                new AttachRequest(new SessionKey(0, name), false, AttachRequest.NEVER_EXPIRES, 100, 1 << 20, null),
                client);
    }

    TestClient attach(int loopIndex, AttachRequest request) {
        return attach(
                loopIndex,
                request,
                new TestClient(door(loopIndex), request.key().name()));
    }

    private TestClient attach(int loopIndex, AttachRequest request, TestClient client) {
        client.session = door(loopIndex).attach(request, client);
        settle();
        return client;
    }

    AttachRequest withParting(String name, long expiryMillis, @Nullable String topic, long delayMillis) {
        PartingMessage parting = topic == null ? null : new PartingMessage(message(topic, "gone " + name), delayMillis);
        return new AttachRequest(new SessionKey(0, name), false, expiryMillis, 100, 1 << 20, parting);
    }

    private EncodedMessage message(String topic, String payload) {
        byte[] bytes = payload.getBytes(StandardCharsets.UTF_8);
        PublishDraft draft = new PublishDraft()
                .begin(door(0).intern(topic), Guarantee.AT_LEAST_ONCE)
                .payload(Unpooled.wrappedBuffer(bytes), 0, bytes.length);
        return EncodedMessage.of(draft, 0, loop.wallMillis());
    }

    @Override
    public void close() {
        secondStands = false;
        CompletionStage<Void> stopped = kernel.stop();
        pass(1000);
        if (!stopped.toCompletableFuture().isDone()) {
            throw new AssertionError("the node did not stop");
        }
        kernel.release();
        ledgers.close();
        coordination.close();
        settle();
    }
}
