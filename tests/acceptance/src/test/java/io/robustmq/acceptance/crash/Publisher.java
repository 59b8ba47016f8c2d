package io.robustmq.acceptance.crash;

import io.robustmq.acceptance.wire.Ack;
import io.robustmq.acceptance.wire.Connect;
import io.robustmq.acceptance.wire.Packet;
import io.robustmq.acceptance.wire.Publish;
import io.robustmq.acceptance.wire.WireClient;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.BooleanSupplier;

/**
 * Publishes its streams in turn, with a window of unacknowledged messages. What was under way when a connection ended
 * is sent again on the next one: PUBLISH with DUP, PUBREL for what was received (MQTT 5.0 §4.4). A publisher with a
 * clean start has no session to continue and publishes the same messages anew.
 */
final class Publisher extends CrashClient {
    private static final int WINDOW = 16;

    private final List<Stream> streams;
    private final BooleanSupplier mayPublish;

    /** In the order of the first sending; the value tells how far the flow has come. */
    private final Map<Integer, Flow> underWay = new LinkedHashMap<>();

    private int lastPacketId;
    private int nextStream;
    private volatile boolean idle;

    /**
     * A publish under way.
     *
     * @param released PUBREC came and PUBREL was sent
     * @param releasedAgain PUBREL was sent on more than one connection, so the first may have been the last needed
     */
    private record Flow(Publish publish, boolean released, boolean releasedAgain) {}

    Publisher(
            Connect connect,
            int port,
            Weather weather,
            Verdict verdict,
            Random random,
            List<Stream> streams,
            BooleanSupplier mayPublish) {
        super(connect, port, weather, verdict, random, 400);
        this.streams = streams;
        this.mayPublish = mayPublish;
    }

    List<Stream> streams() {
        return streams;
    }

    /** Nothing is under way, and nothing more will be when producing has stopped. */
    boolean finished() {
        return idle;
    }

    @Override
    void connected(WireClient client, boolean resumed) {
        List<Flow> again = new ArrayList<>(underWay.values());
        if (!persistent()) {
            underWay.clear();
        }
        for (Flow flow : again) {
            if (flow.released()) {
                int packetId = flow.publish().packetId();
                underWay.put(packetId, new Flow(flow.publish(), true, true));
                client.sendIfOpen(Ack.of(Ack.Kind.PUBREL, packetId).toBytes());
            } else if (persistent()) {
                client.sendIfOpen(flow.publish().duplicate().toBytes(client.version()));
            } else {
                send(client, flow.publish().packetId(freePacketId()));
            }
        }
    }

    @Override
    void turn(WireClient client) {
        while (underWay.size() < WINDOW && weather().producing() && mayPublish.getAsBoolean() && !client.isClosed()) {
            Stream stream = streams.get(nextStream);
            nextStream = (nextStream + 1) % streams.size();
            verdict().published.increment();
            send(
                    client,
                    Publish.of(stream.topic(), stream.next()).qos(stream.qos()).packetId(freePacketId()));
        }
        idle = underWay.isEmpty() && !weather().producing();
    }

    private void send(WireClient client, Publish publish) {
        underWay.put(publish.packetId(), new Flow(publish, false, false));
        client.sendIfOpen(publish.toBytes(client.version()));
    }

    private int freePacketId() {
        do {
            lastPacketId = lastPacketId == 0xFFFF ? 1 : lastPacketId + 1;
        } while (underWay.containsKey(lastPacketId));
        return lastPacketId;
    }

    @Override
    void received(WireClient client, Packet packet) {
        if (!(packet instanceof Ack ack)) {
            return;
        }
        Flow flow = underWay.get(ack.packetId());
        if (flow == null) {
            verdict().violation(id() + ": " + ack + " for nothing");
            return;
        }
        boolean alreadyComplete = ack.kind() == Ack.Kind.PUBCOMP && ack.reason() == 0x92 && flow.releasedAgain();
        if (ack.reason() != 0 && !alreadyComplete) {
            // Also "no matching subscribers": there are some for every topic, all the time.
            verdict().violation(id() + ": " + ack + " for " + flow.publish().payload());
        }
        switch (ack.kind()) {
            case PUBACK -> {
                if (flow.publish().qos() != 1) {
                    verdict().violation(id() + ": PUBACK for QoS 2");
                }
                acknowledged(ack.packetId());
            }
            case PUBREC -> {
                underWay.put(ack.packetId(), new Flow(flow.publish(), true, false));
                client.sendIfOpen(Ack.of(Ack.Kind.PUBREL, ack.packetId()).toBytes());
            }
            case PUBCOMP -> {
                if (!flow.released()) {
                    verdict().violation(id() + ": PUBCOMP before PUBREC");
                }
                acknowledged(ack.packetId());
            }
            case PUBREL -> verdict().violation(id() + ": PUBREL to a publisher");
        }
    }

    private void acknowledged(int packetId) {
        underWay.remove(packetId);
        verdict().acknowledged.increment();
    }
}
