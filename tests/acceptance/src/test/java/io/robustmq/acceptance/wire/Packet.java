package io.robustmq.acceptance.wire;

/** What a broker can send. */
public sealed interface Packet permits ConnAck, Publish, Ack, SubAck, UnsubAck, PingResp, Disconnect, Auth {}
