package io.robustmq.kernel.testkit.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.robustmq.kernel.testkit.Invariant;
import io.robustmq.kernel.testkit.SimFaults.Severity;
import io.robustmq.kernel.testkit.SimSeeds;
import io.robustmq.kernel.testkit.log.ShardLogWorld.Scenario;
import io.robustmq.kernel.testkit.storage.BookieOptions;
import io.robustmq.kernel.testkit.storage.StorageBug;
import io.robustmq.storage.ledger.ChainRule;
import io.robustmq.storage.ledger.LedgerLogOptions;
import java.util.EnumSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ShardLogSimTest {
    private static final LedgerLogOptions OPTIONS = ShardLogWorld.quickOptions();

    @Test
    void everyLogKeepsWhatItAcknowledgedWhateverFails() {
        SimSeeds.of("ShardLogSimTest#everyLogKeepsWhatItAcknowledgedWhateverFails", 500)
                .check(seed -> new ShardLogWorld(seed, Scenario.of(seed), OPTIONS, Set.of()).run());
    }

    @Test
    void oneSeedIsOneRun() {
        for (long seed = 1; seed <= 3; seed++) {
            ShardLogWorld first = new ShardLogWorld(seed, Scenario.of(seed), OPTIONS, Set.of());
            ShardLogWorld again = new ShardLogWorld(seed, Scenario.of(seed), OPTIONS, Set.of());
            first.run();
            again.run();
            assertThat(again.digest()).isEqualTo(first.digest());
            assertThat(first.records()).isPositive();
        }
    }

    @ParameterizedTest
    @EnumSource(ChainRule.class)
    void withoutOneRuleOfTheChainAnInvariantBreaks(ChainRule rule) {
        LedgerLogOptions options = OPTIONS.without(rule);
        SimSeeds.of("ShardLogSimTest#withoutOneRuleOfTheChainAnInvariantBreaks(" + rule + ")", 400)
                .mustNotice(
                        brokenWithout(rule),
                        seed -> new ShardLogWorld(seed, Scenario.of(seed), options, Set.of()).run());
    }

    @ParameterizedTest
    @EnumSource(StorageBug.class)
    void aBugOfTheBookiesBreaksAnInvariant(StorageBug bug) {
        SimSeeds.of("ShardLogSimTest#aBugOfTheBookiesBreaksAnInvariant(" + bug + ")", 400)
                .mustNotice(
                        EnumSet.of(Invariant.ONE_HISTORY, Invariant.ACKNOWLEDGED_IS_KEPT),
                        seed -> new ShardLogWorld(seed, scenario(bug, seed), OPTIONS, Set.of(bug)).run());
    }

    private static Scenario scenario(StorageBug bug, long seed) {
        return bug == StorageBug.WIPED_BOOKIE_KEEPS_ITS_ID
                ? new Scenario(BookieOptions.cluster(3, 3, 3, 2), 3, 1, Severity.WIPES, 12_000_000_000L)
                : Scenario.of(seed);
    }

    private static Set<Invariant> brokenWithout(ChainRule rule) {
        return switch (rule) {
            case KEEP_FENCED_LEDGERS, FENCE_EVERY_OPEN_LEDGER, ACKNOWLEDGE_AFTER_COMMIT ->
                EnumSet.of(Invariant.ACKNOWLEDGED_IS_KEPT, Invariant.ONE_HISTORY);
            case RESOLVE_WRITES_BY_READING -> EnumSet.of(Invariant.NOTHING_REFERENCED_IS_MISSING, Invariant.RECOVERS);
            case DRAIN_BEFORE_NEXT_LEDGER -> EnumSet.of(Invariant.ONE_HISTORY, Invariant.ACKNOWLEDGED_IS_KEPT);
            case CHECK_LEASE_AT_COMMIT -> EnumSet.of(Invariant.LEASE);
            case INSTALL_MANIFEST_WITH_CHAIN ->
                EnumSet.of(Invariant.ONE_HISTORY, Invariant.NOTHING_REFERENCED_IS_MISSING);
        };
    }
}
