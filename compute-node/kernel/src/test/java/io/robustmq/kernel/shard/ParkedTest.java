package io.robustmq.kernel.shard;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ParkedTest {
    @Test
    void outputsLeaveInOrderAndNotBeforeTheirRecord() {
        Parked parked = new Parked();
        List<String> left = new ArrayList<>();
        int added = 0;
        for (int lsn = 1; lsn <= 500; lsn++) {
            for (int i = 0; i < lsn % 3; i++) {
                parked.add(lsn, "o" + added, added++);
            }
            if (lsn % 90 == 0) {
                int committed = lsn - 40;
                parked.release(committed, (what, token) -> {
                    assertThat(what).isEqualTo("o" + token);
                    left.add((String) what);
                });
                int expected = (int) IntStream.rangeClosed(1, committed)
                        .mapToLong(n -> n % 3)
                        .sum();
                assertThat(left).hasSize(expected);
            }
        }
        parked.drain((what, _) -> left.add((String) what));
        assertThat(parked.size()).isZero();
        assertThat(left).hasSize(added).first().isEqualTo("o0");
        for (int i = 0; i < added; i++) {
            assertThat(left.get(i)).isEqualTo("o" + i);
        }
    }

    @Test
    void whatLeavesMayParkMore() {
        Parked parked = new Parked();
        List<Long> left = new ArrayList<>();
        for (int i = 0; i < 64; i++) {
            parked.add(1, "first", i);
        }
        parked.release(1, (_, token) -> {
            left.add(token);
            if (token < 64) {
                parked.add(token % 2 == 0 ? 1 : 2, "second", token + 100);
            }
        });
        assertThat(left).hasSize(65).endsWith(100L);
        parked.release(2, (_, token) -> left.add(token));
        assertThat(left).hasSize(128);
    }
}
