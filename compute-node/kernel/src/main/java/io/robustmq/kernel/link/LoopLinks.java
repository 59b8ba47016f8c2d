package io.robustmq.kernel.link;

import io.netty.buffer.ByteBufAllocator;
import io.robustmq.storage.Loop;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jctools.queues.atomic.MpscUnboundedAtomicArrayQueue;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The links of one loop to every loop of the node, itself included. Frames written during a tick leave together at its end, in order per link. Except {@link #offer} and
 * {@link #giveBack}, everything belongs to the owning loop.
 *
 * <p>Backpressure: {@link #pressed()} rises when the bytes handed over and not yet worked off pass {@link #PRESSED_BYTES}; publishers then stop reading until the
 * listener given to {@link #whenRelieved} runs.
 */
public final class LoopLinks {
    /** Bytes under way to other loops at which publishers of this loop stop reading. */
    public static final long PRESSED_BYTES = 8L << 20;

    private static final Logger LOG = LoggerFactory.getLogger(LoopLinks.class);
    private static final int BATCH_BYTES = 32 << 10;
    private static final int BATCH_KEEP_BYTES = 512 << 10;
    private static final int BATCH_SPLIT_BYTES = 256 << 10;
    private static final int POOLED_BATCHES = 64;

    private final int index;
    private final Loop loop;
    private final ByteBufAllocator allocator;
    private final BatchReceiver receiver;
    private final @Nullable LoopLinks[] peers;
    private final @Nullable LoopBatch[] open;
    private final ArrayDeque<LoopBatch> pool = new ArrayDeque<>();
    private final ArrayDeque<LoopBatch> own = new ArrayDeque<>();
    private final List<Runnable> waiting = new ArrayList<>();
    private final MpscUnboundedAtomicArrayQueue<LoopBatch> inbox = new MpscUnboundedAtomicArrayQueue<>(256);
    private final MpscUnboundedAtomicArrayQueue<LoopBatch> returned = new MpscUnboundedAtomicArrayQueue<>(256);
    private final AtomicBoolean inboxScheduled = new AtomicBoolean();
    private final AtomicBoolean returnScheduled = new AtomicBoolean();
    /** Set while somebody waits for relief; only then is it worth waking this loop for a returned batch. */
    private volatile boolean reliefAwaited;

    private final Runnable flushTask = this::flush;
    private final Runnable inboxTask = this::drainInbox;
    private final Runnable returnTask = this::takeBack;
    private boolean flushRegistered;
    private long outstandingBytes;

    /**
     * @param index of this loop in the node
     * @param loops how many loops the node has
     * @param receiver reads what arrives for this loop
     */
    public LoopLinks(int index, int loops, Loop loop, ByteBufAllocator allocator, BatchReceiver receiver) {
        this.index = index;
        this.loop = loop;
        this.allocator = allocator;
        this.receiver = receiver;
        this.peers = new @Nullable LoopLinks[loops];
        this.open = new @Nullable LoopBatch[loops];
    }

    /** Connects to the links of another loop; before first use. */
    public void connect(int to, LoopLinks peer) {
        peers[to] = peer;
    }

    /** The batch to {@code to}; the caller appends exactly one frame. */
    public LoopBatch begin(int to, byte kind) {
        LoopBatch batch = open[to];
        if (batch != null && batch.data().writerIndex() >= BATCH_SPLIT_BYTES) {
            send(to, batch);
            batch = null;
        }
        if (batch == null) {
            batch = fresh();
            open[to] = batch;
            if (!flushRegistered) {
                flushRegistered = true;
                loop.atTickEnd(flushTask);
            }
        }
        batch.data().writeByte(kind);
        return batch;
    }

    /** Runs a task on another loop, in order with the frames to it. */
    public void task(int to, Runnable task) {
        begin(to, Frame.TASK).reference(task);
    }

    /** Whether too much is under way to other loops. */
    public boolean pressed() {
        if (outstandingBytes > PRESSED_BYTES) {
            takeBack();
        }
        return outstandingBytes > PRESSED_BYTES;
    }

    /** Runs the task once {@link #pressed()} is false again. */
    public void whenRelieved(Runnable task) {
        waiting.add(task);
        reliefAwaited = true;
        takeBack();
    }

    /** The links of another loop; to be used on that loop only. */
    public LoopLinks peer(int to) {
        LoopLinks peer = peers[to];
        if (peer == null) {
            throw new IllegalStateException("loop " + to + " is not connected");
        }
        return peer;
    }

    public int index() {
        return index;
    }

    public int loops() {
        return peers.length;
    }

    public Loop loop() {
        return loop;
    }

    public ByteBufAllocator allocator() {
        return allocator;
    }

    private LoopBatch fresh() {
        LoopBatch batch = pool.pollFirst();
        if (batch == null) {
            takeBack();
            batch = pool.pollFirst();
        }
        return batch != null ? batch : new LoopBatch(this, allocator.directBuffer(BATCH_BYTES));
    }

    private void flush() {
        flushRegistered = false;
        for (int to = 0; to < open.length; to++) {
            LoopBatch batch = open[to];
            if (batch != null) {
                send(to, batch);
            }
        }
        LoopBatch batch;
        while ((batch = own.pollFirst()) != null) {
            receive(batch);
            recycle(batch);
        }
    }

    private void send(int to, LoopBatch batch) {
        open[to] = null;
        if (batch.isEmpty()) {
            recycle(batch);
            return;
        }
        batch.seal();
        if (to == index) {
            own.addLast(batch);
            return;
        }
        outstandingBytes += batch.sentBytes();
        peer(to).offer(batch);
    }

    /** Hands a batch to this loop. Any thread. */
    void offer(LoopBatch batch) {
        inbox.offer(batch);
        if (!inboxScheduled.get() && inboxScheduled.compareAndSet(false, true)) {
            loop.execute(inboxTask);
        }
    }

    private void drainInbox() {
        inboxScheduled.set(false);
        LoopBatch batch;
        while ((batch = inbox.poll()) != null) {
            receive(batch);
            batch.source().giveBack(batch);
        }
    }

    private void receive(LoopBatch batch) {
        try {
            receiver.receive(batch);
        } catch (RuntimeException failure) {
            // A frame that cannot be handled is a programmer's mistake; the rest of the batch cannot be trusted.
            LOG.error("batch from loop {} dropped on loop {}", batch.source().index, index, failure);
        }
    }

    /** Returns a batch that was read. Any thread. */
    void giveBack(LoopBatch batch) {
        returned.offer(batch);
        if (reliefAwaited && returnScheduled.compareAndSet(false, true)) {
            loop.execute(returnTask);
        }
    }

    private void takeBack() {
        returnScheduled.set(false);
        LoopBatch batch;
        while ((batch = returned.poll()) != null) {
            outstandingBytes -= batch.sentBytes();
            recycle(batch);
        }
        if (!waiting.isEmpty() && outstandingBytes <= PRESSED_BYTES) {
            List<Runnable> due = List.copyOf(waiting);
            waiting.clear();
            reliefAwaited = false;
            due.forEach(Runnable::run);
        }
    }

    private void recycle(LoopBatch batch) {
        batch.reset();
        if (pool.size() >= POOLED_BATCHES || batch.data().capacity() > BATCH_KEEP_BYTES) {
            batch.discard();
        } else {
            pool.addFirst(batch);
        }
    }

    /** Lets go of all buffers, with whatever is in them; the last call, when no loop of the node runs any more. */
    public void close() {
        LoopBatch batch;
        while ((batch = pool.pollFirst()) != null || (batch = own.pollFirst()) != null) {
            batch.discard();
        }
        while ((batch = returned.poll()) != null || (batch = inbox.poll()) != null) {
            batch.discard();
        }
        for (int to = 0; to < open.length; to++) {
            LoopBatch unsent = open[to];
            if (unsent != null) {
                unsent.discard();
                open[to] = null;
            }
        }
    }
}
