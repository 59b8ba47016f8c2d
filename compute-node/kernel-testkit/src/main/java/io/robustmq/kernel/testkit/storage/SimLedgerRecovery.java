package io.robustmq.kernel.testkit.storage;

import io.robustmq.kernel.testkit.schedule.SimProcess;
import io.robustmq.kernel.testkit.storage.LedgerMetadata.Ensemble;
import io.robustmq.kernel.testkit.storage.LedgerMetadata.State;
import io.robustmq.kernel.testkit.storage.SimBookie.AddReply;
import io.robustmq.kernel.testkit.storage.SimBookie.Entry;
import io.robustmq.kernel.testkit.storage.SimBookie.ReadReply;
import io.robustmq.storage.StorageFault;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * One recovery of a ledger marked IN_RECOVERY: fence its bookies and learn the last confirmed entry, read forward until an entry is proven absent, write again what
 * was found, close by compare-and-set. An entry is absent only when so many of its bookies deny it that it cannot have been acknowledged. It is read where the
 * stored metadata says, never where this recovery itself writes.
 */
final class SimLedgerRecovery {
    private final SimBookies bookies;
    private final SimLedgerStore store;
    private final SimProcess process;
    private final LedgerMetadata metadata;
    private final CompletableFuture<LedgerMetadata> result = new CompletableFuture<>();
    private List<Ensemble> ensembles;

    SimLedgerRecovery(SimBookies bookies, SimLedgerStore store, SimProcess process, LedgerMetadata metadata) {
        this.bookies = bookies;
        this.store = store;
        this.process = process;
        this.metadata = metadata;
        this.ensembles = metadata.ensembles();
    }

    CompletionStage<LedgerMetadata> run() {
        fence();
        return result;
    }

    private void fence() {
        Ensemble last = metadata.lastEnsemble();
        FenceCount count = new FenceCount(last);
        for (int position = 0; position < last.bookies().size(); position++) {
            int at = position;
            bookies.<Long>ask(
                    process,
                    last.bookies().get(position),
                    (bookie, reply) -> bookie.lastConfirmed(metadata.ledgerId(), true, reply),
                    confirmed -> count.answered(at, confirmed),
                    () -> count.silent(at));
        }
    }

    private void recoverFrom(long entryId) {
        new EntryRead(entryId).start();
    }

    private void write(long entryId, Entry entry) {
        new EntryWrite(entryId, entry).start();
    }

    private void closeBefore(long entryId) {
        long lastEntry = entryId - 1;
        List<Ensemble> kept = new ArrayList<>(ensembles);
        while (kept.size() > 1 && kept.getLast().firstEntry() > lastEntry + 1) {
            kept.removeLast();
        }
        store.update(
                        metadata,
                        found -> found.version() == metadata.version() || found.state() == State.OPEN
                                ? Optional.of(found.closedAt(lastEntry, kept))
                                : Optional.empty(),
                        found -> found.state() == State.CLOSED)
                .whenComplete((found, failure) -> {
                    if (failure != null) {
                        result.completeExceptionally(failure);
                    } else if (found.state() == State.CLOSED && found.lastEntryId() == lastEntry) {
                        result.complete(found);
                    } else {
                        fail("ledger " + metadata.ledgerId() + " was changed by another recovery");
                    }
                });
    }

    private void fail(String reason) {
        SimLedgerStore.fail(result, new StorageFault.Unavailable(reason));
    }

    /** Whether enough bookies are fenced that no entry can get its ack quorum from the others. */
    private final class FenceCount {
        private final Ensemble ensemble;
        private final Set<Integer> answered = new HashSet<>();
        private int heard;
        private long confirmed;
        private boolean done;

        FenceCount(Ensemble ensemble) {
            this.ensemble = ensemble;
            this.confirmed = ensemble.firstEntry() - 1;
        }

        void answered(int position, long lastConfirmed) {
            confirmed = Math.max(confirmed, lastConfirmed);
            answered.add(position);
            heard();
        }

        void silent(int position) {
            if (bookies.has(StorageBug.SILENCE_COUNTS_AS_ABSENCE)) {
                answered.add(position);
            }
            heard();
        }

