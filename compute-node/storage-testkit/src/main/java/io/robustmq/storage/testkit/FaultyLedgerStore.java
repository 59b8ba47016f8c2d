package io.robustmq.storage.testkit;

import io.netty.buffer.ByteBuf;
import io.robustmq.storage.StorageException;
import io.robustmq.storage.StorageFault;
import io.robustmq.storage.ledger.LedgerStore;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;

/** A ledger store whose acknowledgements can be held back or lost, whose entries can be forgotten or altered, and which can refuse new ledgers. */
public final class FaultyLedgerStore implements LedgerStore {
    private final LedgerStore store;
    private final AtomicInteger refusedCreates = new AtomicInteger();

    /** Acknowledgements not told yet, in order; this and the two below are guarded by it. */
    private final ArrayDeque<Held> held = new ArrayDeque<>();

    private boolean holding;
    private boolean telling;
    private volatile boolean forgetting;
    private volatile boolean altering;

    public FaultyLedgerStore(LedgerStore store) {
        this.store = store;
    }

    /** From now on entries are written, but what became of them is not told before {@link #releaseHeld} or {@link #loseHeld}. */
    public void hold() {
        synchronized (held) {
            holding = true;
        }
    }

    /** How many acknowledgements are held back. */
    public int heldCount() {
        synchronized (held) {
            return held.size();
        }
    }

    /** Tells what was held back and holds nothing more. */
    public void releaseHeld() {
        synchronized (held) {
            holding = false;
            tellAll();
        }
    }

    /** Tells "unknown" for everything that was held back and holds nothing more. */
    public void loseHeld() {
        synchronized (held) {
            holding = false;
            int lost = held.size();
            for (int i = 0; i < lost; i++) {
                Held one = held.remove();
                held.add(new Held(one.added, one.entryId, false));
            }
            tellAll();
        }
    }

    private void tell(Held one) {
        synchronized (held) {
            held.add(one);
            tellAll();
        }
    }

    /** What arrives while others are told, on this thread or another, is told after them: a ledger acknowledges in order. */
    private void tellAll() {
        if (telling) {
            return;
        }
        telling = true;
        try {
            while (!holding && !held.isEmpty()) {
                Held one = held.remove();
                one.added.added(one.entryId, one.acknowledged);
            }
        } finally {
            telling = false;
        }
    }

    /** From now on entries are acknowledged and not written, as by bookies that lost an unsynced tail. */
    public void setForgetting(boolean forgetting) {
        this.forgetting = forgetting;
    }

    /** From now on a bit of every entry is flipped when it is read. */
    public void setAltering(boolean altering) {
        this.altering = altering;
    }

    /** The next so many ledgers are refused. */
    public void refuseCreates(int count) {
        refusedCreates.set(count);
    }

    @Override
    public CompletionStage<LedgerWriter> create(LedgerUse use, Map<String, String> labels) {
        if (refusedCreates.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
            return CompletableFuture.failedStage(
                    new StorageException(new StorageFault.Unavailable("no bookies for a new ledger")));
        }
        return store.create(use, labels).thenApply(FaultyWriter::new);
    }

    @Override
    public CompletionStage<LedgerReader> open(long ledgerId) {
        return store.open(ledgerId).thenApply(FaultyReader::new);
    }

    @Override
    public CompletionStage<LedgerReader> openAndRecover(long ledgerId) {
        return store.openAndRecover(ledgerId).thenApply(FaultyReader::new);
    }

    @Override
    public CompletionStage<Void> delete(long ledgerId) {
        return store.delete(ledgerId);
    }

    @Override
    public CompletionStage<List<LedgerInfo>> list(Map<String, String> labels) {
        return store.list(labels);
    }

    @Override
    public void close() {
        store.close();
    }

    private record Held(AddListener added, long entryId, boolean acknowledged) {}

    private final class FaultyWriter implements LedgerWriter {
        private final LedgerWriter writer;
        private long nextEntryId;

        private FaultyWriter(LedgerWriter writer) {
            this.writer = writer;
        }

        @Override
        public long ledgerId() {
            return writer.ledgerId();
        }

        @Override
        public void append(ByteBuf entry, AddListener added) {
            long entryId = nextEntryId++;
            if (forgetting) {
                entry.release();
                added.added(entryId, true);
                return;
            }
            writer.append(entry, (_, acknowledged) -> tell(new Held(added, entryId, acknowledged)));
        }

        @Override
        public int entryBytesMax() {
            return writer.entryBytesMax();
        }

        @Override
        public CompletionStage<Void> close() {
            return writer.close();
        }

        @Override
        public void abandon() {
            writer.abandon();
        }
    }

    private final class FaultyReader implements LedgerReader {
        private final LedgerReader reader;

        private FaultyReader(LedgerReader reader) {
            this.reader = reader;
        }

        @Override
        public long ledgerId() {
            return reader.ledgerId();
        }

        @Override
        public long lastEntryId() {
            return reader.lastEntryId();
        }

        @Override
        public CompletionStage<List<ByteBuf>> read(long first, long last) {
            return reader.read(first, last).thenApply(entries -> {
                if (altering) {
                    for (ByteBuf entry : entries) {
                        int at = entry.writerIndex() - 1;
                        entry.setByte(at, entry.getByte(at) ^ 1);
                    }
                }
                return entries;
            });
        }

        @Override
        public void close() {
            reader.close();
        }
    }
}
