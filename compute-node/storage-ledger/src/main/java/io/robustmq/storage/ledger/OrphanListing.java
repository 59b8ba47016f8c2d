package io.robustmq.storage.ledger;

import io.robustmq.storage.ledger.LedgerStore.LedgerInfo;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * One listing of the cluster's log ledgers for the sweeps of all shards of this process: listing walks all ledgers of the store. An old listing does no
 * harm, because a sweep touches only ledgers of epochs before its own, and of those none is ever added to a chain again.
 */
final class OrphanListing {
    private static final long FRESH_NANOS = 300_000_000_000L;

    private final LedgerStore ledgers;
    private final String cluster;
    private final AtomicReference<@Nullable Taken> latest = new AtomicReference<>();

    OrphanListing(LedgerStore ledgers, String cluster) {
        this.ledgers = ledgers;
        this.cluster = cluster;
    }

    /** Any thread. */
    CompletionStage<List<LedgerInfo>> take(long nanoTime) {
        Taken taken = latest.get();
        if (taken != null && !taken.failed() && nanoTime - taken.nanoTime < FRESH_NANOS) {
            return taken.listing;
        }
        CompletableFuture<List<LedgerInfo>> listing = new CompletableFuture<>();
        latest.set(new Taken(nanoTime, listing));
        ledgers.list(Map.of(Labels.CLUSTER, cluster, Labels.KIND, Labels.KIND_LOG))
                .whenComplete((found, failure) -> {
                    if (failure != null) {
                        listing.completeExceptionally(failure);
                    } else {
                        listing.complete(found);
                    }
                });
        return listing;
    }

    private record Taken(long nanoTime, CompletableFuture<List<LedgerInfo>> listing) {
        private boolean failed() {
            return listing.isCompletedExceptionally();
        }
    }
}
