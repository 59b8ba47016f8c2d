package io.robustmq.kernel.testkit.storage;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.robustmq.kernel.testkit.schedule.SimProcess;
import io.robustmq.kernel.testkit.storage.LedgerMetadata.Ensemble;
import io.robustmq.kernel.testkit.storage.LedgerMetadata.State;
import io.robustmq.kernel.testkit.storage.SimBookie.AddReply;
import io.robustmq.kernel.testkit.storage.SimBookie.Entry;
import io.robustmq.storage.StorageException;
import io.robustmq.storage.StorageFault;
import io.robustmq.storage.ledger.LedgerStore.AddListener;
import io.robustmq.storage.ledger.LedgerStore.LedgerWriter;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * The writer of an open ledger. Entries go to their write quorum at once and are acknowledged in order, each when enough copies are synced. A bookie that fails is
 * replaced through the metadata, and nothing is acknowledged while that is under way. Whatever cannot be mended (fenced, no bookie left, metadata out of reach)
 * fails all entries in flight and closes the ledger after the last acknowledged one, if that is still possible.
 */
final class SimLedgerWriter implements LedgerWriter {
    private final SimBookies bookies;
    private final SimLedgerStore store;
    private final SimProcess process;
    private final ArrayDeque<PendingAdd> pending = new ArrayDeque<>();
    private final Set<Integer> failedPositions = new TreeSet<>();
    private LedgerMetadata metadata;
    private long lastPushed = -1;
    private long lastConfirmed = -1;
    private boolean changing;
    private boolean ended;

    SimLedgerWriter(SimBookies bookies, SimLedgerStore store, SimProcess process, LedgerMetadata metadata) {
        this.bookies = bookies;
        this.store = store;
        this.process = process;
        this.metadata = metadata;
    }

    @Override
    public long ledgerId() {
        return metadata.ledgerId();
    }

    @Override
    public int entryBytesMax() {
        return bookies.options().entryBytesMax();
    }

    @Override
    public void append(ByteBuf entry, AddListener added) {
        if (entry.readableBytes() > entryBytesMax()) {
            throw new IllegalArgumentException("entry of " + entry.readableBytes() + " bytes");
        }
        long entryId = ++lastPushed;
        if (ended) {
            entry.release();
            process.after(1_000, () -> added.added(entryId, false));
            return;
        }
        PendingAdd add = new PendingAdd(entryId, entry, Entry.of(lastConfirmed, ByteBufUtil.getBytes(entry)), added);
        pending.add(add);
        Ensemble ensemble = metadata.lastEnsemble();
        for (int copy = 0; copy < metadata.writeQuorum(); copy++) {
            send(add, ensemble.position(entryId, copy));
        }
    }

    @Override
    public CompletionStage<Void> close() {
        failPending();
        ended = true;
        CompletableFuture<Void> result = new CompletableFuture<>();
        closeMetadata().whenComplete((found, failure) -> {
            if (failure != null) {
                result.completeExceptionally(failure);
            } else if (found.state() == State.CLOSED && found.lastEntryId() == lastConfirmed) {
                result.complete(null);
            } else {
                SimLedgerStore.fail(
                        result, new StorageFault.OutcomeUnknown("somebody else recovers ledger " + ledgerId()));
            }
        });
        return result;
    }

    @Override
    public void abandon() {
        failPending();
        ended = true;
    }

    /** The process is gone, and what it held of memory with it. */
    void vanish() {
        ended = true;
        pending.forEach(add -> add.buffer.release());
        pending.clear();
    }

    private void send(PendingAdd add, int position) {
        int bookie = metadata.lastEnsemble().bookies().get(position);
        long ledgerId = ledgerId();
        bookies.<AddReply>ask(
                process,
                bookie,
                (at, reply) -> at.add(ledgerId, add.entryId, add.entry, false, reply),
                reply -> {
                    switch (reply) {
                        case STORED -> stored(add, position, bookie);
                        case FENCED -> end();
                        case REFUSED -> failed(add, position, bookie);
                    }
                },
                () -> failed(add, position, bookie));
    }

    private boolean stale(PendingAdd add, int position, int bookie) {
        return ended || add.done || metadata.lastEnsemble().bookies().get(position) != bookie;
    }

