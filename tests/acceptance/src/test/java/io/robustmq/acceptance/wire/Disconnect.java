package io.robustmq.acceptance.wire;

/** DISCONNECT from the server (MQTT 5 only). */
public record Disconnect(int reason, Properties properties) implements Packet {}
