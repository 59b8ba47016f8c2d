package io.robustmq.acceptance.crash;

import io.robustmq.acceptance.wire.Publish;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What one subscriber was given: each stream from 1 upwards, first deliveries in order and without gaps; QoS 2 streams
 * to a QoS 2 subscriber without repetition.
 */
final class InOrder implements Subscriber.Application {
    private final String subscriber;
    private final int grantedQos;
    private final Map<String, Progress> streams = new ConcurrentHashMap<>();
    private final AtomicLong total = new AtomicLong();
    private final Verdict verdict;

    InOrder(String subscriber, int grantedQos, Verdict verdict) {
        this.subscriber = subscriber;
        this.grantedQos = grantedQos;
        this.verdict = verdict;
    }

    @Override
    public void take(Publish publish) {
        String stream = Stream.nameIn(publish.payload());
        long number = Stream.numberIn(publish.payload());
        int publishedQos = stream.charAt(stream.length() - 1) - '0';
        if (publish.qos() != Math.min(publishedQos, grantedQos)) {
            verdict.violation(subscriber + ": " + stream + " " + number + " delivered with QoS " + publish.qos());
        }
        Progress progress = streams.computeIfAbsent(stream, _ -> new Progress());
        switch (progress.take(number)) {
            case NEXT -> first();
            case AHEAD -> {
                verdict.violation(subscriber + ": " + stream + " went on with " + number + ": " + publish);
                first();
            }
            case LATE -> first();
            case AGAIN -> {
                if (publish.qos() == 2) {
                    verdict.duplicatesQos2.increment();
                    verdict.violation(subscriber + ": " + stream + " " + number + " twice with QoS 2: " + publish);
                } else {
                    verdict.duplicatesQos1.increment();
                }
            }
        }
    }

    private void first() {
        total.incrementAndGet();
        verdict.delivered.increment();
    }

    /** First deliveries so far. */
    long total() {
        return total.get();
    }

    /** How many of the stream's messages never came. */
    long missing(Stream stream) {
        Progress progress = streams.get(stream.name());
        return stream.published() - (progress == null ? 0 : progress.count());
    }

    /** Where a stream stands. The subscriber's thread writes, the test reads. */
    private static final class Progress {
        /** What a number is to those before it. */
        enum Step {
            NEXT,
            AHEAD,
            LATE,
            AGAIN
        }

        private final Set<Long> skipped = new HashSet<>();
        private long last;

        synchronized Step take(long number) {
            if (number <= last) {
                return skipped.remove(number) ? Step.LATE : Step.AGAIN;
            }
            Step step = number == last + 1 ? Step.NEXT : Step.AHEAD;
            for (long missed = last + 1; missed < number; missed++) {
                skipped.add(missed);
            }
            last = number;
            return step;
        }

        synchronized long count() {
            return last - skipped.size();
        }
    }
}
