package io.robustmq.storage.ledger;

import io.netty.buffer.ByteBuf;
import io.robustmq.storage.AppendListener;
import io.robustmq.storage.Claim;
import io.robustmq.storage.CoordStore;
import io.robustmq.storage.Lease;
import io.robustmq.storage.Loop;
import io.robustmq.storage.ShardId;
import io.robustmq.storage.ShardLog;
import io.robustmq.storage.StorageException;
import io.robustmq.storage.StorageFault;
import io.robustmq.storage.ledger.LedgerStore.LedgerReader;
import io.robustmq.storage.ledger.LedgerStore.LedgerUse;
import io.robustmq.storage.ledger.LedgerStore.LedgerWriter;
import io.robustmq.storage.ledger.ShardRecord.LinkState;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Becoming the owner of a shard:
 *
 * <pre>
 *   read --higher epoch--> NotOwner
 *    |
 *   claim    only {epoch, incarnation} is written; from here every write of a former owner fails, so the chain stands still
 *    |
 *   fence    every ledger that is not closed is recovered
 *    |
 *   end      the last entry tells the next LSN; the manifest is read
 *    |
 *   create   a new ledger, installed in the chain
 *    |
 *   a log, ready for replay
 * </pre>
 *
 * Whatever fails without a verdict leads back to "read" after a wait. Owned by the home loop of the shard.
 */
final class Takeover {
    private final LedgerStore ledgers;
    private final CoordStore coordination;
    private final Lease lease;
    private final LedgerLogOptions options;
    private final OrphanListing listing;
    private final ShardId shard;
    private final Claim claim;
    private final Loop loop;
    private final AppendListener listener;
    private final CompletableFuture<ShardLog> done = new CompletableFuture<>();

    private ShardCell cell;
    private List<ChainLedger> chain = List.of();
    private int attempts;

    Takeover(
            LedgerStore ledgers,
            CoordStore coordination,
            Lease lease,
            LedgerLogOptions options,
            OrphanListing listing,
            ShardId shard,
            Claim claim,
            Loop loop,
            AppendListener listener) {
        this.ledgers = ledgers;
        this.coordination = coordination;
        this.lease = lease;
        this.options = options;
        this.listing = listing;
        this.shard = shard;
        this.claim = claim;
        this.loop = loop;
        this.listener = listener;
        this.cell = newCell();
    }

    /** Any thread. */
    CompletionStage<ShardLog> run() {
        loop.execute(this::read);
        return done;
    }

    private ShardCell newCell() {
        return new ShardCell(coordination, ShardRecord.path(shard), loop, claim, options);
    }

    private void read() {
        cell = newCell();
        Result.here(cell.read(), result -> {
            switch (result) {
                case Result.Done<Optional<ShardRecord>>(Optional<ShardRecord> found) -> claim(found);
                case Result.Failed<Optional<ShardRecord>>(StorageFault fault) -> failed(fault);
            }
        });
    }

    private void claim(Optional<ShardRecord> found) {
        if (found.isPresent()) {
            ShardRecord record = found.get();
            if (record.outranks(claim)) {
                end(new StorageFault.NotOwner(record.claim().epoch()));
                return;
            }
            if (record.claim().equals(claim)) {
                fence(record);
                return;
            }
        }
        ShardRecord claimed = found.map(record -> record.claimedBy(claim)).orElseGet(() -> ShardRecord.first(claim));
        Result.here(cell.write(() -> claimed, false), result -> {
            switch (result) {
                case Result.Done<ShardRecord>(ShardRecord record) -> fence(record);
                case Result.Failed<ShardRecord>(StorageFault fault) -> {
                    if (!options.obeys(ChainRule.RESOLVE_WRITES_BY_READING)) {
                        end(new StorageFault.NotOwner(claim.epoch()));
                    } else {
                        failed(fault);
                    }
                }
            }
        });
    }

    private void fence(ShardRecord record) {
        chain = new ArrayList<>();
        for (ShardRecord.Link link : record.chain()) {
            chain.add(new ChainLedger(link.ledgerId(), link.firstLsn(), link.state()));
        }
        ChainLedger unfenced = null;
        if (!options.obeys(ChainRule.FENCE_EVERY_OPEN_LEDGER)) {
            List<ChainLedger> open =
                    chain.stream().filter(l -> l.state == LinkState.OPEN).toList();
            unfenced = open.size() > 1 ? open.getLast() : null;
        }
        Fencing fencing = new Fencing(record);
        for (ChainLedger ledger : chain) {
            if (ledger != unfenced) {
                fencing.pending++;
            }
        }
        if (fencing.pending == 0) {
            findEnd(record);
            return;
        }
        for (ChainLedger ledger : List.copyOf(chain)) {
            if (ledger != unfenced) {
                CompletionStage<LedgerReader> opened = ledger.state == LinkState.OPEN
                        ? ledgers.openAndRecover(ledger.ledgerId)
                        : ledgers.open(ledger.ledgerId);
                Result.on(loop, opened, result -> fencing.opened(ledger, result));
            }
        }
    }

