package io.robustmq.standalone;

import io.robustmq.server.node.NodeStorage;
import java.util.concurrent.CompletionStage;

/** Storage that this process runs itself. */
interface OpenStorage {

    /** What the compute node uses. */
    NodeStorage node();

    /** One word or two for the start-up lines. */
    String description();

    /** Completes, on any thread, with one sentence when the storage has stopped by itself and only a new start helps; else never. */
    CompletionStage<String> ended();

    /** Ends it; the compute node has stopped before. Waits, for a bounded time. */
    void close();
}
