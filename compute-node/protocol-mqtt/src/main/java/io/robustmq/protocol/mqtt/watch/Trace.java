package io.robustmq.protocol.mqtt.watch;

/**
 * A trace under way.
 *
 * @param filter what is written
 * @param sink where it is written
 */
public record Trace(TraceFilter filter, TraceSink sink) {}
