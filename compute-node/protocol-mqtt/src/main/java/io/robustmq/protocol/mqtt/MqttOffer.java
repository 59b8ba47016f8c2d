package io.robustmq.protocol.mqtt;

import io.robustmq.protocol.mqtt.codec.QualityOfService;
import java.util.Objects;

/**
 * Which of the optional parts of the protocol are offered to clients. What is withheld is announced in CONNACK to v5
 * clients and refused to all (MQTT 5.0 §3.2.2.3). Immutable.
 *
 * @param maximumQos best quality of service a client may publish with, also its will; a v5 client that goes beyond meets
 *     0x9B, an older one is disconnected. Subscriptions are taken with any and granted this at most [MQTT-3.2.2-10]
 * @param retainedMessages whether clients may publish with RETAIN, also their wills; else 0x9A, or the end of an older
 *     client's connection
 * @param wildcardSubscriptions whether filters may hold wildcards; else 0xA2, or SUBACK 0x80 for an older client
 * @param sharedSubscriptions whether {@code $share/} and {@code $queue/} are known; else 0x9E, or SUBACK 0x80
 * @param subscriptionIdentifiers whether SUBSCRIBE may hold an identifier; else 0xA1
 */
public record MqttOffer(
        QualityOfService maximumQos,
        boolean retainedMessages,
        boolean wildcardSubscriptions,
        boolean sharedSubscriptions,
        boolean subscriptionIdentifiers) {

    /** Everything there is; the default. */
    public static final MqttOffer EVERYTHING = new MqttOffer(QualityOfService.EXACTLY_ONCE, true, true, true, true);

    public MqttOffer {
        Objects.requireNonNull(maximumQos, "maximumQos");
    }
}
