package io.robustmq.server.metrics;

import java.util.Optional;

/**
 * The metrics of a node. Names never change their meaning; labels are from bounded sets.
 */
public enum MetricName {
    ATTACHMENTS(Kind.GAUGE, "robustmq_attachments", "Connections that are attached to a session now"),
    SESSIONS(Kind.GAUGE, "robustmq_sessions", "Durable sessions held by the shards of this node"),
    SUBSCRIPTIONS(Kind.GAUGE, "robustmq_subscriptions", "Subscriptions of all sessions"),
    RETAINED(Kind.GAUGE, "robustmq_retained_messages", "Last values that are kept"),
    DELAYED(Kind.GAUGE, "robustmq_delayed_messages", "Messages that wait for their time"),
    QUEUES(Kind.GAUGE, "robustmq_queues", "Queues and groups"),
    MESSAGES_IN(Kind.COUNTER, "robustmq_messages_in_total", "Publishes taken", "guarantee"),
    MESSAGES_OUT(Kind.COUNTER, "robustmq_messages_out_total", "Deliveries handed to connections", "guarantee"),
    MESSAGES_DROPPED(
            Kind.COUNTER,
            "robustmq_messages_dropped_total",
            "Messages that were not delivered: slow receiver, expired, too_large for the receiver, over a limit",
            "reason"),
    MESSAGES_UNROUTED(Kind.COUNTER, "robustmq_messages_unrouted_total", "Publishes that nobody was subscribed to"),
    MESSAGES_PENDING(Kind.GAUGE, "robustmq_messages_pending", "Durable messages that somebody still needs"),
    LOG_RECORDS(Kind.COUNTER, "robustmq_log_records_total", "Records committed to the shards' logs"),
    LOG_ENTRIES(
            Kind.COUNTER,
            "robustmq_log_entries_total",
            "Entries committed; records per entry is how well the log batches"),
    LOG_BYTES(Kind.COUNTER, "robustmq_log_bytes_total", "Bytes committed to the shards' logs"),
    LOG_APPEND(
            Kind.HISTOGRAM,
            "robustmq_log_append_seconds",
            "Time from handing an entry to the log to its being committed, which with a bookie is to be synced to disk"),
    LOG_TAIL_BYTES(Kind.GAUGE, "robustmq_log_tail_bytes", "Log that a start would replay"),
    FLUSHES(Kind.COUNTER, "robustmq_flushes_total", "Finished flushes of survivors"),
    TAKEOVERS(Kind.COUNTER, "robustmq_takeovers_total", "Shards taken over, first starts included"),
    SHARDS_SERVING(Kind.GAUGE, "robustmq_shards_serving", "Shards that serve now"),

    CONNECTIONS(Kind.GAUGE, "robustmq_connections", "Open connections", "listener"),
    CONNECTIONS_ACCEPTED(Kind.COUNTER, "robustmq_connections_accepted_total", "Connections let in", "listener"),
    CONNECTIONS_REFUSED(
            Kind.COUNTER,
            "robustmq_connections_refused_total",
            "Connections closed at once for their number",
            "listener"),
    ACCEPT_PAUSES(
            Kind.COUNTER,
            "robustmq_accept_pauses_total",
            "Times that accepting paused for the rate of connects",
            "listener"),
    ACCEPT_FAILURES(
            Kind.COUNTER,
            "robustmq_accept_failures_total",
            "Accepts that failed, mostly for want of files",
            "listener"),

    HANDSHAKE_FAILURES(
            Kind.COUNTER,
            "robustmq_handshake_failures_total",
            "Connections that ended or were refused before PROXY header, TLS handshake and WebSocket upgrade were done",
            "listener"),
    CERTIFICATE_EXPIRY(
            Kind.GAUGE,
            "robustmq_certificate_expiry_timestamp_seconds",
            "When the first of a listener's certificates ends, in seconds since 1970; only of listeners with TLS",
            "listener"),

