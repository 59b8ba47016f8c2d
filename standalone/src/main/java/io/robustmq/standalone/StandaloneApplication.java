package io.robustmq.standalone;

import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.QuarkusApplication;
import io.robustmq.server.admin.AdminApi;
import io.robustmq.server.admin.Administration;
import io.robustmq.server.admin.CurrentAdministration;
import io.robustmq.server.config.LogConfiguration;
import io.robustmq.server.log.JsonLines;
import io.robustmq.server.log.LogContext;
import io.robustmq.server.metrics.NodeMetrics;
import io.robustmq.server.node.ComputeNode;
import io.robustmq.server.node.CurrentNode;
import io.robustmq.server.node.MeasuredLogStore;
import io.robustmq.server.node.NodeStartException;
import io.robustmq.transport.Listener;
import io.robustmq.transport.ListenerInfo;
import io.robustmq.transport.Transport;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Starts the node on its storage, waits for the end of the process, and stops both in order. */
final class StandaloneApplication implements QuarkusApplication {

    private static final int EXIT_STORAGE_ENDED = 1;
    private static final Logger log = LoggerFactory.getLogger(StandaloneApplication.class);

    private final CurrentNode current;
    private final NodeMetrics metrics;
    private final CurrentAdministration administered;
    private final AdminApi api;

    StandaloneApplication(CurrentNode current, NodeMetrics metrics, CurrentAdministration administered, AdminApi api) {
        this.current = current;
        this.metrics = metrics;
        this.administered = administered;
        this.api = api;
    }

    @Override
    public int run(String... arguments) throws InterruptedException {
        Launch launch = Standalone.launch();
        int exitCode = Standalone.EXIT_CANNOT_START;
        try {
            exitCode = serve(launch);
        } catch (StartException | NodeStartException cannot) {
            System.err.println(cannot.getMessage());
        } finally {
            launch.ended(exitCode);
        }
        return exitCode;
    }

    private int serve(Launch launch) throws StartException, NodeStartException, InterruptedException {
        LogContext.install();
        if (launch.settings().logFormat() == LogConfiguration.Format.JSON) {
            JsonLines.install();
        }
        launch.startStorage();
        OpenStorage storage = launch.storage();
        try {
            ComputeNode node = ComputeNode.start(
                    launch.settings(),
                    storage.node().withLogs(new MeasuredLogStore(storage.node().logs(), metrics.appendTimes())));
            metrics.register(node);
            Administration administration = administer(launch, node);
            metrics.register(administration, api);
            administered.started(administration);
            current.started(node);
            announce(launch, storage, node, administration);
            AtomicReference<@Nullable String> ended = new AtomicReference<>();
            storage.ended().thenAccept(sentence -> {
                ended.set(sentence);
                Quarkus.asyncExit();
            });
            Quarkus.waitForExit();
            current.stopping();
            String reason = ended.get();
            if (reason != null) {
                // Told first: an orderly end of what is left may take a while, and nobody is to wonder meanwhile.
                System.err.println(reason);
            }
            administered.stopping();
            stop(administration);
            node.stop();
            return reason == null ? 0 : EXIT_STORAGE_ENDED;
        } finally {
            storage.close();
        }
    }

    private static Administration administer(Launch launch, ComputeNode node)
            throws StartException, InterruptedException {
        try {
            return Administration.start(node, launch.settings().admin(), ProductVersion.TEXT);
        } catch (IOException cannot) {
            node.stop();
            throw new StartException("The admin API cannot start: " + cannot.getMessage() + ".", cannot);
        }
    }

    private static void stop(Administration administration) throws InterruptedException {
        try {
            administration.stop();
        } catch (IOException left) {
            log.warn("The temporary files of administration could not be removed reason={}", left.toString());
        }
    }

    private static void announce(Launch launch, OpenStorage storage, ComputeNode node, Administration administration) {
        System.out.println("RobustMQ " + ProductVersion.TEXT + " standalone");
        for (Listener listener : node.loops().listeners()) {
            System.out.println("  " + listener.info().name() + "  " + text(listener.info()));
        }
        System.out.println("  http  http://" + launch.settings().httpHost() + ":"
                + launch.settings().httpPort() + "/q/health, /q/metrics"
                + (launch.settings().admin().enabled() ? ", /api/v1" : ""));
        administration
                .newToken()
                .ifPresent(file -> System.out.println("  token " + file + " (made now; for bin/robustmq admin)"));
        System.out.println(
                "  data  " + storage.description() + ", " + node.storage().shards() + " shards");
        System.out.println("ready in " + sinceStart().toMillis() + " ms");
    }

    private static String text(ListenerInfo listener) {
        String address = listener.address() instanceof InetSocketAddress internet
                ? internet.getAddress().getHostAddress() + ":" + internet.getPort()
                : listener.address().toString();
        return listener.transport() == Transport.TCP
                ? address
                : address + "  " + listener.transport().name().toLowerCase(Locale.ROOT);
    }

    private static Duration sinceStart() {
        Instant now = Instant.now();
        return Duration.between(ProcessHandle.current().info().startInstant().orElse(now), now);
    }
}
