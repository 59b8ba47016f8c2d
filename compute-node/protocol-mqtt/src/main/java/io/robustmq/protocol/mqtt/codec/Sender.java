package io.robustmq.protocol.mqtt.codec;

/** Who sent a packet. Some packets, reason codes and properties are legal in one direction only. */
public enum Sender {
    CLIENT,
    SERVER
}
