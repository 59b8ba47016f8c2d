package io.robustmq.acceptance.crash;

import io.robustmq.acceptance.wire.Ack;
import io.robustmq.acceptance.wire.Connect;
import io.robustmq.acceptance.wire.Packet;
import io.robustmq.acceptance.wire.Properties;
import io.robustmq.acceptance.wire.Publish;
import io.robustmq.acceptance.wire.SubAck;
import io.robustmq.acceptance.wire.Subscription;
import io.robustmq.acceptance.wire.WireClient;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;

/**
 * A persistent subscriber. It subscribes once in its life; every later connection lives on the session. QoS 2 packets
 * whose identifier is still held are repetitions and go no further (MQTT 5.0 §4.3.3).
 */
final class Subscriber extends CrashClient {
    /** Takes what an application would be given. */
    interface Application {
        void take(Publish publish);
    }

    private final Subscription subscription;
    private final Application application;

    /** Payloads of QoS 2 messages that were not released yet, by packet identifier. */
    private final Map<Integer, String> held = new HashMap<>();

    private volatile boolean subscribed;

    Subscriber(
            Connect connect,
            int port,
            Weather weather,
            Verdict verdict,
            Random random,
            Subscription subscription,
            Application application) {
        super(connect, port, weather, verdict, random, 600);
        this.subscription = subscription;
        this.application = application;
    }

    boolean subscribed() {
        return subscribed;
    }

    @Override
    void connected(WireClient client, boolean resumed) {
        if (!subscribed) {
            client.sendIfOpen(client.subscribeBytes(1, Properties.NONE, subscription));
        }
    }

    @Override
    void turn(WireClient client) {
        // It only answers.
    }

    @Override
    void received(WireClient client, Packet packet) {
        if (packet instanceof Publish publish) {
            received(client, publish);
        } else if (packet instanceof Ack ack && ack.kind() == Ack.Kind.PUBREL) {
            held.remove(ack.packetId());
            client.sendIfOpen(Ack.of(Ack.Kind.PUBCOMP, ack.packetId()).toBytes());
        } else if (packet instanceof SubAck answer) {
            if (answer.reasons().getFirst() >= 0x80) {
                verdict().violation(id() + ": " + answer);
            }
            subscribed = true;
            weather().changed();
        } else {
            verdict().violation(id() + ": unexpected " + packet);
        }
    }

    private void received(WireClient client, Publish publish) {
        switch (publish.qos()) {
            case 1 -> {
                application.take(publish);
                client.sendIfOpen(Ack.of(Ack.Kind.PUBACK, publish.packetId()).toBytes());
            }
            case 2 -> {
                String before = held.putIfAbsent(publish.packetId(), publish.payload());
                if (before == null) {
                    application.take(publish);
                } else if (!before.equals(publish.payload()) || !publish.dup()) {
                    verdict().violation(id() + ": while " + before + " is held, its identifier comes with " + publish);
                }
                client.sendIfOpen(Ack.of(Ack.Kind.PUBREC, publish.packetId()).toBytes());
            }
            default -> verdict().violation(id() + ": delivered with QoS " + publish.qos() + " on " + publish.topic());
        }
    }
}
