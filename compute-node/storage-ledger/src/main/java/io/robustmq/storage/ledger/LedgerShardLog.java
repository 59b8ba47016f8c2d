package io.robustmq.storage.ledger;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.robustmq.storage.AppendListener;
import io.robustmq.storage.AppendOutcome;
import io.robustmq.storage.Claim;
import io.robustmq.storage.Lease;
import io.robustmq.storage.Loop;
import io.robustmq.storage.ShardId;
import io.robustmq.storage.ShardLog;
import io.robustmq.storage.StorageException;
import io.robustmq.storage.StorageFault;
import io.robustmq.storage.ledger.LedgerStore.LedgerInfo;
import io.robustmq.storage.ledger.LedgerStore.LedgerReader;
import io.robustmq.storage.ledger.LedgerStore.LedgerUse;
import io.robustmq.storage.ledger.LedgerStore.LedgerWriter;
import io.robustmq.storage.ledger.ShardRecord.LinkState;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A shard's log in the hands of its owner. Appends go to the newest ledger; the rest of this class is what happens around them.
 *
 * <p>Rolling, by size or age:
 *
 * <pre>
 *   STEADY --full or old--> CREATING --created, and the ledger before the present one is closed--> ENTERING
 *      ^                                                                                              |
 *      '---- the present ledger is closed, appends go to the next <---- DRAINING <--chain confirmed---'
 * </pre>
 *
 * So at most two ledgers of the chain are open, and a ledger holds an entry only if everything before it is acknowledged. While the chain cannot be
 * written, appends go on in the present ledger, whatever its size.
 *
 * <p>After the first append that is not known to be committed, or when somebody else holds the shard, the log is dead: nothing is reported
 * committed any more. Owned by the home loop of the shard.
 */
final class LedgerShardLog implements ShardLog {
    private static final Logger LOG = LoggerFactory.getLogger(LedgerShardLog.class);
    private static final int MANIFEST_BYTES_MAX = 64 << 10;
    private static final long CLOSE_NANOS_MAX = 5_000_000_000L;

    private final LedgerStore ledgers;
    private final Lease lease;
    private final LedgerLogOptions options;
    private final OrphanListing listing;
    private final ShardId shard;
    private final Claim claim;
    private final Loop loop;
    private final AppendListener listener;
    private final ShardCell cell;
    private final CondemnedLedgers condemned;
    private final ReplayMarks marks;

    /** Oldest first; the last is the one appended to, or its successor while the log rolls. */
    private final List<ChainLedger> chain;

    private ChainLedger current;
    private LedgerWriter writer;
    private long currentBytes;
    private long currentOpenedNanos;
    private long nextLsn;
    private long committedLsn;
    private final ArrayDeque<Pending> inFlight = new ArrayDeque<>();
    private int appendsInFlight;
    private Runnable slotFree = () -> {};

    private long flushedLsn;
    private ShardRecord.Start start;
    private ShardRecord.@Nullable Position manifestPosition;
    private Optional<Checkpoint> checkpoint;
    private @Nullable PendingCheckpoint pendingCheckpoint;

    private Rolling rolling = Rolling.STEADY;
    private @Nullable LedgerWriter nextWriter;
    private @Nullable ChainLedger closingLedger;

    private State state = State.TAKEN_OVER;
    private @Nullable Replay replay;
    private @Nullable CompletableFuture<Void> closing;
    private boolean closeStarted;
    private Loop.@Nullable Timer sweepTimer;

