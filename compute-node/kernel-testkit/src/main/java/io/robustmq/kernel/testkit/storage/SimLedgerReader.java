package io.robustmq.kernel.testkit.storage;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.robustmq.kernel.testkit.schedule.SimProcess;
import io.robustmq.kernel.testkit.storage.LedgerMetadata.Ensemble;
import io.robustmq.kernel.testkit.storage.SimBookie.Entry;
import io.robustmq.kernel.testkit.storage.SimBookie.ReadReply;
import io.robustmq.storage.StorageFault;
import io.robustmq.storage.ledger.LedgerStore.LedgerReader;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Reads a closed ledger, each entry from one of its bookies after the other until one has it intact. */
final class SimLedgerReader implements LedgerReader {
    private final SimBookies bookies;
    private final SimProcess process;
    private final LedgerMetadata metadata;

    SimLedgerReader(SimBookies bookies, SimProcess process, LedgerMetadata metadata) {
        this.bookies = bookies;
        this.process = process;
        this.metadata = metadata;
    }

    @Override
    public long ledgerId() {
        return metadata.ledgerId();
    }

    @Override
    public long lastEntryId() {
        return metadata.lastEntryId();
    }

    @Override
    public CompletionStage<List<ByteBuf>> read(long first, long last) {
        if (first < 0 || first > last || last > lastEntryId()) {
            throw new IllegalArgumentException("entries " + first + ".." + last + " of 0.." + lastEntryId());
        }
        Batch batch = new Batch(first, (int) (last - first + 1));
        batch.start();
        return batch.result;
    }

    @Override
    public void close() {}

    private final class Batch {
        private final long first;
        private final @Nullable Entry[] found;
        private final CompletableFuture<List<ByteBuf>> result = new CompletableFuture<>();
        private int missing;

        Batch(long first, int count) {
            this.first = first;
            this.found = new Entry[count];
            this.missing = count;
        }

        void start() {
            for (int i = 0; i < found.length; i++) {
                ask(i, bookies.random().below(metadata.writeQuorum()), 0, true);
            }
        }

        private void ask(int index, int copy, int asked, boolean provablyGone) {
            long entryId = first + index;
            if (asked == metadata.writeQuorum()) {
                SimLedgerStore.fail(
                        result,
                        provablyGone
                                ? new StorageFault.Damaged("entry " + entryId + " of ledger " + ledgerId() + " is gone")
                                : SimBookies.unavailable("no intact copy of entry " + entryId + " answers"));
                return;
            }
            Ensemble ensemble = metadata.ensembleOf(entryId);
            int nextCopy = (copy + 1) % metadata.writeQuorum();
            bookies.<ReadReply>ask(
                    process,
                    ensemble.bookie(entryId, copy),
                    (bookie, reply) -> bookie.read(ledgerId(), entryId, false, reply),
                    reply -> {
                        Entry entry = reply.entry();
                        if (entry != null && entry.intact()) {
                            take(index, entry);
                        } else {
                            ask(index, nextCopy, asked + 1, provablyGone);
                        }
                    },
                    () -> ask(index, nextCopy, asked + 1, false));
        }

        private void take(int index, Entry entry) {
            if (found[index] != null || result.isDone()) {
                return;
            }
            found[index] = entry;
            if (--missing > 0) {
                return;
            }
            List<ByteBuf> buffers = new ArrayList<>(found.length);
            for (Entry each : found) {
                if (each != null) {
                    buffers.add(Unpooled.copiedBuffer(each.data()));
                }
            }
            result.complete(buffers);
        }
    }
}
