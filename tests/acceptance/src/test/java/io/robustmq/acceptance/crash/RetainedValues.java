package io.robustmq.acceptance.crash;

import io.robustmq.acceptance.wire.Ack;
import io.robustmq.acceptance.wire.Connect;
import io.robustmq.acceptance.wire.Packet;
import io.robustmq.acceptance.wire.Publish;
import io.robustmq.acceptance.wire.Subscription;
import io.robustmq.acceptance.wire.Version;
import io.robustmq.acceptance.wire.WireClient;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Writes numbers to a few retained topics, every seventh as an empty payload, which deletes. After a crash each topic
 * holds the last acknowledged value or one published after it.
 */
final class RetainedValues extends CrashClient {
    private static final int TOPICS = 4;
    private static final int DELETING = 7;
    private static final int WINDOW = 8;

    private final AtomicInteger[] sent = new AtomicInteger[TOPICS];
    private final AtomicInteger[] acknowledged = new AtomicInteger[TOPICS];
    private final Map<Integer, Value> underWay = new LinkedHashMap<>();
    private int lastPacketId;
    private int nextTopic;
    private volatile boolean idle;

    private record Value(int topic, int number) {}

    RetainedValues(int port, Weather weather, Verdict verdict, Random random) {
        super(Connect.persistentSession(Version.V5, "crash-retained"), port, weather, verdict, random, 300);
        for (int i = 0; i < TOPICS; i++) {
            sent[i] = new AtomicInteger();
            acknowledged[i] = new AtomicInteger();
        }
    }

    boolean finished() {
        return idle;
    }

    @Override
    void connected(WireClient client, boolean resumed) {
        underWay.forEach((packetId, value) ->
                client.sendIfOpen(publish(value).packetId(packetId).duplicate().toBytes(client.version())));
    }

    @Override
    void turn(WireClient client) {
        while (underWay.size() < WINDOW && weather().producing() && !client.isClosed()) {
            Value value = new Value(nextTopic, sent[nextTopic].incrementAndGet());
            nextTopic = (nextTopic + 1) % TOPICS;
            do {
                lastPacketId = lastPacketId == 0xFFFF ? 1 : lastPacketId + 1;
            } while (underWay.containsKey(lastPacketId));
            underWay.put(lastPacketId, value);
            client.sendIfOpen(publish(value).packetId(lastPacketId).toBytes(client.version()));
        }
        idle = underWay.isEmpty() && !weather().producing();
    }

    @Override
    void received(WireClient client, Packet packet) {
        if (packet instanceof Ack ack) {
            Value value = underWay.remove(ack.packetId());
            if (value == null) {
                verdict().violation(id() + ": " + ack + " for nothing");
            } else {
                acknowledged[value.topic()].set(value.number());
            }
        }
    }

    private static Publish publish(Value value) {
        String payload = value.number() % DELETING == 0 ? "" : Integer.toString(value.number());
        return Publish.of(topic(value.topic()), payload).qos(1).retained();
    }

    private static String topic(int number) {
        return "retained/" + number;
    }

    /** Looks at every topic with a new client; nobody may be publishing. */
    void check(int port) {
        try (WireClient reader =
                WireClient.connect(port, Connect.transientSession(Version.V5, "crash-retained-reader"))) {
            for (int i = 0; i < TOPICS; i++) {
                int oldest = acknowledged[i].get();
                int newest = sent[i].get();
                reader.subscribe(Subscription.of(topic(i), 1));
                boolean maybeDeleted = oldest == 0 || newest / DELETING > (oldest - 1) / DELETING;
                Publish publish = maybeDeleted ? probe(reader, i) : reader.awaitPublish(topic(i));
                if (publish == null || publish.payload().equals("end")) {
                    verdict().retainedChecked.increment();
                    continue;
                }
                int value = Integer.parseInt(publish.payload());
                if (value < oldest || value > newest) {
                    verdict()
                            .violation(
                                    topic(i) + " holds " + value + ", acknowledged was " + oldest + ", sent " + newest);
                }
                if (!publish.retain()) {
                    verdict().violation(topic(i) + ": delivered without the retain flag");
                }
                verdict().retainedChecked.increment();
            }
        }
    }

    /** The value of a topic that may have none: what comes before an unretained message, or that message. */
    private static Publish probe(WireClient reader, int number) {
        Ack answer = reader.publishAndAwait(Publish.of(topic(number), "end").qos(1));
        if (answer.reason() >= 0x80) {
            throw new AssertionError("probe refused: " + answer);
        }
        List<Publish> received = new ArrayList<>();
        do {
            received.add(reader.awaitPublish(topic(number)));
        } while (!received.getLast().payload().equals("end"));
        return received.getFirst();
    }
}
