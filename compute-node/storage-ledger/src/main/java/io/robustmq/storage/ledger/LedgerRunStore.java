package io.robustmq.storage.ledger;

import io.robustmq.storage.Loop;
import io.robustmq.storage.RunId;
import io.robustmq.storage.RunReader;
import io.robustmq.storage.RunStore;
import io.robustmq.storage.RunWriter;
import io.robustmq.storage.ShardId;
import io.robustmq.storage.StorageException;
import io.robustmq.storage.StorageFault;
import io.robustmq.storage.ledger.LedgerStore.LedgerInfo;
import io.robustmq.storage.ledger.LedgerStore.LedgerReader;
import io.robustmq.storage.ledger.LedgerStore.LedgerUse;
import io.robustmq.storage.ledger.LedgerStore.LedgerWriter;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Runs as ledgers: a block is an entry, a finished run is a closed ledger, the id of a run is that of its ledger. */
public final class LedgerRunStore implements RunStore {
    private final LedgerStore ledgers;
    private final String cluster;

    /**
     * @param ledgers not closed by this store
     * @param cluster name of the cluster, a label of every ledger
     */
    public LedgerRunStore(LedgerStore ledgers, String cluster) {
        this.ledgers = Objects.requireNonNull(ledgers, "ledgers");
        this.cluster = Objects.requireNonNull(cluster, "cluster");
    }

    @Override
    public CompletionStage<RunWriter> create(ShardId shard, long epoch, Loop home) {
        CompletableFuture<RunWriter> created = new CompletableFuture<>();
        home.execute(() -> Result.on(
                home, ledgers.create(LedgerUse.RUN, Labels.ofRun(cluster, shard, epoch, home.wallMillis())), result -> {
                    switch (result) {
                        case Result.Done<LedgerWriter>(LedgerWriter writer) ->
                            created.complete(new LedgerRunWriter(ledgers, writer, home));
                        case Result.Failed<LedgerWriter>(StorageFault fault) ->
                            created.completeExceptionally(new StorageException(fault));
                    }
                }));
        return created;
    }

    @Override
    public CompletionStage<RunReader> open(RunId run, Loop home) {
        CompletableFuture<RunReader> opened = new CompletableFuture<>();
        Result.on(home, ledgers.open(run.value()), result -> {
            switch (result) {
                case Result.Done<LedgerReader>(LedgerReader reader) ->
                    opened.complete(new LedgerRunReader(reader, home));
                case Result.Failed<LedgerReader>(StorageFault fault) ->
                    opened.completeExceptionally(new StorageException(fault));
            }
        });
        return opened;
    }

    @Override
    public CompletionStage<Void> delete(RunId run) {
        return ledgers.delete(run.value());
    }

    @Override
    public CompletionStage<Integer> deleteOrphans(ShardId shard, long epoch, Iterable<RunId> referenced) {
        Set<Long> named = new HashSet<>();
        referenced.forEach(run -> named.add(run.value()));
        Map<String, String> labels = Map.of(
                Labels.CLUSTER, cluster, Labels.SHARD, Integer.toString(shard.value()), Labels.KIND, Labels.KIND_RUN);
        return ledgers.list(labels).thenCompose(found -> {
            List<CompletableFuture<Void>> deletions = new ArrayList<>();
            for (LedgerInfo ledger : found) {
                if (Labels.number(ledger.labels(), Labels.EPOCH) < epoch && !named.contains(ledger.ledgerId())) {
                    deletions.add(ledgers.delete(ledger.ledgerId()).toCompletableFuture());
                }
            }
            return CompletableFuture.allOf(deletions.toArray(CompletableFuture[]::new))
                    .thenApply(_ -> deletions.size());
        });
    }
}