    /** @param chain with readers, the last one new */
    LedgerShardLog(
            LedgerStore ledgers,
            Lease lease,
            LedgerLogOptions options,
            OrphanListing listing,
            ShardId shard,
            Claim claim,
            Loop loop,
            AppendListener listener,
            ShardCell cell,
            List<ChainLedger> chain,
            CondemnedLedgers condemned,
            LedgerWriter writer,
            long nextLsn,
            ShardRecord installed,
            ShardRecord.Start start,
            byte @Nullable [] manifest) {
        this.ledgers = ledgers;
        this.lease = lease;
        this.options = options;
        this.listing = listing;
        this.shard = shard;
        this.claim = claim;
        this.loop = loop;
        this.listener = listener;
        this.cell = cell;
        this.chain = chain;
        this.condemned = condemned;
        this.current = chain.getLast();
        this.writer = writer;
        this.currentOpenedNanos = loop.nanoTime();
        this.nextLsn = nextLsn;
        this.committedLsn = nextLsn - 1;
        this.flushedLsn = installed.flushedLsn();
        this.start = start;
        this.marks = new ReplayMarks(start);
        this.manifestPosition = installed.manifest();
        this.checkpoint = Optional.ofNullable(manifest)
                .map(bytes -> new Checkpoint(Unpooled.wrappedBuffer(bytes).asReadOnly(), flushedLsn));
        this.sweepTimer = loop.after(options.sweepDelayMillis() * 1_000_000L, this::sweep);
    }

    private enum State {
        TAKEN_OVER,
        REPLAYING,
        OPEN,
        CLOSING,
        DEAD
    }

    private enum Rolling {
        STEADY,
        CREATING,
        ENTERING,
        DRAINING
    }

    @Override
    public long epoch() {
        return claim.epoch();
    }

    @Override
    public Optional<Checkpoint> checkpoint() {
        return checkpoint;
    }

    @Override
    public long tailBytes() {
        return marks.tailBytes();
    }

    @Override
    public int entryBytesMax() {
        return writer.entryBytesMax();
    }

    // ---- replay

    @Override
    public CompletionStage<Long> replay(ReplayListener replayed) {
        if (state == State.DEAD) {
            return failed(new StorageFault.Unavailable("the log of " + shard + " was let go"));
        }
        require(state == State.TAKEN_OVER, "replay is called once, before the first append");
        state = State.REPLAYING;
        int from = 0;
        while (chain.get(from).ledgerId != start.ledgerId()) {
            from++;
        }
        List<ChainLedger> written =
                chain.subList(from, chain.size() - 1).stream().toList();
        Replay run = new Replay(shard, epoch(), loop, options, written, start, marks, flushedLsn, replayed);
        replay = run;
        return run.run().thenApply(this::replayed);
    }

    private Long replayed(Long endLsn) {
        replay = null;
        chain.forEach(ChainLedger::closeReader);
        if (endLsn != nextLsn) {
            throw new StorageException(new StorageFault.Damaged(
                    shard + ": replay ended before LSN " + endLsn + ", the last entry before LSN " + nextLsn));
        }
        if (state == State.REPLAYING) {
            state = State.OPEN;
        }
        return endLsn;
    }

    // ---- append

    @Override
    public int freeSlots() {
        return switch (state) {
            case TAKEN_OVER, REPLAYING, CLOSING -> 0;
            case OPEN ->
                rolling == Rolling.DRAINING && options.obeys(ChainRule.DRAIN_BEFORE_NEXT_LEDGER)
                        ? 0
                        : options.appendsInFlightMax() - appendsInFlight;
            // A dead log takes appends so that their owner hears what it must.
            case DEAD -> options.appendsInFlightMax();
        };
    }

    @Override
    public void onSlotFree(Runnable task) {
        slotFree = task;
    }

