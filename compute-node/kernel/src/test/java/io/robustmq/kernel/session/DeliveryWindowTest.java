package io.robustmq.kernel.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class DeliveryWindowTest {
    @Test
    void anyOrderOfAssigningAndSettlingAgreesWithAMap() {
        Random random = new Random(3);
        DeliveryWindow window = new DeliveryWindow();
        window.restart(1_000);
        TreeMap<Long, Long> open = new TreeMap<>();
        for (int i = 0; i < 200_000; i++) {
            // Long stretches of growing and of shrinking, so that it grows far and gives memory back.
            if (random.nextInt(100) < (i / 5_000 % 2 == 0 ? 70 : 30)) {
                long lsn = 10L + i;
                open.put(window.assign(lsn, i % 3), lsn);
            } else if (!open.isEmpty()) {
                Long at = open.ceilingKey(open.firstKey() + random.nextInt(40));
                long sequence = at == null ? open.firstKey() : at;
                assertThat(window.isOpen(sequence)).isTrue();
                assertThat(window.lsn(sequence)).isEqualTo(open.get(sequence));
                window.settled(sequence);
                assertThat(window.isOpen(sequence)).isFalse();
                open.remove(sequence);
            }
            assertThat(window.base()).isEqualTo(open.isEmpty() ? window.next() : open.firstKey());
        }
        open.forEach((sequence, lsn) -> assertThat(window.lsn(sequence)).isEqualTo(lsn));
    }
}