    /** Waits for all ledgers of one attempt. */
    private final class Fencing {
        private final ShardRecord record;
        private int pending;
        private @Nullable StorageFault worst;

        private Fencing(ShardRecord record) {
            this.record = record;
        }

        private void opened(ChainLedger ledger, Result<LedgerReader> result) {
            switch (result) {
                case Result.Done<LedgerReader>(LedgerReader reader) -> {
                    ledger.reader = reader;
                    ledger.lastEntryId = reader.lastEntryId();
                }
                case Result.Failed<LedgerReader>(StorageFault fault) -> {
                    if (fault instanceof StorageFault.NotFound) {
                        worst = new StorageFault.Damaged(
                                shard + ": the chain names ledger " + ledger.ledgerId + ", which does not exist");
                    } else if (!(worst instanceof StorageFault.Damaged)) {
                        worst = fault;
                    }
                }
            }
            if (--pending == 0) {
                if (worst != null) {
                    failed(worst);
                } else {
                    findEnd(record);
                }
            }
        }
    }

    private void findEnd(ShardRecord record) {
        ShardRecord.Start start = record.start();
        if (start == null) {
            readManifest(record, 1);
            return;
        }
        int first = indexOf(start.ledgerId());
        if (first < 0) {
            end(new StorageFault.Damaged(
                    shard + ": replay starts in ledger " + start.ledgerId() + ", which the chain does not name"));
            return;
        }
        for (int i = chain.size() - 1; i >= first; i--) {
            LedgerReader reader = chain.get(i).reader;
            if (reader != null && reader.lastEntryId() >= 0) {
                int last = i;
                Result.on(
                        loop,
                        reader.read(reader.lastEntryId(), reader.lastEntryId()),
                        result -> ended(record, last, result));
                return;
            }
        }
        checkEnd(record, first - 1, start.lsn());
    }

    private void ended(ShardRecord record, int last, Result<List<ByteBuf>> result) {
        switch (result) {
            case Result.Failed<List<ByteBuf>>(StorageFault fault) -> failed(fault);
            case Result.Done<List<ByteBuf>>(List<ByteBuf> entries) -> {
                long nextLsn;
                try {
                    nextLsn = EntryHeader.read(entries.getFirst(), shard).nextLsn();
                } catch (StorageException e) {
                    end(new StorageFault.Damaged(shard + ", last entry of ledger " + chain.get(last).ledgerId + ": "
                            + e.fault().reason()));
                    return;
                } finally {
                    entries.forEach(ByteBuf::release);
                }
                checkEnd(record, last, nextLsn);
            }
        }
    }

    /** Compares the end that was read with what the record knows: a log that lost its end must not go on as if it were whole. */
    private void checkEnd(ShardRecord record, int last, long nextLsn) {
        if (nextLsn <= record.flushedLsn()) {
            end(new StorageFault.Damaged(
                    shard + ": the log ends before LSN " + nextLsn + ", its checkpoint is at " + record.flushedLsn()));
            return;
        }
        for (int i = last + 1; i < chain.size(); i++) {
            long known = chain.get(i).firstLsn;
            if (known != ShardRecord.UNKNOWN_LSN && known != nextLsn) {
                end(new StorageFault.Damaged(shard + ": ledger " + chain.get(i).ledgerId + " starts at LSN " + known
                        + ", the log before it ends before LSN " + nextLsn));
                return;
            }
        }
        readManifest(record, nextLsn);
    }

    private void readManifest(ShardRecord record, long nextLsn) {
        ShardRecord.Position position = record.manifest();
        if (position == null) {
            create(record, nextLsn, null);
            return;
        }
        int at = indexOf(position.ledgerId());
        LedgerReader reader = at < 0 ? null : chain.get(at).reader;
        if (reader == null || position.entryId() > reader.lastEntryId()) {
            end(new StorageFault.Damaged(shard + ": the manifest at " + position + " is not in the log"));
            return;
        }
        Result.on(loop, reader.read(position.entryId(), position.entryId()), result -> {
            switch (result) {
                case Result.Failed<List<ByteBuf>>(StorageFault fault) -> failed(fault);
                case Result.Done<List<ByteBuf>>(List<ByteBuf> entries) -> {
                    byte[] manifest;
                    try {
                        ByteBuf entry = entries.getFirst();
                        if (!EntryHeader.read(entry, shard).manifest()) {
                            end(new StorageFault.Damaged(shard + ": the entry at " + position + " is no manifest"));
                            return;
                        }
                        manifest = new byte[entry.readableBytes() - ShardLog.HEADER_BYTES];
                        entry.getBytes(entry.readerIndex() + ShardLog.HEADER_BYTES, manifest);
                    } catch (StorageException e) {
                        end(new StorageFault.Damaged(shard + ", manifest at " + position + ": "
                                + e.fault().reason()));
                        return;
                    } finally {
                        entries.forEach(ByteBuf::release);
                    }
                    create(record, nextLsn, manifest);
                }
            }
        });
    }

