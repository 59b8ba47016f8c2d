package io.robustmq.transport;

import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells of clients that did not get as far as their protocol: one line a second for each listener, and how many were left out. Any thread. */
final class HandshakeLog {

    private static final Logger log = LoggerFactory.getLogger(HandshakeLog.class);
    private static final long LINE_NANOS = 1_000_000_000L;

    private final String listener;
    private final AtomicLong failures = new AtomicLong();
    private final AtomicLong untold = new AtomicLong();
    private final AtomicLong nextLineNanos = new AtomicLong(System.nanoTime());

    HandshakeLog(String listener) {
        this.listener = listener;
    }

    /** Connections that ended before their protocol began. */
    long failures() {
        return failures.get();
    }

    /** The peer went away by itself, as probes of load balancers do. */
    void left(Object peer) {
        failures.incrementAndGet();
        log.debug("A connection ended before its protocol began listener={} peer={}", listener, peer);
    }

    /** It was turned away. */
    void refused(Object peer, String reason) {
        failures.incrementAndGet();
        long due = nextLineNanos.get();
        long now = System.nanoTime();
        if (now - due >= 0 && nextLineNanos.compareAndSet(due, now + LINE_NANOS)) {
            log.warn(
                    "A connection was refused before its protocol began listener={} peer={} reason={} untold={}",
                    listener,
                    peer,
                    reason,
                    untold.getAndSet(0));
        } else {
            untold.incrementAndGet();
        }
    }
}
