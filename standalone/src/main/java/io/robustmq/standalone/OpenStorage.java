package io.robustmq.standalone;

import io.robustmq.server.node.NodeStorage;

/** Storage that this process runs itself. */
interface OpenStorage {

    /** What the compute node uses. */
    NodeStorage node();

    /** One word or two for the start-up lines. */
    String description();

    /** Ends it; the compute node has stopped before. Waits, for a bounded time. */
    void close();
}
