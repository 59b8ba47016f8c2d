package io.robustmq.kernel.testkit.storage;

import io.robustmq.kernel.testkit.schedule.SimProcess;
import io.robustmq.kernel.testkit.storage.LedgerMetadata.State;
import io.robustmq.storage.StorageException;
import io.robustmq.storage.StorageFault;
import io.robustmq.storage.ledger.LedgerStore;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.Supplier;

/** The client of simulated bookies in one process. */
final class SimLedgerStore implements LedgerStore {
    private static final int METADATA_ATTEMPTS = 4;

    private final SimBookies bookies;
    private final SimProcess process;
    private final Set<SimLedgerWriter> writers = new LinkedHashSet<>();
    private boolean closed;

    SimLedgerStore(SimBookies bookies, SimProcess process) {
        this.bookies = bookies;
        this.process = process;
        process.onCrash(() -> writers.forEach(SimLedgerWriter::vanish));
    }

    @Override
    public CompletionStage<LedgerWriter> create(LedgerUse use, Map<String, String> labels) {
        BookieOptions options = bookies.options();
        List<Integer> ensemble = bookies.choose(options.ensemble(), Set.of());
        if (closed || ensemble.size() < options.ensemble()) {
            return later(SimBookies.unavailable(closed ? "closed" : "not enough bookies"));
        }
        Map<String, String> copy = Map.copyOf(labels);
        CompletableFuture<LedgerWriter> result = new CompletableFuture<>();
        bookies.askCoord(
                process,
                () -> bookies.metadata(bookies.createMetadata(use, copy, ensemble)),
                created -> created.ifPresentOrElse(
                        metadata -> result.complete(writer(metadata)),
                        () -> fail(result, SimBookies.unavailable("not created"))),
                () -> fail(result, new StorageFault.OutcomeUnknown("no answer to the creation of a ledger")));
        return result;
    }

    private SimLedgerWriter writer(LedgerMetadata metadata) {
        SimLedgerWriter writer = new SimLedgerWriter(bookies, this, process, metadata);
        writers.add(writer);
        return writer;
    }

    void ended(SimLedgerWriter writer) {
        writers.remove(writer);
    }

    @Override
    public CompletionStage<LedgerReader> open(long ledgerId) {
        return read(ledgerId).thenApply(metadata -> {
            if (metadata.state() != State.CLOSED) {
                throw new StorageException(SimBookies.unavailable("ledger " + ledgerId + " is not closed"));
            }
            return new SimLedgerReader(bookies, process, metadata);
        });
    }

    @Override
    public CompletionStage<LedgerReader> openAndRecover(long ledgerId) {
        return read(ledgerId).thenCompose(metadata -> {
            if (metadata.state() == State.CLOSED) {
                return CompletableFuture.completedFuture(new SimLedgerReader(bookies, process, metadata));
            }
            return update(
                            metadata,
                            found -> found.state() == State.OPEN ? Optional.of(found.inRecovery()) : Optional.empty(),
                            found -> found.state() != State.OPEN)
                    .thenCompose(marked -> marked.state() == State.CLOSED
                            ? CompletableFuture.completedFuture(marked)
                            : new SimLedgerRecovery(bookies, this, process, marked).run())
                    .thenApply(recovered -> new SimLedgerReader(bookies, process, recovered));
        });
    }

    @Override
    public CompletionStage<Void> delete(long ledgerId) {
        CompletableFuture<Void> result = new CompletableFuture<>();
        bookies.askCoord(
                process,
                () -> bookies.deleteMetadata(ledgerId),
                done -> result.complete(null),
                () -> fail(result, new StorageFault.OutcomeUnknown("no answer to the deletion of " + ledgerId)));
        return result;
    }

    @Override
    public CompletionStage<List<LedgerInfo>> list(Map<String, String> labels) {
        Map<String, String> copy = Map.copyOf(labels);
        CompletableFuture<List<LedgerInfo>> result = new CompletableFuture<>();
        bookies.askCoord(
                process,
                () -> bookies.list(copy),
                result::complete,
                () -> fail(result, SimBookies.unavailable("no answer to the listing of ledgers")));
        return result;
    }

    @Override
    public void close() {
        closed = true;
    }

    // ---- metadata
    // ----------------------------------------------------------------------------------------------------------------------

    CompletionStage<LedgerMetadata> read(long ledgerId) {
        CompletableFuture<LedgerMetadata> result = new CompletableFuture<>();
        bookies.askCoord(
                process,
                () -> bookies.metadata(ledgerId),
                found -> found.ifPresentOrElse(
                        result::complete,
                        () -> fail(result, new StorageFault.NotFound("ledger " + ledgerId + " does not exist"))),
                () -> fail(result, SimBookies.unavailable("no answer for ledger " + ledgerId)));
        return result;
    }

    /**
     * Changes metadata by compare-and-set until it is as wanted. After a conflict or a lost reply it reads again.
     *
     * @param change what to store in place of the metadata found; empty: the change is no longer possible
     * @param done whether the metadata found is as wanted already
     * @return the metadata as stored, also when {@code change} gave up on it
     */
    CompletionStage<LedgerMetadata> update(
            LedgerMetadata known,
            Function<LedgerMetadata, Optional<LedgerMetadata>> change,
            Function<LedgerMetadata, Boolean> done) {
        return attempt(known, change, done, METADATA_ATTEMPTS);
    }

    private CompletionStage<LedgerMetadata> attempt(
            LedgerMetadata known,
            Function<LedgerMetadata, Optional<LedgerMetadata>> change,
            Function<LedgerMetadata, Boolean> done,
            int attempts) {
        if (done.apply(known)) {
            return CompletableFuture.completedFuture(known);
        }
        Optional<LedgerMetadata> wanted = change.apply(known);
        if (wanted.isEmpty()) {
            return CompletableFuture.completedFuture(known);
        }
        if (attempts == 0) {
            return later(new StorageFault.OutcomeUnknown("metadata of ledger " + known.ledgerId()));
        }
        CompletableFuture<LedgerMetadata> result = new CompletableFuture<>();
        Supplier<CompletionStage<LedgerMetadata>> again =
                () -> read(known.ledgerId()).thenCompose(found -> attempt(found, change, done, attempts - 1));
        bookies.askCoord(
                process,
                () -> bookies.compareAndSet(wanted.get()),
                found -> {
                    if (found.isEmpty()) {
                        fail(result, new StorageFault.NotFound("ledger " + known.ledgerId() + " does not exist"));
                    } else if (found.get().version() == known.version() + 1
                            && found.get().equals(wanted.get().nextVersion())) {
                        result.complete(found.get());
                    } else {
                        pipe(attempt(found.get(), change, done, attempts - 1), result);
                    }
                },
                () -> pipe(again.get(), result));
        return result;
    }

    static <T> void pipe(CompletionStage<T> from, CompletableFuture<T> to) {
        from.whenComplete((value, failure) -> {
            if (failure != null) {
                to.completeExceptionally(failure);
            } else {
                to.complete(value);
            }
        });
    }

    private <T> CompletionStage<T> later(StorageFault fault) {
        CompletableFuture<T> result = new CompletableFuture<>();
        process.after(1_000, () -> fail(result, fault));
        return result;
    }

    static void fail(CompletableFuture<?> result, StorageFault fault) {
        result.completeExceptionally(new StorageException(fault));
    }
}
