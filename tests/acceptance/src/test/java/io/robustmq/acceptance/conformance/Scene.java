package io.robustmq.acceptance.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.robustmq.acceptance.broker.Broker;
import io.robustmq.acceptance.wire.Connect;
import io.robustmq.acceptance.wire.Publish;
import io.robustmq.acceptance.wire.Subscription;
import io.robustmq.acceptance.wire.Version;
import io.robustmq.acceptance.wire.WireClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/** One test's names and clients: names no other test uses, clients that are gone when the test is. */
final class Scene implements AutoCloseable {
    private static final AtomicInteger NUMBER = new AtomicInteger();

    private final Broker broker;
    private final String name = "c" + NUMBER.incrementAndGet();
    private final List<WireClient> clients = new ArrayList<>();
    private final List<Connect> persistent = new ArrayList<>();
    private int markers;

    Scene(Broker broker) {
        this.broker = broker;
    }

    Broker broker() {
        return broker;
    }

    /** A topic or filter below this test's own level. */
    String topic(String rest) {
        return name + "/" + rest;
    }

    /** A client identifier of this test. */
    String id(String rest) {
        return name + rest;
    }

    /** An accepted connection of a client that leaves nothing behind. */
    WireClient client(Version version, String rest) {
        return connect(Connect.transientSession(version, id(rest)));
    }

    WireClient connect(Connect connect) {
        return remember(WireClient.connect(broker.mqttPort(), connect), connect);
    }

    /** The same for a client whose deliveries the test acknowledges. */
    WireClient connectWithoutAcknowledging(Connect connect) {
        return remember(WireClient.connectWithoutAcknowledging(broker.mqttPort(), connect), connect);
    }

    private WireClient remember(WireClient client, Connect connect) {
        clients.add(client);
        if (!connect.clean() || connect.version().hasProperties()) {
            persistent.add(connect);
        }
        return client;
    }

    /** A connection with whatever answer. */
    WireClient attempt(Connect connect) {
        WireClient client = WireClient.attempt(broker.mqttPort(), connect);
        clients.add(client);
        return client;
    }

    /** A connection on which nothing was sent. */
    WireClient open(Version version) {
        WireClient client = WireClient.open(version, broker.mqttPort());
        clients.add(client);
        return client;
    }

    /** A connected client with these subscriptions. */
    WireClient subscriber(Version version, Subscription... subscriptions) {
        WireClient client = client(version, "sub" + clients.size());
        client.subscribe(subscriptions);
        return client;
    }

    WireClient publisher(Version version) {
        return client(version, "pub" + clients.size());
    }

    /** Proves that nothing came before: what the subscriber gets next is what is published now. */
    void assertNothingBeforeMarker(WireClient subscriber, WireClient publisher, String topic) {
        String marker = "marker" + ++markers;
        publisher.publishAndAwait(Publish.of(topic, marker).qos(1));
        assertThat(subscriber.awaitPublish().payload()).isEqualTo(marker);
    }

    /** For tests about durations: time itself is what they wait for. */
    static void letTimePass(Duration duration) {
        long end = System.nanoTime() + duration.toNanos();
        for (long left = duration.toNanos(); left > 0; left = end - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
    }

    @Override
    public void close() {
        clients.forEach(WireClient::close);
        for (Connect connect : persistent) {
            Connect last = Connect.transientSession(connect.version(), connect.clientId());
            if (!connect.clientId().isEmpty()) {
                WireClient.connect(broker.mqttPort(), last).disconnect();
            }
        }
    }
}
