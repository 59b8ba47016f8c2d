package io.robustmq.kernel.local;

import io.robustmq.kernel.PublishOutcome;
import io.robustmq.kernel.link.PublishOrigin;

/** One publish that several shards must commit: tells its origin once, with the worst of the outcomes, and before that if the worst has come. */
final class PublishJoin implements PublishOrigin {
    private final PublishOrigin origin;
    private int open;
    private PublishOutcome worst = PublishOutcome.DONE;
    private boolean doubted;

    PublishJoin(PublishOrigin origin, int open) {
        this.origin = origin;
        this.open = open;
    }

    @Override
    public int loopIndex() {
        return origin.loopIndex();
    }

    @Override
    public void published(long token, PublishOutcome outcome) {
        // A refusal by one shard while another may have written is as good as unknown: only a repetition makes it
        // whole.
        worst = switch (outcome) {
            case DONE, NO_ROUTE -> worst;
            case OVERLOADED, UNKNOWN -> PublishOutcome.UNKNOWN;
        };
        if (--open == 0) {
            origin.published(token, worst);
        } else if (worst == PublishOutcome.UNKNOWN && !doubted) {
            doubted = true;
            origin.doubted(token);
        }
    }
}