    LOOP_CONNECTIONS(Kind.GAUGE, "robustmq_loop_connections", "Open connections of a home loop", "loop"),
    LOOP_CPU(Kind.COUNTER, "robustmq_loop_cpu_seconds_total", "Processor time of a home loop", "loop"),
    LOOP_FAILURES(
            Kind.COUNTER,
            "robustmq_loop_failed_tasks_total",
            "Tasks at the end of a tick that failed, each a defect",
            "loop"),
    SOCKET_READS(Kind.COUNTER, "robustmq_socket_reads_total", "Reads that brought bytes", "loop"),
    SOCKET_READ_BYTES(Kind.COUNTER, "robustmq_socket_read_bytes_total", "Bytes read", "loop"),
    SOCKET_FLUSHES(
            Kind.COUNTER,
            "robustmq_socket_flushes_total",
            "Times that collected output was handed to a socket, once per connection and tick at most",
            "loop"),
    SOCKET_WRITTEN_BYTES(Kind.COUNTER, "robustmq_socket_written_bytes_total", "Bytes handed to sockets", "loop"),
    SILENT_CONNECTIONS(
            Kind.COUNTER,
            "robustmq_silent_connections_total",
            "Connections found silent for longer than they may be",
            "loop"),
    READING_PAUSED(
            Kind.GAUGE, "robustmq_reading_paused_connections", "Connections that are not read at present", "reason"),

    MQTT_CLIENTS(Kind.GAUGE, "robustmq_mqtt_clients", "MQTT clients that are connected now"),
    MQTT_PACKETS_IN(Kind.COUNTER, "robustmq_mqtt_packets_received_total", "MQTT packets received", "type"),
    MQTT_PACKETS_OUT(Kind.COUNTER, "robustmq_mqtt_packets_sent_total", "MQTT packets sent", "type"),
    MQTT_BYTES_IN(Kind.COUNTER, "robustmq_mqtt_publish_bytes_received_total", "Payload bytes of PUBLISH received"),
    MQTT_BYTES_OUT(Kind.COUNTER, "robustmq_mqtt_publish_bytes_sent_total", "Payload bytes of PUBLISH sent"),
    MQTT_EVENTS(Kind.COUNTER, "robustmq_mqtt_events_total", "What happened to MQTT connections", "event"),
    MQTT_ENDINGS(
            Kind.COUNTER,
            "robustmq_mqtt_endings_total",
            "MQTT connections ended or refused by the server, by reason",
            "reason"),

    SECURITY_EVENTS(
            Kind.COUNTER, "robustmq_security_events_total", "What happened to logins, rules, bans and rates", "event"),
    SECURITY_USERS(Kind.GAUGE, "robustmq_security_users", "Built-in users"),
    SECURITY_RULES(Kind.GAUGE, "robustmq_security_rules", "Rules in force"),
    SECURITY_BANS(Kind.GAUGE, "robustmq_security_bans", "Bans that are kept"),
    ADMIN_REQUESTS(
            Kind.COUNTER,
            "robustmq_admin_requests_total",
            "Requests to the admin API, by the first digit of the status they were answered with",
            "status"),
    CLIENT_EVENTS_LOST(
            Kind.COUNTER,
            "robustmq_client_events_lost_total",
            "Events of clients that found no room on their way to $SYS and traces"),
    TRACES(Kind.GAUGE, "robustmq_traces_running", "Traces that are being written"),

    DISK_USED(Kind.GAUGE, "robustmq_disk_used_ratio", "Part of the data's file system that is in use, 0..1"),
    DISK_ROOM(
            Kind.GAUGE,
            "robustmq_disk_takes_publishes",
            "1 while the disk has room for publishes, 0 when they are stopped");

    /** How a metric moves. */
    public enum Kind {
        /** Only grows, from 0 at the start of the process. */
        COUNTER,
        /** A level. */
        GAUGE,
        /** How values are spread: a count per bucket, their sum and their number. */
        HISTOGRAM
    }

    private final Kind kind;
    private final String text;
    private final String meaning;
    private final String label;

    MetricName(Kind kind, String text, String meaning) {
        this(kind, text, meaning, "");
    }

    MetricName(Kind kind, String text, String meaning, String label) {
        this.kind = kind;
        this.text = text;
        this.meaning = meaning;
        this.label = label;
    }

    /** How it moves. */
    public Kind kind() {
        return kind;
    }

    /** The name that is scraped. */
    public String text() {
        return text;
    }

    /** What it says. */
    public String meaning() {
        return meaning;
    }

    /** Name of its label, if it has one. */
    public Optional<String> label() {
        return label.isEmpty() ? Optional.empty() : Optional.of(label);
    }
}
