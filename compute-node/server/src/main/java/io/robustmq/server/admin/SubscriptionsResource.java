package io.robustmq.server.admin;

import io.robustmq.kernel.SubscribeRequest;
import io.robustmq.kernel.route.Pattern;
import io.robustmq.protocol.mqtt.codec.TopicFilter;
import io.robustmq.protocol.mqtt.codec.TopicName;
import io.robustmq.server.admin.Endpoint.JsonType;
import io.robustmq.server.admin.Endpoint.Parameter;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/** Subscriptions of all sessions, connected or not. */
final class SubscriptionsResource implements Resource {
    private record Held(String clientId, boolean connected, SubscribeRequest subscription) {}

    @Override
    public String name() {
        return "subscriptions";
    }

    @Override
    public List<Endpoint> endpoints() {
        return List.of(Endpoint.get(
                "/subscriptions",
                "listSubscriptions",
                "Subscriptions, in the order of client identifiers and topic filters.",
                List.of(
                        Parameter.of("clientid", JsonType.STRING, "of this client"),
                        Parameter.of("topic", JsonType.STRING, "exactly this topic filter"),
                        Parameter.of("match_topic", JsonType.STRING, "that would get messages of this topic name"),
                        Parameter.of("share_group", JsonType.STRING, "shared in this group"),
                        Parameter.of("qos", JsonType.INTEGER, "with this maximum QoS"),
                        Paging.LIMIT,
                        Paging.CURSOR),
                "a page of subscriptions",
                SubscriptionsResource::list));
    }

    private static Reply list(Request request) throws Problem, InterruptedException {
        Page<Held> page = new Page<>(request.parameter("cursor").orElse(""), request.limit());
        Optional<String> client = request.parameter("clientid");
        Predicate<SubscribeRequest> wanted = wanted(request);
        Predicate<String> passes = id -> client.map(id::equals).orElse(true);
        ClientsResource.walk(
                request.node(),
                passes,
                found -> found.attachment().subscriptions().stream()
                        .filter(wanted)
                        .forEach(one -> add(page, new Held(found.client().clientId(), true, one))));
        SessionsResource.walk(request.node(), passes, found -> {
            if (!found.attached()) {
                found.subscriptions().stream()
                        .filter(wanted)
                        .forEach(one -> add(page, new Held(found.key().name(), false, one)));
            }
        });
        return Reply.ok(page.toJson(one -> toJson(one.clientId, one.connected, one.subscription)));
    }

    private static void add(Page<Held> page, Held held) {
        page.add(held.clientId + '\n' + filter(held.subscription), held);
    }

    private static Predicate<SubscribeRequest> wanted(Request request) throws Problem {
        Optional<String> topic = request.parameter("topic");
        Optional<String> matched = request.parameter("match_topic");
        if (topic.isPresent() && !TopicFilter.isValid(topic.orElseThrow())) {
            throw Problem.badRequest("topic is no valid topic filter: " + topic.orElseThrow());
        }
        if (matched.isPresent() && !TopicName.isValid(matched.orElseThrow())) {
            throw Problem.badRequest("match_topic is no valid topic name: " + matched.orElseThrow());
        }
        Optional<String> group = request.parameter("share_group");
        long qos = request.number("qos", -1);
        return one -> topic.map(filter -> filter.equals(filter(one)) || filter.equals(one.pattern()))
                        .orElse(true)
                && matched.map(name -> Pattern.of(one.pattern()).matches(name)).orElse(true)
                && group.map(name -> name.equals(one.group())).orElse(true)
                && (qos < 0 || qos == one.guarantee().code());
    }

    /** The filter as a client writes it. */
    static String filter(SubscribeRequest one) {
        String group = one.group();
        if (group == null) {
            return one.pattern();
        }
        // A share name has no slash; the group of $queue/ has, and is its own prefix.
        return group.endsWith("/") ? group + one.pattern() : "$share/" + group + "/" + one.pattern();
    }

    static JsonObject toJson(String clientId, boolean connected, SubscribeRequest one) {
        return new JsonObject()
                .put("clientid", clientId)
                .put("topic", filter(one))
                .put("qos", one.guarantee().code())
                .put("nl", one.noLocal() ? 1 : 0)
                .put("rap", one.keepLastValueFlag() ? 1 : 0)
                .put("subscription_identifier", one.identifier())
                .put("connected", connected);
    }
}
