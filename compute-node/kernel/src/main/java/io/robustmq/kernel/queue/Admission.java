package io.robustmq.kernel.queue;

/** Whether a message may be enqueued. */
public enum Admission {
    /** Log it, apply with {@link WorkQueue#applyEnqueued}. */
    ACCEPT,
    /** First log {@link WorkQueue#headToDrop} as settled for want of room and apply that; then ask again. */
    DROP_HEAD,
    /** The queue is full. */
    REJECT
}
