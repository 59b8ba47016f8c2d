package io.robustmq.kernel.testkit.log;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.robustmq.kernel.testkit.Invariant;
import io.robustmq.kernel.testkit.SimJudge;
import io.robustmq.kernel.testkit.SimNode;
import io.robustmq.kernel.testkit.schedule.SimRandom;
import io.robustmq.storage.AppendOutcome;
import io.robustmq.storage.Claim;
import io.robustmq.storage.LogStore;
import io.robustmq.storage.Loop;
import io.robustmq.storage.ShardId;
import io.robustmq.storage.ShardLog;
import io.robustmq.storage.StorageException;
import io.robustmq.storage.StorageFault;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a kernel does with one shard, reduced to its dealings with the log: take over when told, rebuild, append, checkpoint, and after any doubt throw everything
 * away and take over from itself. Its state is a digest of all records. Lives on one loop of one node.
 */
final class ShardOwner {
    private static final int RECORD_BYTES = Long.BYTES;

    private final SimNode node;
    private final ShardId shard;
    private final LogStore store;
    private final Loop loop;
    private final ShardHistory history;
    private final SimJudge judge;
    private final SimRandom random;
    private final Surroundings surroundings;
    private final long pauseNanosMax;

    private final ArrayDeque<Sent> inFlight = new ArrayDeque<>();
    private @Nullable Claim claim;
    private @Nullable ShardLog log;
    private boolean serving;
    private boolean checkpointing;
    private int generation;
    private long nextLsn;
    private long committedLsn;
    private long committedDigest;

    private record Sent(long lsn, long content, boolean lastOfEntry) {}

    /** What an owner learns of the run around it. */
    interface Surroundings {
        /** A number for a record that no other record has. */
        long nextNumber();

        /** Whether nobody holds the shard under a higher claim, in truth. */
        boolean isNewest(Claim claim);

        /** Whether owners should only hold what they have. */
        boolean quiet();
    }

    ShardOwner(
            SimNode node,
            ShardId shard,
            LogStore store,
            Loop loop,
            ShardHistory history,
            SimJudge judge,
            Surroundings surroundings,
            long pauseNanosMax) {
        this.node = node;
        this.shard = shard;
        this.store = store;
        this.loop = loop;
        this.history = history;
        this.judge = judge;
        this.random = node.random().fork();
        this.surroundings = surroundings;
        this.pauseNanosMax = pauseNanosMax;
    }

    /** Whether it owns the shard as far as it knows, and since which epoch. */
    boolean servesSince(long epoch) {
        return serving && claim != null && claim.epoch() >= epoch;
    }

    /** The last LSN that was reported committed to this owner. */
    long committedLsn() {
        return committedLsn;
    }

    /** Told to own the shard. On its loop. */
    void assign(long term) {
        if (claim != null && claim.epoch() >= term) {
            return;
        }
        letGo();
        claim = new Claim(term, node.incarnation());
        takeOver();
    }

    @Override
    public String toString() {
        return "the owner of " + shard + " on " + node.incarnation() + " (claim " + claim + ")";
    }

    private void letGo() {
        generation++;
        serving = false;
        checkpointing = false;
        inFlight.clear();
        if (log != null) {
            log.abandon();
            log = null;
        }
    }

    private void takeOver() {
        Claim mine = claim;
        if (mine == null) {
            return;
        }
        int now = ++generation;
        store.takeOver(shard, mine, loop, (lastLsn, outcome) -> appended(now, lastLsn, outcome))
                .whenComplete((taken, failure) -> {
                    if (!loop.inLoop()) {
                        judge.broken(Invariant.RECOVERS, "takeOver of " + shard + " completed outside its loop");
                    }
                    if (now != generation) {
                        if (failure == null) {
                            taken.abandon();
                        }
                    } else if (failure != null) {
                        refused(StorageException.faultOf(failure));
                    } else {
                        log = taken;
                        rebuild(taken, now);
                    }
                });
    }

    private void rebuild(ShardLog taken, int now) {
        long flushed = 0;
        long digest = 0;
        if (taken.checkpoint().isPresent()) {
            ShardLog.Checkpoint checkpoint = taken.checkpoint().get();
            flushed = checkpoint.flushedLsn();
            digest = checkpoint.manifest().getLong(checkpoint.manifest().readerIndex());
        }
        long flushedLsn = flushed;
        long flushedDigest = digest;
        List<Long> replayed = new ArrayList<>();
        taken.replay((records, firstLsn, count) -> {
                    int at = records.readerIndex();
                    for (int i = 0; i < count; i++) {
                        long lsn = firstLsn + i;
                        long content = records.getLong(at);
                        at += records.getInt(at + RECORD_BYTES) + RECORD_BYTES + Integer.BYTES;
                        if (lsn <= flushedLsn) {
                            continue;
                        }
                        if (lsn != flushedLsn + 1 + replayed.size()) {
                            judge.broken(Invariant.ONE_HISTORY, shard + " replay jumps to LSN " + lsn);
                        }
                        replayed.add(content);
                    }
                })
                .whenComplete((next, failure) -> {
                    if (now != generation) {
                        return;
                    }
                    if (failure != null) {
                        refused(StorageException.faultOf(failure));
                        return;
                    }
                    if (next != flushedLsn + 1 + replayed.size()) {
                        judge.broken(
                                Invariant.ONE_HISTORY,
                                shard + " replay ends before LSN " + next + " after " + (flushedLsn + replayed.size()));
                        return;
                    }
                    history.recovered(taken.epoch(), flushedLsn, flushedDigest, replayed);
                    nextLsn = next;
                    committedLsn = next - 1;
                    committedDigest = flushedDigest;
                    for (long content : replayed) {
                        committedDigest = ShardHistory.digest(committedDigest, content);
                    }
                    serving = true;
                    taken.onSlotFree(() -> {
                        if (now == generation && random.coin()) {
                            append(taken);
                        }
                    });
                    work(now);
                });
    }

