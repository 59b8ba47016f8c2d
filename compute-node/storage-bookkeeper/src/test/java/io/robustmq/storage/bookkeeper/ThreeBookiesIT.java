package io.robustmq.storage.bookkeeper;

import static org.assertj.core.api.Assertions.assertThat;

import io.robustmq.storage.Claim;
import io.robustmq.storage.CoordStore;
import io.robustmq.storage.CoordStore.SessionState;
import io.robustmq.storage.Lease;
import io.robustmq.storage.LogStore;
import io.robustmq.storage.ShardId;
import io.robustmq.storage.StorageException;
import io.robustmq.storage.StorageFault;
import io.robustmq.storage.ledger.LedgerLogOptions;
import io.robustmq.storage.ledger.LedgerLogStore;
import io.robustmq.storage.ledger.LedgerStore.LedgerInfo;
import io.robustmq.storage.testkit.LogOwner;
import io.robustmq.storage.testkit.StorageRig;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The log of a shard, three copies of which two are awaited, while real bookies go and come back. */
final class ThreeBookiesIT {
    private static final ShardId SHARD = new ShardId(3);
    private static final String CLUSTER = "three";

    @TempDir
    private Path directory;

    @Test
    void appendsGoOnWithoutABookieAndItIsNotReplaced() throws Exception {
        try (Bookies bookies = new Bookies(directory, 4);
                StorageRig rig = bookies.rig()) {
            LogOwner owner = owner(rig).open(1, "a").appendAndWait("first");
            long ledger = onlyLedger(rig);
            int leaving = number(bookies, ledger);

            owner.append(texts("under way", 400));
            rig.until("appends are under way", () -> owner.committed().size() > 20);
            bookies.stop(leaving);
            owner.appendAndWait(texts("away", 200));
            assertThat(owner.unknown()).isEmpty();
            assertThat(owner.committed()).hasSize(601);
            assertThat(bookies.ledger(ledger).getAllEnsembles())
                    .as("bookies of the ledger, though a fourth is free")
                    .hasSize(1);

            bookies.start(leaving);
            owner.appendAndWait(texts("back", 100));
            assertThat(owner.unknown()).isEmpty();
            List<String> committed = owner.committed();
            owner.abandon();
            try (StorageRig fresh = bookies.rig()) {
                LogOwner successor = owner(fresh).open(2, "b");
                assertThat(successor.replayed()).isEqualTo(committed);
                assertThat(successor.appendAndWait("next").committed()).containsExactly("next");
                successor.close();
            }
        }
    }

    @Test
    void withoutTwoBookiesNothingIsAcknowledgedAndNothingAcknowledgedIsLost() throws Exception {
        try (Bookies bookies = new Bookies(directory, 3);
                StorageRig rig = bookies.rig()) {
            LogOwner owner = owner(rig).open(1, "a").appendAndWait(texts("kept", 20));
            bookies.stop(0);
            bookies.stop(1);
            owner.appendAndWait("too few", "after it");
            assertThat(owner.committed()).hasSize(20);
            assertThat(owner.unknown()).containsExactly("too few", "after it");
            owner.abandon();

            bookies.start(0);
            bookies.start(1);
            LogOwner again = owner(rig).open(2, "a");
            assertThat(again.replayed()).startsWith(texts("kept", 20));
            assertThat(again.appendAndWait("next").committed()).containsExactly("next");
            again.close();
        }
    }

    @Test
    void aTakeoverNeedsAsManyBookiesAsCopies() throws Exception {
        try (Bookies bookies = new Bookies(directory, 3);
                StorageRig rig = bookies.rig()) {
            LogOwner owner = owner(rig).open(1, "a").appendAndWait("one");
            bookies.stop(2);
            owner.appendAndWait("two");
            assertThat(owner.committed()).containsExactly("one", "two");
            owner.abandon();
            assertThat(fault(rig, 2)).isInstanceOf(StorageFault.Unavailable.class);

            bookies.start(2);
            LogOwner again = owner(rig).open(3, "c");
            assertThat(again.replayed()).containsExactly("one", "two");
            assertThat(again.appendAndWait("three").committed()).containsExactly("three");
            again.close();
        }
    }

    @Test
    void aTakeoverWhileABookieStaysAwayUsesTheSpareOne() throws Exception {
        try (Bookies bookies = new Bookies(directory, 4);
                StorageRig rig = bookies.rig()) {
            LogOwner owner = owner(rig).open(1, "a").appendAndWait("one");
            int leaving = number(bookies, onlyLedger(rig));
            bookies.stop(leaving);
            owner.appendAndWait("two");
            owner.abandon();
            LogOwner successor = owner(rig).open(2, "b").appendAndWait("three");
            assertThat(successor.replayed()).containsExactly("one", "two");
            assertThat(successor.committed()).containsExactly("three");
            successor.close();
        }
    }

    @Test
    void bookiesAndClientsWhoseSessionsExpireAreFoundAgain() throws Exception {
        try (Bookies bookies = new Bookies(directory.resolve("bookies"), 0)) {
            long mark = SessionExpiry.mark(bookies.servers());
            for (int number = 0; number < 3; number++) {
                bookies.start(number);
            }
            try (StorageRig rig = bookies.rig()) {
                LogOwner owner = owner(rig).open(1, "a").appendAndWait("one");
                owner.append(texts("under way", 100));
                // Three bookies, two BookKeeper clients, the records.
                assertThat(SessionExpiry.expireSince(bookies.servers(), mark)).isGreaterThanOrEqualTo(6);
                owner.appendAndWait("two");
                assertThat(owner.unknown()).isEmpty();
                List<String> committed = owner.committed();
                owner.abandon();
                rig.until("records are in contact", () -> rig.coordination().state() == SessionState.CONNECTED);
                try (CoordStore registry = bookies.registry()) {
                    rig.until(
                            "the bookies are registered again",
                            () -> rig.await(registry.children("/available"))
                                    .containsAll(List.of("bookie-0", "bookie-1", "bookie-2")));
                }
                LogOwner again = owner(rig).open(2, "b");
                assertThat(again.replayed()).isEqualTo(committed);
                assertThat(again.appendAndWait("three").committed()).containsExactly("three");
                again.close();
            }
        }
    }

    private static LogStore store(StorageRig rig) {
        return new LedgerLogStore(
                rig.ledgers(), rig.coordination(), Lease.SOLE_MEMBER, LedgerLogOptions.defaults(CLUSTER));
    }

    private static LogOwner owner(StorageRig rig) {
        return new LogOwner(rig, store(rig), SHARD);
    }

    private static StorageFault fault(StorageRig rig, long epoch) {
        try {
            rig.await(store(rig).takeOver(SHARD, new Claim(epoch, "b"), rig.loop(), (_, _) -> {}));
        } catch (StorageException e) {
            return e.fault();
        }
        throw new AssertionError("it was taken over");
    }

    private static long onlyLedger(StorageRig rig) {
        List<LedgerInfo> ledgers = rig.await(rig.ledgers().list(Map.of("cluster", CLUSTER)));
        assertThat(ledgers).hasSize(1);
        return ledgers.getFirst().ledgerId();
    }

    /** Of a bookie that holds the ledger. */
    private static int number(Bookies bookies, long ledger) throws Exception {
        String id = bookies.ledger(ledger)
                .getAllEnsembles()
                .firstEntry()
                .getValue()
                .getFirst()
                .toString();
        return Integer.parseInt(id.substring("bookie-".length()));
    }

    private static String[] texts(String text, int count) {
        return IntStream.range(0, count).mapToObj(i -> text + " " + i).toArray(String[]::new);
    }
}
