package io.robustmq.transport;

import io.netty.channel.Channel;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;

/** Takes leave of one loop's connections at a rate. Belongs to the loop. */
// The outcome of what is asked of a channel or a group is told by its own events.
@SuppressWarnings("FutureReturnValueIgnored")
final class LoopDrain {

    private static final long STEP_NANOS = 10_000_000L;
    private static final long SECOND_NANOS = 1_000_000_000L;

    private final NettyLoop loop;
    private final int connectionsPerSecond;
    private final long limitNanos;
    private final long startedNanos;
    private final Deque<Channel> waiting;
    private final CompletableFuture<Void> done;
    private long left;

    private LoopDrain(NettyLoop loop, int connectionsPerSecond, Duration limit, CompletableFuture<Void> done) {
        this.loop = loop;
        this.connectionsPerSecond = connectionsPerSecond;
        this.limitNanos = limit.toNanos();
        this.startedNanos = loop.nanoTime();
        this.waiting = new ArrayDeque<>(loop.connections());
        this.done = done;
    }

    static CompletableFuture<Void> start(NettyLoop loop, int connectionsPerSecond, Duration limit) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        loop.execute(() -> new LoopDrain(loop, connectionsPerSecond, limit, done).step());
        return done;
    }

    private void step() {
        long passedNanos = loop.nanoTime() - startedNanos;
        boolean outOfTime = passedNanos >= limitNanos;
        double due = (double) (passedNanos + STEP_NANOS) / SECOND_NANOS * connectionsPerSecond;
        while (!waiting.isEmpty() && (outOfTime || left < due)) {
            left++;
            waiting.removeFirst().pipeline().fireUserEventTriggered(Farewell.SERVER_SHUTTING_DOWN);
        }
        if (outOfTime) {
            for (Channel connection : loop.connections()) {
                connection.close();
            }
        }
        if (waiting.isEmpty() && loop.connections().isEmpty()) {
            done.complete(null);
        } else {
            loop.after(STEP_NANOS, this::step);
        }
    }
}
