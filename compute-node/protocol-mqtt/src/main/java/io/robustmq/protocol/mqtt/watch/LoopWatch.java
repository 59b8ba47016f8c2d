package io.robustmq.protocol.mqtt.watch;

import io.netty.buffer.ByteBuf;
import io.robustmq.kernel.Delivery;
import io.robustmq.kernel.KernelLoop;
import io.robustmq.kernel.MessageView;
import io.robustmq.kernel.Name;
import io.robustmq.kernel.route.Pattern;
import io.robustmq.protocol.mqtt.codec.Packet;
import io.robustmq.protocol.mqtt.codec.PublishView;
import io.robustmq.protocol.mqtt.codec.Subscribe;
import io.robustmq.protocol.mqtt.codec.Unsubscribe;
import io.robustmq.protocol.mqtt.observe.ClientDescription;
import io.robustmq.protocol.mqtt.observe.TrafficObserver;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Looks at the traffic of one home loop. Loop only. */
final class LoopWatch implements TrafficObserver {
    private static final int DROPPED = 6;
    private static final int CELLS = 7;

    /** Of one packet in a trace. */
    private static final int FILTERS_MAX = 64;

    private static final String SHARE = "$share/";
    private static final String QUEUE = "$queue/";

    private final KernelLoop kernel;
    private final Map<String, long[]> topics = new HashMap<>();
    private List<Trace> traces = List.of();
    private @Nullable SlowRanking slow;

    LoopWatch(KernelLoop kernel) {
        this.kernel = kernel;
    }

    void watch(Set<String> wanted, List<Trace> active, @Nullable SlowOptions options) {
        topics.keySet().retainAll(wanted);
        wanted.forEach(topic -> topics.computeIfAbsent(topic, _ -> new long[CELLS]));
        traces = active;
        slow = options == null ? null : new SlowRanking(options);
    }

    /** As {@link #watch}, without a new ranking. */
    void watch(Set<String> wanted, List<Trace> active) {
        SlowRanking present = slow;
        watch(wanted, active, null);
        slow = present;
    }

    Map<String, TopicFigures> figures() {
        Map<String, TopicFigures> told = new HashMap<>();
        topics.forEach((topic, cells) -> told.put(
                topic,
                new TopicFigures(
                        List.of(cells[0], cells[1], cells[2]), List.of(cells[3], cells[4], cells[5]), cells[DROPPED])));
        return told;
    }

    void reset(String topic) {
        topics.computeIfPresent(topic, (_, _) -> new long[CELLS]);
    }

    List<SlowSubscription> slowest() {
        SlowRanking ranking = slow;
        return ranking == null ? List.of() : ranking.entries(kernel.loop().wallMillis());
    }

    void forgetSlowest() {
        SlowRanking ranking = slow;
        if (ranking != null) {
            ranking.clear();
        }
    }

    @Override
    public void published(ClientDescription client, @Nullable Name name, PublishView publish) {
        if (name != null) {
            long[] cells = topics.get(name.text());
            if (cells != null) {
                cells[publish.qos().value()]++;
            }
        }
        for (int i = 0; i < traces.size(); i++) {
            Trace trace = traces.get(i);
            String topic = name == null ? client.mountPoint().concat(publish.topic()) : name.text();
            if (isAbout(trace.filter(), client, topic)) {
                trace.sink()
                        .line(begin("PUBLISH received", client)
                                + " topic=" + quoted(topic)
                                + " qos=" + publish.qos().value()
                                + " retain=" + publish.retain()
                                + " dup=" + publish.dup()
                                + " packet_id=" + publish.packetId()
                                + " payload_bytes=" + publish.payloadLength()
                                + (name == null ? " refused=true" : ""));
            }
        }
    }

    @Override
    public void delivered(ClientDescription client, Delivery delivery) {
        MessageView message = delivery.message();
        long[] cells = cells(message);
        if (cells != null) {
            cells[3 + delivery.guarantee().code()]++;
        }
        SlowRanking ranking = slow;
        if (ranking != null && !delivery.lastValue()) {
            long now = kernel.loop().wallMillis();
            long latency = now - Math.max(message.publishedAtMillis(), client.connectedAtMillis());
            if (ranking.isSlow(latency)) {
                ranking.slow(client.clientId(), message.name(), latency, now);
            }
        }
        for (int i = 0; i < traces.size(); i++) {
            trace(traces.get(i), client, delivery, "PUBLISH sent");
        }
    }

