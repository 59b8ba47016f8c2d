package io.robustmq.security.http;

import io.robustmq.security.SecurityCounters;
import io.robustmq.security.SecurityEvent;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jose4j.json.JsonUtil;
import org.jose4j.lang.JoseException;

/**
 * Asks an HTTP service a question that it answers with a JSON object (status 200) or with a bare yes (204). Any thread; never
 * blocks. Everything else is a failure: another status, another content, no answer in time, too many questions at once, a
 * service that keeps failing.
 */
final class HttpCallback {
    private static final int ANSWER_BYTES_MAX = 256 << 10;
    private static final int OK = 200;
    private static final int NO_CONTENT = 204;

    private final CallbackSettings settings;
    private final SecurityCounters counters;
    private final HttpClient http;
    private final Semaphore requests;
    private final CircuitBreaker breaker;

    HttpCallback(CallbackSettings settings, SecurityCounters counters, HttpClient http, LongSupplier nanoTime) {
        this.settings = settings;
        this.counters = counters;
        this.http = http;
        this.requests = new Semaphore(settings.requestsMax());
        this.breaker =
                new CircuitBreaker(settings.failuresMax(), settings.recovery().toNanos(), nanoTime);
    }

    /** The fields of the answer; {@code result=allow} for a bare yes. */
    CompletionStage<Map<String, Object>> ask(Question question) {
        if (!requests.tryAcquire()) {
            return failed("too many questions at once");
        }
        if (!breaker.mayAsk()) {
            requests.release();
            return failed("the service is left alone because it kept failing");
        }
        CompletableFuture<Map<String, Object>> answer;
        try {
            answer = http.sendAsync(request(question), BodyHandlers.limiting(BodyHandlers.ofString(), ANSWER_BYTES_MAX))
                    // The time limit of a request ends with the headers of its answer; this one with its last byte.
                    .orTimeout(settings.timeout().toNanos(), TimeUnit.NANOSECONDS)
                    .thenApply(HttpCallback::read);
        } catch (RuntimeException broken) {
            answer = CompletableFuture.failedFuture(broken);
        }
        return answer.whenComplete((_, failure) -> {
            requests.release();
            if (failure == null) {
                breaker.succeeded();
            } else {
                breaker.failed();
                counters.count(SecurityEvent.CALLBACK_FAILED);
            }
        });
    }

    private <T> CompletionStage<T> failed(String sentence) {
        counters.count(SecurityEvent.CALLBACK_FAILED);
        return CompletableFuture.failedStage(new IOException(sentence));
    }

    private HttpRequest request(Question question) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(question.fillUrl(settings.url())))
                .timeout(settings.timeout());
        settings.headers().forEach(request::setHeader);
        if (settings.post()) {
            String body = settings.body().map(question::fillJson).orElseGet(question::json);
            request.setHeader("Content-Type", "application/json").POST(BodyPublishers.ofString(body));
        }
        return request.build();
    }

    private static Map<String, Object> read(HttpResponse<String> response) {
        if (response.statusCode() == NO_CONTENT) {
            return Map.of("result", "allow");
        }
        if (response.statusCode() != OK) {
            throw new CompletionException(new IOException("answered with status " + response.statusCode()));
        }
        try {
            return JsonUtil.parseJson(response.body());
        } catch (JoseException noJson) {
            throw new CompletionException(new IOException("answered with something that is no JSON object", noJson));
        }
    }
}
