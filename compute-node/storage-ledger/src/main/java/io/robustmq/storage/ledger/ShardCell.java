package io.robustmq.storage.ledger;

import io.robustmq.storage.Claim;
import io.robustmq.storage.CoordStore;
import io.robustmq.storage.Loop;
import io.robustmq.storage.StorageException;
import io.robustmq.storage.StorageFault;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A shard's record as its owner sees it: writes one after the other, each resolved before the next. A write whose outcome is unknown is repeated with
 * the same bytes until a synced read or the write itself tells what became of it; so a late arrival of an earlier attempt cannot mislead.
 *
 * <p>Owned by the home loop of the shard.
 */
final class ShardCell {
    private final CoordStore coordination;
    private final String path;
    private final Loop loop;
    private final Claim claim;
    private final LedgerLogOptions options;
    private final ArrayDeque<Write> waiting = new ArrayDeque<>();

    private @Nullable ShardRecord record;
    private long version = CoordStore.ABSENT;
    private @Nullable Write current;
    private boolean stopped;

    ShardCell(CoordStore coordination, String path, Loop loop, Claim claim, LedgerLogOptions options) {
        this.coordination = coordination;
        this.path = path;
        this.loop = loop;
        this.claim = claim;
        this.options = options;
    }

    /** Reads the record anew; empty if there is none. */
    CompletionStage<Optional<ShardRecord>> read() {
        CompletableFuture<Optional<ShardRecord>> read = new CompletableFuture<>();
        Result.on(loop, coordination.get(path), result -> {
            switch (result) {
                case Result.Failed<Optional<CoordStore.Versioned>>(StorageFault fault) ->
                    read.completeExceptionally(new StorageException(fault));
                case Result.Done<Optional<CoordStore.Versioned>>(Optional<CoordStore.Versioned> value) -> {
                    try {
                        record = value.map(node -> ShardRecord.decode(node.bytes()))
                                .orElse(null);
                    } catch (StorageException e) {
                        read.completeExceptionally(e);
                        return;
                    }
                    version = value.map(CoordStore.Versioned::version).orElse(CoordStore.ABSENT);
                    read.complete(Optional.ofNullable(record));
                }
            }
        });
        return read;
    }

    /**
     * Writes the record over the one last read or written.
     *
     * @param next computed when its turn comes
     * @param patient whether to repeat when the store cannot answer, until {@link #stop}
     * @return fails with NotOwner, VersionConflict (somebody of no higher rank changed it), Unavailable (nothing was done; never if patient) or
     *     OutcomeUnknown (stopped before it was known)
     */
    CompletionStage<ShardRecord> write(Supplier<ShardRecord> next, boolean patient) {
        Write write = new Write(next, patient);
        if (stopped) {
            write.fail(new StorageFault.OutcomeUnknown("the log of the shard is closed"));
            return write.done;
        }
        waiting.add(write);
        startNext();
        return write.done;
    }

    boolean idle() {
        return current == null;
    }

    /** Gives up whatever is not resolved. */
    void stop() {
        stopped = true;
        Write unresolved = current;
        current = null;
        if (unresolved != null) {
            unresolved.fail(new StorageFault.OutcomeUnknown(
                    "the log of the shard was closed before a write was known to be done"));
        }
        for (Write write = waiting.poll(); write != null; write = waiting.poll()) {
            write.fail(new StorageFault.OutcomeUnknown("the log of the shard was closed before a write was tried"));
        }
    }

    private void startNext() {
        if (current == null && !stopped) {
            Write write = waiting.poll();
            if (write != null) {
                current = write;
                write.record = write.next.get();
                write.bytes = write.record.encode();
                attempt(write);
            }
        }
    }

    private void attempt(Write write) {
        if (current != write) {
            return;
        }
        Result.on(loop, coordination.compareAndSet(path, write.bytes.clone(), version), result -> {
            if (current != write) {
                return;
            }
            switch (result) {
                case Result.Done<Long>(Long newVersion) -> written(write, newVersion);
                case Result.Failed<Long>(StorageFault fault) -> {
                    switch (fault) {
                        case StorageFault.VersionConflict conflict -> resolve(write, conflict);
                        case StorageFault.OutcomeUnknown unknown -> {
                            write.unresolved = true;
                            resolve(write, unknown);
                        }
                        case StorageFault.Unavailable unavailable -> {
                            if (write.patient || write.unresolved) {
                                again(write, () -> attempt(write));
                            } else {
                                finish(write, unavailable);
                            }
                        }
                        case StorageFault.OutOfSpace other -> finish(write, other);
                        case StorageFault.NotOwner other -> finish(write, other);
                        case StorageFault.Damaged other -> finish(write, other);
                        case StorageFault.NotFound other -> finish(write, other);
                    }
                }
            }
        });
    }

    private void resolve(Write write, StorageFault cause) {
        if (current != write) {
            return;
        }
        if (!options.obeys(ChainRule.RESOLVE_WRITES_BY_READING)) {
            finish(write, cause);
            return;
        }
        Result.on(loop, coordination.get(path), result -> {
            if (current != write) {
                return;
            }
            switch (result) {
                case Result.Failed<Optional<CoordStore.Versioned>> _ -> again(write, () -> resolve(write, cause));
                case Result.Done<Optional<CoordStore.Versioned>>(Optional<CoordStore.Versioned> value) ->
                    judge(write, value);
            }
        });
    }

    private void judge(Write write, Optional<CoordStore.Versioned> value) {
        long found = value.map(CoordStore.Versioned::version).orElse(CoordStore.ABSENT);
        if (value.isPresent() && Arrays.equals(value.get().bytes(), write.bytes)) {
            written(write, found);
            return;
        }
        if (found == version) {
            again(write, () -> attempt(write));
            return;
        }
        if (value.isPresent()) {
            ShardRecord other;
            try {
                other = ShardRecord.decode(value.get().bytes());
            } catch (StorageException e) {
                finish(write, e.fault());
                return;
            }
            if (other.outranks(claim)) {
                finish(write, new StorageFault.NotOwner(other.claim().epoch()));
                return;
            }
        }
        finish(write, new StorageFault.VersionConflict("the record " + path + " was changed by somebody else"));
    }

    private void again(Write write, Runnable step) {
        loop.after(options.retryNanos(write.attempts++), step);
    }

    private void written(Write write, long newVersion) {
        record = write.record;
        version = newVersion;
        current = null;
        write.done.complete(write.record);
        startNext();
    }

    private void finish(Write write, StorageFault fault) {
        current = null;
        write.fail(fault);
        startNext();
    }

    private static final class Write {
        private final Supplier<ShardRecord> next;
        private final boolean patient;
        private final CompletableFuture<ShardRecord> done = new CompletableFuture<>();
        private ShardRecord record;
        private byte[] bytes;
        private boolean unresolved;
        private int attempts;

        @SuppressWarnings("NullAway.Init")
        private Write(Supplier<ShardRecord> next, boolean patient) {
            this.next = next;
            this.patient = patient;
        }

        private void fail(StorageFault fault) {
            done.completeExceptionally(new StorageException(fault));
        }
    }
}
