package io.robustmq.security.http;

import io.robustmq.security.SecurityCounters;
import io.robustmq.security.access.AccessRequest;
import io.robustmq.security.access.Authorizer;
import io.robustmq.security.access.Effect;
import io.robustmq.security.access.Subject;
import java.io.IOException;
import java.net.http.HttpClient;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.LongSupplier;

/** Asks an HTTP service what clients may do. The answer: {@code {"result": "allow"|"deny"|"ignore"}}. */
public final class HttpAuthorizer implements Authorizer {
    private final HttpCallback callback;

    public HttpAuthorizer(
            CallbackSettings settings, SecurityCounters counters, HttpClient http, LongSupplier nanoTime) {
        this.callback = new HttpCallback(settings, counters, http, nanoTime);
    }

    @Override
    public CompletionStage<Optional<Effect>> authorize(Subject subject, AccessRequest request) {
        return callback.ask(Question.of(subject, request)).thenApply(HttpAuthorizer::effect);
    }

    private static Optional<Effect> effect(Map<String, Object> answer) {
        return switch (String.valueOf(answer.get("result"))) {
            case "allow" -> Optional.of(Effect.ALLOW);
            case "deny" -> Optional.of(Effect.DENY);
            case "ignore" -> Optional.empty();
            default -> throw new CompletionException(new IOException("the answer has no result"));
        };
    }
}
