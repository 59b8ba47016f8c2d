package io.robustmq.server.config;

import io.quarkus.runtime.configuration.MemorySize;
import io.smallrye.config.WithDefault;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/** The admin API under {@code /api/v1} on the HTTP port. Who calls shows a token; see docs/guide/operations.md. */
public interface AdminConfiguration {

    @Meaning("Whether the admin API is served")
    @WithDefault("true")
    boolean enabled();

    @Meaning(
            "File with one name:hash line per token that is let in, read again when it changes; without it admin/tokens in the data directory, made at the first start")
    Optional<Path> tokenFile();

    @Meaning("Whether callers from other machines are let in, whose tokens cross the network as they are")
    @WithDefault("false")
    boolean allowRemote();

    @Meaning("Requests that are worked on at once; further ones are told to try again")
    @WithDefault("32")
    int requestsAtOnceMax();

    @Meaning("Size of the body of a request")
    @WithDefault("8M")
    MemorySize bodyBytesMax();

    @Meaning("Size at which the audit log begins a new file")
    @WithDefault("10M")
    MemorySize auditBytesMax();

    @Meaning("Former files of the audit log that are kept")
    @WithDefault("5")
    int auditFilesMax();

    @Meaning("Traces that are kept, running or ended")
    @WithDefault("30")
    int tracesMax();

    @Meaning("Size at which a trace ends")
    @WithDefault("64M")
    MemorySize traceBytesMax();

    @Meaning("Time after which a trace ends that says no end, and the longest that one may run")
    @WithDefault("24h")
    Duration traceTimeMax();
}
