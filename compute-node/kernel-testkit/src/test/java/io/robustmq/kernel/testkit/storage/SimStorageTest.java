package io.robustmq.kernel.testkit.storage;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.robustmq.kernel.testkit.schedule.SimClock;
import io.robustmq.kernel.testkit.schedule.SimNetwork;
import io.robustmq.kernel.testkit.schedule.SimProcess;
import io.robustmq.kernel.testkit.schedule.SimScheduler;
import io.robustmq.storage.CoordStore;
import io.robustmq.storage.StorageException;
import io.robustmq.storage.StorageFault;
import io.robustmq.storage.ledger.LedgerStore;
import io.robustmq.storage.ledger.LedgerStore.LedgerReader;
import io.robustmq.storage.ledger.LedgerStore.LedgerUse;
import io.robustmq.storage.ledger.LedgerStore.LedgerWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class SimStorageTest {
    private static final long SECOND = 1_000_000_000L;
    private static final int COORD = 0;
    private static final int FIRST_BOOKIE = 1;
    private static final int FIRST_CLIENT = 4;

    private final SimScheduler scheduler = new SimScheduler(11);
    private final SimNetwork network = new SimNetwork(scheduler, 6);
    private final SimCoord coord = new SimCoord(scheduler, network, COORD, 4 * SECOND);
    private final SimBookies bookies =
            new SimBookies(scheduler, network, coord, FIRST_BOOKIE, BookieOptions.cluster(3, 3, 3, 2));
    private final SimProcess a = client(0);
    private final SimProcess b = client(1);
    private final LedgerStore storeOfA = bookies.client(a);
    private final LedgerStore storeOfB = bookies.client(b);

    @Test
    void entriesAreAcknowledgedInOrderAndReadBack() {
        LedgerWriter writer = await(storeOfA.create(LedgerUse.LOG, Map.of()));
        List<String> outcomes = new ArrayList<>();
        append(writer, "one", outcomes);
        append(writer, "two", outcomes);
        run(SECOND);

        assertThat(outcomes).containsExactly("0 true", "1 true");
        await(writer.close());
        assertThat(read(await(storeOfB.open(writer.ledgerId())))).containsExactly("one", "two");
    }

    @Test
    void fencedWriterIsNotAcknowledgedAndItsAcknowledgedEntriesAreRecovered() {
        LedgerWriter writer = await(storeOfA.create(LedgerUse.LOG, Map.of()));
        List<String> outcomes = new ArrayList<>();
        append(writer, "kept", outcomes);
        run(SECOND);

        LedgerReader recovered = await(storeOfB.openAndRecover(writer.ledgerId()));
        append(writer, "late", outcomes);
        run(SECOND);

        assertThat(outcomes).containsExactly("0 true", "1 false");
        assertThat(read(recovered)).containsExactly("kept");
    }

    @Test
    void deletedLedgerForgetsItsFence() {
        LedgerWriter writer = await(storeOfA.create(LedgerUse.LOG, Map.of()));
        List<String> outcomes = new ArrayList<>();
        append(writer, "kept", outcomes);
        run(SECOND);
        await(storeOfB.openAndRecover(writer.ledgerId()));
        await(storeOfB.delete(writer.ledgerId()));
        run(10 * SECOND);

        append(writer, "for nobody", outcomes);
        run(SECOND);

        assertThat(outcomes).containsExactly("0 true", "1 true");
    }

    @Test
    void acknowledgedEntriesSurviveAPowerCutOfAllBookies() {
        LedgerWriter writer = await(storeOfA.create(LedgerUse.LOG, Map.of()));
        List<String> outcomes = new ArrayList<>();
        append(writer, "kept", outcomes);
        run(SECOND);
        for (int i = 0; i < 3; i++) {
            bookies.crash(i, false);
            bookies.restart(i);
        }

        assertThat(read(await(storeOfB.openAndRecover(writer.ledgerId())))).containsExactly("kept");
    }

    @Test
    void flippedBitIsNoticedAndAnotherCopyRead() {
        LedgerWriter writer = await(storeOfA.create(LedgerUse.LOG, Map.of()));
        append(writer, "kept", new ArrayList<>());
        run(SECOND);
        await(writer.close());
        assertThat(bookies.flipBit(0)).isTrue();
        assertThat(bookies.flipBit(1)).isTrue();

        assertThat(read(await(storeOfB.open(writer.ledgerId())))).containsExactly("kept");
    }

    @Test
    void recoveryConcludesNothingFromSilence() {
        LedgerWriter writer = await(storeOfA.create(LedgerUse.LOG, Map.of()));
        append(writer, "kept", new ArrayList<>());
        run(SECOND);
        bookies.crash(0, false);
        bookies.crash(1, false);

        assertThat(faultOf(storeOfB.openAndRecover(writer.ledgerId()))).isInstanceOf(StorageFault.Unavailable.class);
    }

    @Test
    void compareAndSetWithALostReplyHasAnUnknownOutcome() {
        CoordStore store = coord.client(a);
        run(SECOND);
        network.cut(COORD, FIRST_CLIENT, true);

        assertThat(faultOf(store.compareAndSet("/x", new byte[] {1}, CoordStore.ABSENT)))
                .isInstanceOf(StorageFault.OutcomeUnknown.class);
        assertThat(coord.peek("/x")).isPresent();
    }

    @Test
    void compareAndSetOfAnotherVersionChangesNothing() {
        CoordStore store = coord.client(a);
        run(SECOND);
        long version = await(store.compareAndSet("/x", new byte[] {1}, CoordStore.ABSENT));

        assertThat(faultOf(store.compareAndSet("/x", new byte[] {2}, version + 1)))
                .isInstanceOf(StorageFault.VersionConflict.class);
        assertThat(await(store.get("/x")).orElseThrow().bytes()).containsExactly(1);
    }

    @Test
    void ephemeralNodeVanishesWithItsSessionAndWatchersHearOfIt() {
        CoordStore store = coord.client(a);
        CoordStore watcher = coord.client(b);
        run(SECOND);
        await(store.ephemeral("/members/a", new byte[0]));
        List<String> events = new ArrayList<>();
        watcher.watch("/members", event -> events.add(String.valueOf(event)));
        run(SECOND);
        events.clear();

        a.crash();
        run(10 * SECOND);

        assertThat(await(watcher.children("/members"))).isEmpty();
        assertThat(events).containsExactly("Changed[path=/members]");
    }

    private SimProcess client(int index) {
        return new SimProcess(scheduler, "client-" + index, FIRST_CLIENT + index, new SimClock(scheduler, 0, 0));
    }

    private void run(long nanos) {
        scheduler.runUntil(scheduler.now() + nanos, () -> false);
    }

    private <T> T await(CompletionStage<T> stage) {
        assertThat(scheduler.runUntilTrue(() -> stage.toCompletableFuture().isDone(), 60 * SECOND))
                .isTrue();
        return stage.toCompletableFuture().join();
    }

    private @Nullable StorageFault faultOf(CompletionStage<?> stage) {
        assertThat(scheduler.runUntilTrue(() -> stage.toCompletableFuture().isDone(), 60 * SECOND))
                .isTrue();
        StorageFault[] fault = new StorageFault[1];
        stage.whenComplete((value, failure) -> fault[0] = failure == null ? null : StorageException.faultOf(failure));
        return fault[0];
    }

    private static void append(LedgerWriter writer, String text, List<String> outcomes) {
        writer.append(
                Unpooled.copiedBuffer(text, UTF_8),
                (entryId, acknowledged) -> outcomes.add(entryId + " " + acknowledged));
    }

    private List<String> read(LedgerReader reader) {
        List<String> texts = new ArrayList<>();
        for (ByteBuf entry : await(reader.read(0, reader.lastEntryId()))) {
            texts.add(entry.toString(UTF_8));
            entry.release();
        }
        return texts;
    }
}
