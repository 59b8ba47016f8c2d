package io.robustmq.server.admin;

import io.robustmq.kernel.inspect.UnavailableException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Waits, on a virtual thread, for what home loops answer. */
final class Waiting {
    private static final long LIMIT_SECONDS = 10;

    private Waiting() {}

    static <R> R on(CompletionStage<R> asked) throws Problem, InterruptedException {
        try {
            return asked.toCompletableFuture().get(LIMIT_SECONDS, TimeUnit.SECONDS);
        } catch (TimeoutException late) {
            throw new Problem(
                    Problem.Kind.SERVICE_UNAVAILABLE, "the node did not answer in " + LIMIT_SECONDS + " seconds");
        } catch (ExecutionException failed) {
            Throwable cause = failed.getCause();
            while (cause instanceof CompletionException wrapped && wrapped.getCause() != null) {
                cause = wrapped.getCause();
            }
            if (cause instanceof UnavailableException) {
                throw new Problem(Problem.Kind.SERVICE_UNAVAILABLE, String.valueOf(cause.getMessage()));
            }
            if (cause instanceof IllegalArgumentException) {
                throw Problem.badRequest(String.valueOf(cause.getMessage()));
            }
            throw new IllegalStateException("the node failed to answer", failed);
        }
    }
}
