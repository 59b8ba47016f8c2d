package io.robustmq.protocol.mqtt;

/** What happens to MQTT connections and is counted. The names are part of metric names and stay as they are. */
public enum MqttEvent {
    /** A client was welcomed with a CONNACK. */
    CONNECTED,
    /** A welcomed client found its session present. */
    SESSION_RESUMED,
    /** A CONNECT was answered with a refusal, or closed where no refusal can be told. */
    CONNECT_REFUSED,
    /** Among {@link #CONNECT_REFUSED}: security said no. */
    AUTHENTICATION_FAILED,
    /** No complete CONNECT came in time. */
    CONNECT_TIMEOUT,
    /** The first bytes were not MQTT. */
    FOREIGN_PROTOCOL,
    /** A packet was malformed or broke the protocol. */
    VIOLATION,
    /** The client said DISCONNECT. */
    DISCONNECTED_BY_CLIENT,
    /** The server ended a live connection, for whatever reason. */
    DISCONNECTED_BY_SERVER,
    /** A live connection went away without DISCONNECT. */
    CONNECTION_LOST,
    /** Among {@link #DISCONNECTED_BY_SERVER}: nothing was heard for one and a half times the keep alive. */
    KEEP_ALIVE_TIMEOUT,
    /** Among {@link #DISCONNECTED_BY_SERVER}: the client connected elsewhere. */
    TAKEN_OVER,
    /** A publish was not taken: the topic is not writable, or something is over its limit. */
    PUBLISH_REFUSED,
    /** Among {@link #PUBLISH_REFUSED}: the client may not publish there. */
    PUBLISH_DENIED,
    /** A filter of a SUBSCRIBE was refused because the client may not subscribe to it. */
    SUBSCRIBE_DENIED,
    /** Among {@link #CONNECT_REFUSED}: the client may not publish its will. */
    WILL_DENIED,
    /** A client proved anew who it is (MQTT 5.0 §4.12.1). */
    RE_AUTHENTICATED,
    /** A QoS 0 delivery was dropped because the client does not drain its connection. */
    DELIVERY_DROPPED_SLOW,
    /** A delivery was skipped because its packet is larger than the client takes. */
    DELIVERY_TOO_LARGE,
    /** An acknowledgement named a packet identifier that nothing waits for. */
    ACK_UNKNOWN,
    /** A log line about a client was left out because there were too many. */
    LOG_SUPPRESSED;

    /** The place of its counter among those of all events, 0 and up. */
    @SuppressWarnings("EnumOrdinal") // a place in memory only, never stored
    public int index() {
        return ordinal();
    }
}
