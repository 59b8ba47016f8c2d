package io.robustmq.storage.testkit;

import io.robustmq.storage.CoordStore;
import io.robustmq.storage.StorageException;
import io.robustmq.storage.ledger.LedgerStore;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.Supplier;

/** A rig in which loop and stores share the test's thread, and time passes only when nothing else is to be done. */
public final class ManualRig implements StorageRig {
    private static final int TIMERS_MAX = 100_000;

    private final ManualLoop loop = new ManualLoop();
    private final LedgerStore ledgers;
    private final CoordStore coordination;
    private final Supplier<CoordStore> sessions;

    /**
     * @param ledgers made on the loop it gets
     * @param coordination made on the loop it gets
     * @param sessions gives further sessions on that coordination store
     */
    public <C extends CoordStore> ManualRig(
            Function<ManualLoop, LedgerStore> ledgers,
            Function<ManualLoop, C> coordination,
            Function<C, CoordStore> sessions) {
        this.ledgers = ledgers.apply(loop);
        C store = coordination.apply(loop);
        this.coordination = store;
        this.sessions = () -> sessions.apply(store);
    }

    @Override
    public LedgerStore ledgers() {
        return ledgers;
    }

    @Override
    public CoordStore coordination() {
        return coordination;
    }

    @Override
    public CoordStore newSession() {
        return sessions.get();
    }

    @Override
    public ManualLoop loop() {
        return loop;
    }

    @Override
    public <T> T call(Supplier<T> task) {
        return await(CompletableFuture.supplyAsync(task, loop));
    }

    @Override
    public <T> T await(CompletionStage<T> stage) {
        CompletableFuture<T> future = stage.toCompletableFuture();
        until("a stage completes", future::isDone);
        try {
            return future.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof StorageException storage) {
                throw new StorageException(storage.fault(), storage);
            }
            if (e.getCause() instanceof RuntimeException runtime) {
                throw runtime;
            }
            throw e;
        }
    }

    @Override
    public void until(String what, BooleanSupplier condition) {
        loop.run();
        for (int timers = 0; !condition.getAsBoolean(); timers++) {
            if (timers == TIMERS_MAX || !loop.advanceToNextTimer()) {
                throw new AssertionError("nothing more happens, and yet not: " + what);
            }
        }
    }

    @Override
    public void close() {
        loop.run();
        ledgers.close();
        coordination.close();
        loop.run();
    }
}
