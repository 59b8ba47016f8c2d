package io.robustmq.storage;

import io.netty.buffer.ByteBuf;
import java.util.concurrent.CompletionStage;

/** Writes one run, block after block, on its loop. */
public interface RunWriter {

    /** Largest block in bytes. */
    int blockBytesMax();

    /**
     * Adds a block; blocks are numbered from 0 in call order. Several may be in flight; the writer bounds what it sends at once, the caller bounds what it
     * hands over by waiting for the stages.
     *
     * @param block from its reader index; released by the writer
     */
    CompletionStage<Void> write(ByteBuf block);

    /** Makes the run immutable and durable, after all blocks. */
    CompletionStage<RunId> finish();

    /** Gives the run up; what was written becomes an orphan and is deleted as far as the store can. */
    void abandon();
}
