package io.robustmq.server.config;

import io.quarkus.runtime.configuration.MemorySize;
import io.smallrye.config.WithDefault;
import java.time.Duration;

/** The shards' logs. */
public interface StorageConfiguration {

    @Meaning("Log entries of one shard that may be written at once, 1..1024")
    @WithDefault("4")
    int entriesInFlight();

    @Meaning("A ledger of a log that holds so many bytes is followed by a new one, 1M or more")
    @WithDefault("256M")
    MemorySize rollBytes();

    @Meaning("A ledger of a log that is so old, and holds something, is followed by a new one, 1s or more")
    @WithDefault("10m")
    Duration rollAge();
}
