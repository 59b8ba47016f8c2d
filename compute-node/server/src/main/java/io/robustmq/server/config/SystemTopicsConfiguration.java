package io.robustmq.server.config;

import io.smallrye.config.WithDefault;
import java.time.Duration;

/** What is published under {@code $SYS/brokers}. */
public interface SystemTopicsConfiguration {

    @Meaning("Whether anything is published there")
    @WithDefault("true")
    boolean enabled();

    @Meaning("Time between two publishes of statistics and metrics")
    @WithDefault("1m")
    Duration interval();

    @Meaning("Time between two publishes of uptime and datetime")
    @WithDefault("30s")
    Duration heartbeat();

    @Meaning("Whether each client that comes or goes is told")
    @WithDefault("true")
    boolean clientEvents();

    @Meaning("Whether each subscription that begins or ends is told")
    @WithDefault("false")
    boolean subscriptionEvents();
}
