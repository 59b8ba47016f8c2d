package io.robustmq.protocol.mqtt.connection;

import io.robustmq.kernel.Delivery;

/**
 * Packet identifiers of deliveries and back. The session's own deliveries use 1..49151 by their sequence, so that a
 * re-sent one carries the same identifier wherever the client reconnects [MQTT-4.4.0-1]; deliveries from queues use
 * 49152..65535 by their slot. Loop only.
 */
final class DeliveryIds {
    /** No delivery has this id; {@link io.robustmq.kernel.Session#settle} is never called with it. */
    static final long UNKNOWN = 0;

    private long highestSequence;

    /** The packet identifier of a delivery, 1..65535; remembers the highest sequence. */
    int packetId(long deliveryId) {
        if (deliveryId >= Delivery.QUEUE) {
            return Delivery.SEQUENCE_MODULUS + 1 + (int) (deliveryId - Delivery.QUEUE);
        }
        if (deliveryId > highestSequence) {
            highestSequence = deliveryId;
        }
        return 1 + (int) ((deliveryId - 1) % Delivery.SEQUENCE_MODULUS);
    }

    /**
     * The latest delivery on this connection with that packet identifier, or {@link #UNKNOWN}. Sequences that share an
     * identifier are never unsettled at once, so the latest is the one that the client means.
     */
    long deliveryId(int packetId) {
        if (packetId > Delivery.SEQUENCE_MODULUS) {
            return Delivery.QUEUE + (packetId - Delivery.SEQUENCE_MODULUS - 1);
        }
        long candidate = highestSequence - Math.floorMod(highestSequence - packetId, (long) Delivery.SEQUENCE_MODULUS);
        return candidate < 1 ? UNKNOWN : candidate;
    }
}
