package io.robustmq.server.node;

import io.netty.buffer.ByteBufAllocator;
import io.robustmq.kernel.Kernel;
import io.robustmq.kernel.node.NodeInspection;
import io.robustmq.kernel.node.NodeKernel;
import io.robustmq.kernel.node.NodeSpec;
import io.robustmq.protocol.mqtt.connection.MqttAdapter;
import io.robustmq.security.node.NodeSecurity;
import io.robustmq.security.node.SecurityStartException;
import io.robustmq.server.config.Settings;
import io.robustmq.server.config.ShutdownConfiguration;
import io.robustmq.transport.HomeLoops;
import io.robustmq.transport.ListenException;
import io.robustmq.transport.Listener;
import io.robustmq.transport.ListenerSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A running compute node. Started and stopped by one thread; looked at by any.
 *
 * <p>Start: listeners are bound first, so that a taken port is told before anything else happens, and let connections in last, when every shard serves. Stop: the other way
 * round.
 */
public final class ComputeNode {

    private static final Logger log = LoggerFactory.getLogger(ComputeNode.class);

    /** Taking over every shard includes the replay of its log tail. */
    private static final Duration TAKEOVER_LIMIT = Duration.ofMinutes(10);

    private static final String SECURITY_DIRECTORY = "security";

    private final HomeLoops loops;
    private final NodeKernel kernel;
    private final MqttAdapter mqtt;
    private final NodeSecurity security;
    private final NodeStorage storage;
    private final @Nullable DiskGuard disk;
    private final ShutdownConfiguration shutdown;

    private ComputeNode(
            HomeLoops loops,
            NodeKernel kernel,
            MqttAdapter mqtt,
            NodeSecurity security,
            NodeStorage storage,
            @Nullable DiskGuard disk,
            ShutdownConfiguration shutdown) {
        this.loops = loops;
        this.kernel = kernel;
        this.mqtt = mqtt;
        this.security = security;
        this.storage = storage;
        this.disk = disk;
        this.shutdown = shutdown;
    }

    /** Starts a node on {@code storage} and waits until it serves. */
    public static ComputeNode start(Settings settings, NodeStorage storage)
            throws NodeStartException, InterruptedException {
        DiskGuard disk = diskGuard(settings, storage);
        NodeSecurity security = security(settings, storage);
        BooleanSupplier roomOnDisk = disk == null ? () -> true : disk::hasRoom;
        HomeLoops loops = HomeLoops.start(settings.loops(), HomeLoops.Polling.best());
        NodeKernel kernel = new NodeKernel(new NodeSpec(
                List.copyOf(loops.loops()),
                storage.shards(),
                storage.logs(),
                storage.runs(),
                ByteBufAllocator.DEFAULT,
                settings.kernel(),
                UUID.randomUUID().toString(),
                roomOnDisk));
        MqttAdapter mqtt = new MqttAdapter(kernel, settings.mqtt(), security, new SecureRandom());
        ComputeNode node = new ComputeNode(loops, kernel, mqtt, security, storage, disk, settings.shutdown());
        try {
            for (ListenerSettings listener : settings.listeners()) {
                loops.bind(listener, mqtt);
            }
            await(kernel.start(), TAKEOVER_LIMIT);
            loops.listeners().forEach(Listener::startAccepting);
        } catch (ListenException taken) {
            node.stop();
            throw new NodeStartException(String.valueOf(taken.getMessage()), taken);
        } catch (ExecutionException | TimeoutException failed) {
            node.stop();
            throw new NodeStartException("The shards cannot be taken over: " + reason(failed), failed);
        }
        return node;
    }

    /** Shards, sessions and routes. */
    public Kernel kernel() {
        return kernel;
    }

    /** The kernel for those who administer it. */
    public NodeInspection inspection() {
        return kernel.inspection();
    }

    /** Sockets. */
    public HomeLoops loops() {
        return loops;
    }

    /** MQTT. */
    public MqttAdapter mqtt() {
        return mqtt;
    }

    /** Who may connect and do what, and what administrators change of it. */
    public NodeSecurity security() {
        return security;
    }

    /** Where the node keeps things. */
    public NodeStorage storage() {
        return storage;
    }

    /** The watch over the disk; null if nothing is kept on this machine. */
    public @Nullable DiskGuard disk() {
        return disk;
    }

    /**
     * Stops in order: no new connections, farewell to those that are open, then the shards with what is under way, then the loops. Each step is bounded; a step that fails or
     * takes too long is logged and the next one follows. Waits.
     */
    public void stop() throws InterruptedException {
        step(
                "Closing connections",
                loops.drain(shutdown.farewellsPerSecondMax(), shutdown.drainLimit()),
                shutdown.drainLimit().plus(shutdown.stepLimit()));
        step("Closing shards", kernel.stop(), shutdown.stepLimit());
        loops.close(shutdown.stepLimit());
        kernel.release();
        security.close();
        if (disk != null) {
            disk.close();
        }
    }

    private static void step(String what, CompletionStage<Void> done, Duration limit) throws InterruptedException {
        try {
            await(done, limit);
        } catch (ExecutionException | TimeoutException failed) {
            log.warn("{} was cut short reason={}", what, reason(failed));
        }
    }

    private static void await(CompletionStage<Void> done, Duration limit)
            throws InterruptedException, ExecutionException, TimeoutException {
        done.toCompletableFuture().get(limit.toNanos(), TimeUnit.NANOSECONDS);
    }

    private static NodeSecurity security(Settings settings, NodeStorage storage) throws NodeStartException {
        try {
            return NodeSecurity.start(settings.security()
                    .orIn(storage.dataDirectory().map(directory -> directory.resolve(SECURITY_DIRECTORY))));
        } catch (SecurityStartException cannot) {
            throw new NodeStartException(String.valueOf(cannot.getMessage()), cannot);
        }
    }

    private static @Nullable DiskGuard diskGuard(Settings settings, NodeStorage storage) throws NodeStartException {
        Path directory = storage.dataDirectory().orElse(null);
        if (directory == null) {
            return null;
        }
        try {
            return DiskGuard.start(directory, settings.publishStopPercent(), settings.diskCheckInterval());
        } catch (IOException unreadable) {
            throw new NodeStartException(
                    "The file system of " + directory + " cannot be looked at: " + unreadable.getMessage(), unreadable);
        }
    }

    private static String reason(Exception failed) {
        Throwable cause = failed.getCause() == null ? failed : failed.getCause();
        return cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
    }
}