    private void stored(PendingAdd add, int position, int bookie) {
        if (!stale(add, position, bookie)) {
            add.stored.add(position);
            complete();
        }
    }

    private void complete() {
        if (changing && !bookies.has(StorageBug.ENSEMBLE_CHANGE_BEFORE_METADATA)) {
            return;
        }
        while (!pending.isEmpty() && pending.peek().stored.size() >= metadata.ackQuorum()) {
            PendingAdd add = pending.remove();
            lastConfirmed = add.entryId;
            add.finish(true);
        }
    }

    private void failed(PendingAdd add, int position, int bookie) {
        if (stale(add, position, bookie)) {
            return;
        }
        add.failed.add(position);
        int bearable = metadata.writeQuorum() - metadata.ackQuorum();
        if (bookies.options().delayEnsembleChange() && add.failed.size() <= bearable) {
            return;
        }
        failedPositions.addAll(add.failed);
        if (!changing) {
            changeEnsemble();
        }
    }

    private void changeEnsemble() {
        changing = true;
        Set<Integer> replaced = new TreeSet<>(failedPositions);
        failedPositions.clear();
        List<Integer> members = new ArrayList<>(metadata.lastEnsemble().bookies());
        List<Integer> spares = bookies.choose(replaced.size(), Set.copyOf(members));
        if (spares.size() < replaced.size()) {
            end();
            return;
        }
        int next = 0;
        for (int position : replaced) {
            members.set(position, spares.get(next++));
        }
        List<Ensemble> wanted = LedgerMetadata.with(metadata.ensembles(), lastConfirmed + 1, members);
        if (bookies.has(StorageBug.ENSEMBLE_CHANGE_BEFORE_METADATA)) {
            metadata = metadata.withEnsembles(wanted);
            resend(replaced);
        }
        store.update(
                        metadata,
                        found -> found.state() == State.OPEN
                                ? Optional.of(found.withEnsembles(wanted))
                                : Optional.empty(),
                        found -> found.state() == State.OPEN
                                && found.ensembles().equals(wanted)
                                && found.version() > metadata.version())
                .whenComplete((found, failure) -> {
                    if (ended) {
                        return;
                    }
                    if (failure != null || found.state() != State.OPEN) {
                        end();
                        return;
                    }
                    metadata = found;
                    if (!bookies.has(StorageBug.ENSEMBLE_CHANGE_BEFORE_METADATA)) {
                        resend(replaced);
                    }
                    changing = false;
                    complete();
                    if (!failedPositions.isEmpty()) {
                        changeEnsemble();
                    }
                });
    }

    private void resend(Set<Integer> positions) {
        for (PendingAdd add : List.copyOf(pending)) {
            for (int copy = 0; copy < metadata.writeQuorum(); copy++) {
                int position = metadata.lastEnsemble().position(add.entryId, copy);
                if (positions.contains(position)) {
                    add.stored.remove(position);
                    add.failed.remove(position);
                    send(add, position);
                }
            }
        }
    }

    /** Nothing more can be acknowledged. */
    private void end() {
        if (ended) {
            return;
        }
        ended = true;
        failPending();
        closeMetadata().exceptionally(failure -> {
            StorageException.faultOf(failure);
            return metadata;
        });
    }

    private CompletionStage<LedgerMetadata> closeMetadata() {
        long last = lastConfirmed;
        return store.update(
                metadata,
                found -> found.state() == State.OPEN
                        ? Optional.of(found.closedAt(last, found.ensembles()))
                        : Optional.empty(),
                found -> found.state() == State.CLOSED);
    }

    private void failPending() {
        ended = true;
        store.ended(this);
        while (!pending.isEmpty()) {
            pending.remove().finish(false);
        }
    }

    private static final class PendingAdd {
        private final long entryId;
        private final ByteBuf buffer;
        private final Entry entry;
        private final AddListener added;
        private final Set<Integer> stored = new TreeSet<>();
        private final Set<Integer> failed = new TreeSet<>();
        private boolean done;

        PendingAdd(long entryId, ByteBuf buffer, Entry entry, AddListener added) {
            this.entryId = entryId;
            this.buffer = buffer;
            this.entry = entry;
            this.added = added;
        }

        void finish(boolean acknowledged) {
            done = true;
            buffer.release();
            added.added(entryId, acknowledged);
        }
    }
}
