package io.robustmq.server.config;

import io.smallrye.config.WithDefault;
import java.time.Duration;

/** The orderly end. */
public interface ShutdownConfiguration {

    @Meaning("Connections per second that are told to leave")
    @WithDefault("20000")
    int farewellsPerSecondMax();

    @Meaning("Time after which connections that did not leave are cut")
    @WithDefault("5s")
    Duration drainLimit();

    @Meaning("Time that each further step may take: closing the shards, closing the storage")
    @WithDefault("10s")
    Duration stepLimit();
}
