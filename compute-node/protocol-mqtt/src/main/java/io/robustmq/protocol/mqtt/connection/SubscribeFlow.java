package io.robustmq.protocol.mqtt.connection;

import io.robustmq.kernel.Guarantee;
import io.robustmq.kernel.Session;
import io.robustmq.kernel.SubscribeRequest;
import io.robustmq.kernel.SubscribeResult;
import io.robustmq.protocol.mqtt.MqttEvent;
import io.robustmq.protocol.mqtt.MqttLimits;
import io.robustmq.protocol.mqtt.MqttOffer;
import io.robustmq.protocol.mqtt.codec.DecodeFailure;
import io.robustmq.protocol.mqtt.codec.Packet;
import io.robustmq.protocol.mqtt.codec.Properties;
import io.robustmq.protocol.mqtt.codec.QualityOfService;
import io.robustmq.protocol.mqtt.codec.ReasonCode;
import io.robustmq.protocol.mqtt.codec.SubAck;
import io.robustmq.protocol.mqtt.codec.Subscribe;
import io.robustmq.protocol.mqtt.codec.SubscriptionOptions;
import io.robustmq.protocol.mqtt.codec.TopicFilter;
import io.robustmq.protocol.mqtt.codec.UnsubAck;
import io.robustmq.protocol.mqtt.codec.Unsubscribe;
import io.robustmq.protocol.mqtt.observe.ClientEvent;
import io.robustmq.protocol.mqtt.observe.ClientListener;
import io.robustmq.security.access.AccessRequest;
import io.robustmq.security.access.ClientAccess;
import io.robustmq.security.access.Decision;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * SUBSCRIBE and UNSUBSCRIBE and their answers (MQTT 5.0 §3.8 to §3.11). What can be refused by its form is answered here,
 * the rest by the kernel; the acknowledgement holds both in the order of the request. Loop only.
 */
final class SubscribeFlow {
    private final MqttLoop loop;
    private final MqttLimits limits;
    private final MqttOffer offer;
    private final TopicRules topics;
    private final MqttCounters counters;
    private final ClientAccess access;
    private final Session session;
    private final ClientWriter writer;
    private final Terminator terminator;
    private final MountPoint mountPoint;
    private final Map<Long, Pending> pending = new HashMap<>();
    private long tokens;

    SubscribeFlow(
            MqttLoop loop,
            Session session,
            ClientWriter writer,
            Terminator terminator,
            ClientAccess access,
            MountPoint mountPoint) {
        this.loop = loop;
        this.counters = loop.counters();
        this.access = access;
        this.limits = loop.settings().limits();
        this.offer = loop.settings().offer();
        this.topics = loop.topics();
        this.session = session;
        this.writer = writer;
        this.terminator = terminator;
        this.mountPoint = mountPoint;
    }

    /** Requests whose acknowledgement is not sent. */
    int pending() {
        return pending.size();
    }

    /**
     * A SUBSCRIBE arrived.
     *
     * @param answers what was asked before, empty at first
     * @return what has to be asked before it can be carried out, and then it is to be given here again; empty if it was
     *     carried out
     */
    List<AccessRequest> subscribe(Subscribe packet, Map<AccessRequest, Decision> answers) throws DecodeFailure {
        List<AccessRequest> open = new ArrayList<>();
        List<FilterReading> readings = new ArrayList<>();
        for (Subscribe.Entry entry : packet.entries()) {
            FilterReading reading = offered(read(entry.filter(), readings.size()));
            if (reading instanceof FilterReading.Understood understood) {
                AccessRequest request = AccessRequest.subscribe(
                        understood.pattern(), entry.options().maximumQos().value());
                Decision known = answers.get(request);
                Decision decision = known != null ? known : access.subscribe(request.topic(), request.qos());
                switch (decision) {
                    case ALLOWED -> {}
                    case DENIED -> reading = new FilterReading.Invalid(ReasonCode.NOT_AUTHORIZED);
                    case UNDECIDED -> open.add(request);
                }
            }
            readings.add(reading);
        }
        if (open.isEmpty()) {
            subscribe(packet, readings);
        }
        return open;
    }

