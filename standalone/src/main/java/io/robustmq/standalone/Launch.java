package io.robustmq.standalone;

import io.robustmq.server.config.ConfigurationException;
import io.robustmq.server.config.ConfigurationLoader;
import io.robustmq.server.config.LogConfiguration;
import io.robustmq.server.config.Settings;
import io.robustmq.server.config.StorageSettings;
import io.robustmq.transport.ListenerAddress;
import io.robustmq.transport.ListenerSettings;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A start under way: what is known before Quarkus runs. Storage begins to start here, because that takes about as long as Quarkus does and needs nothing of it.
 */
final class Launch {

    private static final Logger log = LoggerFactory.getLogger(Launch.class);

    /** More shards than this make a single journal's entries small without making anything faster. */
    private static final int NEW_SHARDS_MAX = 8;

    /** A bound beyond those of the single steps, so that a signal ends the process whatever happens. */
    private static final long END_LIMIT_SECONDS = 60;

    private final CommandLine.Run command;
    private final Settings settings;
    private final DataShape.Wanted shape;
    private final CompletableFuture<OpenStorage> storage = new CompletableFuture<>();
    private final AtomicBoolean storageStarted = new AtomicBoolean();
    private final CountDownLatch ended = new CountDownLatch(1);
    private volatile int exitCode = Standalone.EXIT_CANNOT_START;

    private Launch(CommandLine.Run command, Settings settings, DataShape.Wanted shape) {
        this.command = command;
        this.settings = settings;
        this.shape = shape;
    }

    /** Checks the configuration and the ports, tells Quarkus its part, and begins to start the storage. */
    static Launch begin(CommandLine.Run command, Map<String, String> environment) throws StartException {
        Settings settings;
        try {
            ConfigurationLoader.Loaded loaded =
                    ConfigurationLoader.load(command.settings(), command.config(), environment);
            settings = Settings.of(loaded.configuration(), Runtime.getRuntime().availableProcessors());
            loaded.given().forEach(System::setProperty);
            configureQuarkus(settings);
        } catch (ConfigurationException rejected) {
            throw new StartException(String.valueOf(rejected.getMessage()), rejected);
        }
        requireFree("HTTP", "robustmq.http.port", settings.httpHost(), settings.httpPort());
        for (ListenerSettings listener : settings.listeners()) {
            if (listener.address() instanceof ListenerAddress.Internet internet && internet.port() != 0) {
                requireFree(
                        "MQTT", "robustmq.listeners." + listener.name() + ".port", internet.host(), internet.port());
            }
        }
        DataShape.Wanted shape = new DataShape.Wanted(Math.min(settings.loops(), NEW_SHARDS_MAX), settings.shards());
        // Also makes SLF4J set itself up here: two threads that make it do so at once are told off on standard error.
        log.debug("Starting settings={}", command.settings().keySet());
        Launch launch = new Launch(command, settings, shape);
        if (settings.logFormat() == LogConfiguration.Format.TEXT) {
            launch.startStorage();
        }
        return launch;
    }

    /** Begins to start the storage, unless that was done. Where lines are to be JSON it has to wait until Quarkus has made its log handlers. */
    void startStorage() {
        if (!storageStarted.compareAndSet(false, true)) {
            return;
        }
        Thread.ofPlatform().name("storage-start").start(() -> {
            try {
                storage.complete(open(command, shape, settings.storage()));
            } catch (StartException | RuntimeException cannot) {
                storage.completeExceptionally(cannot);
            }
        });
    }

    Settings settings() {
        return settings;
    }

    /** How the process ends; until {@link #ended} as one that could not start. */
    int exitCode() {
        return exitCode;
    }

    /** The application came to its end with this exit code; nothing of ours runs any more. */
    void ended(int code) {
        exitCode = code;
        ended.countDown();
    }

    /** Waits until {@link #ended}, or until every step of an orderly end had its time. */
    void awaitEnd() throws InterruptedException {
        ended.await(END_LIMIT_SECONDS, TimeUnit.SECONDS);
    }

    /** The storage, once it is open; waits. */
    OpenStorage storage() throws StartException, InterruptedException {
        try {
            return storage.get();
        } catch (ExecutionException failed) {
            if (failed.getCause() instanceof StartException cannot) {
                throw cannot;
            }
            throw new StartException("The storage cannot start: " + failed.getCause(), failed);
        }
    }

    private static OpenStorage open(CommandLine.Run command, DataShape.Wanted shape, StorageSettings settings)
            throws StartException {
        return switch (command.storage()) {
            case MEMORY -> new MemoryStorage(shape.demanded().orElse(shape.newShards()), settings);
            case BOOKKEEPER -> DiskStorage.open(command.data(), shape, settings);
        };
    }

    private static void configureQuarkus(Settings settings) {
        System.setProperty("quarkus.http.host", settings.httpHost());
        System.setProperty("quarkus.http.port", Integer.toString(settings.httpPort()));
        System.setProperty("quarkus.log.level", settings.logLevel().name());
    }

    /** A port that is taken is told before anything is started; should somebody take it in between, binding it tells the same a little later. */
    private static void requireFree(String what, String key, String host, int port) throws StartException {
        try (ServerSocket probe = new ServerSocket()) {
            probe.setReuseAddress(true);
            InetAddress[] addresses = InetAddress.getAllByName(host);
            probe.bind(new InetSocketAddress(addresses[0], port));
        } catch (IOException taken) {
            throw new StartException(
                    what + " cannot use " + host + ":" + port + " (" + taken.getMessage() + "): free the port, set "
                            + key + ", or shift all ports with --port-offset.",
                    taken);
        }
    }
}
