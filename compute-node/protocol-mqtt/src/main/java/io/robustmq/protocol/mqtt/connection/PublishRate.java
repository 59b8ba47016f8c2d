package io.robustmq.protocol.mqtt.connection;

import io.robustmq.security.rate.ClientRates;
import io.robustmq.security.rate.TokenBucket;
import org.jspecify.annotations.Nullable;

/** How fast one client may publish, in messages and in bytes of payload. Loop only. */
final class PublishRate {
    private final @Nullable TokenBucket messages;
    private final @Nullable TokenBucket bytes;

    PublishRate(ClientRates rates, long nowNanos) {
        messages = bucket(rates.messagesPerSecond(), rates.burstSeconds(), nowNanos);
        bytes = bucket(rates.bytesPerSecond(), rates.burstSeconds(), nowNanos);
    }

    private static @Nullable TokenBucket bucket(long perSecond, int burstSeconds, long nowNanos) {
        return perSecond == 0 ? null : new TokenBucket(perSecond, perSecond * burstSeconds, nowNanos);
    }

    /** Counts a message; how long to wait before the next, 0 for not at all. */
    long take(int payloadBytes, long nowNanos) {
        long wait = 0;
        if (messages != null) {
            wait = messages.take(1, nowNanos);
        }
        if (bytes != null) {
            wait = Math.max(wait, bytes.take(payloadBytes, nowNanos));
        }
        return wait;
    }
}
