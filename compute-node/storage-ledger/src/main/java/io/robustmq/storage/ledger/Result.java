package io.robustmq.storage.ledger;

import io.robustmq.storage.Loop;
import io.robustmq.storage.StorageException;
import io.robustmq.storage.StorageFault;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** How a call on a store ended, brought home to a loop. */
sealed interface Result<T extends @Nullable Object> {

    /** It was done. */
    record Done<T extends @Nullable Object>(T value) implements Result<T> {}

    /** It was not, or nobody knows. */
    record Failed<T extends @Nullable Object>(StorageFault fault) implements Result<T> {}

    /** Hears the end of {@code stage} on {@code loop}. */
    static <T extends @Nullable Object> void on(Loop loop, CompletionStage<T> stage, Consumer<Result<T>> then) {
        stage.handle((value, failure) -> {
            Result<T> result = failure == null ? new Done<>(value) : new Failed<>(StorageException.faultOf(failure));
            loop.execute(() -> then.accept(result));
            return result;
        });
    }

    /** Hears the end of {@code stage} on the thread that brings it. */
    static <T extends @Nullable Object> void here(CompletionStage<T> stage, Consumer<Result<T>> then) {
        stage.handle((value, failure) -> {
            Result<T> result = failure == null ? new Done<>(value) : new Failed<>(StorageException.faultOf(failure));
            then.accept(result);
            return result;
        });
    }
}
