package io.robustmq.protocol.mqtt.connection;

import io.robustmq.protocol.mqtt.codec.BinaryData;
import io.robustmq.protocol.mqtt.codec.Properties;
import io.robustmq.protocol.mqtt.codec.QualityOfService;
import io.robustmq.protocol.mqtt.codec.TopicName;

/**
 * A message that the server publishes by itself or for an administrator.
 *
 * @param topic a valid topic name (MQTT 5.0 section 4.7); may begin with $, which is the server's own
 * @param retain whether it becomes the retained message of its topic; with an empty payload, that the present one is removed
 * @param properties those that belong to a message (section 3.3.2.3), among them the message expiry interval
 */
public record ServerMessage(
        String topic, BinaryData payload, QualityOfService qos, boolean retain, Properties properties) {
    public ServerMessage {
        if (!TopicName.isValid(topic)) {
            throw new IllegalArgumentException("topic is no valid topic name: " + topic);
        }
    }
}
