package io.robustmq.protocol.mqtt.connection;

import io.robustmq.kernel.Session;
import io.robustmq.kernel.Settlement;
import io.robustmq.protocol.mqtt.MqttEvent;
import io.robustmq.protocol.mqtt.codec.AckType;
import io.robustmq.protocol.mqtt.codec.ReasonCode;

/**
 * What a client says of deliveries (MQTT 5.0 §4.3.2, §4.3.3), told to the kernel. Loop only.
 *
 * <pre>
 *   PUBACK  -> ACCEPTED, with an error code REJECTED
 *   PUBREC  -> RECEIVED, answered with PUBREL once it is logged; with an error code REJECTED
 *   PUBCOMP -> COMPLETED
 * </pre>
 */
final class Acknowledgements {
    private final Session session;
    private final ClientWriter writer;
    private final DeliveryIds ids;

    Acknowledgements(Session session, ClientWriter writer, DeliveryIds ids) {
        this.session = session;
        this.writer = writer;
        this.ids = ids;
    }

    void accepted(int packetId, ReasonCode reason) {
        if (!settle(packetId, reason.isError() ? Settlement.REJECTED : Settlement.ACCEPTED)) {
            writer.counters().event(MqttEvent.ACK_UNKNOWN);
        }
    }

    /** A PUBREC that fits nothing is still answered, or the client would repeat it for ever (MQTT 5.0 §4.3.3). */
    void received(int packetId, ReasonCode reason) {
        if (settle(packetId, reason.isError() ? Settlement.REJECTED : Settlement.RECEIVED)) {
            return;
        }
        writer.counters().event(MqttEvent.ACK_UNKNOWN);
        if (!reason.isError()) {
            writer.ack(AckType.PUBREL, packetId, ReasonCode.PACKET_IDENTIFIER_NOT_FOUND);
        }
    }

    void completed(int packetId) {
        if (!settle(packetId, Settlement.COMPLETED)) {
            writer.counters().event(MqttEvent.ACK_UNKNOWN);
        }
    }

    private boolean settle(int packetId, Settlement settlement) {
        long deliveryId = ids.deliveryId(packetId);
        return deliveryId != DeliveryIds.UNKNOWN && session.settle(deliveryId, settlement);
    }
}
