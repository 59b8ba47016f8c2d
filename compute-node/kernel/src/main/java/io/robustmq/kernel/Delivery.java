package io.robustmq.kernel;

/**
 * One message on its way to a receiver: a reusable flyweight, valid during {@link SessionSink#deliver}.
 *
 * <p>{@link #id()} names the delivery in {@link Session#settle}; 0 for at-most-once, which is never settled. Ids below {@link #QUEUE} are the session's own sequence, the
 * same after a failover: packet identifiers derive from it (MQTT: 1 + (id - 1) mod 49151). Ids from {@link #QUEUE} on are {@code QUEUE + slot}, slot 0..16383, chosen by the
 * attachment and free again once settled (MQTT: 49152 + slot).
 */
public final class Delivery {
    /** Lowest id of a delivery that comes from a queue. */
    public static final long QUEUE = 1L << 62;
    /** Sequences that share a packet identifier are this far apart. */
    public static final int SEQUENCE_MODULUS = 49_151;
    /** Slots for deliveries from queues. */
    public static final int QUEUE_SLOTS = 65_535 - SEQUENCE_MODULUS;

    private final MessageView message = new MessageView();
    private long id;
    private Guarantee guarantee = Guarantee.AT_MOST_ONCE;
    private boolean lastValue;
    private boolean redelivered;
    private int[] identifiers = new int[4];
    private int identifierCount;

    /** Starts describing the next delivery; the kernel calls this. */
    public Delivery begin(long id, Guarantee guarantee, boolean lastValue, boolean redelivered) {
        this.id = id;
        this.guarantee = guarantee;
        this.lastValue = lastValue;
        this.redelivered = redelivered;
        identifierCount = 0;
        return this;
    }

    /** Gives the delivery its id; the kernel calls this. */
    public void id(long assigned) {
        id = assigned;
    }

    /** Adds a subscription identifier; 0 is ignored. */
    public void addIdentifier(int identifier) {
        if (identifier == 0) {
            return;
        }
        if (identifierCount == identifiers.length) {
            identifiers = java.util.Arrays.copyOf(identifiers, identifierCount * 2);
        }
        identifiers[identifierCount++] = identifier;
    }

    public MessageView message() {
        return message;
    }

    public long id() {
        return id;
    }

    /** The weaker of the publisher's and the subscription's. */
    public Guarantee guarantee() {
        return guarantee;
    }

    /** The last-value flag to show to this receiver. */
    public boolean lastValue() {
        return lastValue;
    }

    /** Sent before, on an earlier attachment or to another member of the group. */
    public boolean redelivered() {
        return redelivered;
    }

    public int identifierCount() {
        return identifierCount;
    }

    /** @param at 0 .. identifierCount - 1 */
    public int identifier(int at) {
        return identifiers[at];
    }
}
