package io.robustmq.storage.ledger;

import io.robustmq.storage.AppendListener;
import io.robustmq.storage.Claim;
import io.robustmq.storage.CoordStore;
import io.robustmq.storage.Lease;
import io.robustmq.storage.LogStore;
import io.robustmq.storage.Loop;
import io.robustmq.storage.ShardId;
import io.robustmq.storage.ShardLog;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/** The logs of all shards as chains of ledgers, one record per shard in the coordination store. */
public final class LedgerLogStore implements LogStore {
    private final LedgerStore ledgers;
    private final CoordStore coordination;
    private final Lease lease;
    private final LedgerLogOptions options;
    private final OrphanListing listing;

    /**
     * @param ledgers not closed by this store
     * @param coordination not closed by this store
     * @param lease without which no append is reported committed
     */
    public LedgerLogStore(LedgerStore ledgers, CoordStore coordination, Lease lease, LedgerLogOptions options) {
        this.ledgers = Objects.requireNonNull(ledgers, "ledgers");
        this.coordination = Objects.requireNonNull(coordination, "coordination");
        this.lease = Objects.requireNonNull(lease, "lease");
        this.options = Objects.requireNonNull(options, "options");
        this.listing = new OrphanListing(ledgers, options.cluster());
    }

    @Override
    public CompletionStage<ShardLog> takeOver(ShardId shard, Claim claim, Loop home, AppendListener listener) {
        return new Takeover(ledgers, coordination, lease, options, listing, shard, claim, home, listener).run();
    }

    @Override
    public CompletionStage<Optional<Claim>> owner(ShardId shard) {
        return coordination
                .get(ShardRecord.path(shard))
                .thenApply(found ->
                        found.map(node -> ShardRecord.decode(node.bytes()).claim()));
    }

    @Override
    public void close() {
        // Holds nothing of its own: ledgers and coordination belong to whoever made them.
    }
}
