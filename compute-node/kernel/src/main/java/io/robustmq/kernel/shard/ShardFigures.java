package io.robustmq.kernel.shard;

import io.robustmq.kernel.link.Counter;

/** What one shard counts; written on its home loop, read by anyone. */
public final class ShardFigures {
    public final Counter records = new Counter();
    public final Counter entries = new Counter();
    public final Counter bytes = new Counter();
    public final Counter flushes = new Counter();
    public final Counter flushFailures = new Counter();
    public final Counter takeovers = new Counter();
    public final Counter serving = new Counter();
    public final Counter invariantsBroken = new Counter();
    public final Counter droppedExpired = new Counter();
    public final Counter droppedTooLarge = new Counter();
    public final Counter droppedLimit = new Counter();
    private final Counter tailBytes = new Counter();
    private final Counter sessions = new Counter();
    private final Counter subscriptions = new Counter();
    private final Counter retained = new Counter();
    private final Counter delayed = new Counter();
    private final Counter queues = new Counter();
    private final Counter pendingMessages = new Counter();

    void tailBytes(long now) {
        set(tailBytes, now);
    }

    void state(ShardState state) {
        set(sessions, state.sessions().size());
        set(subscriptions, state.subscriptions());
        set(retained, state.lastValues().size());
        set(delayed, state.delayed().size());
        set(queues, state.queues().size());
        set(pendingMessages, state.rows().size());
    }

    private static void set(Counter counter, long now) {
        counter.add(now - counter.read());
    }

    public long tailBytes() {
        return tailBytes.read();
    }

    public long sessions() {
        return sessions.read();
    }

    public long subscriptions() {
        return subscriptions.read();
    }

    public long retained() {
        return retained.read();
    }

    public long delayed() {
        return delayed.read();
    }

    public long queues() {
        return queues.read();
    }

    public long pendingMessages() {
        return pendingMessages.read();
    }
}
