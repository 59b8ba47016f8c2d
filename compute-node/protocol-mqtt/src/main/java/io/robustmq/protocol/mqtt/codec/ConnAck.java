package io.robustmq.protocol.mqtt.codec;

/**
 * A server's answer to CONNECT (MQTT 5.0 §3.2).
 *
 * @param sessionPresent whether a stored session goes on; not carried by MQTT 3.1
 * @param reason success or why not; see {@link ReasonCode#connectReturnCode} for the versions before 5.0
 * @param properties empty before MQTT 5.0
 */
public record ConnAck(boolean sessionPresent, ReasonCode reason, Properties properties) implements Packet {
    public ConnAck {
        PacketRules.requireReason(PacketType.CONNACK, reason);
        properties.requireLegalIn(PropertyScope.CONNACK);
        if (sessionPresent && reason != ReasonCode.SUCCESS) {
            throw new IllegalArgumentException("session present goes with success only [MQTT-3.2.2-6]");
        }
    }

    @Override
    public PacketType type() {
        return PacketType.CONNACK;
    }
}
