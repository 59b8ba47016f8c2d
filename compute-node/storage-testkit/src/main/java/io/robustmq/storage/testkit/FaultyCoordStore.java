package io.robustmq.storage.testkit;

import io.robustmq.storage.CoordStore;
import io.robustmq.storage.StorageException;
import io.robustmq.storage.StorageFault;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;

/** A coordination store whose writes meet what a test prepared for them. */
public final class FaultyCoordStore implements CoordStore {
    private final CoordStore store;
    private final ConcurrentLinkedQueue<Fate> fates = new ConcurrentLinkedQueue<>();
    private volatile boolean down;

    public FaultyCoordStore(CoordStore store) {
        this.store = store;
    }

    /** What becomes of a write. */
    public enum Fate {
        /** It is done and answered. */
        DONE,
        /** It is done, and the answer is lost. */
        DONE_UNKNOWN,
        /** It is not done, and nobody knows. */
        LOST_UNKNOWN,
        /** It is refused. */
        UNAVAILABLE
    }

    /** Prepares the fate of the next write that has none yet. */
    public void nextWrite(Fate fate) {
        fates.add(fate);
    }

    /** Whether everything is refused. */
    public void setDown(boolean down) {
        this.down = down;
    }

    @Override
    public CompletionStage<Optional<Versioned>> get(String path) {
        return down ? refused() : store.get(path);
    }

    @Override
    public CompletionStage<Long> compareAndSet(String path, byte[] value, long expectedVersion) {
        if (down) {
            return refused();
        }
        Fate fate = fates.poll();
        return switch (fate == null ? Fate.DONE : fate) {
            case DONE -> store.compareAndSet(path, value, expectedVersion);
            case DONE_UNKNOWN ->
                store.compareAndSet(path, value, expectedVersion).thenCompose(_ -> unknown());
            case LOST_UNKNOWN -> unknown();
            case UNAVAILABLE -> refused();
        };
    }

    @Override
    public CompletionStage<Void> delete(String path, long expectedVersion) {
        return down ? refused() : store.delete(path, expectedVersion);
    }

    @Override
    public CompletionStage<List<String>> children(String path) {
        return down ? refused() : store.children(path);
    }

    @Override
    public CompletionStage<Void> ephemeral(String path, byte[] value) {
        return down ? refused() : store.ephemeral(path, value);
    }

    @Override
    public Watch watch(String path, Consumer<CoordEvent> listener) {
        return store.watch(path, listener);
    }

    @Override
    public SessionState state() {
        return down ? SessionState.SUSPENDED : store.state();
    }

    @Override
    public void close() {
        store.close();
    }

    private static <T> CompletionStage<T> unknown() {
        return CompletableFuture.failedStage(
                new StorageException(new StorageFault.OutcomeUnknown("the answer of a write is lost")));
    }

    private static <T> CompletionStage<T> refused() {
        return CompletableFuture.failedStage(
                new StorageException(new StorageFault.Unavailable("the coordination store is down")));
    }
}
