package io.robustmq.server.admin;

import io.robustmq.server.admin.Endpoint.JsonType;
import io.robustmq.server.admin.Endpoint.Method;
import io.robustmq.server.admin.Endpoint.Parameter;
import io.robustmq.server.node.DiskGuard;
import io.robustmq.transport.Listener;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryUsage;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.jboss.logmanager.Level;
import org.jboss.logmanager.Logger;

/** The node as a whole: what it is, where it listens, what it counted, how much it logs. */
final class NodeResource implements Resource {
    /** The words that are taken, and what they are in java.util.logging. */
    private static final Map<String, Level> LEVELS = new TreeMap<>(Map.of(
            "error", Level.ERROR,
            "warn", Level.WARN,
            "info", Level.INFO,
            "debug", Level.DEBUG,
            "trace", Level.TRACE));

    /** Held here, because a logger that nobody holds forgets its level. */
    private final Map<String, Logger> held = new ConcurrentHashMap<>();

    @Override
    public String name() {
        return "node";
    }

    @Override
    public List<Endpoint> endpoints() {
        Parameter logger = Parameter.of(
                "logger",
                JsonType.STRING,
                "name of a logger, such as io.robustmq.kernel; all of ours unless said otherwise");
        return List.of(
                Endpoint.get(
                        "/nodes",
                        "listNodes",
                        "The nodes of the platform, of which there is one.",
                        List.of(),
                        "nodes",
                        request -> Reply.ok(new JsonObject().put("data", new JsonArray().add(node(request.node()))))),
                Endpoint.get(
                        "/nodes/{node}",
                        "getNode",
                        "One node: version, uptime, memory, connections, disk.",
                        List.of(),
                        "a node",
                        request -> {
                            if (!request.segment("node")
                                    .equals(request.node().settings().nodeName())) {
                                throw Problem.notFound("there is no node " + request.segment("node"));
                            }
                            return Reply.ok(node(request.node()));
                        }),
                Endpoint.get(
                        "/listeners",
                        "listListeners",
                        "Where clients connect.",
                        List.of(),
                        "listeners",
                        NodeResource::listeners),
                Endpoint.get(
                        "/stats",
                        "getStats",
                        "Levels: connections, sessions, subscriptions and so on.",
                        List.of(),
                        "numbers by name",
                        request -> Reply.ok(numbers(request.node().stats()))),
                Endpoint.get(
                        "/metrics",
                        "getMetrics",
                        "Counters since the start: packets, messages, what was dropped.",
                        List.of(),
                        "numbers by name",
                        request -> Reply.ok(numbers(request.node().metrics()))),
                Endpoint.get(
                        "/log",
                        "getLogLevel",
                        "The least important level that a logger shows.",
                        List.of(logger),
                        "a logger and its level",
                        request -> level(request.parameter("logger").orElse(""))),
                new Endpoint(
                        Method.PUT,
                        "/log",
                        "setLogLevel",
                        "Changes the least important level that a logger shows, until the process ends.",
                        List.of(),
                        List.of(
                                Parameter.required("level", JsonType.STRING, "error, warn, info, debug or trace"),
                                logger),
                        "the logger and its level",
                        this::setLevel));
    }

    private static JsonObject node(Administration node) {
        MemoryUsage heap = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage();
        JsonObject json = new JsonObject()
                .put("node", node.settings().nodeName())
                .put("node_status", "running")
                .put("version", node.version())
                .put("started_at", node.startedAt().toString())
                .put("uptime", Duration.between(node.startedAt(), Instant.now()).toMillis())
                .put("pid", ProcessHandle.current().pid())
                .put("java_version", Runtime.version().toString())
                .put("loops", node.mqtt().loops())
                .put("shards", node.inspection().shards())
                .put("connections", node.stats().get("live_connections.count"))
                .put("memory_used", heap.getUsed())
                .put("memory_total", heap.getMax())
                .put("load1", ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage())
                .put("ready", node.node().kernel().ready());
        DiskGuard disk = node.node().disk();
        if (disk != null) {
            json.put("disk_used_ratio", disk.usedRatio()).put("disk_takes_publishes", disk.hasRoom());
        }
        return json;
    }

    private static Reply listeners(Request request) {
        JsonArray data = new JsonArray();
        for (Listener listener : request.node().node().loops().listeners()) {
            String type = listener.info().transport().name().toLowerCase(Locale.ROOT);
            data.add(new JsonObject()
                    .put("id", type + ":" + listener.info().name())
                    .put("name", listener.info().name())
                    .put("type", type)
                    .put("bind", text(listener.info().address()))
                    .put("mountpoint", listener.info().mountPoint())
                    .put("running", listener.isListening())
                    .put("current_connections", listener.openConnections())
                    .put("accepted_connections", listener.acceptedConnections())
                    .put("refused_connections", listener.refusedConnections())
                    .put("max_packet_size", listener.info().packetBytesMax()));
        }
        return Reply.ok(new JsonObject().put("data", data));
    }

    private static String text(SocketAddress address) {
        return address instanceof InetSocketAddress internet
                ? internet.getAddress().getHostAddress() + ":" + internet.getPort()
                : address.toString();
    }

    private static JsonObject numbers(Map<String, Number> values) {
        JsonObject json = new JsonObject();
        new TreeMap<>(values).forEach(json::put);
        return json;
    }

    private static Reply level(String name) {
        Logger logger = Logger.getLogger(category(name));
        int effective = logger.getEffectiveLevel();
        String word = LEVELS.entrySet().stream()
                .filter(level -> level.getValue().intValue() == effective)
                .map(Map.Entry::getKey)
                .findFirst()
                .orElse(Integer.toString(effective));
        return Reply.ok(new JsonObject().put("logger", category(name)).put("level", word));
    }

    private Reply setLevel(Request request) throws Problem {
        String word = Request.text(request.object(), "level").toLowerCase(Locale.ROOT);
        Level level = LEVELS.get(word);
        if (level == null) {
            throw Problem.badRequest("level must be one of " + LEVELS.keySet() + ": " + word);
        }
        String name = category(Request.textIfThere(request.object(), "logger").orElse(""));
        if (!held.containsKey(name) && held.size() >= 1_000) {
            throw new Problem(Problem.Kind.EXCEED_LIMIT, "the levels of 1000 loggers are set already");
        }
        Logger logger = Logger.getLogger(name);
        held.put(name, logger);
        logger.setLevel(level);
        return level(name);
    }

    private static String category(String name) {
        return name.isEmpty() ? "io.robustmq" : name;
    }
}
