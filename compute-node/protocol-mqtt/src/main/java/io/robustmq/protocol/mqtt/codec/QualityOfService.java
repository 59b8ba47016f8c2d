package io.robustmq.protocol.mqtt.codec;

/** The delivery promise of a message (MQTT 5.0 §4.3). */
public enum QualityOfService {
    AT_MOST_ONCE(0),
    AT_LEAST_ONCE(1),
    EXACTLY_ONCE(2);

    private static final QualityOfService[] BY_VALUE = values();

    private final int value;

    QualityOfService(int value) {
        this.value = value;
    }

    /** The value on the wire: 0, 1 or 2. */
    public int value() {
        return value;
    }

    /**
     * The quality of service of a value on the wire.
     *
     * @throws IllegalArgumentException when {@code value} is not 0, 1 or 2
     */
    public static QualityOfService of(int value) {
        if (value < 0 || value >= BY_VALUE.length) {
            throw new IllegalArgumentException("quality of service " + value + " is not 0, 1 or 2");
        }
        return BY_VALUE[value];
    }

    /** The lower of the two promises. */
    public QualityOfService min(QualityOfService other) {
        return value <= other.value ? this : other;
    }
}
