package io.robustmq.security.access;

/** What a rule says. */
public enum Effect {
    ALLOW,
    DENY
}
