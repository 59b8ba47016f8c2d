package io.robustmq.server.metrics;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Timer;
import io.robustmq.kernel.KernelFigures;
import io.robustmq.protocol.mqtt.MqttEvent;
import io.robustmq.protocol.mqtt.MqttFigures;
import io.robustmq.protocol.mqtt.codec.PacketType;
import io.robustmq.protocol.mqtt.codec.ReasonCode;
import io.robustmq.security.SecurityEvent;
import io.robustmq.security.node.NodeSecurity;
import io.robustmq.server.admin.AdminApi;
import io.robustmq.server.admin.Administration;
import io.robustmq.server.node.ComputeNode;
import io.robustmq.server.node.DiskGuard;
import io.robustmq.transport.Listener;
import io.robustmq.transport.LoopCounter;
import io.robustmq.transport.LoopFigures;
import io.robustmq.transport.NettyLoop;
import io.robustmq.transport.PauseReason;
import jakarta.enterprise.context.ApplicationScoped;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.function.DoubleSupplier;
import java.util.function.Function;
import java.util.function.LongConsumer;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;
import java.util.function.ToLongFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Makes the figures of a node readable as metrics. Nothing is counted here: each value is read from its part when somebody scrapes. */
@ApplicationScoped
public class NodeMetrics {

    private static final List<String> GUARANTEES = List.of("0", "1", "2");

    private static final Duration[] APPEND_BUCKETS = Stream.of(
                    1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1_024, 4_096, 16_384)
            .map(quarters -> Duration.ofNanos(quarters * 250_000L))
            .toArray(Duration[]::new);

    private final MeterRegistry registry;
    /** The registry refers to what it measures weakly, so somebody has to hold it. */
    private final List<DoubleSupplier> measured = new ArrayList<>();

    public NodeMetrics(MeterRegistry registry) {
        this.registry = registry;
    }

    /** Takes the nanoseconds that an entry took to be committed; any thread. */
    public LongConsumer appendTimes() {
        Timer timer = Timer.builder(MetricName.LOG_APPEND.text())
                .description(MetricName.LOG_APPEND.meaning())
                .serviceLevelObjectives(APPEND_BUCKETS)
                .register(registry);
        return nanos -> timer.record(nanos, TimeUnit.NANOSECONDS);
    }

    /** Registers all metrics of {@code node} but {@link #appendTimes}; once per process. */
    public void register(ComputeNode node) {
        registerKernel(new Remembered<>(() -> node.kernel().figures()));
        node.loops().listeners().forEach(this::registerListener);
        node.loops().loops().forEach(this::registerLoop);
        registerPauses(node.loops().loops());
        registerMqtt(new Remembered<>(() -> node.mqtt().figures()));
        registerSecurity(node.security());
        DiskGuard disk = node.disk();
        if (disk != null) {
            register(MetricName.DISK_USED, disk::usedRatio);
            register(MetricName.DISK_ROOM, () -> disk.hasRoom() ? 1 : 0);
        }
    }

    /** Registers the metrics of administration; once per process. */
    public void register(Administration administration, AdminApi api) {
        for (int status = 2; status <= 5; status++) {
            int statusClass = status;
            register(MetricName.ADMIN_REQUESTS, () -> api.answers(statusClass), Integer.toString(status));
        }
        register(MetricName.CLIENT_EVENTS_LOST, administration::eventsLost);
        register(MetricName.TRACES, administration::tracesRunning);
    }

