package io.robustmq.server.config;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * The settings of administration, checked.
 *
 * @param nodeName name of this node in the admin API and under {@code $SYS}; one level of a topic
 * @param enabled whether the admin API is served
 * @param tokenFile who is let in; empty for the one in the data directory
 * @param allowRemote whether callers from other machines are let in
 * @param requestsAtOnceMax requests worked on at once, 1 or more
 * @param bodyBytesMax size of a request's body
 * @param auditBytesMax size of a file of the audit log
 * @param auditFilesMax former files kept, 1 or more
 * @param tracesMax traces kept, 1 or more
 * @param traceBytesMax size of a trace
 * @param traceTimeMax longest trace
 * @param systemTopics what is published under {@code $SYS}
 */
public record AdminSettings(
        String nodeName,
        boolean enabled,
        Optional<Path> tokenFile,
        boolean allowRemote,
        int requestsAtOnceMax,
        long bodyBytesMax,
        long auditBytesMax,
        int auditFilesMax,
        int tracesMax,
        long traceBytesMax,
        Duration traceTimeMax,
        SystemTopicsConfiguration systemTopics) {

    static AdminSettings of(RobustMqConfiguration configuration) throws ConfigurationException {
        AdminConfiguration admin = configuration.admin();
        SystemTopicsConfiguration topics = configuration.sys();
        String name = configuration.nodeName();
        require(
                !name.isEmpty()
                        && name.length() <= 255
                        && name.chars().noneMatch(c -> c <= ' ' || "/+#".indexOf(c) >= 0),
                "robustmq.node-name must be 1..255 characters without spaces, /, + and #: " + name);
        positive("robustmq.admin.requests-at-once-max", admin.requestsAtOnceMax());
        positive("robustmq.admin.body-bytes-max", admin.bodyBytesMax().asLongValue());
        positive("robustmq.admin.audit-bytes-max", admin.auditBytesMax().asLongValue());
        positive("robustmq.admin.audit-files-max", admin.auditFilesMax());
        positive("robustmq.admin.traces-max", admin.tracesMax());
        positive("robustmq.admin.trace-bytes-max", admin.traceBytesMax().asLongValue());
        positive("robustmq.admin.trace-time-max", admin.traceTimeMax().toMillis());
        positive("robustmq.sys.interval", topics.interval().toMillis());
        positive("robustmq.sys.heartbeat", topics.heartbeat().toMillis());
        return new AdminSettings(
                name,
                admin.enabled(),
                admin.tokenFile(),
                admin.allowRemote(),
                admin.requestsAtOnceMax(),
                admin.bodyBytesMax().asLongValue(),
                admin.auditBytesMax().asLongValue(),
                admin.auditFilesMax(),
                admin.tracesMax(),
                admin.traceBytesMax().asLongValue(),
                admin.traceTimeMax(),
                topics);
    }

    private static void positive(String key, long value) throws ConfigurationException {
        require(value > 0, key + " must be positive: " + value);
    }

    private static void require(boolean condition, String sentence) throws ConfigurationException {
        if (!condition) {
            throw new ConfigurationException(sentence);
        }
    }
}
