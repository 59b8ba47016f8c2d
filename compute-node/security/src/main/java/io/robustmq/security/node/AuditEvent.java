package io.robustmq.security.node;

import java.util.Objects;

/**
 * A change to security that somebody made.
 *
 * @param atMillis when, since the epoch
 * @param actor who
 * @param change what, such as {@code user.add}
 * @param target to whom or what; never a secret
 * @param outcome what became of it
 */
public record AuditEvent(long atMillis, String actor, String change, String target, Change outcome) {
    public AuditEvent {
        Objects.requireNonNull(actor, "actor");
        Objects.requireNonNull(change, "change");
        Objects.requireNonNull(target, "target");
        Objects.requireNonNull(outcome, "outcome");
    }
}
