package io.robustmq.kernel.link;

import io.robustmq.kernel.PublishOutcome;

/** Where a publish came from and where its outcome goes; touched only on its own loop. */
public interface PublishOrigin {
    /** Index of the loop it lives on. */
    int loopIndex();

    /** Called on that loop. */
    void published(long token, PublishOutcome outcome);

    /**
     * Called on that loop when one of several shards does not know the outcome and others have not answered; {@link #published} with {@link PublishOutcome#UNKNOWN} follows when
     * all have. What the publisher sent meanwhile would be taken ahead of the repetition.
     */
    default void doubted(long token) {}

    /** Called on that loop when a message that went by an outbox has arrived everywhere. */
    default void arrived() {}
}
