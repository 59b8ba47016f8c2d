package io.robustmq.server.admin;

import io.robustmq.kernel.inspect.RouteInfo;
import io.robustmq.server.admin.Endpoint.JsonType;
import io.robustmq.server.admin.Endpoint.Parameter;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Optional;

/** Routes: topic filters that somebody is subscribed to. */
final class TopicsResource implements Resource {
    @Override
    public String name() {
        return "topics";
    }

    @Override
    public List<Endpoint> endpoints() {
        return List.of(Endpoint.get(
                "/topics",
                "listTopics",
                "Topic filters that somebody is subscribed to, in their order, and where the subscribers are.",
                List.of(
                        Parameter.of("topic", JsonType.STRING, "filters that contain this"),
                        Paging.LIMIT,
                        Paging.CURSOR),
                "a page of routes",
                TopicsResource::list));
    }

    private static Reply list(Request request) throws Problem {
        Page<RouteInfo> page = new Page<>(request.parameter("cursor").orElse(""), request.limit());
        Optional<String> like = request.parameter("topic");
        // The table is read on this thread, without its writer.
        request.node().inspection().routes(route -> {
            if (like.map(route.pattern()::contains).orElse(true)) {
                page.add(route.pattern(), route);
            }
        });
        String node = request.node().settings().nodeName();
        return Reply.ok(page.toJson(route -> new JsonObject()
                .put("topic", route.pattern())
                .put("node", node)
                .put("loops", new JsonArray(route.loops()))
                .put("shards", new JsonArray(route.shards()))
                .put("queue_shards", new JsonArray(route.queueShards()))));
    }
}
