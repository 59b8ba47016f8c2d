package io.robustmq.protocol.mqtt;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How the adapter behaves where the specification leaves the choice.
 *
 * @param limits what one connection may do
 * @param shortClientIds31 hold MQTT 3.1 clients to identifiers of 1 to 23 characters as that version says; most of them
 *     never did, so it is off by default
 * @param refusedPublish what a v3 client meets that publishes where it may not
 * @param responseInformation base for response topics, told to v5 clients that ask; null tells none
 */
public record MqttSettings(
        MqttLimits limits,
        boolean shortClientIds31,
        RefusedPublish refusedPublish,
        @Nullable String responseInformation) {

    /** The defaults. */
    public static final MqttSettings DEFAULTS =
            new MqttSettings(MqttLimits.DEFAULTS, false, RefusedPublish.ACKNOWLEDGE_AND_DROP, null);

    /** MQTT 3.1.1 §3.3.5.2: no negative acknowledgement exists, so either of these. */
    public enum RefusedPublish {
        ACKNOWLEDGE_AND_DROP,
        DISCONNECT
    }

    public MqttSettings {
        Objects.requireNonNull(limits, "limits");
        Objects.requireNonNull(refusedPublish, "refusedPublish");
    }
}
