package io.robustmq.protocol.mqtt.codec;

/**
 * What a subscriber asks of one subscription (MQTT 5.0 §3.8.3.1). MQTT 3.1 and 3.1.1 carry only the quality of service;
 * a subscription decoded from them has the other options as {@link #ofQos} sets them.
 *
 * @param maximumQos the highest quality of service at which messages may be sent
 * @param noLocal whether messages published by the subscriber's own client identifier are left out
 * @param retainAsPublished whether forwarded messages keep the retain flag with which they were published
 * @param retainHandling when retained messages are sent
 */
public record SubscriptionOptions(
        QualityOfService maximumQos, boolean noLocal, boolean retainAsPublished, RetainHandling retainHandling) {

    /** The options of a subscription that says nothing but its quality of service, as in MQTT 3.1 and 3.1.1. */
    public static SubscriptionOptions ofQos(QualityOfService maximumQos) {
        return new SubscriptionOptions(maximumQos, false, false, RetainHandling.SEND_AT_SUBSCRIBE);
    }

    int toByte(ProtocolVersion version) {
        if (!version.hasProperties()) {
            return maximumQos.value();
        }
        return maximumQos.value()
                | (noLocal ? 0b0000_0100 : 0)
                | (retainAsPublished ? 0b0000_1000 : 0)
                | (retainHandling.value() << 4);
    }
}
