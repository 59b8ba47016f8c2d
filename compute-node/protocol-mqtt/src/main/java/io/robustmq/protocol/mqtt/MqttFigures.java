package io.robustmq.protocol.mqtt;

import io.robustmq.protocol.mqtt.codec.PacketType;
import io.robustmq.protocol.mqtt.codec.ReasonCode;
import java.util.Map;

/**
 * What was counted since the start; immutable. Counters only grow, except {@code live}.
 *
 * @param live connections that are past their CONNACK now
 * @param packetsReceived by type
 * @param packetsSent by type
 * @param publishBytesReceived payload bytes of PUBLISH packets
 * @param publishBytesSent payload bytes of PUBLISH packets
 * @param events by kind
 * @param endings connections ended or refused by the server, by the reason that it told or would have told
 */
public record MqttFigures(
        long live,
        Map<PacketType, Long> packetsReceived,
        Map<PacketType, Long> packetsSent,
        long publishBytesReceived,
        long publishBytesSent,
        Map<MqttEvent, Long> events,
        Map<ReasonCode, Long> endings) {
    public MqttFigures {
        packetsReceived = Map.copyOf(packetsReceived);
        packetsSent = Map.copyOf(packetsSent);
        events = Map.copyOf(events);
        endings = Map.copyOf(endings);
    }
}
