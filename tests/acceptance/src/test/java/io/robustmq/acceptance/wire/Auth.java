package io.robustmq.acceptance.wire;

/** AUTH (MQTT 5 only). */
public record Auth(int reason, Properties properties) implements Packet {}
