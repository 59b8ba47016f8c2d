package io.robustmq.storage.bookkeeper;

import io.netty.buffer.PooledByteBufAllocator;
import io.robustmq.storage.StorageException;
import io.robustmq.storage.StorageFault;
import io.robustmq.storage.ledger.LedgerStore;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import org.apache.bookkeeper.client.api.BKException;
import org.apache.bookkeeper.client.api.BookKeeper;
import org.apache.bookkeeper.client.api.DigestType;
import org.apache.bookkeeper.client.api.LedgerMetadata;
import org.apache.bookkeeper.client.api.ListLedgersResult;
import org.apache.bookkeeper.client.api.ReadHandle;
import org.apache.bookkeeper.conf.ClientConfiguration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ledgers on bookies. Every entry is synced on {@code ackQuorum} of them before it is acknowledged.
 *
 * <p>Log ledgers live for minutes: while enough bookies answer, one that does not is not replaced, so that a restart of a bookie makes no metadata work.
 * Runs live long: there a missing copy is replaced at once.
 */
public final class BookKeeperLedgerStore implements LedgerStore {
    private static final Logger LOG = LoggerFactory.getLogger(BookKeeperLedgerStore.class);
    private static final byte[] NO_PASSWORD = new byte[0];
    /** What BookKeeper's protocol puts around an entry in one frame, generously. */
    private static final int FRAME_OVERHEAD_BYTES = 16 << 10;

    private final BookKeeperOptions options;
    private final BookKeeper logs;
    private final BookKeeper runs;
    private final int entryBytesMax;
    private final ExecutorService listings = Executors.newThreadPerTaskExecutor(
            Thread.ofVirtual().name("ledger-listing-", 0).factory());

    private BookKeeperLedgerStore(BookKeeperOptions options, BookKeeper logs, BookKeeper runs, int entryBytesMax) {
        this.options = options;
        this.logs = logs;
        this.runs = runs;
        this.entryBytesMax = entryBytesMax;
    }

    /**
     * Connects to the metadata and thereby to the bookies. Blocks.
     *
     * @throws StorageException with {@link StorageFault.Unavailable}
     */
    public static BookKeeperLedgerStore connect(BookKeeperOptions options) {
        ClientConfiguration configuration = configuration(options, true);
        BookKeeper logs = client(configuration);
        // With as many copies awaited as written there is nothing to delay.
        boolean one = options.ackQuorum() == options.writeQuorum();
        BookKeeper runs = one ? logs : client(configuration(options, false));
        return new BookKeeperLedgerStore(
                options, logs, runs, configuration.getNettyMaxFrameSizeBytes() - FRAME_OVERHEAD_BYTES);
    }

    private static ClientConfiguration configuration(BookKeeperOptions options, boolean delayEnsembleChange) {
        ClientConfiguration configuration = new ClientConfiguration();
        configuration.setMetadataServiceUri(
                "zk+hierarchical://" + options.metadata().replace(',', ';') + options.ledgersPath());
        configuration.setZkTimeout(options.sessionTimeoutMillis());
        configuration.setUseV2WireProtocol(true);
        configuration.setThrottleValue(0);
        configuration.setNumIOThreads(options.ioThreads());
        configuration.setNumWorkerThreads(options.workerThreads());
        configuration.setNumChannelsPerBookie(1);
        configuration.setAddEntryTimeout(options.addTimeoutSeconds());
        configuration.setReadEntryTimeout(options.readTimeoutSeconds());
        configuration.setDelayEnsembleChange(delayEnsembleChange && options.ackQuorum() < options.writeQuorum());
        configuration.setExplictLacInterval(0);
        if (options.writeQuorum() == 1) {
            // There is no other copy to ask, and the timer would hold up the close.
            configuration.setFirstSpeculativeReadTimeout(0);
            configuration.setFirstSpeculativeReadLACTimeout(0);
        }
        return configuration;
    }

