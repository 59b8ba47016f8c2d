package io.robustmq.kernel.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.SplittableRandom;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class LongTableTest {

    @Test
    void agreesWithAMapUnderRandomUse() {
        for (long seed = 1; seed <= 4; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            LongTable table = new LongTable();
            TreeMap<Long, Integer> model = new TreeMap<>();
            for (int step = 0; step < 30_000; step++) {
                long key = random.nextLong(step / 10_000 == 1 ? 5_000 : 60) << (seed % 3 * 10);
                if (random.nextInt(100) < (step / 6_000 % 2 == 0 ? 60 : 25)) {
                    int value = 1 + random.nextInt(9);
                    table.put(key, value);
                    model.put(key, value);
                } else {
                    assertThat(table.remove(key)).isEqualTo(zeroIfNull(model.remove(key)));
                }
                long other = random.nextLong(60);
                assertThat(table.get(other)).isEqualTo(zeroIfNull(model.get(other)));
                assertThat(table.size()).isEqualTo(model.size());
            }
            assertThat(table.keys())
                    .containsExactly(
                            model.keySet().stream().mapToLong(Long::longValue).toArray());
        }
    }

    private static int zeroIfNull(@Nullable Integer value) {
        return value == null ? 0 : value;
    }

    @Test
    void refusesValuesThatMeanAbsent() {
        LongTable table = new LongTable();
        assertThatThrownBy(() -> table.put(1, 0)).isInstanceOf(IllegalArgumentException.class);
        assertThat(table.get(1)).isZero();
        assertThat(table.remove(1)).isZero();
        assertThat(table.keys()).isEmpty();
    }
}
