package io.robustmq.kernel.link;

import io.robustmq.kernel.PublishOutcome;

/** Outcomes as one byte in frames. */
public final class PublishOutcomes {
    private PublishOutcomes() {}

    public static int code(PublishOutcome outcome) {
        return switch (outcome) {
            case DONE -> 0;
            case NO_ROUTE -> 1;
            case OVERLOADED -> 2;
            case UNKNOWN -> 3;
        };
    }

    public static PublishOutcome of(int code) {
        return switch (code) {
            case 0 -> PublishOutcome.DONE;
            case 1 -> PublishOutcome.NO_ROUTE;
            case 2 -> PublishOutcome.OVERLOADED;
            case 3 -> PublishOutcome.UNKNOWN;
            default -> throw new IllegalArgumentException("unknown outcome " + code);
        };
    }
}