    private static BookKeeper client(ClientConfiguration configuration) {
        try {
            return BookKeeper.newBuilder(configuration)
                    .allocator(PooledByteBufAllocator.DEFAULT)
                    .build();
        } catch (BKException | IOException e) {
            throw new StorageException(
                    new StorageFault.Unavailable("no connection to BookKeeper: " + e.getMessage()), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StorageException(new StorageFault.Unavailable("interrupted while connecting to BookKeeper"), e);
        }
    }

    @Override
    public CompletionStage<LedgerWriter> create(LedgerUse use, Map<String, String> labels) {
        Map<String, byte[]> metadata = new HashMap<>();
        labels.forEach((name, value) -> metadata.put(name, value.getBytes(StandardCharsets.UTF_8)));
        BookKeeper client = switch (use) {
            case LOG -> logs;
            case RUN -> runs;
        };
        return Faults.translate(client.newCreateLedgerOp()
                        .withEnsembleSize(options.ensemble())
                        .withWriteQuorumSize(options.writeQuorum())
                        .withAckQuorumSize(options.ackQuorum())
                        .withDigestType(DigestType.CRC32C)
                        .withPassword(NO_PASSWORD)
                        .withCustomMetadata(metadata)
                        .execute())
                .thenApply(handle -> new BookKeeperLedgerWriter(handle, entryBytesMax));
    }

    @Override
    public CompletionStage<LedgerReader> open(long ledgerId) {
        return open(ledgerId, false).thenCompose(handle -> {
            if (handle.isClosed()) {
                return CompletableFuture.completedFuture(new BookKeeperLedgerReader(handle));
            }
            return handle.closeAsync()
                    .thenCompose(_ -> CompletableFuture.failedFuture(new StorageException(
                            new StorageFault.Unavailable("ledger " + ledgerId + " is still open"))));
        });
    }

    @Override
    public CompletionStage<LedgerReader> openAndRecover(long ledgerId) {
        return open(ledgerId, true).thenApply(BookKeeperLedgerReader::new);
    }

    private CompletableFuture<ReadHandle> open(long ledgerId, boolean recovery) {
        return Faults.translate(runs.newOpenLedgerOp()
                .withLedgerId(ledgerId)
                .withDigestType(DigestType.CRC32C)
                .withPassword(NO_PASSWORD)
                .withRecovery(recovery)
                .execute());
    }

    @Override
    public CompletionStage<Void> delete(long ledgerId) {
        return Faults.translate(runs.newDeleteLedgerOp().withLedgerId(ledgerId).execute())
                .exceptionallyCompose(failure -> StorageException.faultOf(failure) instanceof StorageFault.NotFound
                        ? CompletableFuture.completedFuture(null)
                        : CompletableFuture.failedFuture(failure));
    }

    @Override
    public CompletionStage<List<LedgerInfo>> list(Map<String, String> labels) {
        Map<String, String> wanted = Map.copyOf(labels);
        return CompletableFuture.supplyAsync(() -> listBlocking(wanted), listings);
    }

    private List<LedgerInfo> listBlocking(Map<String, String> wanted) {
        List<CompletableFuture<LedgerMetadata>> reads = new ArrayList<>();
        Semaphore permits = new Semaphore(options.listingConcurrency());
        ListLedgersResult all =
                Faults.translate(runs.newListLedgersOp().execute()).join();
        try {
            for (long ledgerId : all.toIterable()) {
                permits.acquireUninterruptibly();
                CompletableFuture<LedgerMetadata> read = runs.getLedgerMetadata(ledgerId);
                reads.add(read.whenComplete((_, _) -> permits.release()));
            }
        } finally {
            close(all);
        }
        List<LedgerInfo> found = new ArrayList<>();
        for (CompletableFuture<LedgerMetadata> read : reads) {
            LedgerMetadata metadata = Faults.translate(read)
                    .handle((value, failure) -> {
                        if (failure == null) {
                            return value;
                        }
                        // Deleted since it was listed: not there. Anything else would hide a ledger from the caller.
                        StorageFault fault = StorageException.faultOf(failure);
                        if (fault instanceof StorageFault.NotFound) {
                            return null;
                        }
                        throw new StorageException(fault, failure);
                    })
                    .join();
            if (metadata != null) {
                Map<String, String> labels = new HashMap<>();
                metadata.getCustomMetadata()
                        .forEach((name, value) -> labels.put(name, new String(value, StandardCharsets.UTF_8)));
                if (labels.entrySet().containsAll(wanted.entrySet())) {
                    found.add(new LedgerInfo(metadata.getLedgerId(), labels));
                }
            }
        }
        return found;
    }

    private static void close(ListLedgersResult result) {
        try {
            result.close();
        } catch (Exception e) {
            if (e instanceof InterruptedException) {
                Thread.currentThread().interrupt();
            }
            LOG.debug("reason=\"{}\" listing not closed cleanly", e.getMessage());
        }
    }

    @Override
    public void close() {
        listings.shutdownNow();
        close(logs);
        if (!runs.equals(logs)) {
            close(runs);
        }
    }

    private static void close(BookKeeper client) {
        try {
            client.close();
        } catch (BKException e) {
            LOG.info("reason=\"{}\" BookKeeper client not closed cleanly", e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
