package io.robustmq.kernel.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class OutboundWindowTest {
    @Test
    void oneThatWaitedForRoomMayComeAfterALaterOne() {
        OutboundWindow window = new OutboundWindow();
        window.sent(12, true);
        assertThat(window.complete(12)).isTrue();
        window.sent(40, true);
        window.sent(11, false);
        assertThat(window.unsettled()).isEqualTo(2);
        assertThat(window.accept(12)).isFalse();
        assertThat(window.accept(11)).isTrue();
        assertThat(window.complete(40)).isTrue();
        assertThat(window.unsettled()).isZero();
        assertThat(window.next()).isEqualTo(41);
    }

    @Test
    void nothingIsSentTwice() {
        OutboundWindow window = new OutboundWindow();
        window.sent(5, false);
        assertThatThrownBy(() -> window.sent(5, false)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void anyOrderOfSendingAndSettlingAgreesWithAMap() {
        Random random = new Random(7);
        OutboundWindow window = new OutboundWindow();
        TreeMap<Long, Boolean> model = new TreeMap<>();
        List<Long> late = new ArrayList<>();
        long next = 1;
        for (int i = 0; i < 100_000; i++) {
            int action = random.nextInt(10);
            if (action < 4) {
                long sequence = next++;
                if (random.nextInt(20) == 0 && late.size() < 3) {
                    late.add(sequence);
                } else {
                    boolean received = random.nextBoolean();
                    window.sent(sequence, received);
                    model.put(sequence, received);
                }
            } else if (action == 4 && !late.isEmpty()) {
                long sequence = late.removeFirst();
                window.sent(sequence, false);
                model.put(sequence, false);
            } else if (!model.isEmpty()) {
                Long at = model.ceilingKey(model.firstKey() + random.nextInt(20));
                long sequence = at == null ? model.firstKey() : at;
                boolean received = model.getOrDefault(sequence, false);
                switch (random.nextInt(3)) {
                    case 0 -> {
                        assertThat(window.accept(sequence)).isEqualTo(!received);
                        if (!received) {
                            model.remove(sequence);
                        }
                    }
                    case 1 -> {
                        assertThat(window.receive(sequence)).isTrue();
                        model.put(sequence, true);
                    }
                    default -> {
                        assertThat(window.complete(sequence)).isEqualTo(received);
                        if (received) {
                            model.remove(sequence);
                        }
                    }
                }
            }
            assertThat(window.unsettled()).isEqualTo(model.size());
        }
    }
}
