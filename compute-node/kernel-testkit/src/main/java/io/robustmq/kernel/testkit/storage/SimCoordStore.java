package io.robustmq.kernel.testkit.storage;

import io.robustmq.kernel.testkit.schedule.SimProcess;
import io.robustmq.kernel.testkit.storage.SimCoord.Answer;
import io.robustmq.storage.CoordStore;
import io.robustmq.storage.StorageException;
import io.robustmq.storage.StorageFault;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * A client of the simulated coordination service, in one process. A change whose reply does not come in time has an unknown outcome; a read is then unavailable.
 * Watches survive lost messages and expired sessions by comparing counts, as a real client's do by being set again; several changes may be told as one.
 */
public final class SimCoordStore implements CoordStore {
    private final SimCoord coord;
    private final SimProcess process;
    private final long timeoutNanos;
    private final Map<Long, Watching> watches = new LinkedHashMap<>();
    private SessionState state = SessionState.SUSPENDED;
    private long session;
    private long lastContact;
    private long lastWatch;
    private boolean closed;

    SimCoordStore(SimCoord coord, SimProcess process) {
        this.coord = coord;
        this.process = process;
        this.timeoutNanos = coord.sessionNanos() / 3;
        this.lastContact = process.clock().nanoTime();
        connect();
    }

    @Override
    public CompletionStage<Optional<Versioned>> get(String path) {
        return read(() -> coord.get(path));
    }

    @Override
    public CompletionStage<List<String>> children(String path) {
        return read(() -> coord.children(path));
    }

    @Override
    public CompletionStage<Long> compareAndSet(String path, byte[] value, long expectedVersion) {
        byte[] copy = value.clone();
        return change(() -> coord.compareAndSet(path, copy, expectedVersion), Function.identity());
    }

    @Override
    public CompletionStage<Void> delete(String path, long expectedVersion) {
        return change(() -> coord.delete(path, expectedVersion), done -> null);
    }

    @Override
    public CompletionStage<Void> ephemeral(String path, byte[] value) {
        byte[] copy = value.clone();
        long owner = session;
        return change(() -> coord.ephemeral(owner, path, copy), done -> null);
    }

    @Override
    public Watch watch(String path, Consumer<CoordEvent> listener) {
        Watching watching = new Watching(++lastWatch, path, listener);
        watches.put(watching.id, watching);
        set(watching);
        return () -> {
            watches.remove(watching.id);
            long owner = session;
            call(() -> coord.unwatch(owner, watching.id), done -> {}, () -> {});
        };
    }

    @Override
    public SessionState state() {
        return state;
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            watches.clear();
            long owner = session;
            call(() -> coord.closeSession(owner), done -> {}, () -> {});
            state = SessionState.LOST;
        }
    }

    void watchFired(long ofSession, long watchId, long changes) {
        Watching watching = watches.get(watchId);
        if (watching != null && ofSession == session && !closed) {
            watching.seen(changes);
        }
    }

    private <T> CompletionStage<T> read(Supplier<T> operation) {
        CompletableFuture<T> result = new CompletableFuture<>();
        if (refusedHere(result)) {
            return result;
        }
        call(operation, result::complete, () -> fail(result, new StorageFault.Unavailable("no answer in time")));
        return result;
    }

    private <A, T> CompletionStage<T> change(Supplier<Answer<A>> operation, Function<A, T> map) {
        CompletableFuture<T> result = new CompletableFuture<>();
        if (refusedHere(result)) {
            return result;
        }
        call(
                operation,
                answer -> {
                    StorageFault fault = answer.fault();
                    A value = answer.value();
                    if (fault != null || value == null) {
                        fail(result, fault == null ? new StorageFault.Unavailable("no value") : fault);
                    } else {
                        result.complete(map.apply(value));
                    }
                },
                () -> fail(result, new StorageFault.OutcomeUnknown("no answer in time")));
        return result;
    }

    /** Without contact a client knows at once that nothing was sent. */
    private boolean refusedHere(CompletableFuture<?> result) {
        if (closed || (state != SessionState.CONNECTED && session != 0)) {
            process.after(1_000, () -> fail(result, new StorageFault.Unavailable("not connected: " + state)));
            return true;
        }
        return false;
    }

    private <T> void call(Supplier<T> operation, Consumer<T> answered, Runnable silent) {
        coord.call(process, timeoutNanos, operation, answered, silent);
    }

    private static void fail(CompletableFuture<?> result, StorageFault fault) {
        result.completeExceptionally(new StorageException(fault));
    }

    // ---- session
    // -----------------------------------------------------------------------------------------------------------------------

    private void connect() {
        call(
                () -> coord.open(process, this),
                id -> {
                    session = id;
                    contact();
                    watches.values().forEach(this::set);
                    process.after(timeoutNanos, this::beat);
                },
                () -> {
                    silence();
                    connect();
                });
    }

    private void beat() {
        if (closed) {
            return;
        }
        long of = session;
        call(
                () -> Optional.ofNullable(coord.beat(of)),
                counts -> {
                    if (counts.isEmpty()) {
                        become(SessionState.LOST);
                        connect();
                        return;
                    }
                    contact();
                    counts.get().forEach((id, changes) -> watchFired(of, id, changes));
                    watches.values().stream()
                            .filter(watching -> watching.setIn != session)
                            .forEach(this::set);
                    process.after(timeoutNanos, this::beat);
                },
                () -> {
                    silence();
                    beat();
                });
    }

    private void contact() {
        lastContact = process.clock().nanoTime();
        become(SessionState.CONNECTED);
    }

    private void silence() {
        boolean lost = process.clock().nanoTime() - lastContact > coord.sessionNanos();
        if (lost) {
            become(SessionState.LOST);
        } else if (state == SessionState.CONNECTED) {
            become(SessionState.SUSPENDED);
        }
    }

    private void become(SessionState next) {
        if (state == next || closed) {
            return;
        }
        state = next;
        for (Watching watching : new ArrayList<>(watches.values())) {
            watching.listener.accept(new CoordEvent.Session(next));
        }
    }

    private void set(Watching watching) {
        long of = session;
        if (of == 0) {
            return;
        }
        call(
                () -> coord.watch(of, watching.id, watching.path),
                set -> {
                    if (set && of == session) {
                        watching.setIn = of;
                        watching.changes = 0;
                        watching.listener.accept(new CoordEvent.Changed(watching.path));
                    }
                },
                () -> {});
    }

    private static final class Watching {
        private final long id;
        private final String path;
        private final Consumer<CoordEvent> listener;
        private long setIn;
        private long changes;

        Watching(long id, String path, Consumer<CoordEvent> listener) {
            this.id = id;
            this.path = path;
            this.listener = listener;
        }

        void seen(long count) {
            if (count > changes) {
                changes = count;
                listener.accept(new CoordEvent.Changed(path));
            }
        }
    }
}
