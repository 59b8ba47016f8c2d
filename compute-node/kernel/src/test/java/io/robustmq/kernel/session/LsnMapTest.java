package io.robustmq.kernel.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ConcurrentModificationException;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LsnMapTest {

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void behavesLikeATreeMapWhateverComesAndGoes(long seed) {
        Random random = new Random(seed);
        TreeMap<Long, String> model = new TreeMap<>();
        LsnMap<String> map = new LsnMap<>();
        long next = 1;
        for (int step = 0; step < 20_000; step++) {
            // Bursts of dense keys with gaps, removed from the front, the back and the middle.
            boolean grows = (step / 2_000 & 1) == 0 ? random.nextInt(4) > 0 : random.nextInt(4) == 0;
            if (grows || model.isEmpty()) {
                next += random.nextInt(20) == 0 ? random.nextInt(1_000) : 1;
                assertThat(map.put(next, "m" + next)).isEqualTo(model.put(next, "m" + next));
            } else {
                Long middle = model.ceilingKey(model.firstKey() + random.nextLong(next - model.firstKey() + 1));
                long key = random.nextBoolean() || middle == null ? model.firstKey() : middle;
                assertThat(map.remove(key)).isEqualTo(model.remove(key));
                assertThat(map.remove(key)).isNull();
            }
            assertThat(map.size()).isEqualTo(model.size());
            long asked = 1 + random.nextLong(next + 10);
            assertThat(map.get(asked)).isEqualTo(model.get(asked));
            assertThat(map.containsKey(asked)).isEqualTo(model.containsKey(asked));
        }
        assertThat(map.values()).containsExactlyInAnyOrderElementsOf(model.values());
        assertThat(map.sortedKeys())
                .containsExactly(model.keySet().stream().mapToLong(key -> key).toArray());
    }

    @Test
    void replacingAValueReturnsTheOneBefore() {
        LsnMap<String> map = new LsnMap<>();
        assertThat(map.put(7, "a")).isNull();
        assertThat(map.put(7, "b")).isEqualTo("a");
        assertThat(map.size()).isEqualTo(1);
        map.clear();
        assertThat(map.isEmpty()).isTrue();
        assertThat(map.get(7)).isNull();
    }

    @Test
    void walkingThroughAChangedMapFails() {
        LsnMap<String> map = new LsnMap<>();
        map.put(1, "a");
        map.put(2, "b");
        assertThatThrownBy(() -> {
                    for (String _ : map.values()) {
                        map.remove(2);
                        map.remove(1);
                    }
                })
                .isInstanceOf(ConcurrentModificationException.class);
    }

    /** With a table that hashes a key to itself this takes minutes: each removal walks along all that is left. */
    @Test
    void aMillionDenseKeysComeAndGo() {
        LsnMap<String> map = new LsnMap<>();
        for (long lsn = 1; lsn <= 1_000_000; lsn++) {
            map.put(lsn, "x");
        }
        for (long lsn = 1; lsn <= 1_000_000; lsn++) {
            assertThat(map.remove(lsn) != null).isTrue();
        }
        assertThat(map.isEmpty()).isTrue();
    }
}
