package io.robustmq.storage;

import java.util.Objects;

/**
 * Who wants to own a shard.
 *
 * @param epoch positive; the higher epoch wins. A shard assigned at term t uses t * {@link #SUB_EPOCHS} + n, where n counts takeovers from
 *     oneself after an unknown outcome
 * @param incarnation unique per start of a process (never the name of a pod, which a restarted pod shares with its former self)
 */
public record Claim(long epoch, String incarnation) {
    /** Sub-epochs per assignment term. */
    public static final long SUB_EPOCHS = 1L << 20;

    public Claim {
        if (epoch <= 0) {
            throw new IllegalArgumentException("epoch must be positive: " + epoch);
        }
        Objects.requireNonNull(incarnation, "incarnation");
    }

    /** The claim of the same owner after an unknown outcome. */
    public Claim again() {
        return new Claim(epoch + 1, incarnation);
    }

    /** The claim that a new owner makes on a shard last owned under this epoch. */
    public static long nextTerm(long epoch) {
        return (epoch / SUB_EPOCHS + 1) * SUB_EPOCHS;
    }
}
