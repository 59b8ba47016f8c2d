package io.robustmq.kernel.queue;

/** A message given to a consumer. One object per queue, rewritten by the next {@link WorkQueue#nextCheckout}. */
public final class Checkout {
    private long lsn;
    private Consumer consumer;
    private int deliveryCount;

    Checkout(Consumer consumer) {
        this.consumer = consumer;
    }

    Checkout set(long newLsn, Consumer newConsumer, int newDeliveryCount) {
        this.lsn = newLsn;
        this.consumer = newConsumer;
        this.deliveryCount = newDeliveryCount;
        return this;
    }

    public long lsn() {
        return lsn;
    }

    public Consumer consumer() {
        return consumer;
    }

    /** How often it was given out and came back before. */
    public int deliveryCount() {
        return deliveryCount;
    }

    /** Whether it may have been given out before. False: certainly not. */
    public boolean redelivered() {
        return deliveryCount > 0;
    }
}
