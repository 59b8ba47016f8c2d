package io.robustmq.kernel.shard;

import io.robustmq.kernel.session.MessageRow;
import org.jspecify.annotations.Nullable;

/** How far a look-up of last values has come in one shard. Made and touched by that shard only; whoever asked holds it to ask for more. */
public final class LookUp {
    final String pattern;
    final int toLoop;
    final Object receiver;
    final Portion portion;
    io.robustmq.kernel.retained.LastValues<MessageRow>.@Nullable Cursor cursor;
    /** What the cursor looks at. */
    @Nullable Object of;

    /** Hears, on the shard's loop, that a portion was sent. */
    public interface Portion {
        /** @param more whether {@link Shard#lookUpMore} has more to send */
        void sent(LookUp lookUp, boolean more);
    }

    LookUp(String pattern, int toLoop, Object receiver, Portion portion) {
        this.pattern = pattern;
        this.toLoop = toLoop;
        this.receiver = receiver;
        this.portion = portion;
    }
}
