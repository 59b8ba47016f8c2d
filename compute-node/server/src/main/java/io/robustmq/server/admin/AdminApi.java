package io.robustmq.server.admin;

import io.robustmq.server.admin.Endpoint.Method;
import io.vertx.core.Context;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.Json;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.BodyHandler;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLongArray;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves the admin API. A request shows its token on the event loop of the HTTP server; what it asks for is done on a virtual thread, of which so many run at once as the settings say. No answer is
 * given to anybody whose token is not known, from wherever he asks.
 */
@ApplicationScoped
public class AdminApi {
    /** What all paths begin with. */
    static final String PREFIX = "/api/v1";

    private static final Logger log = LoggerFactory.getLogger(AdminApi.class);
    private static final String SCHEME = "Bearer ";
    private static final String ACTOR = "robustmq.actor";

    /** All there is. Users, access rules and bans have their places here. */
    static final List<Resource> RESOURCES = List.of(
            new ClientsResource(),
            new SubscriptionsResource(),
            new SessionsResource(),
            new RetainedResource(),
            new TopicsResource(),
            new PublishResource(),
            new NodeResource(),
            new TraceResource(),
            new SlowSubscriptionsResource(),
            new TopicMetricsResource(),
            new AuditResource());

    private static final List<Endpoint> ENDPOINTS = RESOURCES.stream()
            .flatMap(resource -> resource.endpoints().stream())
            .toList();

    private final CurrentAdministration current;
    private final ExecutorService workers = Executors.newThreadPerTaskExecutor(
            Thread.ofVirtual().name("admin-", 0).factory());
    private final AtomicInteger atOnce = new AtomicInteger();
    /** Answers by the first digit of their status. */
    private final AtomicLongArray answers = new AtomicLongArray(6);

    public AdminApi(CurrentAdministration current) {
        this.current = current;
    }

    /** Requests answered with a status of this class, 2 to 5. Any thread. */
    public long answers(int statusClass) {
        return answers.get(statusClass);
    }

    void mount(@Observes Router router) {
        router.route(PREFIX + "/*").handler(this::admit);
        router.route(PREFIX + "/*")
                .handler(context -> current.get()
                        .ifPresentOrElse(
                                node -> BodyHandler.create(false)
                                        .setBodyLimit(node.settings().bodyBytesMax())
                                        .handle(context),
                                () -> refuse(context, stopping())));
        router.route(PREFIX + "/*")
                .handler(this::dispatch)
                .failureHandler(context -> refuse(
                        context,
                        context.statusCode() == 413
                                ? new Problem(Problem.Kind.TOO_LARGE, "see robustmq.admin.body-bytes-max")
                                : Problem.badRequest("the request cannot be read")));
    }

    private static Problem stopping() {
        return new Problem(Problem.Kind.SERVICE_UNAVAILABLE, "the node is starting or stopping");
    }

    private void admit(RoutingContext context) {
        Administration node = current.get().orElse(null);
        if (node == null) {
            refuse(context, stopping());
            return;
        }
        if (!node.settings().enabled()) {
            refuse(context, Problem.notFound("robustmq.admin.enabled is false"));
            return;
        }
        if (!node.settings().allowRemote() && !isLocal(context)) {
            refuse(
                    context,
                    new Problem(
                            Problem.Kind.FORBIDDEN, "only callers on this machine; see robustmq.admin.allow-remote"));
            return;
        }
        String shown = context.request().getHeader(HttpHeaders.AUTHORIZATION);
        Optional<String> actor = shown != null && shown.regionMatches(true, 0, SCHEME, 0, SCHEME.length())
                ? node.tokens().nameOf(shown.substring(SCHEME.length()).strip())
                : Optional.empty();
        if (actor.isEmpty()) {
            context.response().putHeader("WWW-Authenticate", "Bearer");
            refuse(context, new Problem(Problem.Kind.BAD_TOKEN, "show a token as Authorization: Bearer TOKEN"));
            return;
        }
        context.put(ACTOR, actor.orElseThrow());
        context.next();
    }

    private static boolean isLocal(RoutingContext context) {
        try {
            return InetAddress.ofLiteral(
                            context.request().connection().remoteAddress().hostAddress())
                    .isLoopbackAddress();
        } catch (IllegalArgumentException none) {
            return false;
        }
    }

    private void dispatch(RoutingContext context) {
        Administration node = current.get().orElse(null);
        if (node == null) {
            refuse(context, stopping());
            return;
        }
        String path = context.request().path().substring(PREFIX.length());
        if (path.equals("/openapi")) {
            answer(context, Reply.ok(OpenApi.document(RESOURCES, node.version())));
            return;
        }
        Method method = method(context);
        boolean known = false;
        for (Endpoint endpoint : ENDPOINTS) {
            Map<String, String> segments = match(endpoint.path(), path);
            if (segments != null && endpoint.method() == method) {
                begin(context, node, endpoint, segments);
                return;
            }
            known |= segments != null;
        }
        refuse(
                context,
                known
                        ? new Problem(
                                Problem.Kind.METHOD_NOT_ALLOWED,
                                context.request().method() + " " + path)
                        : Problem.notFound("there is no " + path));
    }

    private static @Nullable Method method(RoutingContext context) {
        String name = context.request().method().name().toUpperCase(Locale.ROOT);
        for (Method method : Method.values()) {
            if (method.name().equals(name)) {
                return method;
            }
        }
        return null;
    }

