package io.robustmq.protocol.mqtt.codec;

/**
 * An application message on its way (MQTT 5.0 §3.3), as a value for tests, tools and rare paths; busy paths use
 * {@link PublishView} and {@link PacketEncoder#writePublishHeader}.
 *
 * @param dup whether this may be a repeated delivery; only above QoS 0
 * @param qos the quality of service of this delivery
 * @param retain the retain flag
 * @param topic a topic name, or empty when a topic alias among the properties stands for it
 * @param packetId 1 to 65,535, or 0 at QoS 0
 * @param properties empty before MQTT 5.0
 * @param payload the content
 */
public record Publish(
        boolean dup,
        QualityOfService qos,
        boolean retain,
        String topic,
        int packetId,
        Properties properties,
        BinaryData payload)
        implements Packet {
    public Publish {
        properties.requireLegalIn(PropertyScope.PUBLISH);
        if (!topic.isEmpty() || !properties.contains(Property.TOPIC_ALIAS)) {
            PacketRules.requireTopicName(topic);
        }
        if (qos != QualityOfService.AT_MOST_ONCE) {
            PacketRules.requirePacketId(packetId);
        } else if (packetId != 0) {
            throw new IllegalArgumentException("a PUBLISH at QoS 0 has no packet identifier [MQTT-2.2.1-2]");
        } else if (dup) {
            throw new IllegalArgumentException("a PUBLISH at QoS 0 is never a duplicate [MQTT-3.3.1-2]");
        }
    }

    @Override
    public PacketType type() {
        return PacketType.PUBLISH;
    }
}
