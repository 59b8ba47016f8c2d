package io.robustmq.kernel;

import java.util.concurrent.CompletionStage;

/** A running kernel: shards, routes and sessions of one node. Any thread. */
public interface Kernel {

    /** Number of home loops. */
    int loops();

    /** The kernel as seen from a loop; to be used on that loop only. */
    KernelLoop loop(int index);

    /** Whether every shard of this node serves. */
    boolean ready();

    /** Figures for metrics; a snapshot, gathered without stopping anything. */
    KernelFigures figures();

    /**
     * Closes all attachments ({@link CloseReason#SHUTTING_DOWN}), commits what is under way, and closes the logs.
     */
    CompletionStage<Void> stop();
}
