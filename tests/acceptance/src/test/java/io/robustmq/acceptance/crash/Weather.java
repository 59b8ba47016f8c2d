package io.robustmq.acceptance.crash;

import java.time.Duration;
import java.util.function.BooleanSupplier;

/** Tells the clients whether the broker is up, and lets the test wait for them. */
final class Weather {
    private boolean up;
    private boolean producing = true;
    private boolean over;

    synchronized void up() {
        up = true;
        notifyAll();
    }

    synchronized void down() {
        up = false;
        notifyAll();
    }

    /** No new messages from now on; what is under way is finished. */
    synchronized void stopProducing() {
        producing = false;
        notifyAll();
    }

    synchronized void over() {
        over = true;
        notifyAll();
    }

    synchronized boolean isOver() {
        return over;
    }

    synchronized boolean producing() {
        return producing;
    }

    /** Waits until it makes sense to connect; false when the test is over. */
    synchronized boolean awaitUp() {
        waitFor(() -> up || over, Duration.ofHours(1));
        return !over;
    }

    /** A client changed what {@link #await} may be waiting for. */
    synchronized void changed() {
        notifyAll();
    }

    /** Waits for a condition on the clients' state; false when it did not come true in time. */
    synchronized boolean await(BooleanSupplier condition, Duration patience) {
        return waitFor(condition, patience);
    }

    private boolean waitFor(BooleanSupplier condition, Duration patience) {
        long deadline = System.nanoTime() + patience.toNanos();
        try {
            while (!condition.getAsBoolean()) {
                long left = deadline - System.nanoTime();
                if (left <= 0) {
                    return false;
                }
                // Counters that clients move do not notify; look again before long.
                wait(Math.min(50, left / 1_000_000 + 1));
            }
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }
}
