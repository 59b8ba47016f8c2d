package io.robustmq.kernel.local;

import io.robustmq.kernel.Name;
import io.robustmq.kernel.route.RouteMatch;
import org.jspecify.annotations.Nullable;

/** A name as one loop knows it: with its matches, found once per version of what they were taken from. */
final class LoopName extends Name {
    @Nullable RouteMatch routes;

    LocalSubscriptions @Nullable [] local;
    long localVersion = -1;

    LoopName(byte[] utf8, int hash) {
        super(utf8, hash);
    }
}
