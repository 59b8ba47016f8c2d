package io.robustmq.acceptance.crash;

import io.robustmq.acceptance.wire.Ack;
import io.robustmq.acceptance.wire.Connect;
import io.robustmq.acceptance.wire.Publish;
import io.robustmq.acceptance.wire.Version;
import io.robustmq.acceptance.wire.WireClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** Publishes numbered messages of a few kilobytes with QoS 1 and remembers which were acknowledged. Used by one thread. */
final class Filler implements AutoCloseable {
    /** What became of a round of publishes. */
    enum Round {
        TAKEN,
        /** At least one was answered "quota exceeded" (MQTT 5.0 §3.4.2.1). */
        REFUSED,
        /** At least one was not answered, or the connection ended. */
        SILENT
    }

    private static final int WINDOW = 16;
    private static final int QUOTA_EXCEEDED = 0x97;
    private static final String PADDING = "x".repeat(8 << 10);

    private final WireClient client;
    private final String topic;
    private final Set<Integer> acknowledged;
    private int next;

    private Filler(WireClient client, String topic, Set<Integer> acknowledged, int next) {
        this.client = client;
        this.topic = topic;
        this.acknowledged = acknowledged;
        this.next = next;
    }

    static Filler connect(int port, String topic) {
        return new Filler(
                WireClient.connect(port, Connect.transientSession(Version.V5, "filler")), topic, new TreeSet<>(), 0);
    }

    /** One on a new connection, which goes on with the numbers and remembers what this one knows. */
    Filler again(int port) {
        return new Filler(
                WireClient.connect(port, Connect.transientSession(Version.V5, "filler")), topic, acknowledged, next);
    }

    /** The number in a message's text. */
    static int numberIn(String payload) {
        return Integer.parseInt(payload.substring(0, payload.indexOf(' ')));
    }

    Round round(Duration patience) {
        List<Integer> packetIds = new ArrayList<>();
        int first = next;
        for (int i = 0; i < WINDOW; i++) {
            Publish publish = Publish.of(topic, next++ + " " + PADDING).qos(1).packetId(client.nextPacketId());
            packetIds.add(publish.packetId());
            client.sendIfOpen(publish.toBytes(Version.V5));
        }
        Round round = Round.TAKEN;
        for (int i = 0; i < WINDOW; i++) {
            int packetId = packetIds.get(i);
            Ack ack = client.poll(
                    Ack.class, one -> one.kind() == Ack.Kind.PUBACK && one.packetId() == packetId, patience);
            if (ack == null) {
                return Round.SILENT;
            }
            switch (ack.reason()) {
                case 0 -> acknowledged.add(first + i);
                case QUOTA_EXCEEDED -> round = Round.REFUSED;
                default -> throw new AssertionError("PUBACK with reason " + ack.reason());
            }
        }
        return round;
    }

    Set<Integer> acknowledged() {
        return acknowledged;
    }

    @Override
    public void close() {
        client.close();
    }
}
