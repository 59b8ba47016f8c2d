package io.robustmq.server.node;

import io.robustmq.storage.CoordStore;
import io.robustmq.storage.LogStore;
import io.robustmq.storage.RunStore;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Where a node keeps things. Whoever made it closes it, after the node has stopped.
 *
 * @param logs the shards' logs
 * @param runs flushed messages and snapshots
 * @param coordination small facts
 * @param shards number of shards, fixed when the data was created
 * @param dataDirectory what fills up when much is stored; empty if nothing is kept on this machine
 */
public record NodeStorage(
        LogStore logs, RunStore runs, CoordStore coordination, int shards, Optional<Path> dataDirectory) {

    /** The same with {@code other} logs, in practice these in a wrapper. */
    public NodeStorage withLogs(LogStore other) {
        return new NodeStorage(other, runs, coordination, shards, dataDirectory);
    }
}
