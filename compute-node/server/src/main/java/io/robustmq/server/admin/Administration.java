package io.robustmq.server.admin;

import io.robustmq.kernel.KernelFigures;
import io.robustmq.kernel.node.NodeInspection;
import io.robustmq.protocol.mqtt.connection.MqttAdapter;
import io.robustmq.protocol.mqtt.connection.ServerPublisher;
import io.robustmq.protocol.mqtt.observe.ClientEvent;
import io.robustmq.protocol.mqtt.observe.ClientListener;
import io.robustmq.protocol.mqtt.system.SystemTopics;
import io.robustmq.protocol.mqtt.watch.SlowOptions;
import io.robustmq.protocol.mqtt.watch.TrafficWatches;
import io.robustmq.server.config.AdminSettings;
import io.robustmq.server.events.ClientEvents;
import io.robustmq.server.events.SystemPublisher;
import io.robustmq.server.node.ComputeNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What administers a running node: its event stream, {@code $SYS}, traces, tokens and the audit log. Started after the node and stopped before it, by the same thread; used by any thread that may
 * wait.
 */
public final class Administration {
    private static final String TOKENS = "tokens";
    private static final String SECRET = "token";

    private final ComputeNode node;
    private final AdminSettings settings;
    private final String version;
    private final Instant startedAt = Instant.now();
    private final Path directory;
    private final boolean temporary;
    private final Tokens tokens;
    private final Optional<Path> newToken;
    private final AuditLog audit;
    private final TrafficWatches watches;
    private final Traces traces;
    private final ServerPublisher publisher;
    private final ClientEvents events;
    private final @Nullable SystemPublisher system;
    private final ReentrantLock changes = new ReentrantLock();
    private final Set<String> topics = new TreeSet<>();
    private @Nullable SlowOptions slow;

    private Administration(ComputeNode node, AdminSettings settings, String version, Path directory, boolean temporary)
            throws IOException {
        this.node = node;
        this.settings = settings;
        this.version = version;
        this.directory = directory;
        this.temporary = temporary;
        Path hashes = settings.tokenFile().orElse(directory.resolve(TOKENS));
        boolean made = settings.tokenFile().isEmpty()
                && settings.enabled()
                && Tokens.makeUnlessThere(hashes, directory.resolve(SECRET));
        newToken = made ? Optional.of(directory.resolve(SECRET)) : Optional.empty();
        tokens = settings.enabled() ? Tokens.of(hashes) : Tokens.none(hashes);
        audit = new AuditLog(directory, settings.auditBytesMax(), settings.auditFilesMax());
        watches = new TrafficWatches(node.kernel(), node.mqtt());
        traces = new Traces(directory.resolve("traces"), settings, watches);
        publisher = node.mqtt().publisher("admin");
        List<Consumer<ClientEvent>> receivers = new ArrayList<>();
        receivers.add(watches::event);
        system = settings.systemTopics().enabled() ? systemPublisher() : null;
        if (system != null) {
            receivers.add(system::event);
        }
        events = new ClientEvents(receivers);
    }

    private SystemPublisher systemPublisher() {
        return new SystemPublisher(
                new SystemTopics(settings.nodeName()),
                node.mqtt().publisher("system"),
                node.inspection(),
                settings.systemTopics(),
                this::stats,
                this::metrics);
    }

    /**
     * Begins to administer {@code node}. Its files are in {@code admin} of the data directory, or in a temporary directory if there is none.
     *
     * @param version of the product
     * @throws IOException if the token file cannot be used, or something cannot be written
     */
    public static Administration start(ComputeNode node, AdminSettings settings, String version) throws IOException {
        Optional<Path> data = node.storage().dataDirectory();
        Path directory = data.isPresent()
                ? Files.createDirectories(data.orElseThrow().resolve("admin"))
                : Files.createTempDirectory("robustmq-admin-");
        Administration administration = new Administration(node, settings, version, directory, data.isEmpty());
        node.mqtt().listen(administration.events);
        SystemPublisher system = administration.system;
        if (system != null) {
            system.start(version, "RobustMQ");
        }
        return administration;
    }

    /** Stops all of it; what traces have is on disk. Waits. */
    public void stop() throws InterruptedException, IOException {
        node.mqtt().listen(ClientListener.NOBODY);
        if (system != null) {
            system.close();
        }
        events.close();
        traces.close();
        if (temporary) {
            try (Stream<Path> files = Files.walk(directory)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        }
    }

    /** Where the token is that was made at this start; empty if none was made. */
    public Optional<Path> newToken() {
        return newToken;
    }

    /** Client events that were lost because receivers were behind. Any thread. */
    public long eventsLost() {
        return events.lost();
    }

    /** Traces that are being written. Any thread. */
    public long tracesRunning() {
        return traces.running();
    }

    /** Lines that found no room in traces that are kept. Any thread. */
    public long traceLinesLeftOut() {
        return traces.list().stream().mapToLong(TraceFile::leftOut).sum();
    }

    ComputeNode node() {
        return node;
    }

    MqttAdapter mqtt() {
        return node.mqtt();
    }

    NodeInspection inspection() {
        return node.inspection();
    }

    AdminSettings settings() {
        return settings;
    }

    String version() {
        return version;
    }

    Instant startedAt() {
        return startedAt;
    }

    Tokens tokens() {
        return tokens;
    }

    AuditLog audit() {
        return audit;
    }

    Traces traces() {
        return traces;
    }

    TrafficWatches watches() {
        return watches;
    }

    ServerPublisher publisher() {
        return publisher;
    }

    /** Topics that are counted. */
    Set<String> topics() {
        changes.lock();
        try {
            return Set.copyOf(topics);
        } finally {
            changes.unlock();
        }
    }

    /** Counts another topic, or one less. */
    boolean count(String topic, boolean wanted) throws Problem, InterruptedException {
        changes.lock();
        try {
            if (wanted && topics.size() >= TrafficWatches.TOPICS_MAX && !topics.contains(topic)) {
                throw new Problem(
                        Problem.Kind.EXCEED_LIMIT, "at most " + TrafficWatches.TOPICS_MAX + " topics are counted");
            }
            boolean changed = wanted ? topics.add(topic) : topics.remove(topic);
            if (changed) {
                Waiting.on(watches.topics(topics));
            }
            return changed;
        } finally {
            changes.unlock();
        }
    }

    /** How slow subscribers are ranked; empty if they are not. */
    Optional<SlowOptions> slow() {
        changes.lock();
        try {
            return Optional.ofNullable(slow);
        } finally {
            changes.unlock();
        }
    }

    void slow(@Nullable SlowOptions next) throws Problem, InterruptedException {
        changes.lock();
        try {
            Waiting.on(watches.slow(next));
            slow = next;
        } finally {
            changes.unlock();
        }
    }

    /** Levels, by the names of EMQX where it has them. */
    Map<String, Number> stats() {
        return NodeFigures.stats(
                node.kernel().figures(),
                node.mqtt().figures(),
                node.inspection().routeCount(),
                topics().size());
    }

    /** Counters, by the names of EMQX where it has them. */
    Map<String, Number> metrics() {
        KernelFigures kernel = node.kernel().figures();
        return NodeFigures.metrics(kernel, node.mqtt().figures());
    }
}
