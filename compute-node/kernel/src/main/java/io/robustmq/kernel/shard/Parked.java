package io.robustmq.kernel.shard;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Outputs that wait for their records: each leaves when the last LSN applied when it was decided is committed. A ring of parallel arrays, so that parking allocates nothing.
 */
final class Parked {
    /** Runs what leaves. */
    interface Exit {
        void leave(Object what, long token);
    }

    private long[] lsns = new long[64];
    private long[] tokens = new long[64];
    private @Nullable Object[] whats = new @Nullable Object[64];
    private int head;
    private int size;

    int size() {
        return size;
    }

    void add(long lsn, Object what, long token) {
        if (size == lsns.length) {
            grow();
        }
        int slot = (head + size++) & (lsns.length - 1);
        lsns[slot] = lsn;
        tokens[slot] = token;
        whats[slot] = what;
    }

    /** Lets everything leave that depends on nothing above {@code committedLsn}, in order. */
    void release(long committedLsn, Exit exit) {
        while (size > 0 && lsns[head] <= committedLsn) {
            leaveFirst(exit);
        }
    }

    /** Hands out everything, whatever it waits for. */
    void drain(Exit exit) {
        while (size > 0) {
            leaveFirst(exit);
        }
    }

    private void leaveFirst(Exit exit) {
        Object what = whats[head];
        long token = tokens[head];
        whats[head] = null;
        head = (head + 1) & (lsns.length - 1);
        size--;
        if (what != null) {
            exit.leave(what, token);
        }
    }

    private void grow() {
        int length = lsns.length;
        long[] grownLsns = new long[length * 2];
        long[] grownTokens = new long[length * 2];
        @Nullable Object[] grownWhats = Arrays.copyOf(new @Nullable Object[0], length * 2);
        for (int i = 0; i < size; i++) {
            int from = (head + i) & (length - 1);
            grownLsns[i] = lsns[from];
            grownTokens[i] = tokens[from];
            grownWhats[i] = whats[from];
        }
        lsns = grownLsns;
        tokens = grownTokens;
        whats = grownWhats;
        head = 0;
    }
}
