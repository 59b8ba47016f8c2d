package io.robustmq.standalone;

import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.QuarkusApplication;
import io.robustmq.server.config.LogConfiguration;
import io.robustmq.server.log.JsonLines;
import io.robustmq.server.metrics.NodeMetrics;
import io.robustmq.server.node.ComputeNode;
import io.robustmq.server.node.CurrentNode;
import io.robustmq.server.node.MeasuredLogStore;
import io.robustmq.server.node.NodeStartException;
import io.robustmq.transport.Listener;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;

/** Starts the node on its storage, waits for the end of the process, and stops both in order. */
final class StandaloneApplication implements QuarkusApplication {

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
            serve(launch);
            exitCode = 0;
        } catch (StartException | NodeStartException cannot) {
            System.err.println(cannot.getMessage());
        } finally {
            launch.ended(exitCode);
        }
        return exitCode;
    }

    private void serve(Launch launch) throws StartException, NodeStartException, InterruptedException {
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
            Quarkus.waitForExit();
            current.stopping();
            node.stop();
        } finally {
            storage.close();
        }
    }

    private static void announce(Launch launch, OpenStorage storage, ComputeNode node) {
        System.out.println("RobustMQ " + ProductVersion.TEXT + " standalone");
        for (Listener listener : node.loops().listeners()) {
            System.out.println(
                    "  " + listener.info().name() + "  " + text(listener.info().address()));
        }
        System.out.println("  http  http://" + launch.settings().httpHost() + ":"
                + launch.settings().httpPort() + "/q/health, /q/metrics");
        System.out.println(
                "  data  " + storage.description() + ", " + node.storage().shards() + " shards");
        System.out.println("ready in " + sinceStart().toMillis() + " ms");
    }

    private static String text(InetSocketAddress address) {
        return address.getAddress().getHostAddress() + ":" + address.getPort();
    }

    private static Duration sinceStart() {
        Instant now = Instant.now();
        return Duration.between(ProcessHandle.current().info().startInstant().orElse(now), now);
    }
}
