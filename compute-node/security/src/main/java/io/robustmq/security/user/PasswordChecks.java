package io.robustmq.security.user;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Runs key derivations aside: so many at once as there are processors, since each fills one and takes memory; so many more
 * may wait; the rest are turned away. Any thread.
 */
final class PasswordChecks {
    private final Executor executor;
    private final Semaphore admitted;
    private final Semaphore running;

    /** @param executor where they wait and run; must not be an event loop, its threads block */
    PasswordChecks(Executor executor, int atOnceMax) {
        this.executor = executor;
        this.admitted = new Semaphore(atOnceMax);
        this.running = new Semaphore(Runtime.getRuntime().availableProcessors());
    }

    /** The outcome of the check, or null if too many wait. */
    <T> @Nullable CompletionStage<T> submit(Supplier<T> check) {
        if (!admitted.tryAcquire()) {
            return null;
        }
        CompletableFuture<T> answer = new CompletableFuture<>();
        try {
            executor.execute(() -> {
                running.acquireUninterruptibly();
                try {
                    answer.complete(check.get());
                } catch (RuntimeException | OutOfMemoryError broken) {
                    answer.completeExceptionally(broken);
                } finally {
                    running.release();
                    admitted.release();
                }
            });
        } catch (RejectedExecutionException stopping) {
            admitted.release();
            answer.completeExceptionally(stopping);
        }
        return answer;
    }
}
