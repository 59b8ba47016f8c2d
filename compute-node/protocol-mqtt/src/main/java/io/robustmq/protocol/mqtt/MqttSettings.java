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
 * @param offer which optional parts of the protocol clients may use
 * @param validatePayloadFormat whether a payload that is said to be text is looked at; one that is not UTF-8 is refused
 *     with 0x99
 * @param redirect where every client is sent instead of being welcomed; null to welcome them
 */
public record MqttSettings(
        MqttLimits limits,
        boolean shortClientIds31,
        RefusedPublish refusedPublish,
        @Nullable String responseInformation,
        MqttOffer offer,
        boolean validatePayloadFormat,
        @Nullable MqttRedirect redirect) {

    /** The defaults. */
    public static final MqttSettings DEFAULTS =
            new MqttSettings(MqttLimits.DEFAULTS, false, RefusedPublish.ACKNOWLEDGE_AND_DROP, null);

    /** All parts of the protocol offered, payloads taken as they are, clients welcomed. */
    public MqttSettings(
            MqttLimits limits,
            boolean shortClientIds31,
            RefusedPublish refusedPublish,
            @Nullable String responseInformation) {
        this(limits, shortClientIds31, refusedPublish, responseInformation, MqttOffer.EVERYTHING, false, null);
    }

    /** MQTT 3.1.1 §3.3.5.2: no negative acknowledgement exists, so either of these. */
    public enum RefusedPublish {
        ACKNOWLEDGE_AND_DROP,
        DISCONNECT
    }

    public MqttSettings {
        Objects.requireNonNull(limits, "limits");
        Objects.requireNonNull(refusedPublish, "refusedPublish");
        Objects.requireNonNull(offer, "offer");
    }
}
