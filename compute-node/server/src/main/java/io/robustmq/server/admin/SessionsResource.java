package io.robustmq.server.admin;

import io.robustmq.kernel.AttachRequest;
import io.robustmq.kernel.SessionKey;
import io.robustmq.kernel.inspect.SessionInfo;
import io.robustmq.kernel.inspect.SessionPortion;
import io.robustmq.server.admin.Endpoint.JsonType;
import io.robustmq.server.admin.Endpoint.Parameter;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Predicate;

/** Sessions that are kept, whether their client is connected or not. */
final class SessionsResource implements Resource {
    private static final int DEFAULT_TENANT = 0;

    @Override
    public String name() {
        return "sessions";
    }

    @Override
    public List<Endpoint> endpoints() {
        return List.of(
                Endpoint.get(
                        "/sessions",
                        "listSessions",
                        "Sessions that outlive their connection, in the order of client identifiers.",
                        List.of(
                                Parameter.of("like_clientid", JsonType.STRING, "client identifiers that contain this"),
                                Parameter.of(
                                        "connected",
                                        JsonType.BOOLEAN,
                                        "only those whose client is connected, or is not"),
                                Paging.LIMIT,
                                Paging.CURSOR),
                        "a page of sessions",
                        SessionsResource::list),
                Endpoint.get(
                        "/sessions/{clientid}",
                        "getSession",
                        "One kept session with its subscriptions.",
                        List.of(),
                        "a session",
                        request -> {
                            SessionInfo found = find(request);
                            JsonArray subscriptions = new JsonArray();
                            found.subscriptions()
                                    .forEach(one -> subscriptions.add(SubscriptionsResource.toJson(
                                            found.key().name(), found.attached(), one)));
                            return Reply.ok(toJson(found).put("subscriptions", subscriptions));
                        }),
                Endpoint.delete(
                        "/sessions/{clientid}",
                        "deleteSession",
                        "Ends a session as a clean start would: a connected client is told that its session was taken over, the will is published, what waits for it is forgotten.",
                        SessionsResource::delete));
    }

    private static Reply list(Request request) throws Problem, InterruptedException {
        Page<SessionInfo> page = new Page<>(request.parameter("cursor").orElse(""), request.limit());
        Optional<String> like = request.parameter("like_clientid");
        Optional<Boolean> connected = request.flag("connected");
        walk(request.node(), id -> page.takes(id) && like.map(id::contains).orElse(true), found -> {
            if (connected.map(wanted -> wanted == found.attached()).orElse(true)) {
                page.add(found.key().name(), found);
            }
        });
        return Reply.ok(page.toJson(SessionsResource::toJson));
    }

    /** Meets every kept session; {@code wanted} is asked on home loops, {@code found} is told on this thread. */
    static void walk(Administration node, Predicate<String> wanted, Consumer<SessionInfo> found)
            throws Problem, InterruptedException {
        Predicate<SessionKey> ofClients = key -> key.tenant() == DEFAULT_TENANT && wanted.test(key.name());
        for (int shard = 0; shard < node.inspection().shards(); shard++) {
            long from = 0;
            while (from != SessionPortion.END) {
                SessionPortion portion = Waiting.on(node.inspection().sessions(shard, from, ofClients));
                portion.sessions().forEach(found);
                from = portion.next();
            }
        }
    }

    private static SessionInfo find(Request request) throws Problem, InterruptedException {
        String clientId = request.segment("clientid");
        if (clientId.isEmpty()) {
            throw Problem.badRequest("clientid must not be empty");
        }
        return Waiting.on(request.node().inspection().session(new SessionKey(DEFAULT_TENANT, clientId)))
                .orElseThrow(() -> Problem.notFound("there is no kept session of " + clientId));
    }

    private static Reply delete(Request request) throws Problem, InterruptedException {
        SessionInfo found = find(request);
        Optional<String> refusal =
                Waiting.on(request.node().mqtt().endSession(found.key().name()));
        if (refusal.isPresent()) {
            throw new Problem(Problem.Kind.SERVICE_UNAVAILABLE, refusal.orElseThrow());
        }
        return new Reply.Done();
    }

    private static JsonObject toJson(SessionInfo found) {
        JsonObject json = new JsonObject()
                .put("clientid", found.key().name())
                .put("connected", found.attached())
                .put("expiry_interval", expirySeconds(found.expiryMillis()))
                .put("subscriptions_cnt", found.subscriptions().size())
                .put("mqueue_len", found.pendingMessages())
                .put("inflight_cnt", found.inFlightMessages())
                .put("has_will", found.hasParting())
                .put("shard", found.shard());
        if (!found.attached() && found.detachedAtMillis() != 0) {
            json.put(
                    "disconnected_at",
                    Instant.ofEpochMilli(found.detachedAtMillis()).toString());
        }
        return json;
    }

    /** As MQTT says it: 4294967295 is for ever (MQTT 5.0 section 3.1.2.11.2). */
    private static long expirySeconds(long millis) {
        return millis == AttachRequest.NEVER_EXPIRES ? 0xFFFF_FFFFL : millis / 1_000;
    }
}
