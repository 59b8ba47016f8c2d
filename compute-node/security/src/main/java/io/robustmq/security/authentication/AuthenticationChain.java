package io.robustmq.security.authentication;

import io.robustmq.security.Login;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks sources in order until one accepts or denies. When all of them ignore a client it is denied; when one fails or takes
 * too long it is denied too, and no later source is asked: else whoever can break a source gets past it. Any thread.
 */
public final class AuthenticationChain {
    private static final Logger log = LoggerFactory.getLogger(AuthenticationChain.class);
    private static final Verdict NOBODY_KNOWS =
            new Verdict.Denied(Refusal.BAD_CREDENTIALS, "User name or password are wrong or missing.");

    private final List<AuthenticationSource> sources;
    private final Duration timeout;

    /**
     * @param sources in the order they are asked; without any, nobody gets in
     * @param timeout for all of them together
     */
    public AuthenticationChain(List<AuthenticationSource> sources, Duration timeout) {
        this.sources = List.copyOf(sources);
        this.timeout = timeout;
        if (!timeout.isPositive()) {
            throw new IllegalArgumentException("timeout must be positive: " + timeout);
        }
    }

    /** Accepted or denied, and never exceptional. Complete at once where no source has to wait. */
    public CompletionStage<Verdict> check(Login login) {
        CompletableFuture<Verdict> verdict = from(0, login).toCompletableFuture();
        if (verdict.isDone()) {
            return verdict;
        }
        return verdict.copy()
                .orTimeout(timeout.toNanos(), TimeUnit.NANOSECONDS)
                .exceptionally(late -> unavailable("the chain", late));
    }

    private CompletionStage<Verdict> from(int index, Login login) {
        for (int i = index; i < sources.size(); i++) {
            AuthenticationSource source = sources.get(i);
            CompletableFuture<Verdict> answer = ask(source, login);
            if (!answer.isDone()) {
                int next = i + 1;
                return answer.thenCompose(verdict -> verdict instanceof Verdict.Ignored
                        ? from(next, login)
                        : CompletableFuture.completedStage(verdict));
            }
            Verdict verdict = answer.join();
            if (!(verdict instanceof Verdict.Ignored)) {
                return CompletableFuture.completedStage(verdict);
            }
        }
        return CompletableFuture.completedStage(NOBODY_KNOWS);
    }

    private static CompletableFuture<Verdict> ask(AuthenticationSource source, Login login) {
        CompletionStage<Verdict> answer;
        try {
            answer = source.check(login);
        } catch (RuntimeException broken) {
            answer = CompletableFuture.failedStage(broken);
        }
        return answer.exceptionally(failure -> unavailable(source.name(), failure))
                .toCompletableFuture();
    }

    private static Verdict unavailable(String who, Throwable failure) {
        log.warn("A login could not be checked source={} failure={}", who, String.valueOf(failure));
        log.debug("Why a login could not be checked", failure);
        return new Verdict.Denied(Refusal.UNAVAILABLE, "The login could not be checked.");
    }
}
