package io.robustmq.storage.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.robustmq.storage.Claim;
import io.robustmq.storage.CoordStore;
import io.robustmq.storage.Lease;
import io.robustmq.storage.LogStore;
import io.robustmq.storage.ShardId;
import io.robustmq.storage.ShardLog;
import io.robustmq.storage.StorageException;
import io.robustmq.storage.StorageFault;
import io.robustmq.storage.ledger.LedgerLogOptions;
import io.robustmq.storage.ledger.LedgerLogStore;
import io.robustmq.storage.ledger.LedgerStore.LedgerInfo;
import io.robustmq.storage.ledger.LedgerStore.LedgerUse;
import io.robustmq.storage.ledger.LedgerStore.LedgerWriter;
import io.robustmq.storage.testkit.FaultyCoordStore.Fate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the log of a shard promises on every {@link io.robustmq.storage.ledger.LedgerStore} and {@link CoordStore}. */
public abstract class LogStoreContract {
    private static final ShardId SHARD = new ShardId(5);
    private static final String PATH = "/shards/5";
    private static final long HOUR_MILLIS = 3_600_000;

    private StorageRig rig;
    private FaultyLedgerStore ledgers;
    private FaultyCoordStore coordination;
    private String cluster;
    private boolean leaseHolds = true;

    /** A store and the way its time passes; closed after each test. */
    protected abstract StorageRig newRig() throws Exception;

    @SuppressWarnings("NullAway.Init")
    protected LogStoreContract() {}

    @BeforeEach
    void open() throws Exception {
        rig = newRig();
        ledgers = new FaultyLedgerStore(rig.ledgers());
        coordination = new FaultyCoordStore(rig.coordination());
        cluster = "contract-" + System.identityHashCode(rig);
    }

    @AfterEach
    void close() {
        rig.close();
    }

    // ---- taking over

    @Test
    void aFreshShardIsEmptyAndStartsAtLsnOne() {
        LogOwner owner = owner();
        assertThat(rig.await(store().owner(SHARD))).isEmpty();
        owner.takeOver(1, "a");
        assertThat(owner.checkpointText()).isEqualTo("none");
        assertThat(owner.replay()).isEqualTo(1);
        assertThat(owner.replayed()).isEmpty();
        assertThat(rig.await(store().owner(SHARD))).contains(new Claim(1, "a"));
        owner.close();
    }

    @Test
    void theNextOwnerReplaysWhatWasCommittedInOrder() {
        LogOwner first = owner().open(1, "a").appendAndWait("one", "two,three", "four");
        assertThat(first.outcomeLsns()).containsExactly(1L, 3L, 4L);
        first.close();

        LogOwner second = owner();
        second.takeOver(2, "b");
        assertThat(second.replay()).isEqualTo(5);
        assertThat(second.replayed()).containsExactly("one", "two,three", "four");
        second.appendAndWait("five");
        assertThat(second.committed()).containsExactly("five");
        second.close();
    }

    @Test
    void anOwnerThatCrashedIsSucceededWithoutItsHelp() {
        owner().open(1, "a").appendAndWait("one", "two").abandon();
        LogOwner second = owner().open(2, "b").appendAndWait("three");
        assertThat(second.replayed()).containsExactly("one", "two");
        second.abandon();
        assertThat(owner().open(3, "c").replayed()).containsExactly("one", "two", "three");
    }

    @Test
    void aFormerOwnerIsFencedAndHearsUnknownForEver() {
        LogOwner former = owner().open(1, "a").appendAndWait("one");
        LogOwner latter = owner().open(2, "b");

        former.appendAndWait("lost");
        former.appendAndWait("lost too");
        latter.appendAndWait("two");

        assertThat(former.unknown()).containsExactly("lost", "lost too");
        former.abandon();
        latter.abandon();
        assertThat(owner().open(3, "c").replayed()).containsExactly("one", "two");
    }

