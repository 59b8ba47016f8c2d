package io.robustmq.standalone;

import io.robustmq.server.config.StorageSettings;
import io.robustmq.server.node.NodeStorage;
import io.robustmq.storage.Lease;
import io.robustmq.storage.ledger.LedgerLogStore;
import io.robustmq.storage.ledger.LedgerRunStore;
import io.robustmq.storage.memory.MemoryCoordStore;
import io.robustmq.storage.memory.MemoryLedgerStore;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Everything on the heap: the same chains of ledgers as on disk, gone with the process. */
final class MemoryStorage implements OpenStorage {

    private static final String CLUSTER = "memory";

    private final MemoryLedgerStore ledgers = new MemoryLedgerStore();
    private final MemoryCoordStore coordination = new MemoryCoordStore();
    private final NodeStorage node;

    MemoryStorage(int shards, StorageSettings settings) {
        this.node = new NodeStorage(
                new LedgerLogStore(ledgers, coordination, Lease.SOLE_MEMBER, LogChains.options(CLUSTER, settings)),
                new LedgerRunStore(ledgers, CLUSTER),
                coordination,
                shards,
                Optional.empty());
    }

    @Override
    public NodeStorage node() {
        return node;
    }

    @Override
    public String description() {
        return "in memory, gone when this process ends";
    }

    @Override
    public CompletionStage<String> ended() {
        return new CompletableFuture<>();
    }

    @Override
    public void close() {
        node.logs().close();
        ledgers.close();
        coordination.close();
    }
}
