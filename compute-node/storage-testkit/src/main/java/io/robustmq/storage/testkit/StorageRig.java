package io.robustmq.storage.testkit;

import io.robustmq.storage.CoordStore;
import io.robustmq.storage.Loop;
import io.robustmq.storage.ledger.LedgerStore;
import java.util.concurrent.CompletionStage;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** A storage implementation under test, and the way in which its time passes. */
public interface StorageRig extends AutoCloseable {

    LedgerStore ledgers();

    /** The session of the member under test. */
    CoordStore coordination();

    /** Another session on the same coordination store; the caller closes it. */
    CoordStore newSession();

    /** The loop on which logs and runs live. */
    Loop loop();

    /** Runs something on the loop and waits for it; at once if the caller is there. */
    <T> T call(Supplier<T> task);

    /** Waits for a stage; throws its {@link io.robustmq.storage.StorageException}. */
    <T> T await(CompletionStage<T> stage);

    /** Waits until the condition, evaluated on the loop, holds. */
    void until(String what, BooleanSupplier condition);

    /** Ends everything; fails if the loop met an exception. */
    @Override
    void close();
}