    @Test
    void aLowerEpochIsRefused() {
        owner().open(7, "a").close();
        assertThat(fault(take(6, "b"))).isEqualTo(new StorageFault.NotOwner(7));
    }

    @Test
    void anEqualEpochOfAnotherIncarnationIsRefused() {
        owner().open(7, "a").close();
        assertThat(fault(take(7, "b"))).isEqualTo(new StorageFault.NotOwner(7));
    }

    @Test
    void theSameClaimMayBeMadeAgain() {
        owner().open(7, "a").appendAndWait("one").abandon();
        assertThat(owner().open(7, "a").replayed()).containsExactly("one");
    }

    @Test
    void anOwnerThatTakesOverFromItselfKeepsWhatWasCommitted() {
        LogOwner owner = owner().open(1, "a").appendAndWait("one");
        ledgers.hold();
        owner.append("two");
        rig.until("the acknowledgement is held", () -> ledgers.heldCount() == 1);
        ledgers.loseHeld();
        rig.until("the outcome is unknown", () -> !owner.unknown().isEmpty());
        owner.abandon();

        LogOwner again = owner().open(2, "a");
        assertThat(again.replayed()).startsWith("one").isSubsetOf("one", "two");
    }

    @Test
    void manyTakeoversInARowKeepEverything() {
        List<String> expected = new ArrayList<>();
        for (int epoch = 1; epoch <= 12; epoch++) {
            LogOwner owner = owner().open(epoch, "o" + epoch);
            assertThat(owner.replayed()).isEqualTo(expected);
            if (epoch % 3 != 0) {
                owner.appendAndWait("entry-" + epoch);
                expected.add("entry-" + epoch);
            }
            if (epoch % 2 == 0) {
                owner.close();
            } else {
                owner.abandon();
            }
        }
    }

    @Test
    void aClaimWhoseAnswerIsLostStands() {
        coordination.nextWrite(Fate.DONE_UNKNOWN);
        coordination.nextWrite(Fate.DONE_UNKNOWN);
        LogOwner owner = owner().open(1, "a").appendAndWait("one");
        assertThat(owner.committed()).containsExactly("one");
    }

    @Test
    void aClaimThatIsLostIsMadeAgain() {
        coordination.nextWrite(Fate.LOST_UNKNOWN);
        coordination.nextWrite(Fate.UNAVAILABLE);
        coordination.nextWrite(Fate.DONE);
        coordination.nextWrite(Fate.LOST_UNKNOWN);
        assertThat(owner().open(1, "a").appendAndWait("one").committed()).containsExactly("one");
    }

    @Test
    void noLedgerIsDeletedBecauseAWriteWasNotAnswered() {
        coordination.nextWrite(Fate.DONE);
        coordination.nextWrite(Fate.DONE_UNKNOWN);
        owner().open(1, "a").appendAndWait("one").abandon();
        assertThat(owner().open(2, "b").replayed()).containsExactly("one");
    }

    @Test
    void aTakeoverWhileTheStoreIsDownIsUnavailable() {
        coordination.setDown(true);
        assertThat(fault(take(1, "a"))).isInstanceOf(StorageFault.Unavailable.class);
        coordination.setDown(false);
        owner().open(1, "a").close();
    }

    @Test
    void aRefusedLedgerIsTriedAgain() {
        ledgers.refuseCreates(3);
        assertThat(owner().open(1, "a").appendAndWait("one").committed()).containsExactly("one");
    }

    // ---- appending

    @Test
    void noMoreEntriesAreInFlightThanThereAreSlots() {
        LogOwner owner = owner(store(options().withAppendsInFlightMax(3))).open(1, "a");
        String[] texts = texts("e", 200);
        owner.appendAndWait(texts);
        assertThat(owner.committed()).containsExactly(texts);
        assertThat(owner.inFlightMost()).isEqualTo(3);
    }

    @Test
    void theLargestEntryFits() {
        LogOwner owner = owner().open(1, "a");
        String largest = "x".repeat(owner.log().entryBytesMax() - ShardLog.HEADER_BYTES);
        owner.appendAndWait(largest).close();
        assertThat(owner().open(2, "b").replayed()).containsExactly(largest);
    }