        private void heard() {
            heard++;
            if (done) {
                return;
            }
            if (covered()) {
                done = true;
                recoverFrom(confirmed + 1);
            } else if (heard == ensemble.bookies().size()) {
                done = true;
                fail("not enough bookies of ledger " + metadata.ledgerId() + " answered the fence");
            }
        }

        private boolean covered() {
            for (int first = 0; first < ensemble.bookies().size(); first++) {
                int open = 0;
                for (int copy = 0; copy < metadata.writeQuorum(); copy++) {
                    if (!answered.contains(ensemble.position(first, copy))) {
                        open++;
                    }
                }
                if (open >= metadata.ackQuorum()) {
                    return false;
                }
            }
            return true;
        }
    }

    private final class EntryRead {
        private final long entryId;
        private int denied;
        private int heard;
        private boolean done;

        EntryRead(long entryId) {
            this.entryId = entryId;
        }

        void start() {
            Ensemble ensemble = metadata.ensembleOf(entryId);
            for (int copy = 0; copy < metadata.writeQuorum(); copy++) {
                bookies.<ReadReply>ask(
                        process,
                        ensemble.bookie(entryId, copy),
                        (bookie, reply) -> bookie.read(metadata.ledgerId(), entryId, true, reply),
                        this::answered,
                        this::silent);
            }
        }

        private void answered(ReadReply reply) {
            Entry entry = reply.entry();
            if (done) {
                return;
            }
            if (entry != null && entry.intact()) {
                done = true;
                write(entryId, entry);
                return;
            }
            if (entry == null) {
                denied++;
            }
            heard();
        }

        private void silent() {
            if (done) {
                return;
            }
            if (bookies.has(StorageBug.SILENCE_COUNTS_AS_ABSENCE)) {
                denied++;
            }
            heard();
        }

        private void heard() {
            heard++;
            if (denied > metadata.writeQuorum() - metadata.ackQuorum()) {
                done = true;
                closeBefore(entryId);
            } else if (heard == metadata.writeQuorum()) {
                done = true;
                fail("entry " + entryId + " of ledger " + metadata.ledgerId() + " is neither found nor proven absent");
            }
        }
    }

    private final class EntryWrite {
        private final long entryId;
        private final Entry entry;
        private final Set<Integer> stored = new HashSet<>();
        private int replacementsLeft = 2 * bookies.count();
        private boolean done;

        EntryWrite(long entryId, Entry entry) {
            this.entryId = entryId;
            this.entry = entry;
        }

        void start() {
            for (int copy = 0; copy < metadata.writeQuorum(); copy++) {
                send(ensembles.getLast().position(entryId, copy));
            }
        }

        private void send(int position) {
            int bookieId = ensembles.getLast().bookies().get(position);
            bookies.<AddReply>ask(
                    process,
                    bookieId,
                    (bookie, reply) -> bookie.add(metadata.ledgerId(), entryId, entry, true, reply),
                    reply -> {
                        switch (reply) {
                            case STORED -> stored(position, bookieId);
                            case FENCED, REFUSED -> failed(position, bookieId);
                        }
                    },
                    () -> failed(position, bookieId));
        }

        private void stored(int position, int bookieId) {
            if (done || ensembles.getLast().bookies().get(position) != bookieId) {
                return;
            }
            stored.add(position);
            if (stored.size() >= metadata.ackQuorum()) {
                done = true;
                recoverFrom(entryId + 1);
            }
        }

        private void failed(int position, int bookieId) {
            if (done || ensembles.getLast().bookies().get(position) != bookieId) {
                return;
            }
            List<Integer> members = new ArrayList<>(ensembles.getLast().bookies());
            List<Integer> spare = bookies.choose(1, Set.copyOf(members));
            if (spare.isEmpty() || replacementsLeft-- == 0) {
                done = true;
                fail("no bookie left to recover ledger " + metadata.ledgerId());
                return;
            }
            members.set(position, spare.getFirst());
            ensembles = LedgerMetadata.with(ensembles, entryId, members);
            send(position);
        }
    }
}
