package io.robustmq.acceptance.wire;

/** CONNACK; {@code reason} is the return code before MQTT 5. */
public record ConnAck(boolean sessionPresent, int reason, Properties properties) implements Packet {}