    @Test
    void anAppendIsCommittedOnlyWhileTheLeaseHolds() {
        LogOwner owner = owner().open(1, "a").appendAndWait("one");
        leaseHolds = false;
        owner.appendAndWait("two", "three");
        leaseHolds = true;
        owner.appendAndWait("four");
        assertThat(owner.committed()).containsExactly("one");
        assertThat(owner.unknown()).containsExactly("two", "three", "four");
    }

    @Test
    void abandoningTellsUnknownAtOnce() {
        LogOwner owner = owner().open(1, "a");
        ledgers.hold();
        owner.append("one", "two");
        rig.until("both are held", () -> ledgers.heldCount() == 2);
        owner.abandon();
        assertThat(owner.unknown()).containsExactly("one", "two");
        ledgers.releaseHeld();
        assertThat(owner.committed()).isEmpty();
    }

    @Test
    void closingWaitsForAppendsInFlight() {
        LogOwner owner = owner().open(1, "a");
        ledgers.hold();
        owner.append("one", "two");
        rig.until("both are held", () -> ledgers.heldCount() == 2);
        ShardLog log = owner.log();
        CompletionStage<Void> closed = rig.call(log::close);
        assertThat(closed.toCompletableFuture().isDone()).isFalse();
        ledgers.releaseHeld();
        rig.await(closed);
        assertThat(owner.committed()).containsExactly("one", "two");
        assertThat(owner().open(2, "b").replayed()).containsExactly("one", "two");
    }

    @Test
    void aLogOfManyEntriesIsReplayedInOrder() {
        String[] texts = texts("some entry of a long log ", 3_000);
        owner(store(options().withAppendsInFlightMax(64)))
                .open(1, "a")
                .appendAndWait(texts)
                .abandon();
        assertThat(owner().open(2, "b").replayed()).containsExactly(texts);
    }

    // ---- rolling

    @Test
    void rollingKeepsOrderAndLsns() {
        LogStore rolling = store(options().withRoll(500, HOUR_MILLIS).withAppendsInFlightMax(4));
        String[] texts = texts("entry that fills a ledger soon ", 200);
        LogOwner owner = owner(rolling).open(1, "a").appendAndWait(texts);
        assertThat(owner.committed()).containsExactly(texts);
        assertThat(logLedgers()).hasSizeGreaterThan(5);
        owner.abandon();

        LogOwner second = owner(rolling);
        second.takeOver(2, "b");
        assertThat(second.replay()).isEqualTo(201);
        assertThat(second.replayed()).containsExactly(texts);
    }

    @Test
    void appendsGoOnWhileTheChainCannotBeWritten() {
        LogStore rolling = store(options().withRoll(500, HOUR_MILLIS));
        LogOwner owner = owner(rolling).open(1, "a");
        coordination.setDown(true);
        owner.appendAndWait(texts("without coordination ", 100));
        assertThat(owner.committed()).hasSize(100);
        coordination.setDown(false);
        int before = logLedgers().size();
        appendUntilLedgers(owner, before + 2);
        owner.abandon();
        assertThat(owner().open(2, "b").replayed().subList(0, 100))
                .isEqualTo(owner.committed().subList(0, 100));
    }

    @Test
    void anOwnerThatCrashesWhileRollingLosesNothing() {
        LogStore rolling = store(options().withRoll(400, HOUR_MILLIS).withAppendsInFlightMax(4));
        List<String> expected = new ArrayList<>();
        for (int epoch = 1; epoch <= 20; epoch++) {
            LogOwner owner = owner(rolling).open(epoch, "o");
            assertThat(owner.replayed().subList(0, expected.size())).isEqualTo(expected);
            String[] texts = texts("e" + epoch + "-padding-padding-padding-", 5 + epoch * 3 % 11);
            expected = new ArrayList<>(owner.replayed());
            owner.append(texts);
            int wanted = epoch % 7;
            rig.until("some are answered", () -> owner.outcomeLsns().size() >= wanted);
            owner.abandon();
            expected.addAll(owner.committed());
        }
    }

