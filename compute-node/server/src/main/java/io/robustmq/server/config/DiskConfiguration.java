package io.robustmq.server.config;

import io.smallrye.config.WithDefault;
import java.time.Duration;

/** The file system that holds the data. */
public interface DiskConfiguration {

    @Meaning("Percentage of the file system in use at which publishes stop; acknowledgements and clean-up go on")
    @WithDefault("85")
    int publishStopPercent();

    @Meaning("Time between two looks at the file system")
    @WithDefault("2s")
    Duration checkInterval();
}
