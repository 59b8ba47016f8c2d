package io.robustmq.kernel.testkit.platform;

import io.robustmq.kernel.Guarantee;

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
                + (lastValue ? ", kept as version " + version : "") + ")";
    }
}
