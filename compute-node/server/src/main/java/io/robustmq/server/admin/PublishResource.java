package io.robustmq.server.admin;

import io.robustmq.kernel.PublishOutcome;
import io.robustmq.protocol.mqtt.codec.BinaryData;
import io.robustmq.protocol.mqtt.codec.Properties;
import io.robustmq.protocol.mqtt.codec.Property;
import io.robustmq.protocol.mqtt.codec.QualityOfService;
import io.robustmq.protocol.mqtt.codec.TopicName;
import io.robustmq.protocol.mqtt.connection.ServerMessage;
import io.robustmq.protocol.mqtt.connection.ServerPublisher;
import io.robustmq.server.admin.Endpoint.JsonType;
import io.robustmq.server.admin.Endpoint.Method;
import io.robustmq.server.admin.Endpoint.Parameter;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/** Publishing. */
final class PublishResource implements Resource {
    private static final int BULK_MAX = ServerPublisher.WAITING_MAX / 4;
    private static final int TOPIC_BYTES_MAX = 65_535;

    private static final List<Parameter> MESSAGE = List.of(
            Parameter.required("topic", JsonType.STRING, "topic name; not beginning with $"),
            Parameter.required("payload", JsonType.STRING, "in the encoding that payload_encoding says"),
            Parameter.of("payload_encoding", JsonType.STRING, "plain (UTF-8 text, the default) or base64"),
            Parameter.of("qos", JsonType.INTEGER, "0, 1 or 2; 0 unless said otherwise"),
            Parameter.of("retain", JsonType.BOOLEAN, "false unless said otherwise"),
            Parameter.of(
                    "properties",
                    JsonType.OBJECT,
                    "payload_format_indicator, message_expiry_interval, response_topic, correlation_data,"
                            + " content_type, user_properties (an object of strings)"));

    @Override
    public String name() {
        return "publish";
    }

    @Override
    public List<Endpoint> endpoints() {
        return List.of(
                new Endpoint(
                        Method.POST,
                        "/publish",
                        "publish",
                        "Publishes a message; answers when it is kept as its QoS demands.",
                        List.of(),
                        MESSAGE,
                        "what became of it",
                        request -> {
                            ServerMessage message = message(request.object(), bytesMax(request));
                            PublishOutcome outcome =
                                    Waiting.on(request.node().publisher().publish(message));
                            requireDone(outcome);
                            return Reply.ok(toJson(message, outcome));
                        }),
                new Endpoint(
                        Method.POST,
                        "/publish/bulk",
                        "publishBulk",
                        "Publishes up to " + BULK_MAX
                                + " messages: a JSON array of what `/publish` takes. All are checked before the first is published.",
                        List.of(),
                        List.of(Parameter.required("[]", JsonType.ARRAY, "messages")),
                        "what became of each",
                        PublishResource::bulk));
    }

    private static Reply bulk(Request request) throws Problem, InterruptedException {
        List<JsonObject> bodies = request.objects();
        if (bodies.size() > BULK_MAX) {
            throw Problem.badRequest("at most " + BULK_MAX + " messages go at once: " + bodies.size());
        }
        List<ServerMessage> messages = new ArrayList<>();
        for (JsonObject body : bodies) {
            messages.add(message(body, bytesMax(request)));
        }
        List<CompletionStage<PublishOutcome>> outcomes = new ArrayList<>();
        for (ServerMessage message : messages) {
            outcomes.add(request.node().publisher().publish(message));
        }
        JsonArray data = new JsonArray();
        for (int i = 0; i < messages.size(); i++) {
            data.add(toJson(messages.get(i), Waiting.on(outcomes.get(i))));
        }
        return Reply.ok(new JsonObject().put("data", data));
    }

    /** What a client could publish, so that every client can get it and the log can hold it. */
    private static int bytesMax(Request request) {
        return request.node().node().loops().listeners().stream()
                .mapToInt(listener -> listener.info().packetBytesMax())
                .max()
                .orElseThrow();
    }

    static void requireDone(PublishOutcome outcome) throws Problem {
        switch (outcome) {
            case DONE, NO_ROUTE -> {
                // It is where it is to be, be that nowhere.
            }
            case OVERLOADED ->
                throw new Problem(Problem.Kind.SERVICE_UNAVAILABLE, "the message was refused; it may be sent again");
            case UNKNOWN ->
                throw new Problem(
                        Problem.Kind.SERVICE_UNAVAILABLE,
                        "nobody can tell whether the message was kept; send it again");
        }
    }

