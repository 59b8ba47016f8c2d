package io.robustmq.security.access;

/** What a client wants to do with a topic. */
public enum Action {
    PUBLISH,
    SUBSCRIBE
}
