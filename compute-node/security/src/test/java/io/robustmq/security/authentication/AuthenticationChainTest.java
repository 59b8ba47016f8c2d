package io.robustmq.security.authentication;

import static org.assertj.core.api.Assertions.assertThat;

import io.robustmq.security.Login;
import io.robustmq.security.access.Subject;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

class AuthenticationChainTest {
    private static final Login LOGIN = new Login("mqtt", "c", "u", null, InetAddress.getLoopbackAddress(), null);
    private static final Verdict ACCEPTED = new Verdict.Accepted(
            new Subject("c", "u", InetAddress.getLoopbackAddress(), null, false, "test", List.of()), Verdict.NEVER);
    private static final Verdict DENIED = new Verdict.Denied(Refusal.BAD_CREDENTIALS, "Wrong.");

    private final List<String> asked = new ArrayList<>();

    private AuthenticationSource source(String name, Supplier<CompletionStage<Verdict>> answer) {
        return new AuthenticationSource() {
            @Override
            public String name() {
                return name;
            }

            @Override
            public CompletionStage<Verdict> check(Login login) {
                asked.add(name);
                return answer.get();
            }
        };
    }

    private AuthenticationSource says(String name, Verdict verdict) {
        return source(name, () -> CompletableFuture.completedStage(verdict));
    }

    private static CompletableFuture<Verdict> check(AuthenticationSource... sources) {
        return new AuthenticationChain(List.of(sources), Duration.ofMillis(200))
                .check(LOGIN)
                .toCompletableFuture();
    }

    private static Refusal refusal(Verdict verdict) {
        assertThat(verdict).isInstanceOf(Verdict.Denied.class);
        return ((Verdict.Denied) verdict).reason();
    }

    @Test
    void firstThatKnowsTheClientDecides() {
        assertThat(check(says("a", Verdict.IGNORED), says("b", ACCEPTED), says("c", DENIED)))
                .isCompletedWithValue(ACCEPTED);
        assertThat(check(says("d", DENIED), says("e", ACCEPTED))).isCompletedWithValue(DENIED);
        assertThat(asked).containsExactly("a", "b", "d");
    }

    @Test
    void endOfTheChainIsARefusal() {
        assertThat(refusal(check(says("a", Verdict.IGNORED)).join())).isEqualTo(Refusal.BAD_CREDENTIALS);
        assertThat(refusal(check().join())).isEqualTo(Refusal.BAD_CREDENTIALS);
    }

    @Test
    void sourceThatFailsIsARefusalAndNobodyElseIsAsked() {
        assertThat(refusal(check(
                                source("a", () -> CompletableFuture.failedStage(new java.io.IOException("gone"))),
                                says("b", ACCEPTED))
                        .join()))
                .isEqualTo(Refusal.UNAVAILABLE);
        assertThat(refusal(check(
                                source("c", () -> {
                                    throw new IllegalStateException("broken");
                                }),
                                says("d", ACCEPTED))
                        .join()))
                .isEqualTo(Refusal.UNAVAILABLE);
        assertThat(asked).containsExactly("a", "c");
    }

    @Test
    void sourceThatDoesNotAnswerIsARefusalInTime() {
        CompletableFuture<Verdict> never = new CompletableFuture<>();

        assertThat(refusal(check(source("a", () -> never), says("b", ACCEPTED)).join()))
                .isEqualTo(Refusal.UNAVAILABLE);
        assertThat(asked).containsExactly("a");
    }

    @Test
    void laterAnswerGoesOnWithTheChain() {
        CompletableFuture<Verdict> later = new CompletableFuture<>();
        CompletableFuture<Verdict> verdict = new AuthenticationChain(
                        List.of(source("a", () -> later), says("b", ACCEPTED)), Duration.ofMinutes(1))
                .check(LOGIN)
                .toCompletableFuture();
        assertThat(verdict).isNotDone();

        later.complete(Verdict.IGNORED);

        assertThat(verdict).isCompletedWithValue(ACCEPTED);
    }
}
