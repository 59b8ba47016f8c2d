package io.robustmq.kernel.testkit.platform;

import io.robustmq.kernel.Guarantee;
import org.jspecify.annotations.Nullable;

/** A message that a client published, and what is known of its fate. */
final class SentMessage {
    final long number;
    final String publisher;
    final String topic;
    final Guarantee guarantee;
    /** Whether it asks to be kept as the last value of its topic. */
    final boolean lastValue;
    /** Whether it removes the last value: it has no payload. */
    final boolean removes;
    /** Counts the messages of its publisher, topic and guarantee. */
    final int place;
    /** Counts the messages of its topic that ask to be kept. */
    final int version;

    final long sentAt;

    int attempts = 1;
    /** -1 as long as no acknowledgement was received. */
    long acknowledgedAt = -1;

    boolean refused;

    /** Published by the platform in the name of a client whose connection ended. */
    boolean parting;
    /** For a parting message: the connection whose end it announces. */
    @Nullable ClientConnection announces;
    /** Why it certainly is not to come; null as long as it may. */
    @Nullable String forbidden;

    boolean received;
    /** How long it may be delivered after it was published; 0: for ever. */
    long lifetimeNanos;
    /** When it was last handed to a node with its lifetime, in true time. */
    long handedOverAt;

    SentMessage(
            long number,
            String publisher,
            String topic,
            Guarantee guarantee,
            boolean lastValue,
            boolean removes,
            int place,
            int version,
            long sentAt) {
        this.number = number;
        this.publisher = publisher;
        this.topic = topic;
        this.guarantee = guarantee;
        this.lastValue = lastValue;
        this.removes = removes;
        this.place = place;
        this.version = version;
        this.sentAt = sentAt;
    }

    boolean acknowledged() {
        return acknowledgedAt >= 0;
    }

    @Override
    public String toString() {
        return "message " + number + " (" + publisher + " -> " + topic + ", " + guarantee + ", place " + place
                + (lastValue ? ", kept as version " + version : "")
                + (lifetimeNanos > 0 ? ", for " + lifetimeNanos / 1_000_000 + " ms" : "")
                + (attempts > 1 ? ", sent " + attempts + " times" : "") + ")";
    }
}