    private static JsonObject toJson(ServerMessage message, PublishOutcome outcome) {
        return new JsonObject()
                .put("topic", message.topic())
                .put(
                        "result",
                        switch (outcome) {
                            case DONE -> "done";
                            case NO_ROUTE -> "no_matching_subscribers";
                            case OVERLOADED -> "refused";
                            case UNKNOWN -> "unknown";
                        });
    }

    private static ServerMessage message(JsonObject body, int bytesMax) throws Problem {
        String topic = Request.text(body, "topic");
        if (!TopicName.isValid(topic) || topic.getBytes(StandardCharsets.UTF_8).length > TOPIC_BYTES_MAX) {
            throw Problem.badRequest("topic is no valid topic name: " + topic);
        }
        if (topic.startsWith("$")) {
            throw Problem.badRequest("topics that begin with $ are the server's: " + topic);
        }
        BinaryData payload = payload(body);
        if (payload.length() > bytesMax) {
            throw Problem.badRequest("payload must have at most " + bytesMax + " bytes: " + payload.length());
        }
        QualityOfService qos = QualityOfService.of((int) Request.number(body, "qos", 0, 0, 2));
        try {
            return new ServerMessage(topic, payload, qos, Request.flag(body, "retain", false), properties(body));
        } catch (IllegalArgumentException outOfRange) {
            // Texts that MQTT cannot carry, such as one with a null character.
            throw Problem.badRequest(String.valueOf(outOfRange.getMessage()));
        }
    }

    private static BinaryData payload(JsonObject body) throws Problem {
        String text = Request.text(body, "payload");
        return switch (Request.textIfThere(body, "payload_encoding").orElse("plain")) {
            case "plain" -> BinaryData.ofUtf8(text);
            case "base64" -> {
                try {
                    yield BinaryData.copyOf(Base64.getDecoder().decode(text));
                } catch (IllegalArgumentException none) {
                    throw Problem.badRequest("payload is no Base64: " + none.getMessage());
                }
            }
            default -> throw Problem.badRequest("payload_encoding must be plain or base64");
        };
    }

    private static Properties properties(JsonObject body) throws Problem {
        Object given = body.getValue("properties");
        if (given == null) {
            return Properties.NONE;
        }
        if (!(given instanceof JsonObject values)) {
            throw Problem.badRequest("properties must be an object");
        }
        Properties.Builder properties = Properties.builder();
        if (Request.number(values, "payload_format_indicator", 0, 0, 1) == 1) {
            properties.set(Property.PAYLOAD_FORMAT_INDICATOR, 1);
        }
        long expiry = Request.number(values, "message_expiry_interval", -1, 0, 0xFFFF_FFFFL);
        if (expiry >= 0) {
            properties.set(Property.MESSAGE_EXPIRY_INTERVAL, expiry);
        }
        Optional<String> response = Request.textIfThere(values, "response_topic");
        if (response.isPresent()) {
            if (!TopicName.isValid(response.orElseThrow())) {
                throw Problem.badRequest("response_topic is no valid topic name");
            }
            properties.set(Property.RESPONSE_TOPIC, response.orElseThrow());
        }
        Optional<String> correlation = Request.textIfThere(values, "correlation_data");
        if (correlation.isPresent()) {
            properties.set(Property.CORRELATION_DATA, BinaryData.ofUtf8(correlation.orElseThrow()));
        }
        Optional<String> contentType = Request.textIfThere(values, "content_type");
        if (contentType.isPresent()) {
            properties.set(Property.CONTENT_TYPE, contentType.orElseThrow());
        }
        Object pairs = values.getValue("user_properties");
        if (pairs != null) {
            if (!(pairs instanceof JsonObject object)) {
                throw Problem.badRequest("user_properties must be an object");
            }
            for (Map.Entry<String, Object> pair : object) {
                if (!(pair.getValue() instanceof String value)) {
                    throw Problem.badRequest("user_properties must be strings: " + pair.getKey());
                }
                properties.userProperty(pair.getKey(), value);
            }
        }
        return properties.build();
    }
}
