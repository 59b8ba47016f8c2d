package io.robustmq.security.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import io.robustmq.security.CertificateIdentity;
import io.robustmq.security.Login;
import io.robustmq.security.Password;
import io.robustmq.security.SecurityCounters;
import io.robustmq.security.SecurityEvent;
import io.robustmq.security.access.AccessRequest;
import io.robustmq.security.access.Effect;
import io.robustmq.security.access.Subject;
import io.robustmq.security.authentication.Refusal;
import io.robustmq.security.authentication.Verdict;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class HttpCallbackTest {
    private static final Login LOGIN = new Login(
            "mqtt",
            "c/1",
            "an\"n",
            Password.of("p&w"),
            InetAddress.ofLiteral("192.0.2.1"),
            new CertificateIdentity("cn", List.of(), List.of(), List.of()));

    private final SecurityCounters counters = new SecurityCounters();
    private final AtomicLong nanos = new AtomicLong();
    private final AtomicInteger requests = new AtomicInteger();
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final HttpClient http = HttpClient.newHttpClient();
    private final CountDownLatch release = new CountDownLatch(1);

    private volatile String answer = "{\"result\":\"allow\"}";
    private volatile int status = 200;
    private volatile String seen = "";
    private volatile boolean hanging;

    private HttpServer server;

    @BeforeEach
    void serve() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext("/", exchange -> {
            requests.incrementAndGet();
            seen = exchange.getRequestMethod() + " " + exchange.getRequestURI() + " "
                    + exchange.getRequestHeaders().getFirst("X-Key") + " "
                    + new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            try (exchange) {
                if (hanging) {
                    release.await();
                }
                byte[] bytes = answer.getBytes(StandardCharsets.UTF_8);
                exchange.sendResponseHeaders(status, status == 204 ? -1 : bytes.length);
                if (status != 204) {
                    exchange.getResponseBody().write(bytes);
                }
            } catch (InterruptedException stopped) {
                Thread.currentThread().interrupt();
            }
        });
        server.start();
    }

    @AfterEach
    void stop() {
        release.countDown();
        server.stop(0);
        threads.close();
        http.close();
    }

    private String url(String path) {
        return "http://127.0.0.1:" + server.getAddress().getPort() + path;
    }

    private CallbackSettings settings(
            String path, boolean post, Optional<String> body, Duration timeout, int requestsMax) {
        return new CallbackSettings(
                url(path), post, body, Map.of("X-Key", "k"), timeout, requestsMax, 2, Duration.ofSeconds(10));
    }

    private HttpSource source() {
        return source(settings("/", true, Optional.empty(), Duration.ofSeconds(10), 8));
    }

    private HttpSource source(CallbackSettings settings) {
        return new HttpSource(settings, counters, http, nanos::get);
    }

    private static Verdict check(HttpSource source) {
        return source.check(LOGIN).toCompletableFuture().join();
    }

    @Test
    void questionHoldsAllThatIsKnown() {
        assertThat(check(source())).isInstanceOf(Verdict.Accepted.class);
        assertThat(seen)
                .isEqualTo("POST / k {\"clientid\":\"c/1\",\"username\":\"an\\\"n\",\"password\":\"p&w\","
                        + "\"peerhost\":\"192.0.2.1\",\"protocol\":\"mqtt\",\"cert_common_name\":\"cn\"}");
    }

    @Test
    void templatesAreFilledSoThatNoValueBreaksOut() {
        check(source(settings("/u/${clientid}?name=${username}", false, Optional.empty(), Duration.ofSeconds(10), 8)));
        assertThat(seen).startsWith("GET /u/c%2F1?name=an%22n k");

        check(source(
                settings("/", true, Optional.of("{\"who\":\"${username}:${nothing}\"}"), Duration.ofSeconds(10), 8)));
        assertThat(seen).endsWith("{\"who\":\"an\\\"n:\"}");
    }

    @Test
    void everyAnswerIsAVerdict() {
        answer =
                "{\"result\":\"allow\",\"is_superuser\":true,\"expire_at\":17,\"acl\":[{\"permission\":\"deny\",\"topic\":\"a\"}]}";
        assertThat(check(source())).isInstanceOfSatisfying(Verdict.Accepted.class, accepted -> {
            assertThat(accepted.subject().superuser()).isTrue();
            assertThat(accepted.subject().userName()).isEqualTo("an\"n");
            assertThat(accepted.subject().ownRules()).hasSize(1);
            assertThat(accepted.expiresAtMillis()).isEqualTo(17_000);
        });
        answer = "{\"result\":\"deny\"}";
        assertThat(check(source()))
                .isInstanceOfSatisfying(
                        Verdict.Denied.class,
                        denied -> assertThat(denied.reason()).isEqualTo(Refusal.BAD_CREDENTIALS));
        answer = "{\"result\":\"ignore\"}";
        assertThat(check(source())).isEqualTo(Verdict.IGNORED);
        status = 204;
        assertThat(check(source())).isInstanceOf(Verdict.Accepted.class);
    }

    @Test
    void everythingElseIsAFailure() {
        for (String wrong : List.of(
                "", "[]", "{}", "{\"result\":\"yes\"}", "{\"result\":\"allow\",\"acl\":7}", "x".repeat(300_000))) {
            answer = wrong;
            assertThatThrownBy(() -> check(source())).as("%.20s", wrong).isInstanceOf(CompletionException.class);
        }
        answer = "{\"result\":\"allow\"}";
        for (int wrong : new int[] {201, 302, 401, 500}) {
            status = wrong;
            assertThatThrownBy(() -> check(source())).isInstanceOf(CompletionException.class);
        }
    }

    @Test
    void authorizerTellsWhatWasAnswered() {
        HttpAuthorizer authorizer = new HttpAuthorizer(
                settings("/", true, Optional.empty(), Duration.ofSeconds(10), 8), counters, http, nanos::get);
        Subject subject = new Subject("c", "u", InetAddress.ofLiteral("192.0.2.1"), null, false, "test", List.of());

        assertThat(authorizer
                        .authorize(subject, AccessRequest.publish("a/b", 1, true))
                        .toCompletableFuture()
                        .join())
                .contains(Effect.ALLOW);
        assertThat(seen).contains("\"action\":\"publish\",\"topic\":\"a/b\",\"qos\":1,\"retain\":true");
        answer = "{\"result\":\"deny\"}";
        assertThat(authorizer
                        .authorize(subject, AccessRequest.subscribe("a/#", 0))
                        .toCompletableFuture()
                        .join())
                .contains(Effect.DENY);
        answer = "{\"result\":\"ignore\"}";
        assertThat(authorizer
                        .authorize(subject, AccessRequest.subscribe("a/#", 0))
                        .toCompletableFuture()
                        .join())
                .isEmpty();
    }

    @Test
    void serviceThatKeepsFailingIsLeftAloneAndTriedByOne() {
        HttpSource source = source();
        status = 500;
        for (int i = 0; i < 5; i++) {
            assertThatThrownBy(() -> check(source)).isInstanceOf(CompletionException.class);
        }
        assertThat(requests).as("two failures were enough").hasValue(2);
        assertThat(counters.get(SecurityEvent.CALLBACK_FAILED)).isEqualTo(5);

        nanos.addAndGet(TimeUnit.SECONDS.toNanos(11));
        assertThatThrownBy(() -> check(source)).isInstanceOf(CompletionException.class);
        assertThatThrownBy(() -> check(source)).isInstanceOf(CompletionException.class);
        assertThat(requests).as("one tried").hasValue(3);

        status = 200;
        nanos.addAndGet(TimeUnit.SECONDS.toNanos(11));
        assertThat(check(source)).isInstanceOf(Verdict.Accepted.class);
        assertThat(check(source)).isInstanceOf(Verdict.Accepted.class);
    }

    @Test
    void questionsAtOnceAreBoundedAndEndInTime() {
        hanging = true;
        HttpSource source = source(settings("/", true, Optional.empty(), Duration.ofMillis(300), 1));
        CompletableFuture<Verdict> first = source.check(LOGIN).toCompletableFuture();
        CompletableFuture<Verdict> second = source.check(LOGIN).toCompletableFuture();

        assertThat(second).isCompletedExceptionally();
        assertThatThrownBy(first::join).isInstanceOf(CompletionException.class);
    }
}
