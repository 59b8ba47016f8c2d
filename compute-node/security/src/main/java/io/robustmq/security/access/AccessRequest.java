package io.robustmq.security.access;

import java.util.Objects;

/**
 * What a client wants to do.
 *
 * @param topic a topic name to publish, a topic filter (without the group of a shared subscription) to subscribe
 * @param qos 0..2
 * @param retain of a publish; false to subscribe
 */
public record AccessRequest(Action action, String topic, int qos, boolean retain) {
    public AccessRequest {
        Objects.requireNonNull(action, "action");
        Objects.requireNonNull(topic, "topic");
        if (qos < 0 || qos > 2) {
            throw new IllegalArgumentException("qos must be 0..2: " + qos);
        }
    }

    /** A publish. */
    public static AccessRequest publish(String topic, int qos, boolean retain) {
        return new AccessRequest(Action.PUBLISH, topic, qos, retain);
    }

    /** A subscription. */
    public static AccessRequest subscribe(String filter, int qos) {
        return new AccessRequest(Action.SUBSCRIBE, filter, qos, false);
    }
}
