package io.robustmq.standalone;

import io.quarkus.logging.LoggingFilter;
import java.util.Map;
import java.util.logging.Filter;
import java.util.logging.LogRecord;

/**
 * Leaves out log lines of embedded programs that look like trouble and are none: what they say of a first start, of settings that one process does not need, and of being closed. By
 * logger and beginning of the line, so that everything else these loggers say is shown.
 */
@LoggingFilter(name = "harmless-lines")
public final class HarmlessLines implements Filter {

    private static final Map<String, String> LINES = Map.of(
            "org.apache.bookkeeper.bookie.Journal",
            "Problems reading from file (this is okay if it is the first time starting this bookie)",
            "org.apache.bookkeeper.discover.ZKRegistrationManager",
            "BookKeeper metadata doesn't exist in zookeeper",
            "org.apache.zookeeper.server.ServerCnxnFactory",
            "maxCnxns is not configured",
            "org.apache.bookkeeper.client.RackawareEnsemblePlacementPolicyImpl",
            "Failed to initialize DNS Resolver",
            "org.apache.bookkeeper.util.PageCacheUtil",
            "Unable to read",
            "org.apache.bookkeeper.client.BookKeeper",
            "The mainWorkerPool did not shutdown cleanly");

    @Override
    public boolean isLoggable(LogRecord record) {
        String logger = record.getLoggerName();
        String message = record.getMessage();
        if (logger == null || message == null) {
            return true;
        }
        String harmless = LINES.get(logger);
        return harmless == null || !message.startsWith(harmless);
    }
}
