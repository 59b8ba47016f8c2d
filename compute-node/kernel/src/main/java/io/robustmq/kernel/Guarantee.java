package io.robustmq.kernel;

/** How often a message may reach a receiver. Adapters map their own words to it (MQTT 5.0 §4.3: QoS 0, 1, 2). */
public enum Guarantee {
    AT_MOST_ONCE(0),
    AT_LEAST_ONCE(1),
    EXACTLY_ONCE(2);

    private static final Guarantee[] BY_CODE = {AT_MOST_ONCE, AT_LEAST_ONCE, EXACTLY_ONCE};

    private final int code;

    Guarantee(int code) {
        this.code = code;
    }

    /** 0, 1 or 2; as stored in logs. */
    public int code() {
        return code;
    }

    /** @param code 0, 1 or 2 */
    public static Guarantee of(int code) {
        return BY_CODE[code];
    }

    /** The weaker of the two: what a receiver gets that was granted {@code other}. */
    public Guarantee atMost(Guarantee other) {
        return code <= other.code ? this : other;
    }
}
