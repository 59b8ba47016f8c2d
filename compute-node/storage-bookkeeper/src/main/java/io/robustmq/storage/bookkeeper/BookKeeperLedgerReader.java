package io.robustmq.storage.bookkeeper;

import io.netty.buffer.ByteBuf;
import io.robustmq.storage.StorageException;
import io.robustmq.storage.StorageFault;
import io.robustmq.storage.ledger.LedgerStore.LedgerReader;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.bookkeeper.client.api.LedgerEntries;
import org.apache.bookkeeper.client.api.LedgerEntry;
import org.apache.bookkeeper.client.api.ReadHandle;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads a closed ledger. */
final class BookKeeperLedgerReader implements LedgerReader {
    private static final Logger LOG = LoggerFactory.getLogger(BookKeeperLedgerReader.class);

    private final ReadHandle handle;
    private final long lastEntryId;

    BookKeeperLedgerReader(ReadHandle handle) {
        this.handle = handle;
        this.lastEntryId = handle.getLedgerMetadata().getLastEntryId();
    }

    @Override
    public long ledgerId() {
        return handle.getId();
    }

    @Override
    public long lastEntryId() {
        return lastEntryId;
    }

    @Override
    public CompletionStage<List<ByteBuf>> read(long first, long last) {
        if (first < 0 || last < first || last > lastEntryId) {
            throw new IndexOutOfBoundsException(
                    "entries " + first + ".." + last + " of ledger " + ledgerId() + ", last " + lastEntryId);
        }
        return Faults.translate(handle.readAsync(first, last))
                .thenApply(BookKeeperLedgerReader::take)
                .exceptionallyCompose(failure -> StorageException.faultOf(failure) instanceof StorageFault.NotFound
                        ? CompletableFuture.failedFuture(new StorageException(
                                new StorageFault.Damaged("entries " + first + ".." + last + " of closed ledger "
                                        + ledgerId() + " are not all there"),
                                failure))
                        : CompletableFuture.failedFuture(failure));
    }

    private static List<ByteBuf> take(LedgerEntries entries) {
        try (entries) {
            List<ByteBuf> buffers = new ArrayList<>();
            for (LedgerEntry entry : entries) {
                buffers.add(entry.getEntryBuffer().retain());
            }
            return buffers;
        }
    }

    @Override
    public void close() {
        CompletionStage<Void> closed = handle.closeAsync();
        closed.whenComplete((_, failure) -> {
            if (failure != null) {
                LOG.debug("ledger={} reason=\"{}\" reader not closed", ledgerId(), failure.getMessage());
            }
        });
    }
}
