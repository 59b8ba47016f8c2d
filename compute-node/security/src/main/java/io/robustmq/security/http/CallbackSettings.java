package io.robustmq.security.http;

import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * How an HTTP service is asked.
 *
 * @param url may hold placeholders in its path and query, which are encoded for there
 * @param post whether the question is a body of JSON; else all of it is in the URL
 * @param body template of the body, with placeholders inside texts; empty for all that is known
 * @param headers sent with each request
 * @param timeout of a request
 * @param requestsMax at once; more are refused
 * @param failuresMax in a row after which the service is left alone
 * @param recovery how long it is left alone before one request tries again
 */
public record CallbackSettings(
        String url,
        boolean post,
        Optional<String> body,
        Map<String, String> headers,
        Duration timeout,
        int requestsMax,
        int failuresMax,
        Duration recovery) {
    public CallbackSettings {
        Objects.requireNonNull(body, "body");
        headers = Map.copyOf(headers);
        int query = url.indexOf("${");
        URI base = URI.create(query < 0 ? url : url.substring(0, query));
        if (!"http".equals(base.getScheme()) && !"https".equals(base.getScheme())) {
            throw new IllegalArgumentException(
                    "url must begin with http or https, without a placeholder there: " + url);
        }
        if (!timeout.isPositive() || !recovery.isPositive()) {
            throw new IllegalArgumentException("timeout and recovery must be positive: " + timeout + ", " + recovery);
        }
        if (requestsMax < 1 || failuresMax < 1) {
            throw new IllegalArgumentException(
                    "requestsMax and failuresMax must be positive: " + requestsMax + ", " + failuresMax);
        }
    }
}
