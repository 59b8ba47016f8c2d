package io.robustmq.transport;

/** Why a connection is not being read. */
public enum PauseReason {
    /** What the client sends cannot be taken in at present: a shard or the log behind it is full. */
    KERNEL_PRESSED(1),
    /** The client does not drain what was written to it. */
    OUTBOUND_FULL(2),
    /** The client used up a rate or a quota. */
    LIMIT(4),
    /** An answer that the next bytes depend on is still being found (who is this client, what may it do). */
    UNDECIDED(8);

    private final int bit;

    PauseReason(int bit) {
        this.bit = bit;
    }

    /** One bit, unlike that of any other reason. */
    int bit() {
        return bit;
    }
}
