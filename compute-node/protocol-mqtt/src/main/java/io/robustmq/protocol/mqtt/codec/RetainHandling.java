package io.robustmq.protocol.mqtt.codec;

/** When a subscription gets the retained messages it matches (MQTT 5.0 §3.8.3.1). */
public enum RetainHandling {
    SEND_AT_SUBSCRIBE(0),
    SEND_AT_NEW_SUBSCRIBE(1),
    DO_NOT_SEND(2);

    private static final RetainHandling[] BY_VALUE = values();

    private final int value;

    RetainHandling(int value) {
        this.value = value;
    }

    /** The value on the wire: 0, 1 or 2. */
    public int value() {
        return value;
    }

    /**
     * The retain handling of a value on the wire.
     *
     * @throws IllegalArgumentException when {@code value} is not 0, 1 or 2
     */
    public static RetainHandling of(int value) {
        if (value < 0 || value >= BY_VALUE.length) {
            throw new IllegalArgumentException("retain handling " + value + " is not 0, 1 or 2");
        }
        return BY_VALUE[value];
    }
}
