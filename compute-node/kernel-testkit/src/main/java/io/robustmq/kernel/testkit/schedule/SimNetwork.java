package io.robustmq.kernel.testkit.schedule;

import java.util.Arrays;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Messages between endpoints. Each link (an ordered pair of endpoints) keeps the order of its messages and has its own delays, so that messages of different links
 * overtake each other. A message may be lost, and where the protocol above bears it, doubled. Links can be cut one by one, in one direction only.
 */
public final class SimNetwork {
    private final SimScheduler scheduler;
    private final SimRandom random;
    private final int endpoints;
    private final boolean[] cut;
    private final long[] lastArrival;
    private final long[] slowNanos;
    private int lossPermille;
    private int duplicatePermille;

    public SimNetwork(SimScheduler scheduler, int endpoints) {
        this.scheduler = scheduler;
        this.random = scheduler.random().fork();
        this.endpoints = endpoints;
        this.cut = new boolean[endpoints * endpoints];
        this.lastArrival = new long[endpoints * endpoints];
        this.slowNanos = new long[endpoints * endpoints];
    }

    /** How many of 1000 messages get lost or doubled from now on. */
    public void quality(int lossPermille, int duplicatePermille) {
        this.lossPermille = lossPermille;
        this.duplicatePermille = duplicatePermille;
    }

    /** Cuts or mends the link in this direction. */
    public void cut(int from, int to, boolean isCut) {
        cut[from * endpoints + to] = isCut;
    }

    /** Adds up to this delay to every message of the link in this direction. */
    public void slow(int from, int to, long nanos) {
        slowNanos[from * endpoints + to] = nanos;
    }

    /** Mends all links. */
    public void heal() {
        Arrays.fill(cut, false);
        Arrays.fill(slowNanos, 0);
        lossPermille = 0;
        duplicatePermille = 0;
    }

    /** Sends a message; {@code arrive} runs in {@code to} when it arrives, if it does. */
    public void send(int from, SimProcess to, boolean mayDouble, Runnable arrive) {
        int link = from * endpoints + to.endpoint();
        if (cut[link] || random.chance(lossPermille)) {
            return;
        }
        deliver(link, to, arrive);
        if (mayDouble && random.chance(duplicatePermille)) {
            deliver(link, to, arrive);
        }
    }

    /** Sends over a connection, which delivers in order or breaks: nothing is lost or doubled in it. */
    public void stream(int from, SimProcess to, Runnable arrive) {
        deliver(from * endpoints + to.endpoint(), to, arrive);
    }

    private void deliver(int link, SimProcess to, Runnable arrive) {
        long delay = random.skewed(20_000, 4_000_000);
        if (slowNanos[link] > 0) {
            delay += random.between(0, slowNanos[link]);
        }
        long arrival = Math.max(scheduler.now() + delay, lastArrival[link] + 1);
        lastArrival[link] = arrival;
        scheduler.schedule(arrival - scheduler.now(), to, arrive);
    }

    /**
     * A request and its reply with a time-out at the client.
     *
     * @param serve runs in the server; hands its answer to the consumer, then or later
     * @param mayDouble whether the server bears to see a request twice
     * @param answered runs in the client at most once; either this or {@code silent}
     * @param silent runs in the client when no answer came in time: the server may or may not have served
     */
    public <T> void call(
            SimProcess client,
            SimProcess server,
            boolean mayDouble,
            long timeoutNanos,
            Consumer<Consumer<T>> serve,
            Consumer<T> answered,
            Runnable silent) {
        Call<T> call = new Call<>(answered);
        call.timeout = client.after(timeoutNanos, () -> {
            if (!call.done) {
                call.done = true;
                silent.run();
            }
        });
        send(
                client.endpoint(),
                server,
                mayDouble,
                () -> serve.accept(answer -> send(server.endpoint(), client, mayDouble, () -> call.complete(answer))));
    }

    private static final class Call<T> {
        private final Consumer<T> answered;
        private SimScheduler.@Nullable Event timeout;
        private boolean done;

        Call(Consumer<T> answered) {
            this.answered = answered;
        }

        void complete(T answer) {
            if (!done) {
                done = true;
                if (timeout != null) {
                    timeout.cancel();
                }
                answered.accept(answer);
            }
        }
    }
}
