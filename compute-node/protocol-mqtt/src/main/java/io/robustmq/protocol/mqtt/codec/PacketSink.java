package io.robustmq.protocol.mqtt.codec;

/**
 * What a {@link PacketDecoder} hands packets to, one call per packet, in the order of arrival and on the thread that
 * called the decoder. A method that throws ends the decoding; the packet at hand then counts as read.
 */
public interface PacketSink {
    /**
     * A PUBLISH arrived.
     *
     * @param view over the input buffer, valid during this call only. Everything is checked except the topic: call
     *     {@link PublishView#validateTopic} unless the same bytes are known to be valid
     */
    void publish(PublishView view) throws DecodeFailure;

    /**
     * PUBACK, PUBREC, PUBREL or PUBCOMP arrived. Its properties were checked and dropped.
     *
     * @param packetId 1 to 65,535
     * @param reason success when the version has no reason codes
     */
    void ack(AckType type, int packetId, ReasonCode reason) throws DecodeFailure;

    /** Any other packet arrived. A second CONNECT arrives here too and is for the receiver to refuse [MQTT-3.1.0-2]. */
    void packet(Packet packet) throws DecodeFailure;
}