    private void subscribe(Subscribe packet, List<FilterReading> readings) throws DecodeFailure {
        List<Integer> identifiers = packet.properties().subscriptionIdentifiers();
        int identifier = identifiers.isEmpty() ? 0 : identifiers.getFirst();
        if (identifier != 0 && !offer.subscriptionIdentifiers()) {
            throw DecodeFailure.of(
                    ReasonCode.SUBSCRIPTION_IDENTIFIERS_NOT_SUPPORTED, "Subscription identifiers are not offered.");
        }
        List<SubscribeRequest> requests = new ArrayList<>();
        List<@Nullable ReasonCode> reasons = new ArrayList<>();
        for (Subscribe.Entry entry : packet.entries()) {
            reasons.add(
                    switch (readings.get(reasons.size())) {
                        case FilterReading.Understood understood -> {
                            requests.add(request(understood, entry.options(), identifier));
                            yield null;
                        }
                        case FilterReading.Invalid invalid -> {
                            if (invalid.reason() == ReasonCode.NOT_AUTHORIZED) {
                                counters.event(MqttEvent.SUBSCRIBE_DENIED);
                            }
                            yield invalid.reason();
                        }
                    });
        }
        Pending request = new Pending(
                packet.packetId(),
                true,
                packet.entries().stream()
                        .map(entry -> mountedFilter(entry.filter()))
                        .toList(),
                reasons);
        if (requests.isEmpty()) {
            answer(request, List.of());
            return;
        }
        session.subscribe(remember(request), requests);
    }

    void unsubscribe(Unsubscribe packet) {
        List<Session.GroupPattern> patterns = new ArrayList<>();
        List<@Nullable ReasonCode> reasons = new ArrayList<>();
        for (String filter : packet.filters()) {
            FilterReading reading = read(filter, reasons.size());
            reasons.add(
                    switch (reading) {
                        case FilterReading.Understood understood -> {
                            String group = understood.group();
                            patterns.add(new Session.GroupPattern(understood.pattern(), group == null ? "" : group));
                            yield null;
                        }
                        // A filter that cannot be subscribed to has no subscription; MQTT 5.0 §3.11.3 has a code for
                        // it.
                        case FilterReading.Invalid invalid ->
                            invalid.reason() == ReasonCode.QUOTA_EXCEEDED
                                    ? ReasonCode.IMPLEMENTATION_SPECIFIC_ERROR
                                    : invalid.reason();
                    });
        }
        Pending request = new Pending(
                packet.packetId(),
                false,
                packet.filters().stream().map(this::mountedFilter).toList(),
                reasons);
        if (patterns.isEmpty()) {
            answer(request, List.of());
            return;
        }
        session.unsubscribe(remember(request), patterns);
    }

    /** See {@link io.robustmq.kernel.SessionSink#subscribed}. */
    void subscribed(long token, List<SubscribeResult> results) {
        List<ReasonCode> codes = new ArrayList<>(results.size());
        for (SubscribeResult result : results) {
            codes.add(
                    switch (result) {
                        case SubscribeResult.Granted granted ->
                            ReasonCode.granted(
                                    QualityOfService.of(granted.guarantee().code()));
                        case SubscribeResult.Refused refused -> ReasonCodes.ofSubscribe(refused.fault());
                    });
        }
        answer(forget(token), codes);
    }

    /** See {@link io.robustmq.kernel.SessionSink#unsubscribed}. */
    void unsubscribed(long token, List<Boolean> existed) {
        Pending request = forget(token);
        if (existed.isEmpty()) {
            terminator.terminate(ReasonCode.UNSPECIFIED_ERROR, "An UNSUBSCRIBE could not be carried out.");
            return;
        }
        List<ReasonCode> codes = new ArrayList<>(existed.size());
        for (Boolean was : existed) {
            codes.add(was ? ReasonCode.SUCCESS : ReasonCode.NO_SUBSCRIPTION_EXISTED);
        }
        answer(request, codes);
    }

    /** As those see it who watch from outside of the mount point. */
    private String mountedFilter(String filter) {
        if (mountPoint.isNone() || !(FilterReading.of(filter, topics) instanceof FilterReading.Understood understood)) {
            return filter;
        }
        String pattern = understood.pattern();
        return filter.substring(0, filter.length() - pattern.length()).concat(mountPoint.mounted(pattern));
    }

    private FilterReading read(String filter, int position) {
        if (position >= limits.subscriptionsPerPacketMax()) {
            return new FilterReading.Invalid(ReasonCode.QUOTA_EXCEEDED);
        }
        FilterReading reading = FilterReading.of(filter, topics);
        if (mountPoint.isNone() || !(reading instanceof FilterReading.Understood understood)) {
            return reading;
        }
        // The share name stays in front: members of a group are those who share the filter below the mount point.
        return mountPoint.hasRoomFor(understood.pattern())
                ? new FilterReading.Understood(mountPoint.mounted(understood.pattern()), understood.group())
                : new FilterReading.Invalid(ReasonCode.TOPIC_FILTER_INVALID);
    }

