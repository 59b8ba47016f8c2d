package io.robustmq.kernel.testkit;

import io.robustmq.kernel.testkit.schedule.SimNetwork;
import io.robustmq.kernel.testkit.schedule.SimProcess;
import io.robustmq.storage.Lease;
import java.util.function.Consumer;

/**
 * The lease of one process, renewed over the network from a grantor that never refuses. It holds from the moment the renewal was asked for, by the process's own
 * clock; a wall clock that ran ahead of the monotonic one tells that the machine slept, and ends it.
 */
final class SimLease implements Lease {
    private static final long SLEEP_MILLIS = 1_000;

    private final SimProcess process;
    private final SimProcess grantor;
    private final SimNetwork network;
    private final long durationNanos;
    private boolean granted;
    private long grantedNanos;
    private long grantedMillis;
    private long grantedTrue;

    SimLease(SimNetwork network, SimProcess process, SimProcess grantor, long durationNanos) {
        this.network = network;
        this.process = process;
        this.grantor = grantor;
        this.durationNanos = durationNanos;
        renew();
    }

    @Override
    public boolean validNow() {
        if (!granted) {
            return false;
        }
        long elapsed = process.clock().nanoTime() - grantedNanos;
        long wallElapsed = process.clock().wallMillis() - grantedMillis;
        return elapsed < durationNanos && wallElapsed - elapsed / 1_000_000 <= SLEEP_MILLIS;
    }

    /** Whether the others must still count with this member, by true time. */
    boolean holdsInTruth() {
        return granted
                && process.scheduler().now() - grantedTrue
                        <= durationNanos + durationNanos / 1000 + SLEEP_MILLIS * 1_000_000;
    }

    private void renew() {
        long askedNanos = process.clock().nanoTime();
        long askedMillis = process.clock().wallMillis();
        long askedTrue = process.scheduler().now();
        network.call(
                process,
                grantor,
                true,
                durationNanos / 3,
                (Consumer<Boolean> reply) -> reply.accept(true),
                answer -> {
                    granted = true;
                    grantedNanos = askedNanos;
                    grantedMillis = askedMillis;
                    grantedTrue = askedTrue;
                    process.after(durationNanos / 4, this::renew);
                },
                this::renew);
    }
}
