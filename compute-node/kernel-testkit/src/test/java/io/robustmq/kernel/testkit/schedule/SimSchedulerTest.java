package io.robustmq.kernel.testkit.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SimSchedulerTest {
    private static final long SECOND = 1_000_000_000L;

    private final List<String> seen = new ArrayList<>();

    @Test
    void oneSeedOrdersSimultaneousEventsInOneWayAndAnotherSeedInAnother() {
        List<Integer> first = orderUnder(7);

        assertThat(orderUnder(7)).isEqualTo(first);
        assertThat(orderUnder(8)).isNotEqualTo(first).containsExactlyInAnyOrderElementsOf(first);
    }

    @Test
    void pausedProcessGoesOnWithItsOldMemory() {
        SimScheduler scheduler = new SimScheduler(1);
        SimProcess process = process(scheduler);
        process.after(SECOND, () -> seen.add("due while paused"));
        process.after(3 * SECOND, () -> seen.add("due later"));

        process.pause(false);
        run(scheduler, 2 * SECOND);
        assertThat(seen).isEmpty();
        process.resume();
        run(scheduler, 2 * SECOND);

        assertThat(seen).containsExactly("due while paused", "due later");
    }

    @Test
    void crashedProcessDoesNothingMore() {
        SimScheduler scheduler = new SimScheduler(1);
        SimProcess process = process(scheduler);
        SimLoop loop = process.newLoop();
        loop.execute(() -> seen.add("task"));
        process.after(SECOND, () -> seen.add("timer"));

        process.crash();
        run(scheduler, 2 * SECOND);

        assertThat(seen).isEmpty();
    }

    @Test
    void sleepOfTheMachineIsSeenByTheWallClockOnly() {
        SimScheduler scheduler = new SimScheduler(1);
        SimProcess process = process(scheduler);
        long nanos = process.clock().nanoTime();
        long millis = process.clock().wallMillis();

        process.pause(true);
        run(scheduler, 5 * SECOND);
        process.resume();

        assertThat(process.clock().nanoTime() - nanos).isZero();
        assertThat(process.clock().wallMillis() - millis).isEqualTo(5_000);
    }

    @Test
    void loopRunsTasksInTheirOrderAndTheEndOfTheTickAfterThem() {
        SimScheduler scheduler = new SimScheduler(3);
        SimLoop loop = process(scheduler).newLoop();
        loop.execute(() -> {
            loop.atTickEnd(() -> seen.add("end"));
            seen.add("a");
        });
        loop.execute(() -> seen.add("b"));

        run(scheduler, SECOND);

        assertThat(seen).containsSubsequence("a", "b").containsSubsequence("a", "end");
    }

    @Test
    void cancelledTimerDoesNotRun() {
        SimScheduler scheduler = new SimScheduler(3);
        SimLoop loop = process(scheduler).newLoop();
        loop.execute(() -> loop.after(SECOND, () -> seen.add("timer")).cancel());

        run(scheduler, 2 * SECOND);

        assertThat(seen).isEmpty();
    }

    @Test
    void linkKeepsTheOrderOfItsMessages() {
        SimScheduler scheduler = new SimScheduler(5);
        SimNetwork network = new SimNetwork(scheduler, 2);
        SimProcess receiver = new SimProcess(scheduler, "receiver", 1, new SimClock(scheduler, 0, 0));
        List<Integer> arrived = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            int number = i;
            network.send(0, receiver, true, () -> arrived.add(number));
        }

        run(scheduler, SECOND);

        assertThat(arrived).isEqualTo(IntStream.range(0, 100).boxed().toList());
    }

    @Test
    void cutLinkIsSilentInOneDirectionOnly() {
        SimScheduler scheduler = new SimScheduler(5);
        SimNetwork network = new SimNetwork(scheduler, 2);
        SimProcess here = new SimProcess(scheduler, "here", 0, new SimClock(scheduler, 0, 0));
        SimProcess there = new SimProcess(scheduler, "there", 1, new SimClock(scheduler, 0, 0));

        network.cut(0, 1, true);
        network.send(0, there, true, () -> seen.add("there"));
        network.send(1, here, true, () -> seen.add("here"));
        run(scheduler, SECOND);

        assertThat(seen).containsExactly("here");
    }

    private static List<Integer> orderUnder(long seed) {
        SimScheduler scheduler = new SimScheduler(seed);
        List<Integer> order = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            int number = i;
            scheduler.after(SECOND, () -> order.add(number));
        }
        run(scheduler, 2 * SECOND);
        return order;
    }

    private static SimProcess process(SimScheduler scheduler) {
        return new SimProcess(scheduler, "process", 0, new SimClock(scheduler, 0, 0));
    }

    private static void run(SimScheduler scheduler, long nanos) {
        scheduler.runUntil(scheduler.now() + nanos, () -> false);
    }
}
