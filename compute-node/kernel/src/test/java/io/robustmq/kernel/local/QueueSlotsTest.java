package io.robustmq.kernel.local;

import static org.assertj.core.api.Assertions.assertThat;

import io.robustmq.kernel.Delivery;
import org.junit.jupiter.api.Test;

class QueueSlotsTest {
    @Test
    void allSlotsCanBeTakenAndComeBack() {
        QueueSlots slots = new QueueSlots();
        for (int i = 0; i < Delivery.QUEUE_SLOTS; i++) {
            assertThat(slots.take(1, 9, 2, 3, i + 1L)).isEqualTo(i);
        }
        assertThat(slots.take(1, 9, 2, 3, 99)).isEqualTo(-1);
        assertThat(slots.used()).isEqualTo(Delivery.QUEUE_SLOTS);
        slots.release(77);
        assertThat(slots.isTaken(77)).isFalse();
        assertThat(slots.take(4, 8, 5, 6, 7)).isEqualTo(77);
        assertThat(slots.shard(77)).isEqualTo(4);
        assertThat(slots.epoch(77)).isEqualTo(8);
        assertThat(slots.queue(77)).isEqualTo(5);
        assertThat(slots.consumer(77)).isEqualTo(6);
        assertThat(slots.lsn(77)).isEqualTo(7);
        assertThat(slots.isTaken(-1)).isFalse();
        assertThat(slots.isTaken(Delivery.QUEUE_SLOTS)).isFalse();
    }
}
