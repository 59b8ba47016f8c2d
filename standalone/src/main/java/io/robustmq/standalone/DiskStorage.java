package io.robustmq.standalone;

import io.robustmq.bookie.StandaloneOptions;
import io.robustmq.bookie.StandaloneStorage;
import io.robustmq.server.config.StorageSettings;
import io.robustmq.server.node.NodeStorage;
import io.robustmq.storage.CoordStore;
import io.robustmq.storage.Lease;
import io.robustmq.storage.StorageException;
import io.robustmq.storage.bookkeeper.BookKeeperLedgerStore;
import io.robustmq.storage.bookkeeper.BookKeeperOptions;
import io.robustmq.storage.bookkeeper.ZooKeeperCoordStore;
import io.robustmq.storage.ledger.LedgerLogStore;
import io.robustmq.storage.ledger.LedgerRunStore;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.logging.Level;
import java.util.logging.Logger;

/** Coordination and one bookie in this process, on a data directory, and the clients that the compute node uses. */
final class DiskStorage implements OpenStorage {

    private static final String CLUSTER = "standalone";

    /** Held here, because a logger that nobody holds forgets its level. */
    private static final Logger BOOKIE_LOG = Logger.getLogger("org.apache.bookkeeper.bookie");

    private final Deque<Runnable> closing;
    private final NodeStorage node;
    private final Path directory;
    private final CompletionStage<String> ended;

    private DiskStorage(Deque<Runnable> closing, NodeStorage node, Path directory, CompletionStage<String> ended) {
        this.ended = ended;
        this.closing = closing;
        this.node = node;
        this.directory = directory;
    }

    /** Opens {@code data}; {@code shape} says how many shards new data gets, and is checked against that of existing data. */
    static DiskStorage open(Path data, DataShape.Wanted shape, StorageSettings settings) throws StartException {
        Path directory = data.toAbsolutePath().normalize();
        Deque<Runnable> closing = new ArrayDeque<>();
        boolean opened = false;
        try {
            StandaloneStorage embedded = StandaloneStorage.start(directory, StandaloneOptions.DEFAULTS);
            closing.push(embedded::close);
            BookKeeperOptions options = BookKeeperOptions.standalone(embedded.connectString());
            CoordStore coordination = ZooKeeperCoordStore.connect(options);
            closing.push(coordination::close);
            BookKeeperLedgerStore ledgers = BookKeeperLedgerStore.connect(options);
            closing.push(ledgers::close);
            int shards = DataShape.agree(coordination, directory, shape);
            LedgerLogStore logs =
                    new LedgerLogStore(ledgers, coordination, Lease.SOLE_MEMBER, LogChains.options(CLUSTER, settings));
            closing.push(logs::close);
            NodeStorage node = new NodeStorage(
                    logs, new LedgerRunStore(ledgers, CLUSTER), coordination, shards, Optional.of(directory));
            opened = true;
            return new DiskStorage(closing, node, directory, embedded.ended());
        } catch (io.robustmq.bookie.StartException cannot) {
            throw new StartException(sentence(cannot.fault().reason()), cannot);
        } catch (StorageException cannot) {
            throw new StartException(
                    "The storage in " + directory + " does not answer: " + cannot.getMessage() + ".", cannot);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new StartException("The start was interrupted.", interrupted);
        } finally {
            if (!opened) {
                close(closing);
            }
        }
    }

    @Override
    public NodeStorage node() {
        return node;
    }

    @Override
    public String description() {
        return directory.toString();
    }

    @Override
    public CompletionStage<String> ended() {
        return ended;
    }

    @Override
    public void close() {
        close(closing);
    }

    /** A bookie that ends logs, as an error, that its own executors take nothing any more. By now all that was acknowledged is on disk. */
    private static void close(Deque<Runnable> closing) {
        BOOKIE_LOG.setLevel(Level.OFF);
        closing.forEach(Runnable::run);
    }

    private static String sentence(String reason) {
        String end = reason.endsWith(".") ? "" : ".";
        return reason.substring(0, 1).toUpperCase(Locale.ROOT) + reason.substring(1) + end;
    }
}