    @Test
    void aFormerOwnerCannotRoll() {
        LogStore rolling = store(options().withRoll(300, HOUR_MILLIS));
        LogOwner former = owner(rolling).open(1, "a").appendAndWait("one");
        LogOwner latter = owner().open(2, "b");
        former.appendAndWait(texts("never committed and long enough to roll ", 10));
        assertThat(former.unknown()).hasSize(10);
        latter.appendAndWait("two");
        assertThat(latter.committed()).containsExactly("two");
        latter.abandon();
        assertThat(owner().open(3, "c").replayed()).containsExactly("one", "two");
    }

    @Test
    void aLedgerHoldsNothingBeforeItsPredecessorIsAcknowledged() {
        LogStore rolling = store(options().withRoll(100, HOUR_MILLIS).withAppendsInFlightMax(2));
        LogOwner owner = owner(rolling).open(1, "a");
        ledgers.hold();
        owner.append("x".repeat(150), "y".repeat(150), "z");
        rig.until("two are held", () -> ledgers.heldCount() == 2);
        ledgers.releaseHeld();
        rig.until("all are committed", () -> owner.committed().size() == 3);
        owner.abandon();
        assertThat(owner().open(2, "b").replayed()).containsExactly("x".repeat(150), "y".repeat(150), "z");
    }

    // ---- checkpoints

    @Test
    void aCheckpointIsFoundByTheNextOwnerWithTheTailOnly() {
        LogOwner owner = owner().open(1, "a").appendAndWait("one", "two", "three");
        owner.checkpoint("manifest-1", 2);
        assertThat(owner.checkpointText()).isEqualTo("manifest-1 2");
        owner.appendAndWait("four").abandon();

        LogOwner second = owner();
        second.takeOver(2, "b");
        assertThat(second.checkpointText()).isEqualTo("manifest-1 2");
        assertThat(second.replay()).isEqualTo(5);
        assertThat(second.replayed()).containsExactly("three", "four");
    }

    @Test
    void aCheckpointOfEverythingLeavesAnEmptyTail() {
        LogOwner owner = owner().open(1, "a").appendAndWait("one", "two");
        owner.checkpoint("manifest-1", 2);
        owner.close();
        LogOwner second = owner();
        second.takeOver(2, "b");
        assertThat(second.replay()).isEqualTo(3);
        assertThat(second.replayed()).isEmpty();
        second.appendAndWait("three").abandon();
        assertThat(owner().open(3, "c").replayed()).containsExactly("three");
    }

    @Test
    void aManifestOutlivesManyTakeovers() {
        LogOwner owner = owner().open(1, "a").appendAndWait("one", "two");
        owner.checkpoint("manifest-1", 1);
        owner.abandon();
        for (int epoch = 2; epoch < 8; epoch++) {
            LogOwner next = owner().open(epoch, "o");
            assertThat(next.checkpointText()).isEqualTo("manifest-1 1");
            assertThat(next.replayed()).first().isEqualTo("two");
            next.appendAndWait("e" + epoch).abandon();
        }
    }

    @Test
    void theLatestOfManyCheckpointsIsInForce() {
        LogStore rolling = store(options().withRoll(300, HOUR_MILLIS));
        LogOwner owner = owner(rolling).open(1, "a");
        for (int i = 1; i <= 20; i++) {
            owner.appendAndWait(texts("round " + i + " of appends ", 5));
            owner.checkpoint("manifest-" + i, i * 5L - 2);
        }
        owner.abandon();
        LogOwner second = owner();
        second.takeOver(2, "b");
        assertThat(second.checkpointText()).isEqualTo("manifest-20 98");
        assertThat(second.replay()).isEqualTo(101);
        assertThat(second.replayed()).containsExactly("round 20 of appends 4", "round 20 of appends 5");
    }

