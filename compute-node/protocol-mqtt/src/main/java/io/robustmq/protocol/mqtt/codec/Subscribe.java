package io.robustmq.protocol.mqtt.codec;

import java.util.List;

/**
 * A client asks for subscriptions (MQTT 5.0 §3.8).
 *
 * @param packetId 1 to 65,535
 * @param properties empty before MQTT 5.0
 * @param entries at least one [MQTT-3.8.3-2]
 */
public record Subscribe(int packetId, Properties properties, List<Entry> entries) implements Packet {
    /**
     * One subscription of a SUBSCRIBE.
     *
     * @param filter at least one character; whether wildcards and share names are well placed is judged by
     *     {@link TopicFilter} and {@link SharedSubscription}, since the answer goes into SUBACK
     * @param options what is asked of it
     */
    public record Entry(String filter, SubscriptionOptions options) {
        public Entry {
            PacketRules.requireText("topic filter", filter);
            if (filter.isEmpty()) {
                throw new IllegalArgumentException("a topic filter has at least one character [MQTT-4.7.3-1]");
            }
            if (options.noLocal() && SharedSubscription.isShared(filter)) {
                throw new IllegalArgumentException("a shared subscription cannot be no local [MQTT-3.8.3-4]");
            }
        }
    }

    public Subscribe {
        PacketRules.requirePacketId(packetId);
        properties.requireLegalIn(PropertyScope.SUBSCRIBE);
        entries = List.copyOf(entries);
        PacketRules.requireNotEmpty("entries of SUBSCRIBE", entries);
    }

    @Override
    public PacketType type() {
        return PacketType.SUBSCRIBE;
    }
}
