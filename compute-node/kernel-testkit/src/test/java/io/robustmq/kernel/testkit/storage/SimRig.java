package io.robustmq.kernel.testkit.storage;

import io.robustmq.kernel.testkit.schedule.SimClock;
import io.robustmq.kernel.testkit.schedule.SimLoop;
import io.robustmq.kernel.testkit.schedule.SimNetwork;
import io.robustmq.kernel.testkit.schedule.SimProcess;
import io.robustmq.kernel.testkit.schedule.SimScheduler;
import io.robustmq.storage.CoordStore;
import io.robustmq.storage.StorageException;
import io.robustmq.storage.ledger.LedgerStore;
import io.robustmq.storage.testkit.StorageRig;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** Simulated storage without faults, for everything that real storage has to pass too. */
final class SimRig implements StorageRig {
    private static final long PATIENCE_NANOS = 48L * 3_600 * 1_000_000_000L;
    private static final int CLIENT = 10;

    private final SimScheduler scheduler;
    private final SimCoord coord;
    private final SimProcess process;
    private final SimLoop loop;
    private final LedgerStore ledgers;
    private final CoordStore coordination;

    SimRig(long seed, BookieOptions options) {
        scheduler = new SimScheduler(seed);
        SimNetwork network = new SimNetwork(scheduler, CLIENT + 1);
        coord = new SimCoord(scheduler, network, 0, 4_000_000_000L);
        SimBookies bookies = new SimBookies(scheduler, network, coord, 1, options);
        process = new SimProcess(scheduler, "client", CLIENT, new SimClock(scheduler, 50, 20));
        loop = process.newLoop();
        ledgers = bookies.client(process);
        coordination = coord.client(process);
        connected(coordination);
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
        CoordStore session = coord.client(process);
        connected(session);
        return session;
    }

    @Override
    public SimLoop loop() {
        return loop;
    }

    @Override
    public <T> T call(Supplier<T> task) {
        return loop.inLoop() ? task.get() : await(CompletableFuture.supplyAsync(task, loop));
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
            throw e;
        }
    }

    @Override
    public void until(String what, BooleanSupplier condition) {
        if (!scheduler.runUntilTrue(condition, PATIENCE_NANOS)) {
            throw new AssertionError("nothing more happens, and yet not: " + what);
        }
    }

    @Override
    public void close() {
        ledgers.close();
        coordination.close();
    }

    private void connected(CoordStore store) {
        until("a session is open", () -> store.state() == CoordStore.SessionState.CONNECTED);
    }
}
