package io.robustmq.protocol.mqtt.watch;

import io.robustmq.kernel.Kernel;
import io.robustmq.kernel.KernelLoop;
import io.robustmq.protocol.mqtt.connection.MqttAdapter;
import io.robustmq.protocol.mqtt.observe.ClientDescription;
import io.robustmq.protocol.mqtt.observe.ClientEvent;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** What is looked at on all home loops of a node. Any thread; changes of one kind come from one thread at a time. */
public final class TrafficWatches {
    /** Topics that may be counted at once. */
    public static final int TOPICS_MAX = 512;

    private final Kernel kernel;
    private final MqttAdapter mqtt;
    private final List<LoopWatch> watches = new ArrayList<>();
    private final AtomicReference<Wanted> wanted = new AtomicReference<>(new Wanted(Set.of(), List.of(), null));

    private record Wanted(
            Set<String> topics,
            List<Trace> traces,
            @Nullable SlowOptions slow) {
        boolean isNothing() {
            return topics.isEmpty() && traces.isEmpty() && slow == null;
        }
    }

    public TrafficWatches(Kernel kernel, MqttAdapter mqtt) {
        this.kernel = kernel;
        this.mqtt = mqtt;
        for (int i = 0; i < mqtt.loops(); i++) {
            watches.add(new LoopWatch(kernel.loop(i)));
        }
    }

    /** Counts these topics from now on and no others; completes when every loop does. */
    public CompletionStage<Void> topics(Set<String> topics) {
        if (topics.size() > TOPICS_MAX) {
            throw new IllegalArgumentException("topics must be " + TOPICS_MAX + " at most: " + topics.size());
        }
        Set<String> copy = Set.copyOf(topics);
        return change(before -> new Wanted(copy, before.traces, before.slow), false);
    }

    /** Writes these traces from now on and no others; completes when every loop does. */
    public CompletionStage<Void> traces(List<Trace> traces) {
        List<Trace> copy = List.copyOf(traces);
        return change(before -> new Wanted(before.topics, copy, before.slow), false);
    }

    /** Ranks slow subscribers from now on, in an empty ranking; null stops. */
    public CompletionStage<Void> slow(@Nullable SlowOptions options) {
        return change(before -> new Wanted(before.topics, before.traces, options), true);
    }

    /** What was counted, by topic. */
    public CompletionStage<Map<String, TopicFigures>> figures() {
        return gather(LoopWatch::figures, (one, other) -> {
            Map<String, TopicFigures> sum = new HashMap<>(one);
            other.forEach((topic, figures) -> sum.merge(topic, figures, TopicFigures::plus));
            return sum;
        });
    }

    /** Counts a topic from 0 on. */
    public CompletionStage<Void> reset(String topic) {
        return each(watch -> watch.reset(topic));
    }

    /** The slowest subscribers, slowest first. */
    public CompletionStage<List<SlowSubscription>> slowest() {
        return gather(LoopWatch::slowest, (one, other) -> {
                    List<SlowSubscription> all = new ArrayList<>(one);
                    all.addAll(other);
                    return all;
                })
                .thenApply(all -> {
                    SlowOptions options = wanted().slow;
                    return all.stream()
                            .sorted(Comparator.comparingLong(SlowSubscription::latencyMillis)
                                    .reversed()
                                    .thenComparing(SlowSubscription::clientId)
                                    .thenComparing(SlowSubscription::topic))
                            .limit(options == null ? 0 : options.topMax())
                            .toList();
                });
    }

    /** Empties the ranking. */
    public CompletionStage<Void> forgetSlowest() {
        return each(LoopWatch::forgetSlowest);
    }

    /** Writes an event into the traces that it belongs to; on any thread but a home loop's. */
    public void event(ClientEvent event) {
        for (Trace trace : wanted().traces) {
            switch (event) {
                case ClientEvent.Connected(ClientDescription client) -> {
                    if (isAbout(trace.filter(), client)) {
                        trace.sink()
                                .line(line(event.atMillis(), "connected", client)
                                        + " version=" + client.version()
                                        + " keep_alive_seconds=" + client.keepAliveSeconds()
                                        + " clean_start=" + client.cleanStart()
                                        + " session_present=" + client.resumed());
                    }
                }
                case ClientEvent.Disconnected(ClientDescription client, String reason, long atMillis) -> {
                    if (isAbout(trace.filter(), client)) {
                        trace.sink().line(line(atMillis, "disconnected", client) + " reason=" + reason);
                    }
                }
                case ClientEvent.Subscribed _, ClientEvent.Unsubscribed _ -> {
                    // Their packets are in the trace.
                }
            }
        }
    }

    private static boolean isAbout(TraceFilter filter, ClientDescription client) {
        return switch (filter) {
            case TraceFilter.Client(String clientId) -> clientId.equals(client.clientId());
            case TraceFilter.Address(String address) -> address.equals(client.address());
            case TraceFilter.Topic _ -> false;
        };
    }

    private static String line(long atMillis, String what, ClientDescription client) {
        return line(atMillis, what, client.clientId(), client.address(), client.port());
    }

    static String line(long atMillis, String what, String clientId, String address, int port) {
        return Instant.ofEpochMilli(atMillis) + " " + what + " client=" + quoted(clientId) + " peer=" + address + ":"
                + port;
    }

    static String quoted(String text) {
        return '"' + text.replaceAll("[\"\\\\\\p{Cntrl}]", "?") + '"';
    }

    private Wanted wanted() {
        return Objects.requireNonNull(wanted.get());
    }

    private CompletionStage<Void> change(UnaryOperator<Wanted> how, boolean newRanking) {
        Wanted now = wanted.updateAndGet(how);
        CompletionStage<Void> told = each(watch -> {
            if (newRanking) {
                watch.watch(now.topics, now.traces, now.slow);
            } else {
                watch.watch(now.topics, now.traces);
            }
        });
        return now.isNothing() ? mqtt.observe(null) : told.thenCompose(_ -> mqtt.observe(watches::get));
    }

    private CompletionStage<Void> each(Consumer<LoopWatch> what) {
        return CompletableFuture.allOf(watches.stream()
                .map(watch -> CompletableFuture.runAsync(
                        () -> what.accept(watch), loopOf(watch).loop()))
                .toArray(CompletableFuture<?>[]::new));
    }

    private <R> CompletionStage<R> gather(Function<LoopWatch, R> what, BiFunction<R, R, R> sum) {
        return watches.stream()
                .map(watch -> CompletableFuture.supplyAsync(
                        () -> what.apply(watch), loopOf(watch).loop()))
                .reduce((one, other) -> one.thenCombine(other, sum))
                .orElseThrow();
    }

    private KernelLoop loopOf(LoopWatch watch) {
        return kernel.loop(watches.indexOf(watch));
    }
}
