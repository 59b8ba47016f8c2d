package io.robustmq.storage;

import io.netty.buffer.ByteBuf;
import java.util.concurrent.CompletionStage;

/** Reads a finished run, on its loop. */
public interface RunReader {

    RunId id();

    /** Number of blocks. */
    long blocks();

    /** Reads one block. The caller releases it. Fails with {@link StorageFault.Damaged} when its checksum does not hold. */
    CompletionStage<ByteBuf> read(long block);

    void close();
}
