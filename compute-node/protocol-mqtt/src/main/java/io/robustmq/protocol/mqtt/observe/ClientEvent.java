package io.robustmq.protocol.mqtt.observe;

/** Something in the life of a client. */
public sealed interface ClientEvent {
    /** Whose. */
    String clientId();

    /** When, ms since the epoch. */
    long atMillis();

    /** It was welcomed with a CONNACK. */
    record Connected(ClientDescription client) implements ClientEvent {
        @Override
        public String clientId() {
            return client.clientId();
        }

        @Override
        public long atMillis() {
            return client.connectedAtMillis();
        }
    }

    /**
     * Its connection ended.
     *
     * @param reason one word in lower case: {@code normal}, {@code tcp_closed}, {@code keepalive_timeout}, {@code takenover}, {@code kicked}, {@code server_shutdown}, or the reason code of
     *     MQTT 5.0 section 2.4 that the server told or would have told
     */
    record Disconnected(ClientDescription client, String reason, long atMillis) implements ClientEvent {
        @Override
        public String clientId() {
            return client.clientId();
        }
    }

    /**
     * A filter is in force.
     *
     * @param filter with the mount point of the client, as everything else that is told of it has it
     * @param qos granted, 0..2
     */
    record Subscribed(String clientId, String filter, int qos, long atMillis) implements ClientEvent {}

    /** A filter, written as in {@link Subscribed}, is no longer in force. */
    record Unsubscribed(String clientId, String filter, long atMillis) implements ClientEvent {}
}
