package io.robustmq.kernel.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class DueTimersTest {

    private final DueTimers<String> timers = new DueTimers<>();

    @Test
    void givesWhatIsDueInOrderOfTime() {
        timers.add(30, "c");
        timers.add(10, "a");
        timers.add(20, "b");
        assertThat(timers.nextDueMillis()).isEqualTo(10);
        assertThat(timers.poll(9)).isNull();
        assertThat(timers.poll(20)).isEqualTo("a");
        assertThat(timers.poll(20)).isEqualTo("b");
        assertThat(timers.poll(20)).isNull();
        assertThat(timers.nextDueMillis()).isEqualTo(30);
        assertThat(timers.poll(Long.MAX_VALUE)).isEqualTo("c");
        assertThat(timers.nextDueMillis()).isEqualTo(DueTimers.NEVER);
    }

    @Test
    void givesWhatIsDueAtTheSameTimeInOrderOfAdding() {
        for (int i = 0; i < 100; i++) {
            timers.add(5, "t" + i);
        }
        for (int i = 0; i < 100; i++) {
            assertThat(timers.poll(5)).isEqualTo("t" + i);
        }
    }

    @Test
    void cancelledThingsDoNotCome() {
        timers.add(1, "a");
        long cancelled = timers.add(2, "b");
        timers.add(3, "c");
        assertThat(timers.cancel(cancelled)).isTrue();
        assertThat(timers.cancel(cancelled)).isFalse();
        assertThat(timers.size()).isEqualTo(2);
        assertThat(timers.poll(9)).isEqualTo("a");
        assertThat(timers.poll(9)).isEqualTo("c");
    }

    @Test
    void aHandleOfSomethingTakenOutIsDead() {
        long old = timers.add(1, "a");
        assertThat(timers.poll(1)).isEqualTo("a");
        timers.add(1, "b");
        assertThat(timers.cancel(old)).isFalse();
        assertThat(timers.cancel(-1)).isFalse();
        assertThat(timers.cancel(77)).isFalse();
        assertThat(timers.poll(1)).isEqualTo("b");
    }

    @Test
    void handlesFromBeforeAPeakStayDead() {
        List<Long> handles = new ArrayList<>();
        for (int i = 0; i < 10_000; i++) {
            handles.add(timers.add(i, "t"));
        }
        while (timers.size() > 0) {
            assertThat(timers.poll(10_000)).isEqualTo("t");
        }
        for (int i = 0; i < 10_000; i++) {
            timers.add(i, "u");
        }
        for (long handle : handles) {
            assertThat(timers.cancel(handle)).isFalse();
        }
        assertThat(timers.size()).isEqualTo(10_000);
    }

    private record Expected(long due, long seq, long handle) {}

    @Test
    void agreesWithASortedSetUnderRandomUse() {
        for (long seed = 1; seed <= 20; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            DueTimers<Long> tested = new DueTimers<>();
            TreeSet<Expected> model =
                    new TreeSet<>(Comparator.comparingLong(Expected::due).thenComparingLong(Expected::seq));
            List<Expected> ever = new ArrayList<>();
            long now = 0;
            for (long seq = 0; seq < 20_000; seq++) {
                int action = random.nextInt(100);
                if (action < (seq / 5_000 % 2 == 0 ? 60 : 35)) {
                    long due = now + random.nextInt(-5, 200);
                    Expected expected = new Expected(due, seq, tested.add(due, seq));
                    model.add(expected);
                    ever.add(expected);
                } else if (action < 70 && !ever.isEmpty()) {
                    Expected victim = ever.get(random.nextInt(ever.size()));
                    assertThat(tested.cancel(victim.handle())).isEqualTo(model.remove(victim));
                } else {
                    now += random.nextInt(3);
                    Long polled = tested.poll(now);
                    if (model.isEmpty() || model.first().due() > now) {
                        assertThat(polled).isNull();
                    } else {
                        assertThat(polled).isEqualTo(model.removeFirst().seq());
                    }
                }
                assertThat(tested.size()).isEqualTo(model.size());
                assertThat(tested.nextDueMillis())
                        .as("seed %s", seed)
                        .isEqualTo(
                                model.isEmpty()
                                        ? DueTimers.NEVER
                                        : model.first().due());
            }
        }
    }
}
