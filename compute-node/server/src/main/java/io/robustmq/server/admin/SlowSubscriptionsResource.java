package io.robustmq.server.admin;

import io.robustmq.protocol.mqtt.watch.SlowOptions;
import io.robustmq.protocol.mqtt.watch.SlowSubscription;
import io.robustmq.server.admin.Endpoint.JsonType;
import io.robustmq.server.admin.Endpoint.Method;
import io.robustmq.server.admin.Endpoint.Parameter;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** The ranking of those who get their messages late. */
final class SlowSubscriptionsResource implements Resource {
    private static final SlowOptions DEFAULTS = new SlowOptions(500, 10, 300_000);
    private static final long DAY_MILLIS = 86_400_000;

    @Override
    public String name() {
        return "slow-subscriptions";
    }

    @Override
    public List<Endpoint> endpoints() {
        return List.of(
                Endpoint.get(
                        "/slow_subscriptions",
                        "listSlowSubscriptions",
                        "The slowest subscribers, slowest first; empty while nothing is ranked.",
                        List.of(),
                        "subscribers with their latencies in milliseconds",
                        SlowSubscriptionsResource::list),
                Endpoint.delete("/slow_subscriptions", "clearSlowSubscriptions", "Empties the ranking.", request -> {
                    Waiting.on(request.node().watches().forgetSlowest());
                    return new Reply.Done();
                }),
                Endpoint.get(
                        "/slow_subscriptions/settings",
                        "getSlowSubscriptionsSettings",
                        "Whether and how subscribers are ranked.",
                        List.of(),
                        "the settings",
                        request -> Reply.ok(settings(request.node().slow()))),
                new Endpoint(
                        Method.PUT,
                        "/slow_subscriptions/settings",
                        "setSlowSubscriptionsSettings",
                        "Begins to rank subscribers, in an empty ranking, or stops. Holds until the process ends.",
                        List.of(),
                        List.of(
                                Parameter.required("enable", JsonType.BOOLEAN, "whether subscribers are ranked"),
                                Parameter.of(
                                        "threshold",
                                        JsonType.INTEGER,
                                        "milliseconds from publishing to delivery that count as slow; 500"),
                                Parameter.of("top_k_num", JsonType.INTEGER, "subscribers in the ranking, 1..1000; 10"),
                                Parameter.of(
                                        "expire_interval",
                                        JsonType.INTEGER,
                                        "milliseconds after its last slow delivery that a subscriber leaves; 300000")),
                        "the settings",
                        SlowSubscriptionsResource::set));
    }

    private static Reply list(Request request) throws Problem, InterruptedException {
        JsonArray data = new JsonArray();
        String node = request.node().settings().nodeName();
        for (SlowSubscription one : Waiting.on(request.node().watches().slowest())) {
            data.add(new JsonObject()
                    .put("clientid", one.clientId())
                    .put("topic", one.topic())
                    .put("timespan", one.latencyMillis())
                    .put(
                            "last_update_time",
                            Instant.ofEpochMilli(one.lastAtMillis()).toString())
                    .put("node", node));
        }
        return Reply.ok(new JsonObject().put("data", data));
    }

    private static Reply set(Request request) throws Problem, InterruptedException {
        JsonObject body = request.object();
        if (!body.containsKey("enable")) {
            throw Problem.badRequest("enable is missing");
        }
        SlowOptions options = Request.flag(body, "enable", false)
                ? new SlowOptions(
                        Request.number(body, "threshold", DEFAULTS.thresholdMillis(), 1, DAY_MILLIS),
                        (int) Request.number(body, "top_k_num", DEFAULTS.topMax(), 1, 1_000),
                        Request.number(body, "expire_interval", DEFAULTS.expiryMillis(), 1_000, DAY_MILLIS))
                : null;
        request.node().slow(options);
        return Reply.ok(settings(Optional.ofNullable(options)));
    }

    private static JsonObject settings(Optional<SlowOptions> present) {
        SlowOptions options = present.orElse(DEFAULTS);
        return new JsonObject()
                .put("enable", present.isPresent())
                .put("threshold", options.thresholdMillis())
                .put("top_k_num", options.topMax())
                .put("expire_interval", options.expiryMillis())
                .put("stats_type", "whole");
    }
}
