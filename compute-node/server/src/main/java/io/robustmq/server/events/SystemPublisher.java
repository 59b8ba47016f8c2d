package io.robustmq.server.events;

import io.robustmq.kernel.node.NodeInspection;
import io.robustmq.protocol.mqtt.connection.ServerMessage;
import io.robustmq.protocol.mqtt.connection.ServerPublisher;
import io.robustmq.protocol.mqtt.observe.ClientEvent;
import io.robustmq.protocol.mqtt.system.SystemTopics;
import io.robustmq.server.config.SystemTopicsConfiguration;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Publishes under {@code $SYS}. What is not retained is made only while somebody wants it, so that nobody pays for what nobody reads. Any thread. */
public final class SystemPublisher implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(SystemPublisher.class);

    private final SystemTopics topics;
    private final ServerPublisher publisher;
    private final NodeInspection routes;
    private final SystemTopicsConfiguration settings;
    private final Supplier<Map<String, Number>> stats;
    private final Supplier<Map<String, Number>> metrics;
    private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor(
            Thread.ofVirtual().name("system-topics").factory());
    private final Instant startedAt;

    /**
     * @param stats levels by name
     * @param metrics counters by name
     */
    public SystemPublisher(
            SystemTopics topics,
            ServerPublisher publisher,
            NodeInspection routes,
            SystemTopicsConfiguration settings,
            Supplier<Map<String, Number>> stats,
            Supplier<Map<String, Number>> metrics) {
        this.topics = topics;
        this.publisher = publisher;
        this.routes = routes;
        this.settings = settings;
        this.stats = stats;
        this.metrics = metrics;
        this.startedAt = Instant.now();
    }

    /** Publishes what stays as it is and begins to publish the rest. */
    public void start(String version, String description) {
        publish(topics.brokers());
        publish(topics.constant("version", version));
        publish(topics.constant("sysdescr", description));
        every(settings.heartbeat(), this::heartbeat);
        every(settings.interval(), this::figures);
    }

    private void every(Duration interval, Runnable task) {
        ScheduledFuture<?> _ = clock.scheduleAtFixedRate(
                () -> {
                    try {
                        task.run();
                    } catch (RuntimeException mistake) {
                        // A task that throws would never run again.
                        log.error("Statistics could not be published", mistake);
                    }
                },
                interval.toNanos(),
                interval.toNanos(),
                TimeUnit.NANOSECONDS);
    }

    private void heartbeat() {
        Instant now = Instant.now();
        publishIfWanted(topics.value(
                "uptime", Long.toString(Duration.between(startedAt, now).toSeconds())));
        publishIfWanted(
                topics.value("datetime", now.truncatedTo(ChronoUnit.SECONDS).toString()));
    }

    private void figures() {
        publishAll("stats/", stats);
        publishAll("metrics/", metrics);
    }

    private void publishAll(String group, Supplier<Map<String, Number>> values) {
        values.get()
                .forEach((name, value) ->
                        publishIfWanted(topics.value(group + name.replace('.', '/'), value.toString())));
    }

    /** Tells an event of a client, if events of its kind are told. */
    public void event(ClientEvent event) {
        boolean told = switch (event) {
            case ClientEvent.Connected _, ClientEvent.Disconnected _ -> settings.clientEvents();
            case ClientEvent.Subscribed _, ClientEvent.Unsubscribed _ -> settings.subscriptionEvents();
        };
        if (told && routes.isWanted(topics.topic(event))) {
            publish(topics.message(event));
        }
    }

    private void publishIfWanted(ServerMessage message) {
        if (routes.isWanted(message.topic())) {
            publish(message);
        }
    }

    private void publish(ServerMessage message) {
        CompletionStage<?> _ = publisher
                .publish(message)
                .thenAccept(outcome -> log.debug("Published topic={} outcome={}", message.topic(), outcome));
    }

    /** Publishes nothing more. */
    @Override
    public void close() {
        clock.shutdownNow();
    }
}