    @Override
    public void append(ByteBuf entry, long firstLsn, int count) {
        if (state == State.DEAD) {
            entry.release();
            loop.execute(() -> listener.appended(firstLsn + count - 1, AppendOutcome.UNKNOWN));
            return;
        }
        boolean valid = false;
        try {
            require(freeSlots() > 0, "append without a free slot");
            require(firstLsn == nextLsn, "append at LSN " + firstLsn + " instead of " + nextLsn);
            require(count >= 1, "append of " + count + " records");
            require(
                    entry.readableBytes() >= HEADER_BYTES && entry.readableBytes() <= entryBytesMax(),
                    "append of " + entry.readableBytes() + " bytes");
            valid = true;
        } finally {
            if (!valid) {
                entry.release();
            }
        }
        appendsInFlight++;
        Pending pending = new Pending(firstLsn + count - 1, current.ledgerId, current.lastEntryId + 1, null);
        if (!options.obeys(ChainRule.ACKNOWLEDGE_AFTER_COMMIT)) {
            pending.reported = true;
            loop.execute(() -> listener.appended(pending.lastLsn, AppendOutcome.COMMITTED));
        }
        send(entry, new EntryHeader(false, shard.value(), count, claim.epoch(), firstLsn), pending);
    }

    private void send(ByteBuf entry, EntryHeader header, Pending pending) {
        header.write(entry);
        int bytes = entry.readableBytes();
        nextLsn = header.nextLsn();
        current.lastEntryId = pending.entryId;
        currentBytes += bytes;
        marks.entry(pending.ledgerId, pending.entryId, header.firstLsn(), bytes);
        inFlight.add(pending);
        writer.append(entry, (entryId, acknowledged) -> loop.execute(() -> added(pending, entryId, acknowledged)));
    }

    private void added(Pending pending, long entryId, boolean acknowledged) {
        if (state == State.DEAD) {
            return;
        }
        if (!acknowledged) {
            die("an append to ledger " + pending.ledgerId + " was not acknowledged");
            return;
        }
        if (options.obeys(ChainRule.CHECK_LEASE_AT_COMMIT) && !lease.validNow()) {
            die("the lease lapsed before an append was acknowledged");
            return;
        }
        if (entryId != pending.entryId) {
            die("ledger " + pending.ledgerId + " acknowledged entry " + entryId + " for " + pending.entryId);
            return;
        }
        if (options.obeys(ChainRule.DRAIN_BEFORE_NEXT_LEDGER)) {
            if (inFlight.peek() != pending) {
                die("ledger " + pending.ledgerId + " acknowledged entry " + entryId + " out of order");
                return;
            }
            inFlight.remove();
        } else {
            inFlight.remove(pending);
        }
        boolean wasFull = freeSlots() == 0;
        committedLsn = Math.max(committedLsn, pending.lastLsn);
        if (pending.checkpoint != null) {
            install(pending.checkpoint, new ShardRecord.Position(pending.ledgerId, pending.entryId));
        } else {
            appendsInFlight--;
            if (!pending.reported) {
                listener.appended(pending.lastLsn, AppendOutcome.COMMITTED);
            }
        }
        if (state == State.DEAD) {
            return;
        }
        goOn(wasFull);
    }

    /** What the end of an append or of a step of rolling makes possible. */
    private void goOn(boolean wasFull) {
        if (rolling == Rolling.DRAINING && (inFlight.isEmpty() || !options.obeys(ChainRule.DRAIN_BEFORE_NEXT_LEDGER))) {
            switchLedger();
        } else if (rolling == Rolling.STEADY) {
            rollIfDue();
        }
        if (state == State.CLOSING) {
            if (inFlight.isEmpty()) {
                closeLedgers();
            }
            return;
        }
        if (wasFull && freeSlots() > 0) {
            slotFree.run();
        }
    }

    // ---- roll

    private void rollIfDue() {
        if (state != State.OPEN || current.lastEntryId < 0) {
            return;
        }
        boolean full = currentBytes >= options.rollBytes();
        boolean old = loop.nanoTime() - currentOpenedNanos >= options.rollAgeMillis() * 1_000_000L;
        if (full || old) {
            rolling = Rolling.CREATING;
            createNext(0);
        }
    }

