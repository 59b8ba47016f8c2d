package io.robustmq.protocol.mqtt.system;

import io.robustmq.protocol.mqtt.codec.BinaryData;
import io.robustmq.protocol.mqtt.codec.Properties;
import io.robustmq.protocol.mqtt.codec.QualityOfService;
import io.robustmq.protocol.mqtt.codec.TopicName;
import io.robustmq.protocol.mqtt.connection.ServerMessage;
import io.robustmq.protocol.mqtt.observe.ClientDescription;
import io.robustmq.protocol.mqtt.observe.ClientEvent;

/**
 * The {@code $SYS} topics of one node. Immutable; any thread.
 *
 * <pre>
 *   $SYS/brokers                                   names of the nodes, retained
 *   $SYS/brokers/NODE/version, sysdescr            retained
 *   $SYS/brokers/NODE/uptime, datetime
 *   $SYS/brokers/NODE/stats/NAME                   levels
 *   $SYS/brokers/NODE/metrics/NAME                 counters
 *   $SYS/brokers/NODE/clients/ID/connected, disconnected, subscribed, unsubscribed
 * </pre>
 */
public final class SystemTopics {
    /** Where all of them are. */
    public static final String ROOT = "$SYS/brokers";

    private final String node;
    private final String prefix;

    /**
     * @param node name of the node, one level of a topic
     * @throws IllegalArgumentException if it cannot be one
     */
    public SystemTopics(String node) {
        if (!TopicName.isValid(node) || node.indexOf('/') >= 0) {
            throw new IllegalArgumentException("node must be one level of a topic name: " + node);
        }
        this.node = node;
        this.prefix = ROOT + "/" + node + "/";
    }

    /** The nodes that there are, by name. */
    public ServerMessage brokers() {
        return message(ROOT, node, true);
    }

    /** Something that stays as it is, such as the version. */
    public ServerMessage constant(String name, String value) {
        return message(prefix + name, value, true);
    }

    /** Something that is told again and again, such as the uptime. */
    public ServerMessage value(String name, String value) {
        return message(prefix + name, value, false);
    }

    /** The topic on which an event is told. A client identifier that does not fit a level has its separators and wildcards replaced by {@code _}. */
    public String topic(ClientEvent event) {
        String kind = switch (event) {
            case ClientEvent.Connected _ -> "connected";
            case ClientEvent.Disconnected _ -> "disconnected";
            case ClientEvent.Subscribed _ -> "subscribed";
            case ClientEvent.Unsubscribed _ -> "unsubscribed";
        };
        return prefix + "clients/" + level(event.clientId()) + "/" + kind;
    }

    /** An event as a message. */
    public ServerMessage message(ClientEvent event) {
        JsonFields fields = new JsonFields().add("clientid", event.clientId()).add("ts", event.atMillis());
        switch (event) {
            case ClientEvent.Connected(ClientDescription client) ->
                describe(fields, client)
                        .add("keepalive", client.keepAliveSeconds())
                        .add("clean_start", client.cleanStart())
                        .add("expiry_interval", client.expirySeconds())
                        .add("session_present", client.resumed())
                        .add("connack", 0)
                        .add("connected_at", client.connectedAtMillis());
            case ClientEvent.Disconnected(ClientDescription client, String reason, long atMillis) ->
                describe(fields, client).add("reason", reason).add("disconnected_at", atMillis);
            case ClientEvent.Subscribed subscribed ->
                fields.add("topic", subscribed.filter()).add("qos", subscribed.qos());
            case ClientEvent.Unsubscribed unsubscribed -> fields.add("topic", unsubscribed.filter());
        }
        return message(topic(event), fields.toString(), false);
    }

    private static JsonFields describe(JsonFields fields, ClientDescription client) {
        return fields.add("username", client.userName())
                .add("ipaddress", client.address())
                .add("port", client.port())
                .add("proto_name", client.version().protocolName())
                .add("proto_ver", client.version().level());
    }

    private static String level(String clientId) {
        return clientId.replaceAll("[/+#]", "_");
    }

    private static ServerMessage message(String topic, String payload, boolean retain) {
        return new ServerMessage(
                topic, BinaryData.ofUtf8(payload), QualityOfService.AT_MOST_ONCE, retain, Properties.NONE);
    }
}
