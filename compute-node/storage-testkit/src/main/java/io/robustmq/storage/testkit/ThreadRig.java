package io.robustmq.storage.testkit;

import io.robustmq.storage.CoordStore;
import io.robustmq.storage.Loop;
import io.robustmq.storage.StorageException;
import io.robustmq.storage.ledger.LedgerStore;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** A rig in real time, on a thread of its own. */
public final class ThreadRig implements StorageRig {
    private static final long WAIT_SECONDS = 30;

    private final LedgerStore ledgers;
    private final CoordStore coordination;
    private final Supplier<CoordStore> sessions;
    private final ThreadLoop loop = new ThreadLoop("storage-rig");

    /** The stores are closed with the rig. */
    public ThreadRig(LedgerStore ledgers, CoordStore coordination, Supplier<CoordStore> sessions) {
        this.ledgers = ledgers;
        this.coordination = coordination;
        this.sessions = sessions;
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
    public Loop loop() {
        return loop;
    }

    @Override
    public <T> T call(Supplier<T> task) {
        return loop.inLoop() ? task.get() : await(CompletableFuture.supplyAsync(task, loop));
    }

    @Override
    public <T> T await(CompletionStage<T> stage) {
        try {
            return stage.toCompletableFuture().get(WAIT_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        } catch (TimeoutException e) {
            throw new AssertionError("nothing came within " + WAIT_SECONDS + " s", e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof StorageException storage) {
                throw new StorageException(storage.fault(), storage);
            }
            if (e.getCause() instanceof RuntimeException runtime) {
                throw runtime;
            }
            throw new AssertionError(e.getCause());
        }
    }

    @Override
    public void until(String what, BooleanSupplier condition) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(WAIT_SECONDS);
        while (!call(condition::getAsBoolean)) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("not within " + WAIT_SECONDS + " s: " + what);
            }
            LockSupport.parkNanos(1_000_000);
        }
    }

    @Override
    public void close() {
        loop.close();
        ledgers.close();
        coordination.close();
        Throwable failure = loop.failure();
        if (failure != null) {
            throw new AssertionError("a task of the loop failed", failure);
        }
    }
}