    private void create(ShardRecord record, long nextLsn, byte @Nullable [] manifest) {
        Result.on(
                loop,
                ledgers.create(LedgerUse.LOG, Labels.ofLog(options.cluster(), shard, claim, loop.wallMillis())),
                result -> {
                    switch (result) {
                        case Result.Done<LedgerWriter>(LedgerWriter writer) ->
                            install(record, nextLsn, manifest, writer);
                        case Result.Failed<LedgerWriter>(StorageFault fault) -> failed(fault);
                    }
                });
    }

    private void install(ShardRecord record, long nextLsn, byte @Nullable [] manifest, LedgerWriter writer) {
        ChainLedger current = new ChainLedger(writer.ledgerId(), nextLsn, LinkState.OPEN);
        List<ChainLedger> kept = new ArrayList<>();
        List<ChainLedger> empty = new ArrayList<>();
        for (ChainLedger ledger : chain) {
            if (ledger.state == LinkState.OPEN) {
                ledger.state = LinkState.RECOVERED;
            }
            (ledger.lastEntryId < 0 ? empty : kept).add(ledger);
        }
        kept.add(current);
        CondemnedLedgers condemned = new CondemnedLedgers(ledgers, loop, options, record.condemned());
        List<ShardRecord.Condemned> dropped = condemned.sentence(empty);
        ShardRecord.Start start = startIn(kept, record.start(), nextLsn);
        ShardRecord installed = new ShardRecord(
                claim,
                kept.stream().map(ChainLedger::link).toList(),
                condemned.with(dropped),
                record.manifest(),
                record.flushedLsn(),
                start);
        Result.here(cell.write(() -> installed, false), result -> {
            switch (result) {
                case Result.Done<ShardRecord> _ -> {
                    empty.forEach(ChainLedger::closeReader);
                    condemned.carryOut(dropped);
                    done.complete(new LedgerShardLog(
                            ledgers, lease, options, listing, shard, claim, loop, listener, cell, kept, condemned,
                            writer, nextLsn, installed, start, manifest));
                }
                case Result.Failed<ShardRecord>(StorageFault fault) -> {
                    writer.abandon();
                    if (!options.obeys(ChainRule.RESOLVE_WRITES_BY_READING)) {
                        Result.here(ledgers.delete(writer.ledgerId()), _ -> {});
                        end(new StorageFault.NotOwner(claim.epoch()));
                    } else {
                        failed(fault);
                    }
                }
            }
        });
    }

    /** Where replay starts once the empty ledgers have left. */
    private ShardRecord.Start startIn(List<ChainLedger> kept, ShardRecord.@Nullable Start start, long nextLsn) {
        if (start == null) {
            return new ShardRecord.Start(kept.getLast().ledgerId, 0, nextLsn);
        }
        if (kept.contains(chain.get(indexOf(start.ledgerId())))) {
            return start;
        }
        return new ShardRecord.Start(firstKeptAfter(start.ledgerId(), kept).ledgerId, 0, start.lsn());
    }

    private ChainLedger firstKeptAfter(long ledgerId, List<ChainLedger> kept) {
        for (int i = indexOf(ledgerId) + 1; i < chain.size(); i++) {
            if (kept.contains(chain.get(i))) {
                return chain.get(i);
            }
        }
        return kept.getLast();
    }

    private int indexOf(long ledgerId) {
        for (int i = 0; i < chain.size(); i++) {
            if (chain.get(i).ledgerId == ledgerId) {
                return i;
            }
        }
        return -1;
    }

    /** Starts again where that may help. */
    private void failed(StorageFault fault) {
        chain.forEach(ChainLedger::closeReader);
        chain = List.of();
        boolean again = switch (fault) {
            case StorageFault.Unavailable _, StorageFault.OutcomeUnknown _, StorageFault.VersionConflict _ -> true;
            case StorageFault.NotOwner _, StorageFault.OutOfSpace _, StorageFault.Damaged _, StorageFault.NotFound _ ->
                false;
        };
        if (!again) {
            end(fault);
        } else if (++attempts >= options.attemptsMax()) {
            end(new StorageFault.Unavailable("taking over " + shard + ": " + fault.reason()));
        } else {
            loop.after(options.retryNanos(attempts - 1), this::read);
        }
    }

    private void end(StorageFault fault) {
        chain.forEach(ChainLedger::closeReader);
        cell.stop();
        done.completeExceptionally(new StorageException(fault));
    }
}