    private void createNext(int attempt) {
        if (state != State.OPEN) {
            return;
        }
        Result.on(
                loop,
                ledgers.create(LedgerUse.LOG, Labels.ofLog(options.cluster(), shard, claim, loop.wallMillis())),
                result -> {
                    switch (result) {
                        case Result.Done<LedgerWriter>(LedgerWriter created) -> {
                            if (state == State.OPEN) {
                                nextWriter = created;
                                enterNext();
                            } else {
                                created.abandon();
                            }
                        }
                        case Result.Failed<LedgerWriter>(StorageFault fault) -> {
                            LOG.debug("shard={} reason=\"{}\" next ledger not created yet", shard, fault.reason());
                            loop.after(options.retryNanos(attempt), () -> createNext(attempt + 1));
                        }
                    }
                });
    }

    private void enterNext() {
        LedgerWriter next = nextWriter;
        if (state != State.OPEN || rolling != Rolling.CREATING || next == null) {
            return;
        }
        if (closingLedger != null && options.obeys(ChainRule.DRAIN_BEFORE_NEXT_LEDGER)) {
            return;
        }
        rolling = Rolling.ENTERING;
        enter(next, 0);
    }

    private void enter(LedgerWriter next, int attempt) {
        if (state != State.OPEN) {
            return;
        }
        ChainLedger entering = new ChainLedger(next.ledgerId(), ShardRecord.UNKNOWN_LSN, LinkState.OPEN);
        Result.here(cell.write(() -> record(withNext(entering)), false), result -> {
            if (state == State.DEAD) {
                return;
            }
            switch (result) {
                case Result.Done<ShardRecord> _ -> {
                    chain.add(entering);
                    rolling = Rolling.DRAINING;
                    goOn(false);
                }
                case Result.Failed<ShardRecord>(StorageFault fault) -> {
                    if (fault instanceof StorageFault.Unavailable) {
                        LOG.debug("shard={} reason=\"{}\" next ledger not in the chain yet", shard, fault.reason());
                        loop.after(options.retryNanos(attempt), () -> enter(next, attempt + 1));
                    } else {
                        die(fault.reason());
                    }
                }
            }
        });
    }

    private List<ChainLedger> withNext(ChainLedger entering) {
        List<ChainLedger> longer = new ArrayList<>(chain);
        longer.add(entering);
        return longer;
    }

    private void switchLedger() {
        LedgerWriter next = nextWriter;
        if (next == null || state != State.OPEN) {
            return;
        }
        boolean wasFull = freeSlots() == 0;
        ChainLedger former = current;
        LedgerWriter formerWriter = writer;
        current = chain.getLast();
        current.firstLsn = nextLsn;
        writer = next;
        nextWriter = null;
        currentBytes = 0;
        currentOpenedNanos = loop.nanoTime();
        rolling = Rolling.STEADY;
        LOG.debug("shard={} ledger={} firstLsn={} rolled", shard, current.ledgerId, nextLsn);
        if (options.obeys(ChainRule.DRAIN_BEFORE_NEXT_LEDGER)) {
            closingLedger = former;
            Result.on(loop, formerWriter.close(), result -> {
                switch (result) {
                    case Result.Done<Void> _ -> closed(former);
                    case Result.Failed<Void>(StorageFault fault) -> closeByRecovery(former, 0, fault);
                }
            });
        }
        sendWaitingManifest();
        if (wasFull && freeSlots() > 0) {
            slotFree.run();
        }
    }

    private void closed(ChainLedger former) {
        former.state = LinkState.CLOSED;
        closingLedger = null;
        enterNext();
    }

    /** A ledger whose entries are all acknowledged but whose end could not be written: recovery writes it. Only this owner wrote to it. */
    private void closeByRecovery(ChainLedger former, int attempt, StorageFault cause) {
        if (state != State.OPEN) {
            return;
        }
        LOG.debug("shard={} ledger={} reason=\"{}\" not closed yet", shard, former.ledgerId, cause.reason());
        loop.after(options.retryNanos(attempt), () -> {
            if (state != State.OPEN) {
                return;
            }
            Result.on(loop, ledgers.openAndRecover(former.ledgerId), result -> {
                switch (result) {
                    case Result.Done<LedgerReader>(LedgerReader reader) -> {
                        long lastEntryId = reader.lastEntryId();
                        reader.close();
                        if (lastEntryId != former.lastEntryId) {
                            die("ledger " + former.ledgerId + " was closed at entry " + lastEntryId
                                    + ", acknowledged up to " + former.lastEntryId);
                        } else {
                            closed(former);
                        }
                    }
                    case Result.Failed<LedgerReader>(StorageFault fault) -> closeByRecovery(former, attempt + 1, fault);
                }
            });
        });
    }