    @Test
    void aCheckpointShortensTheTailInTheMiddleOfALedger() {
        LogOwner owner = owner(store(options().withAppendsInFlightMax(16))).open(1, "a");
        owner.appendAndWait(texts("x".repeat(10_000), 200));
        ShardLog log = owner.log();
        long before = rig.call(log::tailBytes);
        owner.checkpoint("manifest", 190);
        long after = rig.call(log::tailBytes);
        assertThat(before).isGreaterThan(2_000_000);
        assertThat(after).isBetween(100_000L, 400_000L);
        owner.abandon();
        LogOwner second = owner().open(2, "b");
        assertThat(second.replayed()).hasSize(10);
        ShardLog taken = second.log();
        assertThat(rig.call(taken::tailBytes)).isEqualTo(after);
    }

    @Test
    void aCheckpointGivesSpaceBack() {
        LogStore rolling = store(options().withRoll(300, HOUR_MILLIS));
        LogOwner owner = owner(rolling).open(1, "a").appendAndWait(texts("some text to fill ledgers ", 100));
        int before = logLedgers().size();
        assertThat(before).isGreaterThan(5);
        owner.checkpoint("manifest", 100);
        untilLedgers(3);
        owner.close();
        assertThat(owner(rolling).open(2, "b").replayed()).isEmpty();
    }

    @Test
    void aCheckpointWhoseAnswerIsLostIsInForce() {
        LogOwner owner = owner().open(1, "a").appendAndWait("one", "two");
        coordination.nextWrite(Fate.DONE_UNKNOWN);
        owner.checkpoint("manifest", 1);
        assertThat(owner.checkpointText()).isEqualTo("manifest 1");
        owner.appendAndWait("three").abandon();
        assertThat(owner().open(2, "b").replayed()).containsExactly("two", "three");
    }

    @Test
    void aCheckpointThatIsLostIsTriedAgain() {
        LogOwner owner = owner().open(1, "a").appendAndWait("one", "two");
        coordination.nextWrite(Fate.LOST_UNKNOWN);
        coordination.nextWrite(Fate.UNAVAILABLE);
        coordination.nextWrite(Fate.LOST_UNKNOWN);
        owner.checkpoint("manifest", 1);
        owner.abandon();
        assertThat(owner().open(2, "b").replayed()).containsExactly("two");
    }

    @Test
    void aCheckpointThatCannotBeWrittenLeavesTheFormerOneInForce() {
        LogOwner owner = owner().open(1, "a").appendAndWait("one", "two", "three");
        owner.checkpoint("manifest-1", 1);
        coordination.setDown(true);
        assertThat(fault(owner.startCheckpoint("manifest-2", 2))).isInstanceOf(StorageFault.Unavailable.class);
        assertThat(owner.checkpointText()).isEqualTo("manifest-1 1");
        owner.appendAndWait("four");
        assertThat(owner.committed()).hasSize(4);
        coordination.setDown(false);
        owner.checkpoint("manifest-3", 2);
        owner.abandon();
        LogOwner second = owner().open(2, "b");
        assertThat(second.checkpointText()).isEqualTo("manifest-3 2");
        assertThat(second.replayed()).containsExactly("three", "four");
    }

    @Test
    void aFormerOwnerCannotInstallACheckpoint() {
        LogOwner former = owner().open(1, "a").appendAndWait("one", "two");
        LogOwner latter = owner().open(2, "b");
        assertThat(fault(former.startCheckpoint("stale", 2)))
                .isInstanceOfAny(StorageFault.OutcomeUnknown.class, StorageFault.NotOwner.class);
        assertThat(latter.checkpointText()).isEqualTo("none");
        latter.checkpoint("fresh", 1);
        latter.abandon();
        LogOwner third = owner().open(3, "c");
        assertThat(third.checkpointText()).isEqualTo("fresh 1");
        assertThat(third.replayed()).containsExactly("two");
    }

