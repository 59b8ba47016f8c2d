package io.robustmq.acceptance.crash;

import java.util.concurrent.atomic.AtomicLong;

/** The messages of one publisher on one topic with one QoS, numbered from 1 without gaps. */
final class Stream {
    private static final String FILLER = "-----------------------------------------------------------";

    private final String name;
    private final String topic;
    private final int qos;
    private final AtomicLong published = new AtomicLong();

    Stream(String publisher, int topicNumber, int qos) {
        this.name = publisher + "." + topicNumber + "." + qos;
        this.topic = "crash/" + publisher + "/" + topicNumber;
        this.qos = qos;
    }

    String name() {
        return name;
    }

    String topic() {
        return topic;
    }

    int qos() {
        return qos;
    }

    long published() {
        return published.get();
    }

    /** The next message's payload; only the publisher calls it. */
    String next() {
        return name + ":" + published.incrementAndGet() + ":" + FILLER;
    }

    static String nameIn(String payload) {
        return payload.substring(0, payload.indexOf(':'));
    }

    static long numberIn(String payload) {
        int begin = payload.indexOf(':') + 1;
        return Long.parseLong(payload.substring(begin, payload.indexOf(':', begin)));
    }
}