    // ---- checkpoint

    @Override
    public CompletionStage<Void> checkpoint(ByteBuf manifest, long newFlushedLsn) {
        try {
            require(pendingCheckpoint == null, "one checkpoint at a time");
            require(
                    newFlushedLsn >= flushedLsn && newFlushedLsn <= committedLsn,
                    "checkpoint at LSN " + newFlushedLsn + ", which is not in " + flushedLsn + ".." + committedLsn);
            int bytes = manifest.readableBytes();
            require(
                    bytes <= MANIFEST_BYTES_MAX && bytes + HEADER_BYTES <= entryBytesMax(),
                    "manifest of " + bytes + " bytes");
            if (state == State.DEAD) {
                return failed(new StorageFault.OutcomeUnknown("the log of " + shard + " is dead"));
            }
            require(state == State.OPEN, "checkpoint of a log that is not open");
            byte[] copy = new byte[bytes];
            manifest.getBytes(manifest.readerIndex(), copy);
            PendingCheckpoint pending = new PendingCheckpoint(copy, newFlushedLsn);
            pendingCheckpoint = pending;
            if (rolling != Rolling.DRAINING) {
                sendManifest(pending);
            }
            return pending.done;
        } finally {
            manifest.release();
        }
    }

    private void sendWaitingManifest() {
        if (pendingCheckpoint != null && !pendingCheckpoint.sent) {
            sendManifest(pendingCheckpoint);
        }
    }

    private void sendManifest(PendingCheckpoint pending) {
        pending.sent = true;
        ByteBuf entry = ByteBufAllocator.DEFAULT.directBuffer(HEADER_BYTES + pending.manifest.length);
        entry.writeZero(HEADER_BYTES).writeBytes(pending.manifest);
        long entryId = current.lastEntryId + 1;
        marks.mark(current.ledgerId, entryId, nextLsn);
        send(
                entry,
                new EntryHeader(true, shard.value(), 0, claim.epoch(), nextLsn),
                new Pending(nextLsn - 1, current.ledgerId, entryId, pending));
    }

    /** The manifest is in the log: now one write makes it the one in force and shortens the chain. */
    private void install(PendingCheckpoint pending, ShardRecord.Position position) {
        if (options.obeys(ChainRule.INSTALL_MANIFEST_WITH_CHAIN)) {
            write(pending, position, pending.flushedLsn, () -> finish(pending, position));
        } else {
            write(pending, manifestPosition, flushedLsn, () -> {
                manifestPosition = position;
                flushedLsn = pending.flushedLsn;
                write(pending, position, pending.flushedLsn, () -> finish(pending, position));
            });
        }
    }

