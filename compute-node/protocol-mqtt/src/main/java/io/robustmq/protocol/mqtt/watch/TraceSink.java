package io.robustmq.protocol.mqtt.watch;

/** Takes the lines of a trace. */
@FunctionalInterface
public interface TraceSink {
    /** A line without its end. Called on home loops; returns at once, keeps the line or drops it. */
    void line(String line);
}
