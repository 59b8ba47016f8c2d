package io.robustmq.security.http;

import io.robustmq.security.Login;
import io.robustmq.security.SecurityCounters;
import io.robustmq.security.access.RuleClaims;
import io.robustmq.security.access.RuleSyntaxException;
import io.robustmq.security.authentication.AuthenticationSource;
import io.robustmq.security.authentication.Refusal;
import io.robustmq.security.authentication.Verdict;
import java.io.IOException;
import java.net.http.HttpClient;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.LongSupplier;

/**
 * Asks an HTTP service who may connect. The answer: {@code {"result": "allow"|"deny"|"ignore", "is_superuser": true|false,
 * "acl": [..], "expire_at": SECONDS}}, all but the first optional.
 */
public final class HttpSource implements AuthenticationSource {
    /** Its name as a source. */
    public static final String NAME = "http";

    private static final Verdict DENIED =
            new Verdict.Denied(Refusal.BAD_CREDENTIALS, "User name or password are wrong or missing.");

    private final HttpCallback callback;

    public HttpSource(CallbackSettings settings, SecurityCounters counters, HttpClient http, LongSupplier nanoTime) {
        this.callback = new HttpCallback(settings, counters, http, nanoTime);
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public CompletionStage<Verdict> check(Login login) {
        return callback.ask(Question.of(login)).thenApply(answer -> verdict(login, answer));
    }

    private static Verdict verdict(Login login, Map<String, Object> answer) {
        return switch (String.valueOf(answer.get("result"))) {
            case "allow" -> accepted(login, answer);
            case "deny" -> DENIED;
            case "ignore" -> Verdict.IGNORED;
            default -> throw new CompletionException(new IOException("the answer has no result"));
        };
    }

    private static Verdict accepted(Login login, Map<String, Object> answer) {
        try {
            return new Verdict.Accepted(
                    AuthenticationSource.subject(
                            login,
                            login.userName(),
                            Boolean.TRUE.equals(answer.get("is_superuser")),
                            NAME,
                            RuleClaims.parse(answer.get("acl"))),
                    answer.get("expire_at") instanceof Number seconds ? seconds.longValue() * 1_000 : Verdict.NEVER);
        } catch (RuleSyntaxException wrong) {
            throw new CompletionException(wrong);
        }
    }
}