    private void registerKernel(Remembered<KernelFigures> figures) {
        kernel(figures, MetricName.ATTACHMENTS, KernelFigures::attachments);
        kernel(figures, MetricName.SESSIONS, KernelFigures::sessions);
        kernel(figures, MetricName.SUBSCRIPTIONS, KernelFigures::subscriptions);
        kernel(figures, MetricName.RETAINED, KernelFigures::retained);
        kernel(figures, MetricName.DELAYED, KernelFigures::delayed);
        kernel(figures, MetricName.QUEUES, KernelFigures::queues);
        for (int i = 0; i < GUARANTEES.size(); i++) {
            int guarantee = i;
            kernel(figures, MetricName.MESSAGES_IN, all -> all.messagesIn().get(guarantee), GUARANTEES.get(i));
            kernel(figures, MetricName.MESSAGES_OUT, all -> all.messagesOut().get(guarantee), GUARANTEES.get(i));
        }
        kernel(figures, MetricName.MESSAGES_DROPPED, KernelFigures::droppedSlow, "slow");
        kernel(figures, MetricName.MESSAGES_DROPPED, KernelFigures::droppedExpired, "expired");
        kernel(figures, MetricName.MESSAGES_DROPPED, KernelFigures::droppedTooLarge, "too_large");
        kernel(figures, MetricName.MESSAGES_DROPPED, KernelFigures::droppedLimit, "limit");
        kernel(figures, MetricName.MESSAGES_UNROUTED, KernelFigures::noRoute);
        kernel(figures, MetricName.MESSAGES_PENDING, KernelFigures::pendingMessages);
        kernel(figures, MetricName.LOG_RECORDS, KernelFigures::recordsCommitted);
        kernel(figures, MetricName.LOG_ENTRIES, KernelFigures::entriesCommitted);
        kernel(figures, MetricName.LOG_BYTES, KernelFigures::bytesCommitted);
        kernel(figures, MetricName.LOG_TAIL_BYTES, KernelFigures::tailBytes);
        kernel(figures, MetricName.FLUSHES, KernelFigures::flushes);
        kernel(figures, MetricName.TAKEOVERS, KernelFigures::takeovers);
        kernel(figures, MetricName.SHARDS_SERVING, KernelFigures::shardsServing);
    }

    private void kernel(
            Remembered<KernelFigures> figures,
            MetricName name,
            ToDoubleFunction<KernelFigures> value,
            String... labels) {
        register(name, () -> value.applyAsDouble(figures.get()), labels);
    }

    private void registerListener(Listener listener) {
        String name = listener.info().name();
        register(MetricName.CONNECTIONS, listener::openConnections, name);
        register(MetricName.CONNECTIONS_ACCEPTED, listener::acceptedConnections, name);
        register(MetricName.CONNECTIONS_REFUSED, listener::refusedConnections, name);
        register(MetricName.ACCEPT_PAUSES, listener::acceptPauses, name);
        register(MetricName.ACCEPT_FAILURES, listener::failedAccepts, name);
        register(MetricName.HANDSHAKE_FAILURES, listener::failedHandshakes, name);
        if (listener.certificateExpires().isPresent()) {
            register(
                    MetricName.CERTIFICATE_EXPIRY,
                    () -> listener.certificateExpires().orElseThrow().getEpochSecond(),
                    name);
        }
    }

    private void registerLoop(NettyLoop loop) {
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        register(
                MetricName.LOOP_CPU,
                () -> Math.max(0, threads.getThreadCpuTime(loop.threadId())) / (double) TimeUnit.SECONDS.toNanos(1),
                label(loop));
        loop(loop, MetricName.LOOP_CONNECTIONS, LoopFigures::connections);
        loop(loop, MetricName.LOOP_FAILURES, LoopFigures::failedTickEnds);
        loop(loop, MetricName.SOCKET_READS, LoopFigures::reads);
        loop(loop, MetricName.SOCKET_READ_BYTES, LoopFigures::readBytes);
        loop(loop, MetricName.SOCKET_FLUSHES, LoopFigures::flushes);
        loop(loop, MetricName.SOCKET_WRITTEN_BYTES, LoopFigures::writtenBytes);
        loop(loop, MetricName.SILENT_CONNECTIONS, LoopFigures::silentConnections);
    }

    private void loop(NettyLoop loop, MetricName name, Function<LoopFigures, LoopCounter> counter) {
        LoopCounter value = counter.apply(loop.figures());
        register(name, value::get, label(loop));
    }