    private void write(
            PendingCheckpoint pending, ShardRecord.@Nullable Position manifest, long flushed, Runnable then) {
        List<ChainLedger> leaving = new ArrayList<>();
        List<ShardRecord.Condemned> sentenced = new ArrayList<>();
        ShardRecord.Start[] newStart = {start};
        boolean patient = !options.obeys(ChainRule.INSTALL_MANIFEST_WITH_CHAIN);
        CompletionStage<ShardRecord> written = cell.write(
                () -> {
                    newStart[0] = marks.startFor(pending.flushedLsn);
                    for (ChainLedger ledger : chain) {
                        if (ledger.ledgerId == newStart[0].ledgerId()) {
                            break;
                        }
                        boolean manifestIn = manifest != null && manifest.ledgerId() == ledger.ledgerId;
                        if (ledger.state != LinkState.OPEN && !manifestIn) {
                            leaving.add(ledger);
                        }
                    }
                    sentenced.addAll(condemned.sentence(leaving));
                    List<ChainLedger> kept = new ArrayList<>(chain);
                    kept.removeAll(leaving);
                    return new ShardRecord(
                            claim,
                            kept.stream().map(ChainLedger::link).toList(),
                            condemned.with(sentenced),
                            manifest,
                            flushed,
                            newStart[0]);
                },
                patient);
        Result.here(written, result -> {
            if (state == State.DEAD) {
                return;
            }
            switch (result) {
                case Result.Done<ShardRecord> _ -> {
                    chain.removeAll(leaving);
                    start = newStart[0];
                    marks.startAt(start);
                    condemned.carryOut(sentenced);
                    then.run();
                }
                case Result.Failed<ShardRecord>(StorageFault fault) -> {
                    pendingCheckpoint = null;
                    pending.fail(fault);
                    if (!(fault instanceof StorageFault.Unavailable)) {
                        die(fault.reason());
                    }
                }
            }
        });
    }

    private void finish(PendingCheckpoint pending, ShardRecord.Position position) {
        flushedLsn = pending.flushedLsn;
        manifestPosition = position;
        checkpoint = Optional.of(
                new Checkpoint(Unpooled.wrappedBuffer(pending.manifest).asReadOnly(), flushedLsn));
        pendingCheckpoint = null;
        pending.done.complete(null);
    }

    private ShardRecord record(List<ChainLedger> links) {
        return new ShardRecord(
                claim,
                links.stream().map(ChainLedger::link).toList(),
                condemned.with(List.of()),
                manifestPosition,
                flushedLsn,
                start);
    }

    // ---- sweep

    private void sweep() {
        sweepTimer = null;
        if (state == State.DEAD || state == State.CLOSING) {
            return;
        }
        Result.on(loop, listing.take(loop.nanoTime()), result -> {
            if (state == State.DEAD || state == State.CLOSING) {
                return;
            }
            switch (result) {
                case Result.Done<List<LedgerInfo>>(List<LedgerInfo> found) -> sweep(found);
                case Result.Failed<List<LedgerInfo>>(StorageFault fault) ->
                    LOG.info("shard={} reason=\"{}\" orphan ledgers not listed", shard, fault.reason());
            }
            sweepTimer = loop.after(options.sweepIntervalMillis() * 1_000_000L, this::sweep);
        });
    }

    private void sweep(List<LedgerInfo> found) {
        Set<Long> named = new HashSet<>();
        chain.forEach(ledger -> named.add(ledger.ledgerId));
        condemned.with(List.of()).forEach(ledger -> named.add(ledger.ledgerId()));
        String mine = Integer.toString(shard.value());
        for (LedgerInfo ledger : found) {
            Map<String, String> labels = ledger.labels();
            long created = Labels.number(labels, Labels.CREATED_MILLIS);
            if (mine.equals(labels.get(Labels.SHARD))
                    && Labels.number(labels, Labels.EPOCH) < claim.epoch()
                    && !named.contains(ledger.ledgerId())
                    && created <= loop.wallMillis() - options.orphanGraceMillis()) {
                Result.on(loop, ledgers.delete(ledger.ledgerId()), result -> {
                    if (result instanceof Result.Done<Void>) {
                        LOG.info("shard={} ledger={} orphan deleted", shard, ledger.ledgerId());
                    }
                });
            }
        }
    }

    // ---- end

    @Override
    public CompletionStage<Void> close() {
        if (closing != null) {
            return closing;
        }
        CompletableFuture<Void> done = new CompletableFuture<>();
        closing = done;
        if (state != State.OPEN) {
            letGo("closed");
            done.complete(null);
            return done;
        }
        state = State.CLOSING;
        loop.after(CLOSE_NANOS_MAX, () -> {
            if (state == State.CLOSING) {
                die("closing took too long");
            }
        });
        if (inFlight.isEmpty()) {
            closeLedgers();
        }
        return done;
    }

