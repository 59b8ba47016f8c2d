package io.robustmq.kernel.shard;

import io.robustmq.kernel.SessionKey;
import io.robustmq.kernel.session.MessageRow;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Something a shard took over for others and forwards after commit, exactly once: a message, or a membership for a group's shard. */
final class OutboxEntry {
    final long lsn;
    final @Nullable MessageRow message;
    final @Nullable Membership membership;
    /** {@code SessionKey.hash64} in whose name it goes out. */
    final long publisher;

    /** Destinations that have not confirmed; -1 while it was not sent. Memory only. */
    int open = -1;

    /** Those of them that it was not sent to, because they are not served. Memory only. */
    int withheld;

    /** The shard that keeps last values has it: whoever looks it up from now on finds it. Memory only. */
    boolean kept;

    /** Run once it has arrived everywhere. Memory only. */
    final List<Runnable> whenDone = new ArrayList<>(0);

    /** A session joins or leaves a group. */
    record Membership(SessionKey member, boolean join, String pattern, String group) {}

    OutboxEntry(long lsn, @Nullable MessageRow message, @Nullable Membership membership, long publisher) {
        this.lsn = lsn;
        this.message = message;
        this.membership = membership;
        this.publisher = publisher;
    }
}
