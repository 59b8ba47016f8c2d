package io.robustmq.transport;

import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.util.concurrent.ScheduledFuture;
import io.robustmq.storage.Loop;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * A home loop on a Netty event loop: connections and shards of one core. See {@link Loop} for what may be called from where.
 */
// The outcome of what is asked of a channel or a group is told by its own events.
@SuppressWarnings("FutureReturnValueIgnored")
public final class NettyLoop implements Loop {

    private static final long WHEEL_TICK_NANOS = 250_000_000L;
    private static final int WHEEL_SLOTS = 512;

    private final int index;
    private final HomeEventLoop eventLoop;
    private final LoopFigures figures;
    private final KeepAliveWheel keepAlive;
    private final ReceiveBuffers receiveBuffers;
    private final Set<Channel> connections = Collections.newSetFromMap(new IdentityHashMap<>());

    NettyLoop(int index, HomeEventLoop eventLoop) {
        this.index = index;
        this.eventLoop = eventLoop;
        this.figures = eventLoop.figures();
        this.keepAlive = new KeepAliveWheel(this, figures, WHEEL_TICK_NANOS, WHEEL_SLOTS);
        this.receiveBuffers = new ReceiveBuffers(figures);
    }

    /** 0 for the first loop of its {@link HomeLoops}, then 1, 2, ... */
    public int index() {
        return index;
    }

    /** The Netty side of this loop, to register channels with. */
    public EventLoop eventLoop() {
        return eventLoop;
    }

    /** Watches for silent connections of this loop. Loop only. */
    public KeepAliveWheel keepAlive() {
        return keepAlive;
    }

    /** What this loop counts. */
    public LoopFigures figures() {
        return figures;
    }

    /** Identifier of the loop's thread, for its processor time; waits for the thread to exist. Any thread. */
    public long threadId() {
        return eventLoop.threadProperties().id();
    }

    @Override
    public void execute(Runnable task) {
        eventLoop.execute(task);
    }

    @Override
    public void atTickEnd(Runnable task) {
        eventLoop.atTickEnd(task);
    }

    @Override
    public long nanoTime() {
        return System.nanoTime();
    }

    @Override
    public long wallMillis() {
        return System.currentTimeMillis();
    }

    @Override
    public Timer after(long delayNanos, Runnable task) {
        ScheduledFuture<?> pending = eventLoop.schedule(task, Math.max(0, delayNanos), TimeUnit.NANOSECONDS);
        return () -> pending.cancel(false);
    }

    @Override
    public boolean inLoop() {
        return eventLoop.inEventLoop();
    }

    RecvByteBufAllocator receiveBuffers() {
        return receiveBuffers;
    }

    /** Loop only. */
    void opened(Channel connection) {
        connections.add(connection);
        figures.connections().add(1);
    }

    /** Loop only. */
    void closed(Channel connection) {
        if (connections.remove(connection)) {
            figures.connections().add(-1);
        }
    }

    /** The connections that are open now, in no order. Loop only. */
    List<Channel> connections() {
        return List.copyOf(connections);
    }

    /** Gives the receive buffer back: nothing will be read any more. Loop only. */
    void releaseBuffers() {
        receiveBuffers.release();
    }

    @Override
    public String toString() {
        return "loop-" + index;
    }
}
