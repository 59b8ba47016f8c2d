package io.robustmq.protocol.mqtt.codec;

import java.util.List;

/**
 * A client ends subscriptions (MQTT 5.0 §3.10).
 *
 * @param packetId 1 to 65,535
 * @param properties empty before MQTT 5.0
 * @param filters at least one [MQTT-3.10.3-2], each of at least one character
 */
public record Unsubscribe(int packetId, Properties properties, List<String> filters) implements Packet {
    public Unsubscribe {
        PacketRules.requirePacketId(packetId);
        properties.requireLegalIn(PropertyScope.UNSUBSCRIBE);
        filters = List.copyOf(filters);
        PacketRules.requireNotEmpty("filters of UNSUBSCRIBE", filters);
        for (String filter : filters) {
            PacketRules.requireText("topic filter", filter);
            if (filter.isEmpty()) {
                throw new IllegalArgumentException("a topic filter has at least one character [MQTT-4.7.3-1]");
            }
        }
    }

    @Override
    public PacketType type() {
        return PacketType.UNSUBSCRIBE;
    }
}
