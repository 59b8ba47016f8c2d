package io.robustmq.storage.ledger;

import io.netty.buffer.ByteBuf;
import io.robustmq.storage.Loop;
import io.robustmq.storage.RunId;
import io.robustmq.storage.RunWriter;
import io.robustmq.storage.StorageException;
import io.robustmq.storage.StorageFault;
import io.robustmq.storage.ledger.LedgerStore.LedgerReader;
import io.robustmq.storage.ledger.LedgerStore.LedgerWriter;
import java.util.ArrayDeque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Writes the ledger of one run. Owned by its loop. */
final class LedgerRunWriter implements RunWriter {
    private static final int IN_FLIGHT_MAX = 8;

    private final LedgerStore ledgers;
    private final LedgerWriter writer;
    private final Loop loop;
    private final ArrayDeque<Block> waiting = new ArrayDeque<>();
    private int inFlight;
    private long blocks;
    private @Nullable StorageFault fault;
    private @Nullable CompletableFuture<RunId> finishing;

    LedgerRunWriter(LedgerStore ledgers, LedgerWriter writer, Loop loop) {
        this.ledgers = ledgers;
        this.writer = writer;
        this.loop = loop;
    }

    @Override
    public int blockBytesMax() {
        return writer.entryBytesMax() - RunBlock.HEADER_BYTES;
    }

    @Override
    public CompletionStage<Void> write(ByteBuf bytes) {
        if (finishing != null || bytes.readableBytes() > blockBytesMax()) {
            int length = bytes.readableBytes();
            bytes.release();
            throw new IllegalStateException(
                    finishing != null ? "the run is finished" : "a block of " + length + " bytes is too large");
        }
        if (fault != null) {
            bytes.release();
            return CompletableFuture.failedStage(new StorageException(fault));
        }
        Block block = new Block(RunBlock.entry(blocks++, bytes));
        waiting.add(block);
        send();
        return block.written;
    }

    private void send() {
        while (inFlight < IN_FLIGHT_MAX && !waiting.isEmpty()) {
            Block block = waiting.remove();
            inFlight++;
            writer.append(block.entry, (_, acknowledged) -> loop.execute(() -> written(block, acknowledged)));
        }
    }

    private void written(Block block, boolean acknowledged) {
        inFlight--;
        if (acknowledged) {
            block.written.complete(null);
        } else {
            if (fault == null) {
                fail(new StorageFault.OutcomeUnknown("a block of run " + writer.ledgerId() + " was not acknowledged"));
            }
            block.fail(
                    new StorageFault.OutcomeUnknown("a block of run " + writer.ledgerId() + " was not acknowledged"));
        }
        send();
        closeIfDone();
    }

    @Override
    public CompletionStage<RunId> finish() {
        if (finishing != null) {
            throw new IllegalStateException("a run is finished once");
        }
        CompletableFuture<RunId> done = new CompletableFuture<>();
        finishing = done;
        if (fault != null) {
            done.completeExceptionally(new StorageException(fault));
        } else {
            closeIfDone();
        }
        return done;
    }

    private void closeIfDone() {
        CompletableFuture<RunId> done = finishing;
        if (done == null || fault != null || inFlight > 0 || !waiting.isEmpty()) {
            return;
        }
        Result.on(loop, writer.close(), result -> {
            switch (result) {
                case Result.Done<Void> _ -> done.complete(new RunId(writer.ledgerId()));
                case Result.Failed<Void> _ -> closeByRecovery(done);
            }
        });
    }

    /** Nobody else writes to the ledger: recovery closes it at its last block, or tells that it already was. */
    private void closeByRecovery(CompletableFuture<RunId> done) {
        Result.on(loop, ledgers.openAndRecover(writer.ledgerId()), result -> {
            switch (result) {
                case Result.Done<LedgerReader>(LedgerReader reader) -> {
                    long last = reader.lastEntryId();
                    reader.close();
                    if (last == blocks - 1) {
                        done.complete(new RunId(writer.ledgerId()));
                    } else {
                        done.completeExceptionally(new StorageException(new StorageFault.Damaged("run "
                                + writer.ledgerId() + " was closed after block " + last + " of " + (blocks - 1))));
                    }
                }
                case Result.Failed<LedgerReader>(StorageFault failure) ->
                    done.completeExceptionally(new StorageException(failure));
            }
        });
    }

    @Override
    public void abandon() {
        if (fault == null) {
            fail(new StorageFault.Unavailable("the run was given up"));
        }
        writer.abandon();
        Result.here(ledgers.delete(writer.ledgerId()), _ -> {});
    }

    private void fail(StorageFault reason) {
        fault = reason;
        for (Block block = waiting.poll(); block != null; block = waiting.poll()) {
            block.entry.release();
            block.fail(reason);
        }
        if (finishing != null) {
            finishing.completeExceptionally(new StorageException(reason));
        }
    }

    private static final class Block {
        private final ByteBuf entry;
        private final CompletableFuture<Void> written = new CompletableFuture<>();

        private Block(ByteBuf entry) {
            this.entry = entry;
        }

        private void fail(StorageFault reason) {
            written.completeExceptionally(new StorageException(reason));
        }
    }
}
