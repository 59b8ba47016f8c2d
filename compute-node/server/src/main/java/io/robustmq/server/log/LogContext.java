package io.robustmq.server.log;

import io.quarkus.vertx.mdc.provider.LateBoundMDCProvider;
import java.util.Map;
import org.jboss.logmanager.MDCProvider;
import org.jspecify.annotations.Nullable;

/**
 * The context that libraries attach to their log lines (MDC), which no format of ours shows: so none is kept.
 *
 * <p>Not only to save work. BookKeeper puts attributes without a value into it, which SLF4J allows and Quarkus' own provider answers with an exception; that came out of
 * the log line of a failed read, in place of its callback, and whoever waited for the read waited for ever.
 */
public final class LogContext implements MDCProvider {

    private LogContext() {}

    /** Takes the place of Quarkus' provider, which is set when Quarkus has started. */
    public static void install() {
        LateBoundMDCProvider.setMDCProviderDelegate(new LogContext());
    }

    @Override
    public @Nullable String get(String key) {
        return null;
    }

    @Override
    public @Nullable Object getObject(String key) {
        return null;
    }

    @Override
    public @Nullable String put(String key, @Nullable String value) {
        return null;
    }

    @Override
    public @Nullable Object putObject(String key, @Nullable Object value) {
        return null;
    }

    @Override
    public @Nullable String remove(String key) {
        return null;
    }

    @Override
    public @Nullable Object removeObject(String key) {
        return null;
    }

    @Override
    public Map<String, String> copy() {
        return Map.of();
    }

    @Override
    public Map<String, Object> copyObject() {
        return Map.of();
    }

    @Override
    public boolean isEmpty() {
        return true;
    }

    @Override
    public void clear() {
        // Nothing is kept.
    }
}
