package io.robustmq.kernel.link;

import io.robustmq.kernel.PublishOutcome;

/** Where a publish came from and where its outcome goes; touched only on its own loop. */
public interface PublishOrigin {
    /** Index of the loop it lives on. */
    int loopIndex();

    /** Called on that loop. */
    void published(long token, PublishOutcome outcome);

    /** Called on that loop when a message that went by an outbox has arrived everywhere. */
    default void arrived() {}
}
