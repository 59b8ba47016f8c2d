package io.robustmq.acceptance.crash;

import io.robustmq.acceptance.wire.ConnAck;
import io.robustmq.acceptance.wire.Connect;
import io.robustmq.acceptance.wire.Packet;
import io.robustmq.acceptance.wire.WireClient;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * A client that connects whenever the broker is up and keeps its part of the session in between. Everything happens on
 * the client's own thread.
 */
abstract class CrashClient {
    private static final Duration TURN = Duration.ofMillis(20);

    private final Connect connect;
    private final int port;
    private final Weather weather;
    private final Verdict verdict;
    private final Random random;
    /** About so many turns until the client drops its connection by itself; 0: never. */
    private final int turnsPerDrop;

    private boolean sessionKnown;
    private volatile boolean connected;
    private @Nullable Thread thread;

    CrashClient(Connect connect, int port, Weather weather, Verdict verdict, Random random, int turnsPerDrop) {
        this.connect = connect;
        this.port = port;
        this.weather = weather;
        this.verdict = verdict;
        this.random = random;
        this.turnsPerDrop = turnsPerDrop;
    }

    /** A connection was accepted; {@code resumed} is what CONNACK said. */
    abstract void connected(WireClient client, boolean resumed);

    abstract void received(WireClient client, Packet packet);

    /** Called between packets, to send what there is to send. */
    abstract void turn(WireClient client);

    /** Whether the session is to be kept by the broker. */
    final boolean persistent() {
        return !connect.clean();
    }

    final String id() {
        return connect.clientId();
    }

    final Connect connect() {
        return connect;
    }

    final Verdict verdict() {
        return verdict;
    }

    final Weather weather() {
        return weather;
    }

    final boolean isConnected() {
        return connected;
    }

    final void start() {
        thread = Thread.ofPlatform().daemon().name(id()).start(this::run);
    }

    final void join() throws InterruptedException {
        Thread running = thread;
        if (running != null) {
            running.join(Duration.ofSeconds(30));
        }
    }

    private void run() {
        try {
            while (weather.awaitUp()) {
                WireClient client = WireClient.tryConnect(port, connect);
                if (client == null) {
                    // Down again, or not listening yet: ask the weather, which tells when it changes.
                    weather.await(weather::isOver, TURN);
                    continue;
                }
                try (client) {
                    if (client.connAck().reason() == 0) {
                        serve(client);
                    } else {
                        verdict.refusals.increment();
                        weather.await(weather::isOver, TURN);
                    }
                } finally {
                    connected = false;
                    weather.changed();
                }
            }
        } catch (RuntimeException | AssertionError e) {
            verdict.violation(id() + ": " + e);
        }
    }

    private void serve(WireClient client) {
        ConnAck answer = client.connAck();
        checkSession(answer);
        sessionKnown = persistent();
        connected(client, answer.sessionPresent());
        connected = true;
        weather.changed();
        int turnsLeft = turnsPerDrop == 0 ? Integer.MAX_VALUE : 1 + random.nextInt(2 * turnsPerDrop);
        while (!client.isClosed() && !weather.isOver()) {
            turn(client);
            List<Packet> packets = client.takeAll(TURN);
            for (Packet packet : packets) {
                received(client, packet);
            }
            if (!packets.isEmpty() && --turnsLeft == 0 && weather.producing()) {
                client.abort();
                return;
            }
        }
    }

    private void checkSession(ConnAck answer) {
        if (sessionKnown && !answer.sessionPresent()) {
            verdict.violation(id() + ": the session is gone");
        } else if (!persistent() && answer.sessionPresent()) {
            verdict.violation(id() + ": a clean start resumed a session");
        } else if (sessionKnown) {
            verdict.sessionsResumed.increment();
        }
    }
}
