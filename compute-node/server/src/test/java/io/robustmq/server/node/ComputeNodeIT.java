package io.robustmq.server.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.robustmq.server.admin.AdminApi;
import io.robustmq.server.admin.Administration;
import io.robustmq.server.admin.CurrentAdministration;
import io.robustmq.server.config.ConfigurationException;
import io.robustmq.server.config.ConfigurationLoader;
import io.robustmq.server.config.Settings;
import io.robustmq.server.metrics.MetricName;
import io.robustmq.server.metrics.NodeMetrics;
import io.robustmq.storage.Lease;
import io.robustmq.storage.ledger.LedgerLogOptions;
import io.robustmq.storage.ledger.LedgerLogStore;
import io.robustmq.storage.ledger.LedgerRunStore;
import io.robustmq.storage.memory.MemoryCoordStore;
import io.robustmq.storage.memory.MemoryLedgerStore;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ComputeNodeIT {

    private final MemoryLedgerStore ledgers = new MemoryLedgerStore();
    private final MemoryCoordStore coordination = new MemoryCoordStore();
    private final NodeStorage storage = new NodeStorage(
            new LedgerLogStore(ledgers, coordination, Lease.SOLE_MEMBER, LedgerLogOptions.defaults("test")),
            new LedgerRunStore(ledgers, "test"),
            coordination,
            3,
            Optional.empty());

    @AfterEach
    void closeStorage() {
        storage.logs().close();
        ledgers.close();
        coordination.close();
    }

    private static Settings settings(String... keysAndValues) throws ConfigurationException {
        Map<String, String> given = new HashMap<>(Map.of("robustmq.listeners.mqtt.port", "0", "robustmq.loops", "2"));
        for (int i = 0; i < keysAndValues.length; i += 2) {
            given.put(keysAndValues[i], keysAndValues[i + 1]);
        }
        return Settings.of(
                ConfigurationLoader.load(given, Optional.empty(), Map.of()).configuration(), 2);
    }

    private static Socket connect(ComputeNode node) throws IOException {
        int port = node.loops().listeners().getFirst().info().port();
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setSoTimeout(20_000);
        return socket;
    }

    @Test
    void aStartedNodeWelcomesClientsAndAStoppedOneSaysGoodbye() throws Exception {
        ComputeNode node = ComputeNode.start(settings(), storage);
        assertThat(node.kernel().ready()).isTrue();
        assertThat(node.kernel().figures().shardsServing()).isEqualTo(3);
        try (Socket socket = connect(node)) {
            // CONNECT of MQTT 5 with clean start and the identifier "a" (MQTT 5.0 §3.1).
            socket.getOutputStream().write(new byte[] {0x10, 14, 0, 4, 'M', 'Q', 'T', 'T', 5, 2, 0, 60, 0, 0, 1, 'a'});
            assertThat(socket.getInputStream().read()).as("CONNACK").isEqualTo(0x20);
            byte[] rest =
                    socket.getInputStream().readNBytes(socket.getInputStream().read());
            assertThat(rest[1]).as("reason").isZero();

            Thread stopping = Thread.ofVirtual().start(() -> {
                try {
                    node.stop();
                } catch (InterruptedException interrupted) {
                    Thread.currentThread().interrupt();
                }
            });
            byte[] disconnect = socket.getInputStream().readNBytes(3);
            assertThat(disconnect[0]).as("DISCONNECT").isEqualTo((byte) 0xE0);
            assertThat(disconnect[2]).as("server shutting down").isEqualTo((byte) 0x8B);
            stopping.join();
        }
        assertThat(node.loops().listeners().getFirst().isListening()).isFalse();
    }

    @Test
    void everyDeclaredMetricIsRegisteredAndReadable() throws Exception {
        SimpleMeterRegistry registry = new SimpleMeterRegistry();
        NodeMetrics metrics = new NodeMetrics(registry);
        ComputeNode node = ComputeNode.start(
                settings(), storage.withLogs(new MeasuredLogStore(storage.logs(), metrics.appendTimes())));
        try {
            metrics.register(node);
            Administration administration =
                    Administration.start(node, settings().admin(), "test");
            metrics.register(administration, new AdminApi(new CurrentAdministration()));
            try (Socket socket = connect(node)) {
                // CONNECT of MQTT 3.1.1 that keeps its session, which is logged before it is answered.
                socket.getOutputStream().write(new byte[] {0x10, 13, 0, 4, 'M', 'Q', 'T', 'T', 4, 0, 0, 60, 0, 1, 'a'});
                assertThat(socket.getInputStream().readNBytes(4)).containsExactly(0x20, 2, 0, 0);
            }
            assertThat(registry.get(MetricName.LOG_APPEND.text()).timer().count())
                    .isPositive();
            assertThat(registry.getMeters().stream()
                            .map(Meter::getId)
                            .map(Meter.Id::getName)
                            // The simple registry shows buckets as meters of their own.
                            .filter(name -> !name.endsWith(".histogram"))
                            .distinct())
                    .containsExactlyInAnyOrderElementsOf(Arrays.stream(MetricName.values())
                            .filter(name -> name != MetricName.DISK_USED
                                    && name != MetricName.DISK_ROOM
                                    && name != MetricName.CERTIFICATE_EXPIRY)
                            .map(MetricName::text)
                            .toList());
            assertThat(registry.getMeters())
                    .allSatisfy(meter -> assertThat(meter.measure())
                            .allSatisfy(
                                    measured -> assertThat(measured.getValue()).isNotNegative()));
            assertThat(registry.get(MetricName.SHARDS_SERVING.text()).gauge().value())
                    .isEqualTo(3);
            administration.stop();
        } finally {
            node.stop();
        }
    }

    @Test
    void aTakenPortIsToldInOneSentence() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String port = Integer.toString(taken.getLocalPort());
            assertThatThrownBy(() -> ComputeNode.start(settings("robustmq.listeners.mqtt.port", port), storage))
                    .isInstanceOf(NodeStartException.class)
                    .hasMessageContaining("Listener mqtt cannot use 127.0.0.1:" + port);
        }
    }

    @Test
    void aPasswordFileThatCannotBeUsedIsToldInOneSentence(@TempDir Path directory) throws Exception {
        Path file = directory.resolve("users");
        assertThatThrownBy(() -> ComputeNode.start(settings("robustmq.mqtt.password-file", file.toString()), storage))
                .isInstanceOf(NodeStartException.class)
                .hasMessageStartingWith("The password file " + file + " cannot be used");
        Files.writeString(file, "somebody:secret\n");
        assertThatThrownBy(() -> ComputeNode.start(settings("robustmq.mqtt.password-file", file.toString()), storage))
                .isInstanceOf(NodeStartException.class)
                .hasMessageStartingWith("The password file " + file + " cannot be used")
                .message()
                .doesNotContain("secret");
    }
}
