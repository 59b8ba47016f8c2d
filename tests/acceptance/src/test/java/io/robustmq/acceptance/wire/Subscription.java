package io.robustmq.acceptance.wire;

/** A filter with its options byte (MQTT 5.0 §3.8.3.1; before that, the QoS alone). */
public record Subscription(String filter, int options) {
    public static Subscription of(String filter, int qos) {
        return new Subscription(filter, qos);
    }

    public Subscription noLocal() {
        return new Subscription(filter, options | 4);
    }

    public Subscription retainAsPublished() {
        return new Subscription(filter, options | 8);
    }

    /** 0: send retained messages, 1: only for a new subscription, 2: none. */
    public Subscription retainHandling(int handling) {
        return new Subscription(filter, options | handling << 4);
    }
}