    @Test
    void anOwnerThatIsOvertakenWhileItInstallsACheckpointIsNotOwner() {
        LogOwner former = owner().open(1, "a").appendAndWait("one", "two");
        ledgers.hold();
        CompletionStage<Void> installing = former.startCheckpoint("stale", 2);
        rig.until("the manifest is held", () -> ledgers.heldCount() == 1);
        LogOwner latter = owner();
        latter.takeOver(2, "b");
        ledgers.releaseHeld();
        assertThat(fault(installing)).isEqualTo(new StorageFault.NotOwner(2));
        latter.replay();
        assertThat(latter.replayed()).containsExactly("one", "two");
        former.appendAndWait("three");
        assertThat(former.unknown()).containsExactly("three");
    }

    @Test
    void appendsGoOnDuringACheckpoint() {
        LogOwner owner = owner(store(options().withRoll(1_000, HOUR_MILLIS))).open(1, "a");
        owner.appendAndWait(texts("before ", 10));
        CompletionStage<Void> installing = owner.startCheckpoint("manifest", 7);
        owner.appendAndWait(texts("during ", 50));
        rig.await(installing);
        owner.abandon();
        LogOwner second = owner().open(2, "b");
        assertThat(second.replayed()).hasSize(53).startsWith("before 8", "before 9", "before 10");
    }

    // ---- deletion

    @Test
    void aLedgerClosedByRecoveryIsKeptForItsTimeAcrossTakeovers() {
        LogStore quick = store(options().withDeletion(1_000, HOUR_MILLIS, HOUR_MILLIS, HOUR_MILLIS));
        owner(quick).open(1, "a").appendAndWait("one").abandon();
        long fenced = logLedgers().getFirst();
        LogOwner second = owner(quick).open(2, "b");
        second.checkpoint("manifest", 1);
        assertThat(logLedgers()).contains(fenced);
        second.abandon();
        LogOwner third = owner(quick).open(3, "c");
        assertThat(third.replayed()).isEmpty();
        long start = rig.loop().wallMillis();
        rig.until("the wait is over", () -> rig.loop().wallMillis() - start > 1_000);
        untilDeleted(fenced);
        third.abandon();
        assertThat(owner(quick).open(4, "d").checkpointText()).isEqualTo("manifest 1");
    }

    @Test
    void orphansOfFormerEpochsAreSweptAway() {
        Map<String, String> stray = Map.of(
                "cluster",
                cluster,
                "shard",
                "5",
                "kind",
                "log",
                "epoch",
                "1",
                "incarnation",
                "z",
                "createdMillis",
                "1");
        LedgerWriter orphan = rig.await(ledgers.create(LedgerUse.LOG, stray));
        LedgerWriter foreign = rig.await(ledgers.create(
                LedgerUse.LOG,
                Map.of("cluster", cluster, "shard", "6", "kind", "log", "epoch", "1", "createdMillis", "1")));
        LogStore sweeping = store(options().withDeletion(HOUR_MILLIS, 0, 1, HOUR_MILLIS));
        LogOwner owner = owner(sweeping).open(2, "b").appendAndWait("one");
        long start = rig.loop().wallMillis();
        rig.until("the time of the sweep", () -> rig.loop().wallMillis() - start >= 1);
        untilDeleted(orphan.ledgerId());
        assertThat(logLedgers()).contains(foreign.ledgerId());
        owner.appendAndWait("two").abandon();
        assertThat(owner().open(3, "c").replayed()).containsExactly("one", "two");
    }

    // ---- damage

    @Test
    void anAlteredEntryIsDamaged() {
        owner().open(1, "a").appendAndWait("one", "two", "three").abandon();
        ledgers.setAltering(true);
        assertThat(fault(take(2, "b"))).isInstanceOf(StorageFault.Damaged.class);
        ledgers.setAltering(false);
        LogOwner owner = owner();
        owner.takeOver(3, "c");
        ledgers.setAltering(true);
        try {
            owner.replay();
            throw new AssertionError("replayed what was altered");
        } catch (StorageException e) {
            assertThat(e.fault()).isInstanceOf(StorageFault.Damaged.class);
        }
        assertThat(owner.replayed()).isEmpty();
        owner.abandon();
    }

