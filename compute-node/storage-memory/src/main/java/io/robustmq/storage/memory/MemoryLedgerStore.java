package io.robustmq.storage.memory;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.robustmq.storage.StorageException;
import io.robustmq.storage.StorageFault;
import io.robustmq.storage.ledger.LedgerStore;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.function.Supplier;

/**
 * Ledgers in memory, gone with the process. Several owners in one process share one store and fence each other as on BookKeeper.
 *
 * <p>All state belongs to one executor that runs tasks one after the other; calls are handed to it and nothing is acknowledged inline.
 */
public final class MemoryLedgerStore implements LedgerStore {
    private static final int ENTRY_BYTES_MAX = 5 << 20;

    private final Executor executor;
    private final Runnable shutdown;
    private final Map<Long, Ledger> ledgers = new HashMap<>();
    private long nextLedgerId;

    /** A store on a thread of its own. */
    public MemoryLedgerStore() {
        var thread = Executors.newSingleThreadExecutor(
                Thread.ofPlatform().name("memory-ledgers").daemon().factory());
        this(thread, thread::shutdown);
    }

    /** A store on the given executor, which must run tasks one after the other and never inline. */
    public MemoryLedgerStore(Executor executor) {
        this(executor, () -> {});
    }

    private MemoryLedgerStore(Executor executor, Runnable shutdown) {
        this.executor = Objects.requireNonNull(executor, "executor");
        this.shutdown = shutdown;
    }

    @Override
    public CompletionStage<LedgerWriter> create(LedgerUse use, Map<String, String> labels) {
        Map<String, String> kept = Map.copyOf(labels);
        return submit(() -> {
            Ledger ledger = new Ledger(nextLedgerId++, kept);
            ledgers.put(ledger.id, ledger);
            return new Writer(ledger);
        });
    }

    @Override
    public CompletionStage<LedgerReader> open(long ledgerId) {
        return submit(() -> {
            Ledger ledger = find(ledgerId);
            if (!ledger.closed) {
                throw fault(new StorageFault.Unavailable("ledger " + ledgerId + " is still open"));
            }
            return new Reader(ledger);
        });
    }

    @Override
    public CompletionStage<LedgerReader> openAndRecover(long ledgerId) {
        return submit(() -> {
            Ledger ledger = find(ledgerId);
            ledger.closed = true;
            return new Reader(ledger);
        });
    }

    @Override
    public CompletionStage<Void> delete(long ledgerId) {
        return submit(() -> {
                    Ledger ledger = ledgers.remove(ledgerId);
                    if (ledger != null) {
                        ledger.closed = true;
                        ledger.entries.clear();
                    }
                    return ledgerId;
                })
                .thenAccept(_ -> {});
    }

    @Override
    public CompletionStage<List<LedgerInfo>> list(Map<String, String> labels) {
        Map<String, String> wanted = Map.copyOf(labels);
        return submit(() -> ledgers.values().stream()
                .filter(ledger -> ledger.labels.entrySet().containsAll(wanted.entrySet()))
                .map(ledger -> new LedgerInfo(ledger.id, ledger.labels))
                .sorted(Comparator.comparingLong(LedgerInfo::ledgerId))
                .toList());
    }

    @Override
    public void close() {
        shutdown.run();
    }

    private Ledger find(long ledgerId) {
        Ledger ledger = ledgers.get(ledgerId);
        if (ledger == null) {
            throw fault(new StorageFault.NotFound("there is no ledger " + ledgerId));
        }
        return ledger;
    }

    private <T> CompletionStage<T> submit(Supplier<T> task) {
        return CompletableFuture.supplyAsync(task, executor);
    }

    private static StorageException fault(StorageFault fault) {
        return new StorageException(fault);
    }

    private static final class Ledger {
        private final long id;
        private final Map<String, String> labels;
        private final List<byte[]> entries = new ArrayList<>();
        private boolean closed;

        private Ledger(long id, Map<String, String> labels) {
            this.id = id;
            this.labels = labels;
        }
    }

    private final class Writer implements LedgerWriter {
        private final Ledger ledger;
        private long nextEntryId;

        private Writer(Ledger ledger) {
            this.ledger = ledger;
        }

        @Override
        public long ledgerId() {
            return ledger.id;
        }

        @Override
        public void append(ByteBuf entry, AddListener added) {
            byte[] bytes = new byte[entry.readableBytes()];
            entry.getBytes(entry.readerIndex(), bytes);
            entry.release();
            long entryId = nextEntryId++;
            executor.execute(() -> {
                boolean open = !ledger.closed;
                if (open) {
                    ledger.entries.add(bytes);
                }
                added.added(entryId, open);
            });
        }

        @Override
        public int entryBytesMax() {
            return ENTRY_BYTES_MAX;
        }

        @Override
        public CompletionStage<Void> close() {
            return submit(() -> ledger.closed = true).thenAccept(_ -> {});
        }

        @Override
        public void abandon() {
            // Nothing is held for a writer.
        }
    }

    private final class Reader implements LedgerReader {
        private final Ledger ledger;
        private final long lastEntryId;

        private Reader(Ledger ledger) {
            this.ledger = ledger;
            this.lastEntryId = ledger.entries.size() - 1L;
        }

        @Override
        public long ledgerId() {
            return ledger.id;
        }

        @Override
        public long lastEntryId() {
            return lastEntryId;
        }

        @Override
        public CompletionStage<List<ByteBuf>> read(long first, long last) {
            if (first < 0 || last < first || last > lastEntryId) {
                throw new IndexOutOfBoundsException(
                        "entries " + first + ".." + last + " of ledger " + ledger.id + ", last " + lastEntryId);
            }
            return submit(() -> {
                if (ledger.entries.isEmpty()) {
                    throw fault(new StorageFault.NotFound("ledger " + ledger.id + " was deleted"));
                }
                List<ByteBuf> read = new ArrayList<>();
                for (long entry = first; entry <= last; entry++) {
                    byte[] bytes = ledger.entries.get((int) entry);
                    read.add(ByteBufAllocator.DEFAULT
                            .directBuffer(bytes.length, bytes.length)
                            .writeBytes(bytes));
                }
                return read;
            });
        }

        @Override
        public void close() {
            // Nothing is held for a reader.
        }
    }
}
