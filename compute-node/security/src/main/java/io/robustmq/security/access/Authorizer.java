package io.robustmq.security.access;

import java.util.Optional;
import java.util.concurrent.CompletionStage;

/** Somebody outside who knows what clients may do. */
@FunctionalInterface
public interface Authorizer {
    /**
     * Asks. Called on an event loop, so it returns at once; the stage completes on any thread, in bounded time. Empty if it
     * has no opinion. A stage that completes exceptionally denies.
     */
    CompletionStage<Optional<Effect>> authorize(Subject subject, AccessRequest request);
}
