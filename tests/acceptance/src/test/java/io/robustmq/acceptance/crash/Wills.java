package io.robustmq.acceptance.crash;

import io.robustmq.acceptance.wire.Connect;
import io.robustmq.acceptance.wire.Properties;
import io.robustmq.acceptance.wire.Property;
import io.robustmq.acceptance.wire.Publish;
import io.robustmq.acceptance.wire.Version;
import io.robustmq.acceptance.wire.Will;
import io.robustmq.acceptance.wire.WireClient;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Clients with wills that are connected when the process is killed. A will fires once after the restart, unless its
 * client comes back within the will delay or had said goodbye before.
 */
final class Wills implements Subscriber.Application {
    private static final int SHORT_DELAY_SECONDS = 1;
    private static final int LONG_DELAY_SECONDS = 8;
    /** A goodbye this long before the kill has certainly been worked off. */
    private static final long SETTLED_NANOS = 500_000_000;

    private final Verdict verdict;
    private final int port;
    private final Map<String, Integer> fired = new HashMap<>();
    private final Set<String> mustFire = new HashSet<>();
    private final Set<String> mustNotFire = new HashSet<>();
    private final Set<String> expected = new HashSet<>();

    private final List<WireClient> open = new ArrayList<>();
    private List<Connect> returning = new ArrayList<>();
    private String goodbye = "";
    private long goodbyeNanos;

    Wills(Verdict verdict, int port) {
        this.verdict = verdict;
        this.port = port;
    }

    /** Connects this round's clients. */
    void connect(int round) {
        String name = "will-" + round + "-";
        stay(Connect.persistentSession(Version.V5, name + "delayed")
                .will(will(name + "delayed").delaySeconds(SHORT_DELAY_SECONDS)));
        stay(Connect.transientSession(Version.V3_1_1, name + "plain").will(will(name + "plain")));
        stay(Connect.transientSession(Version.V5, name + "transient").will(will(name + "transient")));
        Connect returns = Connect.persistentSession(Version.V5, name + "returns");
        open.add(WireClient.connect(port, returns.will(will(name + "returns").delaySeconds(LONG_DELAY_SECONDS))));
        returning.add(returns);
        WireClient.connect(
                        port,
                        Connect.transientSession(Version.V5, name + "goodbye").will(will(name + "goodbye")))
                .disconnect();
        goodbye = name + "goodbye";
        goodbyeNanos = System.nanoTime();
    }

    private void stay(Connect connect) {
        open.add(WireClient.connect(port, connect));
        expected.add(connect.clientId());
    }

    private static Will will(String clientId) {
        return Will.of("will/" + clientId, clientId).qos(2);
    }

    /** The process is about to be killed. */
    synchronized void killing() {
        mustFire.addAll(expected);
        expected.clear();
        if (System.nanoTime() - goodbyeNanos > SETTLED_NANOS) {
            mustNotFire.add(goodbye);
        }
    }

    /** The process was killed and is back. */
    void comeBack() {
        open.forEach(WireClient::close);
        open.clear();
        for (Connect connect : returning) {
            try (WireClient client = WireClient.connect(port, connect)) {
                if (!client.connAck().sessionPresent()) {
                    verdict.violation(connect.clientId() + ": the session is gone");
                }
                client.disconnect(0, Properties.of(Property.of(Property.SESSION_EXPIRY, 0)));
            }
            synchronized (this) {
                mustNotFire.add(connect.clientId());
            }
        }
        returning = new ArrayList<>();
    }

    @Override
    public synchronized void take(Publish publish) {
        int times = fired.merge(publish.payload(), 1, Integer::sum);
        verdict.willsFired.increment();
        if (times > 1) {
            verdict.violation(publish.payload() + ": fired " + times + " times");
        }
        if (mustNotFire.contains(publish.payload())) {
            verdict.violation(publish.payload() + ": fired although it must not");
        }
    }

    synchronized boolean complete() {
        return fired.keySet().containsAll(mustFire);
    }

    synchronized Set<String> missing() {
        Set<String> missing = new HashSet<>(mustFire);
        missing.removeAll(fired.keySet());
        return missing;
    }
}
