package io.robustmq.server.admin;

import io.robustmq.protocol.mqtt.codec.TopicName;
import io.robustmq.protocol.mqtt.watch.TopicFigures;
import io.robustmq.protocol.mqtt.watch.TrafficWatches;
import io.robustmq.server.admin.Endpoint.JsonType;
import io.robustmq.server.admin.Endpoint.Method;
import io.robustmq.server.admin.Endpoint.Parameter;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Counters of single topics, for those that were registered. */
final class TopicMetricsResource implements Resource {
    @Override
    public String name() {
        return "topic-metrics";
    }

    @Override
    public List<Endpoint> endpoints() {
        return List.of(
                Endpoint.get(
                        "/mqtt/topic_metrics",
                        "listTopicMetrics",
                        "The registered topics and what was counted for them.",
                        List.of(),
                        "topics with their counters",
                        request -> {
                            JsonArray data = new JsonArray();
                            Map<String, TopicFigures> figures = new TreeMap<>(
                                    Waiting.on(request.node().watches().figures()));
                            figures.forEach((topic, counted) -> data.add(toJson(topic, counted)));
                            return Reply.ok(new JsonObject().put("data", data));
                        }),
                new Endpoint(
                        Method.POST,
                        "/mqtt/topic_metrics",
                        "registerTopicMetrics",
                        "Counts the messages of a topic from now on, until the process ends. At most "
                                + TrafficWatches.TOPICS_MAX + " topics are counted.",
                        List.of(),
                        List.of(Parameter.required("topic", JsonType.STRING, "a topic name, without wildcards")),
                        "the topic",
                        TopicMetricsResource::register),
                Endpoint.get(
                        "/mqtt/topic_metrics/{topic}",
                        "getTopicMetrics",
                        "What was counted for a topic.",
                        List.of(),
                        "a topic with its counters",
                        request -> {
                            String topic = registered(request);
                            Map<String, TopicFigures> figures =
                                    Waiting.on(request.node().watches().figures());
                            return Reply.ok(toJson(topic, figures.getOrDefault(topic, TopicFigures.ZERO)));
                        }),
                new Endpoint(
                        Method.PUT,
                        "/mqtt/topic_metrics/{topic}/reset",
                        "resetTopicMetrics",
                        "Counts a topic from 0 on.",
                        List.of(),
                        List.of(),
                        "204",
                        request -> {
                            Waiting.on(request.node().watches().reset(registered(request)));
                            return new Reply.Done();
                        }),
                Endpoint.delete(
                        "/mqtt/topic_metrics/{topic}",
                        "deregisterTopicMetrics",
                        "Counts a topic no longer.",
                        request -> {
                            request.node().count(registered(request), false);
                            return new Reply.Done();
                        }));
    }

    private static String registered(Request request) throws Problem {
        String topic = request.segment("topic");
        if (!request.node().topics().contains(topic)) {
            throw Problem.notFound("the topic is not counted: " + topic);
        }
        return topic;
    }

    private static Reply register(Request request) throws Problem, InterruptedException {
        String topic = Request.text(request.object(), "topic");
        if (!TopicName.isValid(topic)) {
            throw Problem.badRequest("topic is no valid topic name: " + topic);
        }
        if (!request.node().count(topic, true)) {
            throw new Problem(Problem.Kind.ALREADY_EXISTS, "the topic is counted already: " + topic);
        }
        return new Reply.Json(201, toJson(topic, TopicFigures.ZERO));
    }

    private static JsonObject toJson(String topic, TopicFigures counted) {
        JsonObject metrics = new JsonObject()
                .put("messages.in.count", sum(counted.in()))
                .put("messages.out.count", sum(counted.out()))
                .put("messages.dropped.count", counted.dropped());
        for (int qos = 0; qos < 3; qos++) {
            metrics.put("messages.qos" + qos + ".in.count", counted.in().get(qos));
            metrics.put("messages.qos" + qos + ".out.count", counted.out().get(qos));
        }
        return new JsonObject().put("topic", topic).put("metrics", metrics);
    }

    private static long sum(List<Long> counts) {
        return counts.stream().mapToLong(Long::longValue).sum();
    }
}