    private void refused(StorageFault fault) {
        letGo();
        switch (fault) {
            case StorageFault.NotOwner _ -> claim = null;
            case StorageFault.Damaged _ -> damaged(fault.reason());
            case StorageFault.Unavailable _,
                    StorageFault.OutcomeUnknown _,
                    StorageFault.OutOfSpace _,
                    StorageFault.NotFound _,
                    StorageFault.VersionConflict _ -> {
                int now = generation;
                loop.after(random.skewed(50_000_000, 1_000_000_000), () -> {
                    if (now == generation && claim != null) {
                        claim = claim.again();
                        takeOver();
                    }
                });
            }
        }
    }

    /** A log may look damaged to somebody who is not its owner any more, because the owner cleans up; to its owner, never. */
    private void damaged(String reason) {
        if (claim != null && surroundings.isNewest(claim)) {
            judge.broken(Invariant.ONE_HISTORY, shard + " is damaged for epoch " + claim.epoch() + ": " + reason);
        }
        claim = null;
    }

    private void doubt() {
        letGo();
        if (claim != null) {
            claim = claim.again();
            takeOver();
        }
    }

    private void work(int now) {
        loop.after(random.skewed(500_000, pauseNanosMax), () -> {
            ShardLog mine = log;
            if (now != generation || mine == null) {
                return;
            }
            if (surroundings.quiet()) {
                append(mine);
                loop.after(10_000_000_000L, () -> work(now));
                return;
            }
            int entries = random.between(1, 3);
            for (int i = 0; i < entries; i++) {
                append(mine);
            }
            if (!checkpointing && committedLsn > 0 && random.chance(20)) {
                checkpoint(mine, now);
            }
            if (random.chance(3)) {
                handBack(mine);
            } else {
                work(now);
            }
        });
    }

    private void append(ShardLog mine) {
        if (mine.freeSlots() <= 0) {
            return;
        }
        int count = random.between(1, 3);
        ByteBuf entry = Unpooled.buffer(ShardLog.HEADER_BYTES + 64);
        entry.writeZero(ShardLog.HEADER_BYTES);
        long first = nextLsn;
        for (int i = 0; i < count; i++) {
            long content = surroundings.nextNumber();
            int padding = random.below(40);
            entry.writeLong(content).writeInt(padding).writeZero(padding);
            inFlight.add(new Sent(nextLsn++, content, i == count - 1));
        }
        mine.append(entry, first, count);
    }

    private void appended(int of, long lastLsn, AppendOutcome outcome) {
        if (of != generation || claim == null) {
            return;
        }
        switch (outcome) {
            case UNKNOWN -> doubt();
            case COMMITTED -> {
                if (!loop.inLoop()) {
                    judge.broken(Invariant.LEASE, shard + " append reported outside the loop");
                }
                if (!node.lease().validNow() || !node.leaseHoldsInTruth()) {
                    judge.broken(
                            Invariant.LEASE, shard + " LSN " + lastLsn + " reported committed without a valid lease");
                }
                Sent sent;
                do {
                    sent = inFlight.remove();
                    history.committed(claim.epoch(), sent.lsn, sent.content);
                    committedLsn = sent.lsn;
                    committedDigest = ShardHistory.digest(committedDigest, sent.content);
                } while (!sent.lastOfEntry);
                if (sent.lsn != lastLsn) {
                    judge.broken(
                            Invariant.ONE_HISTORY,
                            shard + " reported LSN " + lastLsn + " when " + sent.lsn + " was next");
                }
            }
        }
    }

    private void checkpoint(ShardLog mine, int now) {
        checkpointing = true;
        long flushed = committedLsn;
        long epoch = mine.epoch();
        mine.checkpoint(Unpooled.buffer(Long.BYTES).writeLong(committedDigest), flushed)
                .whenComplete((done, failure) -> {
                    if (failure == null) {
                        history.checkpointed(epoch, flushed);
                    }
                    if (now != generation) {
                        return;
                    }
                    checkpointing = false;
                    if (failure != null) {
                        switch (StorageException.faultOf(failure)) {
                            case StorageFault.Unavailable _, StorageFault.OutOfSpace _ -> {}
                            case StorageFault.NotOwner _ -> {
                                letGo();
                                claim = null;
                            }
                            case StorageFault.Damaged _,
                                    StorageFault.OutcomeUnknown _,
                                    StorageFault.NotFound _,
                                    StorageFault.VersionConflict _ -> doubt();
                        }
                    }
                });
    }

    /** Gives the shard back in good order. */
    private void handBack(ShardLog mine) {
        serving = false;
        int now = generation;
        mine.close().whenComplete((done, failure) -> {
            if (now == generation) {
                generation++;
                log = null;
                claim = null;
                inFlight.clear();
            }
        });
    }
}
