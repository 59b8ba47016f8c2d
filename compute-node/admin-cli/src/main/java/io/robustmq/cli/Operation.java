package io.robustmq.cli;

import java.util.List;

/**
 * A command that is one request.
 *
 * @param group first word of the command
 * @param name second word; empty if the first is all
 * @param summary one sentence
 * @param method of HTTP
 * @param path below {@code /api/v1}; {@code {name}} is replaced by an argument
 * @param arguments in their order: those of the path, then those of the body
 * @param query options that go into the query
 * @param body options that go into the body
 * @param columns of the table; empty for all
 * @param paged whether the answer is one page of several
 */
record Operation(
        String group,
        String name,
        String summary,
        String method,
        String path,
        List<String> arguments,
        List<Field> query,
        List<Field> body,
        List<String> columns,
        boolean paged) {

    /** A value of a request. */
    record Field(String name, Class<?> type, String meaning) {
        /** {@code like_clientid} is {@code --like-clientid}. */
        String option() {
            return "--" + name.replace('_', '-');
        }
    }

    private static Field text(String name, String meaning) {
        return new Field(name, String.class, meaning);
    }

    private static Field number(String name, String meaning) {
        return new Field(name, Long.class, meaning);
    }

    private static Field flag(String name, String meaning) {
        return new Field(name, Boolean.class, meaning);
    }

    private static Operation show(String group, String name, String summary, String path, String... arguments) {
        return new Operation(
                group, name, summary, "GET", path, List.of(arguments), List.of(), List.of(), List.of(), false);
    }

    private static Operation list(
            String group, String name, String summary, String path, List<Field> query, String... columns) {
        return new Operation(group, name, summary, "GET", path, List.of(), query, List.of(), List.of(columns), true);
    }

    private static Operation change(
            String group,
            String name,
            String summary,
            String method,
            String path,
            List<Field> body,
            String... arguments) {
        return new Operation(group, name, summary, method, path, List.of(arguments), List.of(), body, List.of(), false);
    }

    /** All there are. */
    static List<Operation> all() {
        return List.of(
                list(
                        "clients",
                        "list",
                        "Connected clients.",
                        "/clients",
                        List.of(
                                text("clientid", "exactly this identifier"),
                                text("like_clientid", "identifiers that contain this"),
                                text("username", "exactly this user name"),
                                text("ip_address", "exactly this address")),
                        "clientid",
                        "username",
                        "ip_address",
                        "port",
                        "proto_ver",
                        "keepalive",
                        "subscriptions_cnt",
                        "inflight_cnt",
                        "connected_at"),
                show("clients", "show", "One connected client.", "/clients/{clientid}", "clientid"),
                show(
                        "clients",
                        "subscriptions",
                        "What a connected client is subscribed to.",
                        "/clients/{clientid}/subscriptions",
                        "clientid"),
                change(
                        "clients",
                        "kick",
                        "Ends the connection of a client.",
                        "DELETE",
                        "/clients/{clientid}",
                        List.of(),
                        "clientid"),
                list(
                        "subscriptions",
                        "list",
                        "Subscriptions of all sessions.",
                        "/subscriptions",
                        List.of(
                                text("clientid", "of this client"),
                                text("topic", "exactly this topic filter"),
                                text("match_topic", "that would get messages of this topic"),
                                text("share_group", "shared in this group"),
                                number("qos", "with this maximum QoS")),
                        "clientid",
                        "topic",
                        "qos",
                        "connected"),
                list(
                        "sessions",
                        "list",
                        "Sessions that are kept.",
                        "/sessions",
                        List.of(
                                text("like_clientid", "client identifiers that contain this"),
                                flag("connected", "only those whose client is connected (true), or is not (false)")),
                        "clientid",
                        "connected",
                        "expiry_interval",
                        "subscriptions_cnt",
                        "mqueue_len",
                        "disconnected_at"),
                show("sessions", "show", "One kept session.", "/sessions/{clientid}", "clientid"),
                change(
                        "sessions",
                        "delete",
                        "Ends a session.",
                        "DELETE",
                        "/sessions/{clientid}",
                        List.of(),
                        "clientid"),
                list(
                        "retained",
                        "list",
                        "Retained messages.",
                        "/mqtt/retainer/messages",
                        List.of(text("topic", "of topics that this filter matches")),
                        "topic",
                        "qos",
                        "payload_bytes",
                        "publish_at",
                        "expires_at"),
                show("retained", "show", "The retained message of a topic.", "/mqtt/retainer/message/{topic}", "topic"),
                change(
                        "retained",
                        "delete",
                        "Removes the retained message of a topic.",
                        "DELETE",
                        "/mqtt/retainer/message/{topic}",
                        List.of(),
                        "topic"),
                list(
                        "topics",
                        "list",
                        "Topic filters that somebody is subscribed to.",
                        "/topics",
                        List.of(text("topic", "filters that contain this"))),
                change(
                        "publish",
                        "",
                        "Publishes a message.",
                        "POST",
                        "/publish",
                        List.of(
                                number("qos", "0, 1 or 2"),
                                flag("retain", "whether it is retained (true)"),
                                text("payload_encoding", "plain or base64"),
                                new Field("properties", Object.class, "properties as a JSON object")),
                        "topic",
                        "payload"),
                show("node", "list", "The nodes of the platform.", "/nodes"),
                show("node", "show", "One node.", "/nodes/{node}", "node"),
                show("listeners", "list", "Where clients connect.", "/listeners"),
                show("stats", "", "Levels: connections, sessions and so on.", "/stats"),
                show("metrics", "", "Counters since the start.", "/metrics"),
                new Operation(
                        "log",
                        "show",
                        "The level of a logger.",
                        "GET",
                        "/log",
                        List.of(),
                        List.of(text("logger", "name of the logger")),
                        List.of(),
                        List.of(),
                        false),
                change(
                        "log",
                        "set",
                        "Changes the level of a logger: error, warn, info, debug, trace.",
                        "PUT",
                        "/log",
                        List.of(text("logger", "name of the logger")),
                        "level"),
                show("trace", "list", "Traces.", "/trace"),
                change(
                        "trace",
                        "start",
                        "Begins a trace.",
                        "POST",
                        "/trace",
                        List.of(
                                text("clientid", "whom, for the type clientid"),
                                text("topic", "a topic filter, for the type topic"),
                                text("ip_address", "an address, for the type ip_address"),
                                text("end_at", "when it ends, as 2026-01-31T12:00:00Z")),
                        "name",
                        "type"),
                change("trace", "stop", "Ends a trace.", "PUT", "/trace/{name}/stop", List.of(), "name"),
                show("trace", "download", "Prints the file of a trace.", "/trace/{name}/download", "name"),
                change("trace", "delete", "Removes a trace.", "DELETE", "/trace/{name}", List.of(), "name"),
                show("slow-subscriptions", "list", "The slowest subscribers.", "/slow_subscriptions"),
                change(
                        "slow-subscriptions",
                        "clear",
                        "Empties the ranking.",
                        "DELETE",
                        "/slow_subscriptions",
                        List.of()),
                show(
                        "slow-subscriptions",
                        "settings",
                        "Whether and how they are ranked.",
                        "/slow_subscriptions/settings"),
                change(
                        "slow-subscriptions",
                        "set",
                        "Begins to rank (true) or stops (false).",
                        "PUT",
                        "/slow_subscriptions/settings",
                        List.of(
                                number("threshold", "milliseconds that count as slow"),
                                number("top_k_num", "subscribers in the ranking"),
                                number("expire_interval", "milliseconds after which one leaves")),
                        "enable"),
                show("topic-metrics", "list", "Counted topics.", "/mqtt/topic_metrics"),
                show("topic-metrics", "show", "The counters of a topic.", "/mqtt/topic_metrics/{topic}", "topic"),
                change("topic-metrics", "add", "Counts a topic.", "POST", "/mqtt/topic_metrics", List.of(), "topic"),
                change(
                        "topic-metrics",
                        "reset",
                        "Counts a topic from 0 on.",
                        "PUT",
                        "/mqtt/topic_metrics/{topic}/reset",
                        List.of(),
                        "topic"),
                change(
                        "topic-metrics",
                        "delete",
                        "Counts a topic no longer.",
                        "DELETE",
                        "/mqtt/topic_metrics/{topic}",
                        List.of(),
                        "topic"),
                new Operation(
                        "audit",
                        "list",
                        "What administrators did, newest first.",
                        "GET",
                        "/audit",
                        List.of(),
                        List.of(number("limit", "lines")),
                        List.of(),
                        List.of("created_at", "actor", "source_ip", "operation_id", "http_request", "http_status_code"),
                        false),
                show("openapi", "", "The OpenAPI document.", "/openapi"));
    }
}
