package io.robustmq.server.admin;

import io.robustmq.kernel.KernelFigures;
import io.robustmq.protocol.mqtt.MqttEvent;
import io.robustmq.protocol.mqtt.MqttFigures;
import io.robustmq.protocol.mqtt.codec.PacketType;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToLongFunction;

/** The figures of a node under the names that EMQX has for them, for {@code $SYS}, {@code /stats} and {@code /metrics}. Prometheus has its own. */
final class NodeFigures {
    private NodeFigures() {}

    static Map<String, Number> stats(KernelFigures kernel, List<MqttFigures> mqtt, int topics, int counted) {
        Map<String, Number> all = new TreeMap<>();
        all.put("connections.count", sum(mqtt, MqttFigures::live));
        all.put("live_connections.count", sum(mqtt, MqttFigures::live));
        all.put("sessions.count", kernel.sessions());
        all.put("subscriptions.count", kernel.subscriptions());
        all.put("topics.count", topics);
        all.put("retained.count", kernel.retained());
        all.put("shared_groups.count", kernel.queues());
        all.put("messages.pending.count", kernel.pendingMessages());
        all.put("topic_metrics.count", counted);
        all.put("shards.count", kernel.shardsServing());
        return all;
    }

    static Map<String, Number> metrics(KernelFigures kernel, List<MqttFigures> mqtt) {
        Map<String, Number> all = new TreeMap<>();
        for (PacketType type : PacketType.values()) {
            String name = type.name().toLowerCase(Locale.ROOT);
            all.put(
                    "packets." + name + ".received",
                    sum(mqtt, one -> one.packetsReceived().getOrDefault(type, 0L)));
            all.put(
                    "packets." + name + ".sent",
                    sum(mqtt, one -> one.packetsSent().getOrDefault(type, 0L)));
        }
        all.put("packets.received", sum(mqtt, one -> total(one.packetsReceived())));
        all.put("packets.sent", sum(mqtt, one -> total(one.packetsSent())));
        for (int qos = 0; qos < 3; qos++) {
            all.put("messages.qos" + qos + ".received", kernel.messagesIn().get(qos));
            all.put("messages.qos" + qos + ".sent", kernel.messagesOut().get(qos));
        }
        all.put(
                "messages.received",
                kernel.messagesIn().stream().mapToLong(Long::longValue).sum());
        all.put(
                "messages.sent",
                kernel.messagesOut().stream().mapToLong(Long::longValue).sum());
        all.put("messages.dropped.no_subscribers", kernel.noRoute());
        all.put("messages.dropped.expired", kernel.droppedExpired());
        all.put("delivery.dropped.queue_full", kernel.droppedSlow());
        all.put("delivery.dropped.too_large", kernel.droppedTooLarge());
        all.put("delivery.dropped.limit", kernel.droppedLimit());
        all.put("publish.bytes.received", sum(mqtt, MqttFigures::publishBytesReceived));
        all.put("publish.bytes.sent", sum(mqtt, MqttFigures::publishBytesSent));
        for (MqttEvent event : MqttEvent.values()) {
            all.put(
                    "client." + event.name().toLowerCase(Locale.ROOT),
                    sum(mqtt, one -> one.events().getOrDefault(event, 0L)));
        }
        return all;
    }

    private static long total(Map<PacketType, Long> counts) {
        return counts.values().stream().mapToLong(Long::longValue).sum();
    }

    private static long sum(List<MqttFigures> mqtt, ToLongFunction<MqttFigures> value) {
        return mqtt.stream().mapToLong(value).sum();
    }
}