    private void registerPauses(List<NettyLoop> loops) {
        for (PauseReason reason : PauseReason.values()) {
            register(
                    MetricName.READING_PAUSED,
                    () -> loops.stream()
                            .mapToLong(loop -> loop.figures().paused(reason).get())
                            .sum(),
                    label(reason));
        }
    }

    private void registerMqtt(Remembered<List<MqttFigures>> figures) {
        mqtt(figures, MetricName.MQTT_CLIENTS, MqttFigures::live);
        mqtt(figures, MetricName.MQTT_BYTES_IN, MqttFigures::publishBytesReceived);
        mqtt(figures, MetricName.MQTT_BYTES_OUT, MqttFigures::publishBytesSent);
        for (PacketType type : PacketType.values()) {
            mqtt(
                    figures,
                    MetricName.MQTT_PACKETS_IN,
                    all -> all.packetsReceived().getOrDefault(type, 0L),
                    label(type));
            mqtt(figures, MetricName.MQTT_PACKETS_OUT, all -> all.packetsSent().getOrDefault(type, 0L), label(type));
        }
        for (MqttEvent event : MqttEvent.values()) {
            mqtt(figures, MetricName.MQTT_EVENTS, all -> all.events().getOrDefault(event, 0L), label(event));
        }
        for (ReasonCode reason : ReasonCode.values()) {
            mqtt(figures, MetricName.MQTT_ENDINGS, all -> all.endings().getOrDefault(reason, 0L), label(reason));
        }
    }

    private void registerSecurity(NodeSecurity security) {
        for (SecurityEvent event : SecurityEvent.values()) {
            register(MetricName.SECURITY_EVENTS, () -> security.counters().get(event), label(event));
        }
        register(MetricName.SECURITY_USERS, security::users);
        register(MetricName.SECURITY_RULES, security::rules);
        register(MetricName.SECURITY_BANS, security::bans);
    }

    private void mqtt(
            Remembered<List<MqttFigures>> figures,
            MetricName name,
            ToLongFunction<MqttFigures> value,
            String... labels) {
        register(name, () -> figures.get().stream().mapToLong(value).sum(), labels);
    }

    private void register(MetricName name, DoubleSupplier value, String... labels) {
        List<String> names = name.label().stream().toList();
        if (labels.length != names.size()) {
            throw new IllegalArgumentException(name + " has the labels " + names + ", not " + Arrays.toString(labels));
        }
        List<Tag> tags = IntStream.range(0, labels.length)
                .mapToObj(i -> Tag.of(names.get(i), labels[i]))
                .toList();
        measured.add(value);
        switch (name.kind()) {
            case COUNTER ->
                FunctionCounter.builder(name.text(), value, DoubleSupplier::getAsDouble)
                        .description(name.meaning())
                        .tags(tags)
                        .register(registry);
            case HISTOGRAM -> throw new IllegalArgumentException(name + " is recorded, not read");
            case GAUGE ->
                Gauge.builder(name.text(), value, DoubleSupplier::getAsDouble)
                        .description(name.meaning())
                        .tags(tags)
                        .register(registry);
        }
    }

    private static String label(NettyLoop loop) {
        return Integer.toString(loop.index());
    }

    private static String label(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }

    /**
     * A snapshot that serves all metrics of one scrape: the first that is asked takes it, those that follow within {@link
     * #AGE_NANOS_MAX} share it. Two scrapes that follow each other faster see the same figures.
     */
    private static final class Remembered<T> {

        private static final long AGE_NANOS_MAX = TimeUnit.MILLISECONDS.toNanos(100);

        private record Taken<T>(T value, long atNanos) {}

        private final Supplier<T> source;
        private volatile @Nullable Taken<T> taken;

        private Remembered(Supplier<T> source) {
            this.source = source;
        }

        private T get() {
            Taken<T> present = taken;
            if (present == null || System.nanoTime() - present.atNanos > AGE_NANOS_MAX) {
                present = new Taken<>(source.get(), System.nanoTime());
                taken = present;
            }
            return present.value;
        }
    }
}
