package io.robustmq.kernel.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class BacklogTest {

    @Test
    void givesBackInPlace() {
        Backlog backlog = new Backlog();
        for (long lsn = 10; lsn < 500; lsn += 3) {
            backlog.add(lsn);
        }
        backlog.checkOut(10);
        backlog.checkOut(13);
        assertThat(backlog.firstReady()).isEqualTo(16);
        backlog.giveBack(13);
        assertThat(backlog.firstReady()).isEqualTo(13);
        backlog.giveBack(10);
        assertThat(backlog.firstReady()).isEqualTo(10);
    }

    @Test
    void findsTheFirstReadyMessageAfterItsChunkJoinedTheOneBefore() {
        Backlog backlog = new Backlog();
        for (long lsn = 1; lsn <= 200; lsn++) {
            backlog.add(lsn);
        }
        for (long lsn = 1; lsn <= 64; lsn++) {
            backlog.checkOut(lsn);
        }
        for (long lsn = 5; lsn <= 64; lsn++) {
            backlog.remove(lsn);
        }
        for (long lsn = 66; lsn <= 128; lsn++) {
            assertThat(backlog.firstReady()).isEqualTo(65);
            backlog.remove(lsn);
        }
        assertThat(backlog.firstReady()).isEqualTo(65);
        assertThat(backlog.first()).isEqualTo(1);
    }

    @Test
    void refusesWhatWouldPutAMessageInTwoPlaces() {
        Backlog backlog = new Backlog();
        backlog.add(5);
        assertThatThrownBy(() -> backlog.add(5)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> backlog.giveBack(5)).isInstanceOf(IllegalStateException.class);
        backlog.checkOut(5);
        assertThatThrownBy(() -> backlog.checkOut(5)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> backlog.checkOut(6)).isInstanceOf(IllegalStateException.class);
        backlog.remove(5);
        assertThatThrownBy(() -> backlog.giveBack(5)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void agreesWithASortedMapUnderRandomUse() {
        for (long seed = 1; seed <= 8; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            Backlog backlog = new Backlog();
            TreeMap<Long, Boolean> model = new TreeMap<>();
            TreeSet<Long> ready = new TreeSet<>();
            long next = 0;
            int adding = 30 + random.nextInt(40);
            for (int step = 0; step < 6_000; step++) {
                int action = random.nextInt(100);
                if (action < (step > 4_000 ? 10 : adding)) {
                    next += 1 + random.nextInt(4);
                    backlog.add(next);
                    model.put(next, true);
                    ready.add(next);
                } else if (!model.isEmpty()) {
                    long lsn = someOf(model, random, next);
                    switch (random.nextInt(5)) {
                        case 0 -> {
                            if (Boolean.TRUE.equals(model.get(lsn))) {
                                backlog.checkOut(lsn);
                                model.put(lsn, false);
                                ready.remove(lsn);
                            }
                        }
                        case 1 -> {
                            if (Boolean.FALSE.equals(model.get(lsn))) {
                                backlog.giveBack(lsn);
                                model.put(lsn, true);
                                ready.add(lsn);
                            }
                        }
                        case 2 -> {
                            long first = backlog.firstReady();
                            if (first != Backlog.NONE) {
                                backlog.checkOut(first);
                                model.put(first, false);
                                ready.remove(first);
                            }
                        }
                        default -> {
                            assertThat(backlog.remove(lsn)).isEqualTo(state(model.remove(lsn)));
                            ready.remove(lsn);
                        }
                    }
                }
                long any = random.nextLong(next + 3);
                assertThat(backlog.state(any)).isEqualTo(state(model.get(any)));
                assertThat(backlog.size()).isEqualTo(model.size());
                assertThat(backlog.ready()).isEqualTo(ready.size());
                assertThat(backlog.firstReady()).isEqualTo(ready.isEmpty() ? Backlog.NONE : ready.first());
                assertThat(backlog.first()).isEqualTo(model.isEmpty() ? Backlog.NONE : model.firstKey());
                if (step % 50 == 0) {
                    List<Long> all = new ArrayList<>();
                    backlog.forEach(all::add);
                    assertThat(all).as("seed %s", seed).containsExactlyElementsOf(model.keySet());
                    List<Long> above = List.copyOf(model.tailMap(any, false).keySet());
                    int nth = 1 + random.nextInt(80);
                    assertThat(backlog.above(any, nth))
                            .isEqualTo(above.isEmpty() ? Backlog.NONE : above.get(Math.min(nth, above.size()) - 1));
                    assertThat(backlog.countBetween(any, any + 100))
                            .isEqualTo(model.subMap(any, false, any + 100, true).size());
                }
            }
        }
    }

    /** Mostly one that is there, in any part of the backlog. */
    private static long someOf(NavigableMap<Long, Boolean> model, SplittableRandom random, long next) {
        Long found = model.ceilingKey(random.nextLong(next + 1));
        return found == null ? model.firstKey() : found;
    }

    private static Backlog.State state(@Nullable Boolean ready) {
        if (ready == null) {
            return Backlog.State.ABSENT;
        }
        return ready ? Backlog.State.READY : Backlog.State.CHECKED_OUT;
    }
}
