package io.robustmq.server.admin;

import io.netty.buffer.ByteBufUtil;
import io.robustmq.kernel.MessageView;
import io.robustmq.kernel.PublishOutcome;
import io.robustmq.kernel.inspect.RetainedMessage;
import io.robustmq.kernel.inspect.RetainedPortion;
import io.robustmq.protocol.mqtt.codec.BinaryData;
import io.robustmq.protocol.mqtt.codec.Properties;
import io.robustmq.protocol.mqtt.codec.QualityOfService;
import io.robustmq.protocol.mqtt.codec.TopicFilter;
import io.robustmq.protocol.mqtt.codec.TopicName;
import io.robustmq.protocol.mqtt.connection.ServerMessage;
import io.robustmq.server.admin.Endpoint.JsonType;
import io.robustmq.server.admin.Endpoint.Parameter;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/** Retained messages. */
final class RetainedResource implements Resource {
    @Override
    public String name() {
        return "retained";
    }

    @Override
    public List<Endpoint> endpoints() {
        return List.of(
                Endpoint.get(
                        "/mqtt/retainer/messages",
                        "listRetained",
                        "Retained messages without their payloads, shard by shard, in the order of the tree of topics.",
                        List.of(
                                Parameter.of(
                                        "topic",
                                        JsonType.STRING,
                                        "of topics that this filter matches; # unless said otherwise"),
                                Paging.LIMIT,
                                Paging.CURSOR),
                        "a page of retained messages",
                        RetainedResource::list),
                Endpoint.get(
                        "/mqtt/retainer/message/{topic}",
                        "getRetained",
                        "The retained message of a topic.",
                        List.of(),
                        "a retained message with its payload in Base64",
                        request -> {
                            MessageView view = find(request).message().view();
                            byte[] payload =
                                    ByteBufUtil.getBytes(view.buffer(), view.payloadIndex(), view.payloadLength());
                            return Reply.ok(toJson(view)
                                    .put("payload", Base64.getEncoder().encodeToString(payload)));
                        }),
                Endpoint.delete(
                        "/mqtt/retainer/message/{topic}",
                        "deleteRetained",
                        "Removes the retained message of a topic.",
                        RetainedResource::delete));
    }

    private static Reply list(Request request) throws Problem, InterruptedException {
        String filter = request.parameter("topic").orElse("#");
        if (!TopicFilter.isValid(filter)) {
            throw Problem.badRequest("topic is no valid topic filter: " + filter);
        }
        int limit = request.limit();
        Position position = Position.of(request.parameter("cursor").orElse("0:"));
        JsonArray data = new JsonArray();
        int shards = request.node().inspection().shards();
        while (position.shard < shards && data.size() < limit) {
            RetainedPortion portion = Waiting.on(
                    request.node().inspection().retained(position.shard, filter, position.after, limit - data.size()));
            portion.messages().forEach(one -> data.add(toJson(one.message().view())));
            Optional<String> next = portion.next();
            position = next.isPresent()
                    ? new Position(position.shard, next.orElseThrow())
                    : new Position(position.shard + 1, "");
        }
        return Reply.ok(Page.of(data, limit, position.shard < shards ? position.shard + ":" + position.after : null));
    }

    /** How far a list has come. */
    private record Position(int shard, String after) {
        static Position of(String cursor) throws Problem {
            int colon = cursor.indexOf(':');
            try {
                int shard = Integer.parseInt(cursor.substring(0, Math.max(0, colon)));
                if (shard >= 0) {
                    return new Position(shard, cursor.substring(colon + 1));
                }
            } catch (NumberFormatException none) {
                throw Problem.badRequest("cursor is none of a page before: " + none.getMessage());
            }
            throw Problem.badRequest("cursor is none of a page before");
        }
    }

    private static String topic(Request request) throws Problem {
        String topic = request.segment("topic");
        if (!TopicName.isValid(topic)) {
            throw Problem.badRequest("not a valid topic name: " + topic);
        }
        return topic;
    }

    private static RetainedMessage find(Request request) throws Problem, InterruptedException {
        String topic = topic(request);
        return Waiting.on(request.node().inspection().retained(topic))
                .orElseThrow(() -> Problem.notFound("nothing is retained for " + topic));
    }

    private static Reply delete(Request request) throws Problem, InterruptedException {
        String topic = find(request).name();
        PublishOutcome outcome = Waiting.on(request.node()
                .publisher()
                .publish(new ServerMessage(
                        topic, BinaryData.EMPTY, QualityOfService.AT_LEAST_ONCE, true, Properties.NONE)));
        PublishResource.requireDone(outcome);
        return new Reply.Done();
    }

    private static JsonObject toJson(MessageView view) {
        JsonObject json = new JsonObject()
                .put("topic", view.name())
                .put("qos", view.guarantee().code())
                .put("payload_bytes", view.payloadLength())
                .put(
                        "publish_at",
                        Instant.ofEpochMilli(view.publishedAtMillis()).toString());
        if (view.expiresAtMillis() != Long.MAX_VALUE) {
            json.put("expires_at", Instant.ofEpochMilli(view.expiresAtMillis()).toString());
        }
        return json;
    }
}
