package io.robustmq.protocol.mqtt.connection;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.robustmq.kernel.KernelLoop;
import io.robustmq.kernel.PublishDraft;
import io.robustmq.protocol.mqtt.MqttFigures;
import io.robustmq.protocol.mqtt.MqttSettings;
import io.robustmq.protocol.mqtt.codec.ReasonCode;
import io.robustmq.protocol.mqtt.observe.ClientEvent;
import io.robustmq.protocol.mqtt.observe.ClientListener;
import io.robustmq.protocol.mqtt.observe.TrafficObserver;
import io.robustmq.security.SecurityEvent;
import io.robustmq.security.access.Subject;
import io.robustmq.security.node.NodeSecurity;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * What the MQTT connections of one home loop share: the kernel as seen from there, settings, counters, and scratch space
 * that is filled and read within one call. One per loop; everything on the loop, except the constructor and
 * {@link #figures}.
 */
final class MqttLoop {
    private static final int SCRATCH_BYTES = 1_024;

    private final KernelLoop kernel;
    private final MqttSettings settings;
    private final NodeSecurity security;
    private final TopicRules topics;
    private final ConnectFlow connectFlow;
    private final MqttCounters counters = new MqttCounters();
    private final RejectionLog rejections;
    private final PublishDraft draft = new PublishDraft();
    private final RepeatedTopics repeatedTopics = new RepeatedTopics();
    private final ClientRegistry clients = new ClientRegistry();
    private final int index;
    private ClientListener listener = ClientListener.NOBODY;
    private @Nullable TrafficObserver observer;

    // On the heap and not pooled: they live as long as the loop and need no release.
    private final ByteBuf headers = Unpooled.buffer(SCRATCH_BYTES);
    private final ByteBuf names = Unpooled.buffer(SCRATCH_BYTES);
    private final ByteBuf properties = Unpooled.buffer(SCRATCH_BYTES);

    /**
     * @param kernel the kernel as seen from the same loop
     * @param security may be shared between loops
     * @param random source of client identifiers; must not be guessable from outside
     */
    MqttLoop(KernelLoop kernel, MqttSettings settings, NodeSecurity security, RandomGenerator random) {
        this(0, kernel, settings, security, random);
    }

    /**
     * As the other one.
     *
     * @param index of the loop
     */
    MqttLoop(int index, KernelLoop kernel, MqttSettings settings, NodeSecurity security, RandomGenerator random) {
        this.index = index;
        this.kernel = kernel;
        this.settings = settings;
        this.security = security;
        this.topics = new TopicRules(settings.limits());
        this.connectFlow = new ConnectFlow(settings, topics, new ClientIds(random));
        this.rejections =
                new RejectionLog(kernel.loop(), counters, settings.limits().rejectionsLoggedPerSecondMax());
    }

    /** What was counted on this loop; any thread. */
    MqttFigures figures() {
        return counters.snapshot();
    }

    KernelLoop kernel() {
        return kernel;
    }

    MqttSettings settings() {
        return settings;
    }

    NodeSecurity security() {
        return security;
    }

    /** A client was welcomed. */
    void joined(MqttConnection connection, LiveClient client) {
        clients.entered(connection, client.profile().clientId());
        counters.live(1);
        listener.happened(new ClientEvent.Connected(client.description()));
    }

    /**
     * A client that was welcomed is over.
     *
     * @param place where the registry put it
     * @param word why; see {@link ClientEvent.Disconnected}
     */
    void left(MqttConnection connection, LiveClient client, int place, String word) {
        clients.left(connection, client.profile().clientId(), place);
        counters.live(-1);
        security.disconnected(client.access().subject());
        listener.happened(new ClientEvent.Disconnected(
                client.description(), word, kernel.loop().wallMillis()));
    }

    /** Ends the connections of those clients. */
    void expel(Predicate<Subject> who) {
        clients.each(client -> {
            if (who.test(client.access().subject())) {
                security.counters().count(SecurityEvent.EXPELLED);
                client.terminate(
                        ReasonCode.ADMINISTRATIVE_ACTION, "The client was banned, or its user was changed or deleted.");
            }
        });
    }

    TopicRules topics() {
        return topics;
    }

    ConnectFlow connectFlow() {
        return connectFlow;
    }

    int index() {
        return index;
    }

    ClientRegistry clients() {
        return clients;
    }

    /** Who hears of the life of clients. */
    ClientListener listener() {
        return listener;
    }

    void listener(ClientListener next) {
        listener = next;
    }

    /** Who sees packets; null, as nearly always, if nobody does. */
    @Nullable TrafficObserver observer() {
        return observer;
    }

    void observer(@Nullable TrafficObserver next) {
        observer = next;
    }

    MqttCounters counters() {
        return counters;
    }

    RejectionLog rejections() {
        return rejections;
    }

    /** For the topic aliases of all connections. */
    RepeatedTopics repeatedTopics() {
        return repeatedTopics;
    }

    /** For one publish at a time. */
    PublishDraft draft() {
        return draft;
    }

    /** Emptied; for the headers of one publish. */
    ByteBuf headers() {
        return headers.clear();
    }

    /** Emptied; for one name. */
    ByteBuf names() {
        return names.clear();
    }

    /** Emptied; for the properties of one delivery. */
    ByteBuf properties() {
        return properties.clear();
    }
}
