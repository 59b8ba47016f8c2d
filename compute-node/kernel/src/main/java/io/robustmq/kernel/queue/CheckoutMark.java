package io.robustmq.kernel.queue;

/**
 * A mark to be logged before messages are given out: what is above it was certainly never given out.
 *
 * @param lsn covers the messages up to this one; -1 for none
 * @param ahead covers as many of those that are enqueued next
 */
public record CheckoutMark(long lsn, int ahead) {
    public CheckoutMark {
        if (lsn < -1 || ahead < 0) {
            throw new IllegalArgumentException("mark at " + lsn + " and " + ahead + " ahead");
        }
    }
}
