package io.robustmq.bookie;

import java.io.IOException;
import java.lang.Thread.UncaughtExceptionHandler;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import org.apache.zookeeper.server.DatadirCleanupManager;
import org.apache.zookeeper.server.ServerCnxnFactory;
import org.apache.zookeeper.server.ZooKeeperServer;
import org.apache.zookeeper.server.persistence.FileTxnLog;
import org.apache.zookeeper.server.persistence.FileTxnSnapLog;

/**
 * A ZooKeeper server of one, in this process, on the loopback address. Its transaction log is synced before anything is answered.
 *
 * <p>All clients live in this process too, so no session of a former start has a client any more: they are ended before the first client
 * connects. Otherwise a process that was killed would wait, at its next start, for its own old ephemeral nodes.
 */
public final class EmbeddedMetadata implements AutoCloseable {
    private static final int TICK_MILLIS = 2_000;
    private static final int CONNECTIONS_MAX = 1_000;
    private static final int SNAPSHOTS_KEPT = 3;
    private static final int PURGE_HOURS = 12;
    private static final long LOG_PREALLOCATION_BYTES = 4L << 20;

    private final ServerCnxnFactory connections;
    private final ZooKeeperServer server;
    private final DatadirCleanupManager purge;

    private EmbeddedMetadata(ServerCnxnFactory connections, ZooKeeperServer server, DatadirCleanupManager purge) {
        this.connections = connections;
        this.server = server;
        this.purge = purge;
    }

    /**
     * Starts the server. Blocks until it serves.
     *
     * @param directory of snapshots and transaction logs
     * @param port 0 for any that is free
     * @param ended run, on any thread, when the server has stopped though nobody closed it: it does so when its log cannot be written
     */
    public static EmbeddedMetadata start(Path directory, int port, Runnable ended)
            throws StartException, InterruptedException {
        InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
        UncaughtExceptionHandler uncaught = Thread.getDefaultUncaughtExceptionHandler();
        ServerCnxnFactory connections = null;
        try {
            FileTxnLog.setPreallocSize(LOG_PREALLOCATION_BYTES);
            FileTxnSnapLog files = new FileTxnSnapLog(directory.toFile(), directory.toFile());
            ZooKeeperServer server = new SoleServer(files, ended);
            connections = ServerCnxnFactory.createFactory(address, CONNECTIONS_MAX);
            connections.startup(server);
            DatadirCleanupManager purge =
                    new DatadirCleanupManager(directory.toFile(), directory.toFile(), SNAPSHOTS_KEPT, PURGE_HOURS);
            purge.start();
            EmbeddedMetadata started = new EmbeddedMetadata(connections, server, purge);
            connections = null;
            return started;
        } catch (BindException e) {
            throw new StartException(
                    new StartFault.PortTaken("metadata store", address.getHostString() + ":" + address.getPort()), e);
        } catch (IOException e) {
            throw new StartException(new StartFault.NotStarted("the metadata store did not start: " + e), e);
        } finally {
            if (connections != null) {
                connections.shutdown();
            }
            // Its connection factory installs a handler for the whole process, which only logs.
            Thread.setDefaultUncaughtExceptionHandler(uncaught);
        }
    }

    /** Where clients connect, {@code host:port}. */
    public String connectString() {
        return InetAddress.getLoopbackAddress().getHostAddress() + ":" + connections.getLocalPort();
    }

    @Override
    public void close() {
        purge.shutdown();
        connections.shutdown();
        server.shutdown(true);
    }

    /** Ends every session it finds in its data. */
    private static final class SoleServer extends ZooKeeperServer {
        private final Runnable ended;

        private SoleServer(FileTxnSnapLog files, Runnable ended) {
            super(files, TICK_MILLIS, "");
            this.ended = ended;
        }

        @Override
        protected void setState(State next) {
            super.setState(next);
            if (next == State.ERROR) {
                ended.run();
            }
        }

        @Override
        public synchronized void startup() {
            List<Long> former =
                    List.copyOf(getZKDatabase().getSessionWithTimeOuts().keySet());
            super.startup();
            // Requests are served in order: these come before any of a new client.
            former.forEach(this::closeSession);
        }

        @Override
        protected void registerJMX() {
            // Nobody asks, and a management server costs a good part of the start.
        }
    }
}