    @Test
    void aGapInTheLogIsDamaged() {
        LogOwner owner = owner().open(1, "a").appendAndWait("one");
        ledgers.setForgetting(true);
        owner.appendAndWait("forgotten");
        ledgers.setForgetting(false);
        owner.appendAndWait("three").abandon();

        LogOwner second = owner();
        second.takeOver(2, "b");
        try {
            second.replay();
            throw new AssertionError("replayed over a gap");
        } catch (StorageException e) {
            assertThat(e.fault()).isInstanceOf(StorageFault.Damaged.class);
        }
        assertThat(second.replayed()).containsExactly("one");
        second.abandon();
    }

    @Test
    void aMissingLedgerIsDamaged() {
        owner().open(1, "a").appendAndWait("one").abandon();
        rig.await(ledgers.delete(logLedgers().getFirst()));
        assertThat(fault(take(2, "b"))).isInstanceOf(StorageFault.Damaged.class);
    }

    @Test
    void aDamagedRecordIsDamaged() {
        owner().open(1, "a").close();
        CoordStore.Versioned node = rig.await(coordination.get(PATH)).orElseThrow();
        byte[] bytes = node.bytes();
        bytes[10] ^= 4;
        rig.await(coordination.compareAndSet(PATH, bytes, node.version()));
        assertThat(fault(take(2, "b"))).isInstanceOf(StorageFault.Damaged.class);
        assertThat(fault(store().owner(SHARD))).isInstanceOf(StorageFault.Damaged.class);
    }

    // ---- what the tests are made of

    private LedgerLogOptions options() {
        return LedgerLogOptions.defaults(cluster);
    }

    private LogStore store() {
        return store(options());
    }

    private LogStore store(LedgerLogOptions options) {
        Lease lease = () -> leaseHolds;
        return new LedgerLogStore(ledgers, coordination, lease, options);
    }

    private LogOwner owner() {
        return owner(store());
    }

    private LogOwner owner(LogStore store) {
        return new LogOwner(rig, store, SHARD);
    }

    private CompletionStage<ShardLog> take(long epoch, String incarnation) {
        return store().takeOver(SHARD, new Claim(epoch, incarnation), rig.loop(), (_, _) -> {});
    }

    private List<Long> logLedgers() {
        return rig.await(ledgers.list(Map.of("cluster", cluster))).stream()
                .map(LedgerInfo::ledgerId)
                .sorted()
                .toList();
    }

    private void untilLedgers(int most) {
        long start = System.nanoTime();
        while (logLedgers().size() > most) {
            assertThat(System.nanoTime() - start)
                    .as("ledgers left: %s", logLedgers())
                    .isLessThan(20_000_000_000L);
        }
    }

    private void untilDeleted(long ledgerId) {
        long start = System.nanoTime();
        while (logLedgers().contains(ledgerId)) {
            assertThat(System.nanoTime() - start)
                    .as("ledger %s is left", ledgerId)
                    .isLessThan(20_000_000_000L);
        }
    }

    private void appendUntilLedgers(LogOwner owner, int wanted) {
        for (int i = 0; logLedgers().size() < wanted; i++) {
            assertThat(i).as("appends before %s ledgers", wanted).isLessThan(10_000);
            owner.append("filler " + i + "x".repeat(100));
            long now = rig.loop().wallMillis();
            rig.until("time passes", () -> rig.loop().wallMillis() > now);
        }
    }

    private static String[] texts(String prefix, int count) {
        return IntStream.rangeClosed(1, count).mapToObj(i -> prefix + i).toArray(String[]::new);
    }

    private StorageFault fault(CompletionStage<?> stage) {
        try {
            rig.await(stage);
        } catch (StorageException e) {
            return e.fault();
        }
        throw new AssertionError("it succeeded");
    }
}
