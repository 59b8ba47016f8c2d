package io.robustmq.kernel.link;

import io.robustmq.kernel.Settlement;

/** Settlements as one byte, in frames and in the log. */
public final class Settlements {
    private Settlements() {}

    public static int code(Settlement settlement) {
        return switch (settlement) {
            case ACCEPTED -> 0;
            case RECEIVED -> 1;
            case COMPLETED -> 2;
            case REJECTED -> 3;
        };
    }

    public static Settlement of(int code) {
        return switch (code) {
            case 0 -> Settlement.ACCEPTED;
            case 1 -> Settlement.RECEIVED;
            case 2 -> Settlement.COMPLETED;
            case 3 -> Settlement.REJECTED;
            default -> throw new IllegalArgumentException("unknown settlement " + code);
        };
    }
}
