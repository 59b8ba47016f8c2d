package io.robustmq.kernel.queue;

import java.util.Objects;

/**
 * How a queue behaves.
 *
 * @param deliveryMax times a message is given out at most before it becomes a dead letter; 0: no limit
 * @param lengthMax most ready messages; 0: no limit
 * @param overflow what happens to a message that comes when {@code lengthMax} is reached
 * @param selection who is given the next message
 * @param markBlock messages that one checkout mark covers; a new owner takes at most about so many messages for given out that
 *     were not
 */
public record QueueOptions(
        int deliveryMax, int lengthMax, Overflow overflow, SelectionStrategy selection, int markBlock) {

    /** Default for {@link #markBlock}: one small record per 256 messages. */
    public static final int MARK_BLOCK = 256;

    /** No limits, each consumer in turn. */
    public static final QueueOptions DEFAULTS =
            new QueueOptions(0, 0, Overflow.REJECT_NEW, SelectionStrategy.ROUND_ROBIN, MARK_BLOCK);

    public QueueOptions {
        Objects.requireNonNull(overflow, "overflow");
        Objects.requireNonNull(selection, "selection");
        if (deliveryMax < 0) {
            throw new IllegalArgumentException("deliveryMax " + deliveryMax);
        }
        if (lengthMax < 0) {
            throw new IllegalArgumentException("lengthMax " + lengthMax);
        }
        if (markBlock < 1) {
            throw new IllegalArgumentException("markBlock " + markBlock);
        }
    }

    /** What gives way when a queue is full. */
    public enum Overflow {
        /** The oldest ready message. */
        DROP_HEAD,
        /** The message that comes. */
        REJECT_NEW
    }
}
