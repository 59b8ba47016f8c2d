package io.robustmq.kernel.link;

/** Takes batches on its loop. */
@FunctionalInterface
public interface BatchReceiver {
    /** Reads all frames of the batch. The batch is recycled when the call returns. */
    void receive(LoopBatch batch);
}
