package io.robustmq.kernel.queue;

/** What a consumer says about a message it holds. */
public enum Verdict {
    /** Done with it. */
    ACCEPT,
    /** To be given out again; counts as a failed delivery. */
    RELEASE,
    /** Not to be given out again. */
    REJECT
}
