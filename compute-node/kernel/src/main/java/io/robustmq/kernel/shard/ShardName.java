package io.robustmq.kernel.shard;

import io.robustmq.kernel.Name;
import org.jspecify.annotations.Nullable;

/** A name as a shard knows it, with what matches it. */
final class ShardName extends Name {
    Interest @Nullable [] matches;
    long version = -1;

    ShardName(byte[] utf8, int hash) {
        super(utf8, hash);
    }
}
