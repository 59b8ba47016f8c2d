package io.robustmq.kernel.shard;

import io.robustmq.kernel.session.FilterStream;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a shard keeps for one pattern: the stream of its durable subscriptions, and the queues bound to it. */
final class Interest {
    final String pattern;

    @Nullable FilterStream stream;

    final List<GroupQueue> queues = new ArrayList<>(0);

    Interest(String pattern) {
        this.pattern = pattern;
    }

    boolean isEmpty() {
        return stream == null && queues.isEmpty();
    }
}
