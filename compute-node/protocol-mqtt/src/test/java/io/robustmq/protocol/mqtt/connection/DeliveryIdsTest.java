package io.robustmq.protocol.mqtt.connection;

import static org.assertj.core.api.Assertions.assertThat;

import io.robustmq.kernel.Delivery;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DeliveryIdsTest {
    @ParameterizedTest
    @CsvSource({"1, 1", "49151, 49151", "49152, 1", "98302, 49151", "98303, 1", "4611686018427387904, 49152"})
    void packetIdentifierFollowsFromTheDelivery(long deliveryId, int packetId) {
        assertThat(new DeliveryIds().packetId(deliveryId)).isEqualTo(packetId);
    }

    @Test
    void lastSlotOfQueuesHasTheLastPacketIdentifier() {
        assertThat(new DeliveryIds().packetId(Delivery.QUEUE + Delivery.QUEUE_SLOTS - 1))
                .isEqualTo(65_535);
    }

    @Test
    @Tag("MQTT5-4.4.0-1")
    void packetIdentifierLeadsBackToTheDeliveryWithinAWindow() {
        DeliveryIds ids = new DeliveryIds();
        int window = Delivery.SEQUENCE_MODULUS / 2;
        for (long newest = 1; newest < 3L * Delivery.SEQUENCE_MODULUS; newest += 997) {
            ids.packetId(newest);
            for (long id = Math.max(1, newest - window); id <= newest; id += 1_009) {
                int packetId = 1 + (int) ((id - 1) % Delivery.SEQUENCE_MODULUS);
                assertThat(ids.deliveryId(packetId)).isEqualTo(id);
            }
        }
    }

    @Test
    void queueSlotsLeadBack() {
        DeliveryIds ids = new DeliveryIds();
        for (int slot = 0; slot < Delivery.QUEUE_SLOTS; slot++) {
            assertThat(ids.deliveryId(ids.packetId(Delivery.QUEUE + slot))).isEqualTo(Delivery.QUEUE + slot);
        }
    }

    @Test
    void identifierThatWasNeverSentIsUnknown() {
        DeliveryIds ids = new DeliveryIds();
        ids.packetId(5);

        assertThat(ids.deliveryId(6)).isEqualTo(DeliveryIds.UNKNOWN);
        assertThat(new DeliveryIds().deliveryId(1)).isEqualTo(DeliveryIds.UNKNOWN);
    }
}