    private void closeLedgers() {
        if (closeStarted) {
            return;
        }
        closeStarted = true;
        List<LedgerWriter> open = new ArrayList<>(List.of(writer));
        List<ChainLedger> closingLinks = new ArrayList<>(List.of(current));
        if (nextWriter != null) {
            if (rolling == Rolling.DRAINING) {
                open.add(nextWriter);
                closingLinks.add(chain.getLast());
            } else {
                nextWriter.abandon();
            }
            nextWriter = null;
        }
        int[] pending = {open.size()};
        for (int i = 0; i < open.size(); i++) {
            ChainLedger link = closingLinks.get(i);
            Result.on(loop, open.get(i).close(), result -> {
                if (result instanceof Result.Done<Void>) {
                    link.state = LinkState.CLOSED;
                }
                if (--pending[0] == 0 && state == State.CLOSING) {
                    Result.here(cell.write(() -> record(chain), false), _ -> letGo("closed"));
                }
            });
        }
    }

    @Override
    public void abandon() {
        letGo("abandoned");
    }

    /** From here on nothing is reported committed. */
    private void die(String reason) {
        if (state != State.DEAD) {
            LOG.info("shard={} epoch={} reason=\"{}\" log is dead", shard, claim.epoch(), reason);
            letGo(reason);
        }
    }

    private void letGo(String reason) {
        if (state == State.DEAD) {
            return;
        }
        boolean wasFull = freeSlots() == 0;
        boolean wasOpen = state == State.OPEN;
        state = State.DEAD;
        if (replay != null) {
            replay.cancel(new StorageFault.Unavailable("the log of " + shard + " was let go: " + reason));
            replay = null;
        }
        chain.forEach(ChainLedger::closeReader);
        condemned.stop();
        cell.stop();
        if (sweepTimer != null) {
            sweepTimer.cancel();
        }
        writer.abandon();
        if (nextWriter != null) {
            nextWriter.abandon();
        }
        for (Pending pending = inFlight.poll(); pending != null; pending = inFlight.poll()) {
            if (pending.checkpoint == null && !pending.reported) {
                listener.appended(pending.lastLsn, AppendOutcome.UNKNOWN);
            }
        }
        PendingCheckpoint unfinished = pendingCheckpoint;
        pendingCheckpoint = null;
        if (unfinished != null) {
            unfinished.fail(new StorageFault.OutcomeUnknown("the log of " + shard + " is dead: " + reason));
        }
        if (closing != null) {
            closing.complete(null);
        }
        if (wasFull && wasOpen) {
            slotFree.run();
        }
    }

    private static <T> CompletionStage<T> failed(StorageFault fault) {
        return CompletableFuture.failedStage(new StorageException(fault));
    }

    private static void require(boolean holds, String otherwise) {
        if (!holds) {
            throw new IllegalStateException(otherwise);
        }
    }

    /** An entry on its way. */
    private static final class Pending {
        private final long lastLsn;
        private final long ledgerId;
        private final long entryId;
        private final @Nullable PendingCheckpoint checkpoint;
        private boolean reported;

        private Pending(long lastLsn, long ledgerId, long entryId, @Nullable PendingCheckpoint checkpoint) {
            this.lastLsn = lastLsn;
            this.ledgerId = ledgerId;
            this.entryId = entryId;
            this.checkpoint = checkpoint;
        }
    }

    /** A checkpoint on its way. */
    private static final class PendingCheckpoint {
        private final byte[] manifest;
        private final long flushedLsn;
        private final CompletableFuture<Void> done = new CompletableFuture<>();
        private boolean sent;

        private PendingCheckpoint(byte[] manifest, long flushedLsn) {
            this.manifest = manifest;
            this.flushedLsn = flushedLsn;
        }

        private void fail(StorageFault fault) {
            done.completeExceptionally(new StorageException(fault));
        }
    }
}
