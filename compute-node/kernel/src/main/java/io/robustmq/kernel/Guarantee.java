package io.robustmq.kernel;

/** How often a message may reach a receiver. Adapters map their own words to it (MQTT 5.0 §4.3: QoS 0, 1, 2). */
public enum Guarantee {
    AT_MOST_ONCE,
    AT_LEAST_ONCE,
    EXACTLY_ONCE;

    private static final Guarantee[] BY_CODE = values();

    /** 0, 1 or 2; as stored in logs. */
    public int code() {
        return ordinal();
    }

    /** @param code 0, 1 or 2 */
    public static Guarantee of(int code) {
        return BY_CODE[code];
    }

    /** The weaker of the two: what a receiver gets that was granted {@code other}. */
    public Guarantee atMost(Guarantee other) {
        return ordinal() <= other.ordinal() ? this : other;
    }
}
