package io.robustmq.transport;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class AcceptBudgetTest {

    @Test
    void acceptsKeepTheRateOverTime() {
        long now = 5;
        AcceptBudget budget = new AcceptBudget(1000, now);
        long accepts = 0;
        while (now < 10_000_000_000L) {
            now += budget.spend(now);
            accepts++;
        }
        assertThat(accepts).isBetween(9_990L, 10_110L);
    }

    @Test
    void aBurstOfATenthOfASecondIsNotHeldUp() {
        AcceptBudget budget = new AcceptBudget(1000, 0);
        for (int i = 0; i < 100; i++) {
            assertThat(budget.spend(0)).isZero();
        }
        assertThat(budget.spend(0)).isEqualTo(1_000_000);
    }

    @Test
    void aSlowRateStillLetsOneIn() {
        AcceptBudget budget = new AcceptBudget(1, 0);
        assertThat(budget.spend(0)).isZero();
        assertThat(budget.spend(0)).isEqualTo(1_000_000_000L);
    }
}
