package io.robustmq.security.node;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes changes to the log named {@code robustmq.audit} and remembers the latest. Any thread. */
final class AuditLog {
    private static final Logger log = LoggerFactory.getLogger("robustmq.audit");

    private final LongSupplier wallMillis;

    /** Guarded by itself. */
    private final Deque<AuditEvent> latest = new ArrayDeque<>();

    AuditLog(LongSupplier wallMillis) {
        this.wallMillis = wallMillis;
    }

    /** Notes the change; returns its outcome. */
    Change note(String actor, String change, String target, Change outcome) {
        AuditEvent event = new AuditEvent(wallMillis.getAsLong(), actor, change, target, outcome);
        log.info(
                "actor={} change={} target={} outcome={}",
                onOneLine(actor),
                change,
                onOneLine(target),
                onOneLine(outcome.toString()));
        synchronized (latest) {
            latest.addFirst(event);
            if (latest.size() > SecurityAdmin.AUDIT_EVENTS_KEPT) {
                latest.removeLast();
            }
        }
        return outcome;
    }

    List<AuditEvent> latest() {
        synchronized (latest) {
            return new ArrayList<>(latest);
        }
    }

    /** Names come from outside; none may begin a line of its own. */
    private static String onOneLine(String text) {
        return text.replaceAll("\\p{Cntrl}", "?");
    }
}
