package io.robustmq.kernel.inspect;

import java.util.List;
import java.util.Optional;

/**
 * Some of the last values of a shard, in the order of a walk through the tree of levels.
 *
 * @param messages possibly none, even if there are more
 * @param next the name after which the next portion begins; empty if nothing follows
 */
public record RetainedPortion(List<RetainedMessage> messages, Optional<String> next) {
    public RetainedPortion {
        messages = List.copyOf(messages);
    }
}
