package io.robustmq.kernel.testkit.platform;

import static org.assertj.core.api.Assertions.assertThat;

import io.robustmq.kernel.KernelRule;
import io.robustmq.kernel.testkit.Invariant;
import io.robustmq.kernel.testkit.SimSeeds;
import io.robustmq.kernel.testkit.platform.PlatformWorld.Scenario;
import io.robustmq.storage.ledger.ChainRule;
import io.robustmq.storage.ledger.LedgerLogOptions;
import java.util.EnumSet;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class PlatformSimTest {
    private static final LedgerLogOptions OPTIONS = PlatformWorld.quickOptions();
    /** Further habits of the clients, as {@code -Dsim.habits=A,B}. */
    private static final Set<Habit> HABITS = Stream.of(
                    System.getProperty("sim.habits", "").split(",", -1))
            .filter(name -> !name.isEmpty())
            .map(Habit::valueOf)
            .collect(Collectors.toUnmodifiableSet());

    @Test
    void clientsGetWhatTheyWerePromisedWhateverFails() {
        SimSeeds.of("PlatformSimTest#clientsGetWhatTheyWerePromisedWhateverFails", 1_000)
                .check(seed -> new PlatformWorld(seed, Scenario.of(seed, HABITS), OPTIONS).run());
    }

    @Test
    void oneSeedIsOneRun() {
        PlatformWorld first = new PlatformWorld(3, Scenario.of(3, HABITS), OPTIONS);
        PlatformWorld again = new PlatformWorld(3, Scenario.of(3, HABITS), OPTIONS);
        first.run();
        again.run();
        assertThat(again.digest()).isEqualTo(first.digest());
        assertThat(first.published()).isPositive();
        assertThat(first.received()).isPositive();
    }

    /** It was sent by a connection whose window opened too late. */
    @Test
    void whatExpiredWhileItWaitedForTheWindowIsNotSent() {
        new PlatformWorld(6, Scenario.of(6, Set.of()), OPTIONS).run();
    }

    @ParameterizedTest
    @EnumSource(KernelRule.class)
    void withoutOneRuleOfTheKernelAnInvariantBreaks(KernelRule rule) {
        Set<KernelRule> others = EnumSet.complementOf(EnumSet.of(rule));
        SimSeeds.of("PlatformSimTest#withoutOneRuleOfTheKernelAnInvariantBreaks(" + rule + ")", 200)
                .mustNotice(
                        brokenWithout(rule),
                        seed -> new PlatformWorld(seed, Scenario.of(seed, HABITS), OPTIONS, others).run());
    }

    private static Set<Invariant> brokenWithout(KernelRule rule) {
        return switch (rule) {
            case ANSWER_AFTER_COMMIT -> EnumSet.of(Invariant.ROUTE, Invariant.ONE_CLIENT, Invariant.RETAINED_AND_WILL);
            case UNKNOWN_IS_NOT_DONE ->
                EnumSet.of(Invariant.ROUTE, Invariant.ONE_CLIENT, Invariant.RETAINED_AND_WILL, Invariant.COUNTS);
            // What the checkpoint claims and does not hold is missed by the first record that rests on it.
            case FLUSH_AS_OF_ITS_START -> EnumSet.of(Invariant.ROUTE, Invariant.RECOVERS);
            case APPLY_FORWARDED_ONCE -> EnumSet.of(Invariant.COUNTS, Invariant.TRANSFERS_AND_BOUNDS);
            case RESEND_ON_NEW_CONNECTION_ONLY -> EnumSet.of(Invariant.PACKET_IDS, Invariant.COUNTS);
            case PART_ONCE -> EnumSet.of(Invariant.COUNTS, Invariant.RETAINED_AND_WILL);
            case HEED_ORDERLY_DETACH, RETURN_CANCELS_PARTING -> EnumSet.of(Invariant.RETAINED_AND_WILL);
            case GIVE_BACK_UNSETTLED -> EnumSet.of(Invariant.ROUTE);
            case ONE_HOLDER -> EnumSet.of(Invariant.TRANSFERS_AND_BOUNDS);
            case EXPIRE_MESSAGES -> EnumSet.of(Invariant.COUNTS);
            case EXPIRE_SESSIONS -> EnumSet.of(Invariant.ONE_CLIENT);
        };
    }

    @ParameterizedTest
    @EnumSource(
            value = ChainRule.class,
            names = {"ACKNOWLEDGE_AFTER_COMMIT", "FENCE_EVERY_OPEN_LEDGER"})
    void clientsNoticeALogThatLoses(ChainRule rule) {
        LedgerLogOptions options = OPTIONS.without(rule);
        SimSeeds.of("PlatformSimTest#clientsNoticeALogThatLoses(" + rule + ")", 200)
                .mustNotice(
                        EnumSet.of(
                                Invariant.ROUTE,
                                Invariant.COUNTS,
                                Invariant.PACKET_IDS,
                                Invariant.ONE_CLIENT,
                                Invariant.RETAINED_AND_WILL),
                        seed -> new PlatformWorld(seed, Scenario.of(seed, HABITS), options).run());
    }
}