    @Override
    public void dropped(ClientDescription client, Delivery delivery, Drop why) {
        long[] cells = cells(delivery.message());
        if (cells != null) {
            cells[DROPPED]++;
        }
        for (int i = 0; i < traces.size(); i++) {
            trace(
                    traces.get(i),
                    client,
                    delivery,
                    switch (why) {
                        case SLOW -> "PUBLISH dropped: the client does not drain its connection,";
                        case TOO_LARGE -> "PUBLISH dropped: larger than the client takes,";
                    });
        }
    }

    @Override
    public void received(ClientDescription client, Packet packet) {
        for (int i = 0; i < traces.size(); i++) {
            Trace trace = traces.get(i);
            List<String> filters = filters(client, packet);
            boolean about = trace.filter() instanceof TraceFilter.Topic(Pattern pattern)
                    ? filters.stream()
                            .map(filter -> filter.substring(groupLength(filter)))
                            .anyMatch(filter -> filter.equals(pattern.text()) || pattern.matches(filter))
                    : isAbout(trace.filter(), client, "");
            if (about) {
                trace.sink()
                        .line(begin(packet.type() + " received", client)
                                + (filters.isEmpty()
                                        ? ""
                                        : " filters="
                                                + filters.stream()
                                                        .map(LoopWatch::quoted)
                                                        .toList()));
            }
        }
    }

    /** With the mount point, as names are that come from the kernel. */
    private static List<String> filters(ClientDescription client, Packet packet) {
        Stream<String> filters = switch (packet) {
            case Subscribe subscribe -> subscribe.entries().stream().map(Subscribe.Entry::filter);
            case Unsubscribe unsubscribe -> unsubscribe.filters().stream();
            default -> Stream.empty();
        };
        return filters.limit(FILTERS_MAX)
                .map(filter -> {
                    int group = groupLength(filter);
                    return filter.substring(0, group) + client.mountPoint() + filter.substring(group);
                })
                .toList();
    }

    /** Characters of a filter that name a group and not topics. */
    private static int groupLength(String filter) {
        if (filter.startsWith(QUEUE)) {
            return QUEUE.length();
        }
        return filter.startsWith(SHARE) ? filter.indexOf('/', SHARE.length()) + 1 : 0;
    }

    /** Without an allocation as long as the name is one that was met lately. */
    private long @Nullable [] cells(MessageView message) {
        if (topics.isEmpty()) {
            return null;
        }
        ByteBuf buffer = message.buffer();
        Name known = kernel.known(buffer, message.nameIndex(), message.nameLength());
        return topics.get(known == null ? message.name() : known.text());
    }

    private void trace(Trace trace, ClientDescription client, Delivery delivery, String what) {
        MessageView message = delivery.message();
        String topic = message.name();
        if (isAbout(trace.filter(), client, topic)) {
            trace.sink()
                    .line(begin(what, client)
                            + " topic=" + quoted(topic)
                            + " qos=" + delivery.guarantee().code()
                            + " retain=" + delivery.lastValue()
                            + " redelivered=" + delivery.redelivered()
                            + " payload_bytes=" + message.payloadLength()
                            + " published_at=" + Instant.ofEpochMilli(message.publishedAtMillis()));
        }
    }

    private static boolean isAbout(TraceFilter filter, ClientDescription client, String topic) {
        return switch (filter) {
            case TraceFilter.Client(String clientId) -> clientId.equals(client.clientId());
            case TraceFilter.Address(String address) -> address.equals(client.address());
            case TraceFilter.Topic(Pattern pattern) -> pattern.matches(topic);
        };
    }

    private String begin(String what, ClientDescription client) {
        return TrafficWatches.line(
                kernel.loop().wallMillis(), what, client.clientId(), client.address(), client.port());
    }

    /** Line ends in it cannot make a second line. */
    private static String quoted(String text) {
        return TrafficWatches.quoted(text);
    }
}
