package io.robustmq.transport;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class KeepAliveWheelTest {

    private static final long TICK = 250_000_000L;
    private static final long SECOND = 1_000_000_000L;

    private final HandLoop loop = new HandLoop();
    private final LoopFigures figures = new LoopFigures();
    private final KeepAliveWheel wheel = new KeepAliveWheel(loop, figures, TICK, 16);
    private final List<String> told = new ArrayList<>();

    private KeepAliveWheel.Watch watch(String name) {
        return wheel.watch(() -> told.add(name));
    }

    @Test
    void silenceIsToldNeverEarlyAndAtMostTwoTicksLate() {
        Random random = new Random(42);
        for (int round = 0; round < 200; round++) {
            told.clear();
            long allowed = 1 + random.nextLong(20 * SECOND);
            loop.pass(random.nextLong(2 * SECOND));
            watch("a").start(allowed);
            loop.pass(allowed - 1);
            assertThat(told).as("before %d ns", allowed).isEmpty();
            loop.pass(2 * TICK + 1);
            assertThat(told).as("after %d ns", allowed).containsExactly("a");
        }
        assertThat(figures.silentConnections().get()).isEqualTo(200);
        assertThat(wheel.watches()).isZero();
    }

    @Test
    void aTouchBeginsTheSilenceAnew() {
        KeepAliveWheel.Watch watch = watch("a");
        watch.start(3 * SECOND);
        for (int i = 0; i < 50; i++) {
            loop.pass(2 * SECOND);
            watch.touch();
        }
        assertThat(told).isEmpty();
        loop.pass(4 * SECOND);
        assertThat(told).containsExactly("a");
    }

    @Test
    void aStoppedWatchIsNeverTold() {
        KeepAliveWheel.Watch first = watch("first");
        KeepAliveWheel.Watch second = watch("second");
        KeepAliveWheel.Watch third = watch("third");
        first.start(SECOND);
        second.start(SECOND);
        third.start(SECOND);
        second.stop();
        second.stop();
        loop.pass(5 * SECOND);
        assertThat(told).containsExactlyInAnyOrder("first", "third");
        assertThat(wheel.watches()).isZero();
    }

    @Test
    void anOwnerThatIsToldMayStopOthersAndStartItselfAgain() {
        KeepAliveWheel.Watch[] watches = new KeepAliveWheel.Watch[2];
        for (int i = 0; i < 2; i++) {
            int me = i;
            watches[i] = wheel.watch(() -> {
                told.add("told");
                watches[1 - me].stop();
                watches[me].start(SECOND);
            });
            watches[i].start(SECOND);
        }
        loop.pass(SECOND + 2 * TICK);
        assertThat(told).hasSize(1);
        assertThat(wheel.watches()).isEqualTo(1);
        loop.pass(SECOND + 2 * TICK);
        assertThat(told).hasSize(2);
    }

    @Test
    void aLoopThatStoodStillDoesNotBlameItsClients() {
        KeepAliveWheel.Watch watch = watch("a");
        watch.start(10 * SECOND);
        loop.pass(SECOND);
        loop.stall(3600 * SECOND);
        loop.pass(SECOND);
        assertThat(told).isEmpty();
        loop.pass(10 * SECOND);
        assertThat(told).containsExactly("a");
    }

    @Test
    void theWheelStandsWhileNothingIsWatched() {
        KeepAliveWheel.Watch watch = watch("a");
        assertThat(loop.timers()).isZero();
        watch.start(SECOND);
        assertThat(loop.timers()).isEqualTo(1);
        watch.stop();
        loop.pass(SECOND);
        assertThat(loop.timers()).isZero();
        watch.start(SECOND);
        loop.pass(2 * SECOND);
        assertThat(told).containsExactly("a");
        assertThat(loop.timers()).isZero();
    }
}
