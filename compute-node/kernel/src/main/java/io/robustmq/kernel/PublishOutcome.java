package io.robustmq.kernel;

/** What became of a publish, told to {@link SessionSink#published}. */
public enum PublishOutcome {
    /** Every durable destination has it on disk, every other one has it in hand. */
    DONE,
    /** As {@link #DONE}, with no destination at all. */
    NO_ROUTE,
    /** Refused before anything was written, because a named limit is reached; may be tried again later. */
    OVERLOADED,
    /** Nobody can tell whether it is kept. The adapter answers nothing and closes the connection; the client sends it again. */
    UNKNOWN
}
