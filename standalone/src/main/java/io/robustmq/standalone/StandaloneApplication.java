package io.robustmq.standalone;

import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.QuarkusApplication;
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
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Starts the node on its storage, waits for the end of the process, and stops both in order. */
final class StandaloneApplication implements QuarkusApplication {

    private static final int EXIT_STORAGE_ENDED = 1;

    private final CurrentNode current;
    private final NodeMetrics metrics;

    StandaloneApplication(CurrentNode current, NodeMetrics metrics) {
        this.current = current;
        this.metrics = metrics;
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
            current.started(node);
            announce(launch, storage, node);
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
            node.stop();
            return reason == null ? 0 : EXIT_STORAGE_ENDED;
        } finally {
            storage.close();
        }
    }

    private static void announce(Launch launch, OpenStorage storage, ComputeNode node) {
        System.out.println("RobustMQ " + ProductVersion.TEXT + " standalone");
        for (Listener listener : node.loops().listeners()) {
            System.out.println("  " + listener.info().name() + "  " + text(listener.info()));
        }
        System.out.println("  http  http://" + launch.settings().httpHost() + ":"
                + launch.settings().httpPort() + "/q/health, /q/metrics");
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
