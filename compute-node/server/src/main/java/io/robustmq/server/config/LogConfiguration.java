package io.robustmq.server.config;

import io.smallrye.config.WithDefault;

/** Log lines on standard output. */
public interface LogConfiguration {

    /** Least important level that is shown. */
    enum Level {
        ERROR,
        WARN,
        INFO,
        DEBUG
    }

    /** Form of a line. */
    enum Format {
        /** Time, level, logger, message with key=value pairs. */
        TEXT,
        /** One JSON object per line. */
        JSON
    }

    @Meaning("Least important level that is shown")
    @WithDefault("info")
    Level level();

    @Meaning("One line of text, or one JSON object, per event")
    @WithDefault("text")
    Format format();
}
