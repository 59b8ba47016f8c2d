package io.robustmq.protocol.mqtt.codec;

/**
 * The message that a server publishes for a client that went away without saying goodbye (MQTT 5.0 §3.1.2.5).
 *
 * @param qos the quality of service at which it is published
 * @param retain whether it is published as a retained message
 * @param topic a topic name
 * @param properties the will properties, empty before MQTT 5.0
 * @param payload the content, at most 65,535 bytes
 */
public record Will(QualityOfService qos, boolean retain, String topic, Properties properties, BinaryData payload) {
    public Will {
        PacketRules.requireTopicName(topic);
        properties.requireLegalIn(PropertyScope.WILL);
        PacketRules.requireBinary("will payload", payload);
    }
}
