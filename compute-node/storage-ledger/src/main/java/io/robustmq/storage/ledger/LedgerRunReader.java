package io.robustmq.storage.ledger;

import io.netty.buffer.ByteBuf;
import io.robustmq.storage.Loop;
import io.robustmq.storage.RunId;
import io.robustmq.storage.RunReader;
import io.robustmq.storage.StorageException;
import io.robustmq.storage.StorageFault;
import io.robustmq.storage.ledger.LedgerStore.LedgerReader;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Reads the ledger of one run. Owned by its loop. */
final class LedgerRunReader implements RunReader {
    private final LedgerReader reader;
    private final Loop loop;

    LedgerRunReader(LedgerReader reader, Loop loop) {
        this.reader = reader;
        this.loop = loop;
    }

    @Override
    public RunId id() {
        return new RunId(reader.ledgerId());
    }

    @Override
    public long blocks() {
        return reader.lastEntryId() + 1;
    }

    @Override
    public CompletionStage<ByteBuf> read(long block) {
        if (block < 0 || block >= blocks()) {
            throw new IndexOutOfBoundsException("block " + block + " of " + blocks());
        }
        CompletableFuture<ByteBuf> read = new CompletableFuture<>();
        Result.on(loop, reader.read(block, block), result -> {
            switch (result) {
                case Result.Done<List<ByteBuf>>(List<ByteBuf> entries) -> {
                    try {
                        read.complete(RunBlock.block(reader.ledgerId(), block, entries.getFirst()));
                    } catch (StorageException e) {
                        read.completeExceptionally(e);
                    }
                }
                case Result.Failed<List<ByteBuf>>(StorageFault fault) ->
                    read.completeExceptionally(new StorageException(fault));
            }
        });
        return read;
    }

    @Override
    public void close() {
        reader.close();
    }
}
