package io.robustmq.protocol.mqtt.connection;

import io.robustmq.protocol.mqtt.MqttEvent;
import io.robustmq.protocol.mqtt.codec.ReasonCode;
import io.robustmq.storage.Loop;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Log lines about clients that were turned away or broke the protocol. Anybody on the network can cause them, so there
 * are only so many per second; the next line that passes tells how many were left out. Loop only.
 */
final class RejectionLog {
    private static final Logger log = LoggerFactory.getLogger(RejectionLog.class);
    private static final long SECOND_NANOS = 1_000_000_000L;

    private final Loop loop;
    private final MqttCounters counters;
    private final int linesPerSecondMax;
    private long secondStartedNanos;
    private int linesInSecond;
    private long leftOut;

    RejectionLog(Loop loop, MqttCounters counters, int linesPerSecondMax) {
        this.loop = loop;
        this.counters = counters;
        this.linesPerSecondMax = linesPerSecondMax;
        this.secondStartedNanos = loop.nanoTime();
    }

    /** @param clientId empty when it is not known */
    void rejected(String peer, String clientId, ReasonCode reason, String sentence) {
        if (!passes()) {
            leftOut++;
            counters.event(MqttEvent.LOG_SUPPRESSED);
            return;
        }
        log.atInfo()
                .addKeyValue("peer", peer)
                .addKeyValue("clientId", clientId)
                .addKeyValue("reason", reason)
                .addKeyValue("leftOut", leftOut)
                .log("MQTT client turned away: {}", sentence);
        leftOut = 0;
    }

    private boolean passes() {
        long now = loop.nanoTime();
        if (now - secondStartedNanos >= SECOND_NANOS) {
            secondStartedNanos = now;
            linesInSecond = 0;
        }
        return linesInSecond++ < linesPerSecondMax;
    }
}
