package io.robustmq.acceptance.wire;

/** PINGRESP. */
public record PingResp() implements Packet {}
