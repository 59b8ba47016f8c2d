package io.robustmq.acceptance.wire;

/** The will of a CONNECT; the payload has one character per byte. */
public record Will(String topic, String payload, int qos, boolean retain, Properties properties) {
    public static Will of(String topic, String payload) {
        return new Will(topic, payload, 0, false, Properties.NONE);
    }

    public Will qos(int newQos) {
        return new Will(topic, payload, newQos, retain, properties);
    }

    public Will retained() {
        return new Will(topic, payload, qos, true, properties);
    }

    public Will with(Property property) {
        return new Will(topic, payload, qos, retain, properties.with(property));
    }

    public Will delaySeconds(long seconds) {
        return with(Property.of(Property.WILL_DELAY, seconds));
    }
}