    /** MQTT 5.0 §3.2.2.3.11, §3.2.2.3.13: a v5 client was told; an older one learns it filter by filter. */
    private FilterReading offered(FilterReading reading) throws DecodeFailure {
        if (!(reading instanceof FilterReading.Understood understood)) {
            return reading;
        }
        if (understood.group() != null && !offer.sharedSubscriptions()) {
            return withheld(ReasonCode.SHARED_SUBSCRIPTIONS_NOT_SUPPORTED, "Shared subscriptions are not offered.");
        }
        if (!offer.wildcardSubscriptions() && new TopicFilter(understood.pattern()).hasWildcards()) {
            return withheld(ReasonCode.WILDCARD_SUBSCRIPTIONS_NOT_SUPPORTED, "Wildcards in filters are not offered.");
        }
        return reading;
    }

    private FilterReading withheld(ReasonCode reason, String sentence) throws DecodeFailure {
        if (writer.hasProperties()) {
            throw DecodeFailure.of(reason, sentence);
        }
        return new FilterReading.Invalid(reason);
    }

    private SubscribeRequest request(FilterReading.Understood filter, SubscriptionOptions options, int identifier) {
        // Taken with any and granted what is offered [MQTT-3.2.2-10].
        Guarantee wanted =
                Guarantee.of(options.maximumQos().min(offer.maximumQos()).value());
        return new SubscribeRequest(
                filter.pattern(),
                // A group hands a message to another member if one does not acknowledge it, which exactly once forbids.
                filter.group() == null ? wanted : wanted.atMost(Guarantee.AT_LEAST_ONCE),
                options.noLocal(),
                options.retainAsPublished(),
                // Retained messages are not sent to shared subscriptions (MQTT 5.0 §4.8.2).
                filter.group() != null
                        ? SubscribeRequest.LastValues.DO_NOT_SEND
                        : switch (options.retainHandling()) {
                            case SEND_AT_SUBSCRIBE -> SubscribeRequest.LastValues.SEND;
                            case SEND_AT_NEW_SUBSCRIBE -> SubscribeRequest.LastValues.SEND_IF_NEW;
                            case DO_NOT_SEND -> SubscribeRequest.LastValues.DO_NOT_SEND;
                        },
                identifier,
                filter.group());
    }

    private long remember(Pending request) {
        long token = ++tokens;
        pending.put(token, request);
        return token;
    }

    private Pending forget(long token) {
        Pending request = pending.remove(token);
        if (request == null) {
            throw new IllegalStateException("an answer to a subscribe or unsubscribe that is not pending: " + token);
        }
        return request;
    }

    private void answer(Pending request, List<ReasonCode> fromKernel) {
        Packet packet = request.acknowledgement(fromKernel, writer.hasProperties());
        if (!writer.write(packet)) {
            terminator.terminate(ReasonCode.PACKET_TOO_LARGE, "The acknowledgement is larger than the client takes.");
            return;
        }
        tell(request, fromKernel);
    }

    private void tell(Pending request, List<ReasonCode> fromKernel) {
        ClientListener listener = loop.listener();
        if (listener.equals(ClientListener.NOBODY)) {
            return;
        }
        long now = loop.kernel().loop().wallMillis();
        String clientId = session.key().name();
        List<ReasonCode> codes = request.codes(fromKernel);
        for (int i = 0; i < codes.size(); i++) {
            ReasonCode code = codes.get(i);
            String filter = request.filters.get(i);
            if (request.subscribe && !code.isError()) {
                listener.happened(new ClientEvent.Subscribed(clientId, filter, code.value(), now));
            } else if (!request.subscribe && code == ReasonCode.SUCCESS) {
                listener.happened(new ClientEvent.Unsubscribed(clientId, filter, now));
            }
        }
    }

    /**
     * A request on its way.
     *
     * @param filters with the mount point, for those who watch
     * @param reasons per filter; null where the kernel's answer goes
     */
    private record Pending(int packetId, boolean subscribe, List<String> filters, List<@Nullable ReasonCode> reasons) {
        List<ReasonCode> codes(List<ReasonCode> fromKernel) {
            List<ReasonCode> codes = new ArrayList<>(reasons.size());
            int next = 0;
            for (ReasonCode own : reasons) {
                codes.add(own == null ? fromKernel.get(next++) : own);
            }
            return codes;
        }

        Packet acknowledgement(List<ReasonCode> fromKernel, boolean hasProperties) {
            List<ReasonCode> codes = codes(fromKernel);
            if (subscribe) {
                return new SubAck(packetId, Properties.NONE, codes);
            }
            return new UnsubAck(packetId, Properties.NONE, hasProperties ? codes : List.of());
        }
    }
}
