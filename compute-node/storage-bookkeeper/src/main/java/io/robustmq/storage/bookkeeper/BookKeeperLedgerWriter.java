package io.robustmq.storage.bookkeeper;

import io.netty.buffer.ByteBuf;
import io.robustmq.storage.ledger.LedgerStore.AddListener;
import io.robustmq.storage.ledger.LedgerStore.LedgerWriter;
import java.util.concurrent.CompletionStage;
import org.apache.bookkeeper.client.api.WriteHandle;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The writer of one ledger. Entries get the numbers in which they are handed over; BookKeeper acknowledges in that order. */
final class BookKeeperLedgerWriter implements LedgerWriter {
    private static final Logger LOG = LoggerFactory.getLogger(BookKeeperLedgerWriter.class);

    private final WriteHandle handle;
    private final int entryBytesMax;
    private long nextEntryId;

    BookKeeperLedgerWriter(WriteHandle handle, int entryBytesMax) {
        this.handle = handle;
        this.entryBytesMax = entryBytesMax;
    }

    @Override
    public long ledgerId() {
        return handle.getId();
    }

    @Override
    public void append(ByteBuf entry, AddListener added) {
        long entryId = nextEntryId++;
        CompletionStage<Long> appended = handle.appendAsync(entry);
        appended.whenComplete((acknowledgedId, failure) -> {
            if (failure != null) {
                LOG.debug(
                        "ledger={} entry={} reason=\"{}\" not acknowledged", ledgerId(), entryId, failure.getMessage());
            }
            added.added(entryId, failure == null && acknowledgedId == entryId);
        });
    }

    @Override
    public int entryBytesMax() {
        return entryBytesMax;
    }

    @Override
    public CompletionStage<Void> close() {
        return Faults.translate(handle.closeAsync());
    }

    @Override
    public void abandon() {
        // A handle holds nothing but what is in flight, which ends by its time-outs. Closing it would write metadata.
    }
}
