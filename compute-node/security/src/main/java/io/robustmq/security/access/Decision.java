package io.robustmq.security.access;

/** What became of a request. */
public enum Decision {
    ALLOWED,
    DENIED,
    /** An external authoriser has to be asked first. */
    UNDECIDED
}
