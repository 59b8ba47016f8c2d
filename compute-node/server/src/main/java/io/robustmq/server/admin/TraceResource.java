package io.robustmq.server.admin;

import io.robustmq.kernel.route.Pattern;
import io.robustmq.protocol.mqtt.codec.TopicFilter;
import io.robustmq.protocol.mqtt.watch.TraceFilter;
import io.robustmq.server.admin.Endpoint.JsonType;
import io.robustmq.server.admin.Endpoint.Method;
import io.robustmq.server.admin.Endpoint.Parameter;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Optional;

/** Traces of a client, a topic or an address into files. */
final class TraceResource implements Resource {
    @Override
    public String name() {
        return "trace";
    }

    @Override
    public List<Endpoint> endpoints() {
        return List.of(
                Endpoint.get(
                        "/trace",
                        "listTraces",
                        "Traces of this process, running or ended.",
                        List.of(),
                        "traces",
                        request -> {
                            JsonArray data = new JsonArray();
                            request.node().traces().list().forEach(trace -> data.add(toJson(trace)));
                            return Reply.ok(new JsonObject().put("data", data));
                        }),
                new Endpoint(
                        Method.POST,
                        "/trace",
                        "startTrace",
                        "Writes what one client, topic or address does into a file, from now until it ends or is full.",
                        List.of(),
                        List.of(
                                Parameter.required("name", JsonType.STRING, "letters, digits, - and _, at most 64"),
                                Parameter.required("type", JsonType.STRING, "clientid, topic or ip_address"),
                                Parameter.of("clientid", JsonType.STRING, "whom, for the type clientid"),
                                Parameter.of("topic", JsonType.STRING, "a topic filter, for the type topic"),
                                Parameter.of(
                                        "ip_address",
                                        JsonType.STRING,
                                        "an address in numbers, for the type ip_address"),
                                Parameter.of("end_at", JsonType.STRING, "when it ends, as 2026-01-31T12:00:00Z")),
                        "the trace",
                        TraceResource::start),
                new Endpoint(
                        Method.PUT,
                        "/trace/{name}/stop",
                        "stopTrace",
                        "Ends a trace; its file stays.",
                        List.of(),
                        List.of(),
                        "the trace",
                        request -> {
                            TraceFile trace = request.node().traces().find(request.segment("name"));
                            trace.stop();
                            return Reply.ok(toJson(trace));
                        }),
                Endpoint.get(
                        "/trace/{name}/download",
                        "downloadTrace",
                        "The file of a trace, one line per event; while it runs what is written so far.",
                        List.of(),
                        "text/plain",
                        request -> {
                            TraceFile trace = request.node().traces().find(request.segment("name"));
                            return new Reply.Download(trace.file(), trace.name() + ".log");
                        }),
                Endpoint.delete("/trace/{name}", "deleteTrace", "Ends a trace and removes its file.", request -> {
                    try {
                        request.node().traces().delete(request.segment("name"));
                    } catch (IOException failed) {
                        throw new UncheckedIOException(failed);
                    }
                    return new Reply.Done();
                }));
    }

    private static Reply start(Request request) throws Problem, InterruptedException {
        JsonObject body = request.object();
        String name = Request.text(body, "name");
        if (!name.matches("[A-Za-z0-9_-]{1,64}")) {
            throw Problem.badRequest("name must be 1..64 letters, digits, - and _: " + name);
        }
        Duration longest = request.node().settings().traceTimeMax();
        Instant now = Instant.now();
        Instant endAt = endAt(body).orElse(now.plus(longest));
        if (!endAt.isAfter(now) || endAt.isAfter(now.plus(longest))) {
            throw Problem.badRequest("end_at must be later than now, by at most " + longest);
        }
        try {
            return new Reply.Json(201, toJson(request.node().traces().begin(name, filter(body), endAt)));
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private static Optional<Instant> endAt(JsonObject body) throws Problem {
        Optional<String> text = Request.textIfThere(body, "end_at");
        try {
            return text.map(Instant::parse);
        } catch (DateTimeParseException none) {
            throw Problem.badRequest("end_at must be a time as 2026-01-31T12:00:00Z: " + text.orElse(""));
        }
    }

    private static TraceFilter filter(JsonObject body) throws Problem {
        return switch (Request.text(body, "type")) {
            case "clientid" -> new TraceFilter.Client(Request.text(body, "clientid"));
            case "topic" -> {
                String topic = Request.text(body, "topic");
                if (!TopicFilter.isValid(topic)) {
                    throw Problem.badRequest("topic is no valid topic filter: " + topic);
                }
                yield new TraceFilter.Topic(Pattern.of(topic));
            }
            case "ip_address" -> {
                String address = Request.text(body, "ip_address");
                try {
                    yield new TraceFilter.Address(InetAddress.ofLiteral(address).getHostAddress());
                } catch (IllegalArgumentException none) {
                    throw Problem.badRequest("ip_address is no address: " + address);
                }
            }
            default -> throw Problem.badRequest("type must be clientid, topic or ip_address");
        };
    }

    private static JsonObject toJson(TraceFile trace) {
        JsonObject json = new JsonObject().put("name", trace.name());
        switch (trace.filter()) {
            case TraceFilter.Client(String clientId) ->
                json.put("type", "clientid").put("clientid", clientId);
            case TraceFilter.Topic(Pattern pattern) -> json.put("type", "topic").put("topic", pattern.text());
            case TraceFilter.Address(String address) ->
                json.put("type", "ip_address").put("ip_address", address);
        }
        return json.put("status", trace.isRunning() ? "running" : "stopped")
                .put("start_at", trace.startAt().toString())
                .put("end_at", trace.endAt().toString())
                .put("log_size", trace.bytes())
                .put("lines_left_out", trace.leftOut());
    }
}