    /** @return the variable segments; null if the path is another one */
    static @Nullable Map<String, String> match(String template, String path) {
        String[] wanted = template.split("/", -1);
        String[] given = path.split("/", -1);
        if (wanted.length != given.length) {
            return null;
        }
        Map<String, String> segments = new HashMap<>();
        for (int i = 0; i < wanted.length; i++) {
            if (wanted[i].startsWith("{")) {
                try {
                    // A plus is a plus in a path, and only in a query a space.
                    segments.put(
                            wanted[i].substring(1, wanted[i].length() - 1),
                            URLDecoder.decode(given[i].replace("+", "%2B"), StandardCharsets.UTF_8));
                } catch (IllegalArgumentException unreadable) {
                    return null;
                }
            } else if (!wanted[i].equals(given[i])) {
                return null;
            }
        }
        return segments;
    }

    private void begin(RoutingContext context, Administration node, Endpoint endpoint, Map<String, String> segments) {
        Request request;
        try {
            request = new Request(segments, query(context), body(context, endpoint), context.get(ACTOR), node);
        } catch (Problem problem) {
            refuse(context, problem);
            return;
        }
        if (atOnce.incrementAndGet() > node.settings().requestsAtOnceMax()) {
            atOnce.decrementAndGet();
            refuse(
                    context,
                    new Problem(
                            Problem.Kind.EXCEED_LIMIT,
                            "robustmq.admin.requests-at-once-max is "
                                    + node.settings().requestsAtOnceMax()));
            return;
        }
        Context home = context.vertx().getOrCreateContext();
        String peer = context.request().connection().remoteAddress().hostAddress();
        String what = endpoint.method() + " " + context.request().path();
        workers.execute(() -> {
            try {
                Object outcome = work(endpoint, request, peer, what);
                home.runOnContext(_ -> {
                    switch (outcome) {
                        case Reply reply -> answer(context, reply);
                        case Problem problem -> refuse(context, problem);
                        default -> throw new IllegalStateException("neither answer nor problem: " + outcome);
                    }
                });
            } finally {
                atOnce.decrementAndGet();
            }
        });
    }

    /** @return a {@link Reply} or a {@link Problem} */
    private static Object work(Endpoint endpoint, Request request, String peer, String what) {
        Object outcome;
        try {
            outcome = endpoint.work().answer(request);
        } catch (Problem problem) {
            outcome = problem;
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            outcome = stopping();
        } catch (RuntimeException mistake) {
            log.error("A request failed operation={}", endpoint.operation(), mistake);
            outcome = new Problem(Problem.Kind.INTERNAL_ERROR, "see the log of the server");
        }
        if (endpoint.method() == Method.GET) {
            return outcome;
        }
        Problem problem = outcome instanceof Problem one ? one : null;
        try {
            request.node()
                    .audit()
                    .wrote(
                            request.actor(),
                            peer,
                            endpoint.operation(),
                            what,
                            problem == null
                                    ? status((Reply) outcome)
                                    : problem.kind().status(),
                            problem == null ? null : problem.getMessage());
        } catch (IOException unwritten) {
            log.error("The audit log cannot be written operation={}", endpoint.operation(), unwritten);
            return new Problem(Problem.Kind.INTERNAL_ERROR, "it was done, but the audit log cannot be written");
        }
        return outcome;
    }

    private static int status(Reply reply) {
        return switch (reply) {
            case Reply.Json json -> json.status();
            case Reply.Done _ -> 204;
            case Reply.Download _ -> 200;
        };
    }

    private static Map<String, String> query(RoutingContext context) throws Problem {
        Map<String, String> query = new HashMap<>();
        try {
            context.queryParams().forEach(entry -> query.putIfAbsent(entry.getKey(), entry.getValue()));
        } catch (RuntimeException unreadable) {
            throw Problem.badRequest("the query cannot be read");
        }
        return query;
    }

    private static @Nullable Object body(RoutingContext context, Endpoint endpoint) throws Problem {
        if (endpoint.body().isEmpty()) {
            return null;
        }
        Buffer bytes = context.body().buffer();
        if (bytes == null || bytes.length() == 0) {
            throw Problem.badRequest("a JSON body is missing");
        }
        try {
            return Json.decodeValue(bytes);
        } catch (DecodeException none) {
            throw Problem.badRequest("the body is no JSON: " + none.getMessage());
        }
    }

    private void answer(RoutingContext context, Reply reply) {
        answers.incrementAndGet(2);
        HttpServerResponse response = context.response().setStatusCode(status(reply));
        switch (reply) {
            case Reply.Json(int _, JsonObject body) -> end(response, "application/json", body.toBuffer());
            case Reply.Done() -> response.end();
            case Reply.Download(var file, String name) -> {
                response.putHeader(HttpHeaders.CONTENT_TYPE, "text/plain; charset=utf-8")
                        .putHeader("Content-Disposition", "attachment; filename=\"" + name + "\"");
                response.sendFile(file.toString())
                        .onFailure(failed -> log.debug("A download ended early file={}", file, failed));
            }
        }
    }

    private void refuse(RoutingContext context, Problem problem) {
        if (context.response().ended()) {
            return;
        }
        answers.incrementAndGet(problem.kind().status() / 100);
        end(
                context.response().setStatusCode(problem.kind().status()),
                "application/problem+json",
                problem.toJson().toBuffer());
    }

    private static void end(HttpServerResponse response, String type, Buffer body) {
        response.putHeader(HttpHeaders.CONTENT_TYPE, type)
                .putHeader(HttpHeaders.CACHE_CONTROL, "no-store")
                .end(body)
                .onFailure(gone -> log.debug("An answer could not be sent", gone));
    }
}
