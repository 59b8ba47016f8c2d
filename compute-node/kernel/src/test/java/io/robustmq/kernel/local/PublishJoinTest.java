package io.robustmq.kernel.local;

import static org.assertj.core.api.Assertions.assertThat;

import io.robustmq.kernel.PublishOutcome;
import io.robustmq.kernel.link.PublishOrigin;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class PublishJoinTest {
    private final List<String> told = new ArrayList<>();

    private final PublishJoin join = new PublishJoin(
            new PublishOrigin() {
                @Override
                public int loopIndex() {
                    return 0;
                }

                @Override
                public void published(long token, PublishOutcome outcome) {
                    told.add(token + " " + outcome);
                }

                @Override
                public void doubted(long token) {
                    told.add(token + " doubted");
                }
            },
            3);

    @Test
    void theOutcomeIsToldWhenAllHaveAnswered() {
        join.published(7, PublishOutcome.DONE);
        join.published(7, PublishOutcome.NO_ROUTE);
        assertThat(told).isEmpty();
        join.published(7, PublishOutcome.DONE);
        assertThat(told).containsExactly("7 DONE");
    }

    @Test
    void aDoubtIsToldAtOnceAndOnce() {
        join.published(7, PublishOutcome.UNKNOWN);
        assertThat(told).as("while two have not answered").containsExactly("7 doubted");
        join.published(7, PublishOutcome.OVERLOADED);
        join.published(7, PublishOutcome.DONE);
        assertThat(told).containsExactly("7 doubted", "7 UNKNOWN");
    }

    @Test
    void aDoubtThatComesLastIsTheOutcome() {
        join.published(7, PublishOutcome.DONE);
        join.published(7, PublishOutcome.DONE);
        join.published(7, PublishOutcome.OVERLOADED);
        assertThat(told).containsExactly("7 UNKNOWN");
    }
}
