package io.robustmq.kernel.local;

import io.robustmq.kernel.Guarantee;
import io.robustmq.kernel.link.Counter;

/** What one loop counts; written by the loop, read by anyone. */
public final class LoopFigures {
    public final Counter attachments = new Counter();
    public final Counter noRoute = new Counter();
    public final Counter droppedSlow = new Counter();
    public final Counter droppedExpired = new Counter();
    public final Counter droppedTooLarge = new Counter();
    private final Counter[] in = {new Counter(), new Counter(), new Counter()};
    private final Counter[] out = {new Counter(), new Counter(), new Counter()};

    public Counter messagesIn(Guarantee guarantee) {
        return in[guarantee.code()];
    }

    public Counter messagesOut(Guarantee guarantee) {
        return out[guarantee.code()];
    }
}
