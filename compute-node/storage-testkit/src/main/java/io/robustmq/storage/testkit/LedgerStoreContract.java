package io.robustmq.storage.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.robustmq.storage.StorageException;
import io.robustmq.storage.StorageFault;
import io.robustmq.storage.ledger.LedgerStore;
import io.robustmq.storage.ledger.LedgerStore.LedgerInfo;
import io.robustmq.storage.ledger.LedgerStore.LedgerReader;
import io.robustmq.storage.ledger.LedgerStore.LedgerUse;
import io.robustmq.storage.ledger.LedgerStore.LedgerWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every {@link LedgerStore} promises. */
public abstract class LedgerStoreContract {
    private StorageRig rig;
    private LedgerStore store;

    /** A store and the way its time passes; closed after each test. */
    protected abstract StorageRig newRig() throws Exception;

    @SuppressWarnings("NullAway.Init")
    protected LedgerStoreContract() {}

    @BeforeEach
    void open() throws Exception {
        rig = newRig();
        store = rig.ledgers();
    }

    @AfterEach
    void close() {
        rig.close();
    }

    @Test
    void entriesOfAClosedLedgerAreReadAsTheyWereWritten() {
        LedgerWriter writer = create(Map.of());
        assertThat(append(writer, "a", "b", "c")).containsExactly("0 true", "1 true", "2 true");
        rig.await(writer.close());

        LedgerReader reader = rig.await(store.open(writer.ledgerId()));

        assertThat(reader.ledgerId()).isEqualTo(writer.ledgerId());
        assertThat(reader.lastEntryId()).isEqualTo(2);
        assertThat(read(reader, 0, 2)).containsExactly("a", "b", "c");
        assertThat(read(reader, 1, 1)).containsExactly("b");
        reader.close();
    }

    @Test
    void manyEntriesInFlightAreAcknowledgedInOrder() {
        LedgerWriter writer = create(Map.of());
        String[] entries = new String[300];
        List<String> expected = new ArrayList<>();
        for (int i = 0; i < entries.length; i++) {
            entries[i] = "entry-" + i;
            expected.add(i + " true");
        }
        assertThat(append(writer, entries)).isEqualTo(expected);
        rig.await(writer.close());
    }

    @Test
    void theLargestEntryFits() {
        LedgerWriter writer = create(Map.of());
        int bytes = writer.entryBytesMax();
        ByteBuf entry = ByteBufAllocator.DEFAULT.directBuffer(bytes, bytes);
        entry.writeZero(bytes - 4).writeInt(0x12345678);
        CompletableFuture<Boolean> outcome = new CompletableFuture<>();
        rig.loop().execute(() -> writer.append(entry, (_, acknowledged) -> outcome.complete(acknowledged)));
        assertThat(rig.await(outcome)).isTrue();
        rig.await(writer.close());

        LedgerReader reader = rig.await(store.open(writer.ledgerId()));
        List<ByteBuf> read = rig.await(reader.read(0, 0));
        assertThat(read.getFirst().readableBytes()).isEqualTo(bytes);
        assertThat(read.getFirst().skipBytes(bytes - 4).readInt()).isEqualTo(0x12345678);
        read.forEach(ByteBuf::release);
        reader.close();
    }

    @Test
    void anOpenLedgerIsOpenedOnlyWithRecovery() {
        LedgerWriter writer = create(Map.of());
        append(writer, "a");
        assertThat(fault(store.open(writer.ledgerId()))).isInstanceOf(StorageFault.Unavailable.class);
    }

    @Test
    void recoveryKeepsWhatWasAcknowledgedAndFencesTheWriter() {
        LedgerWriter writer = create(Map.of());
        append(writer, "a", "b");

        LedgerReader reader = rig.await(store.openAndRecover(writer.ledgerId()));

        assertThat(append(writer, "c")).containsExactly("2 false");
        assertThat(append(writer, "d")).containsExactly("3 false");
        assertThat(read(reader, 0, reader.lastEntryId())).startsWith("a", "b").doesNotContain("c", "d");
        writer.abandon();
        reader.close();
        assertThat(rig.await(store.open(writer.ledgerId())).lastEntryId()).isEqualTo(reader.lastEntryId());
    }

    @Test
    void recoveryOfAnEmptyLedgerClosesItEmpty() {
        LedgerWriter writer = create(Map.of());
        LedgerReader reader = rig.await(store.openAndRecover(writer.ledgerId()));
        assertThat(reader.lastEntryId()).isEqualTo(-1);
        reader.close();
        assertThat(append(writer, "a")).containsExactly("0 false");
        writer.abandon();
    }

    @Test
    void recoveryOfAClosedLedgerOnlyOpensIt() {
        LedgerWriter writer = create(Map.of());
        append(writer, "a");
        rig.await(writer.close());
        LedgerReader reader = rig.await(store.openAndRecover(writer.ledgerId()));
        assertThat(read(reader, 0, 0)).containsExactly("a");
        reader.close();
    }

    @Test
    void twoRecoveriesAtOnceAgree() {
        LedgerWriter writer = create(Map.of());
        append(writer, "a", "b", "c");
        CompletionStage<LedgerReader> one = store.openAndRecover(writer.ledgerId());
        CompletionStage<LedgerReader> other = store.openAndRecover(writer.ledgerId());
        long first = lastEntryOf(one, writer.ledgerId());
        assertThat(lastEntryOf(other, writer.ledgerId())).isEqualTo(first).isEqualTo(2);
        writer.abandon();
    }

    @Test
    void anAbandonedLedgerStaysOpenUntilItIsRecovered() {
        LedgerWriter writer = create(Map.of());
        append(writer, "a");
        writer.abandon();
        writer.abandon();
        assertThat(fault(store.open(writer.ledgerId()))).isInstanceOf(StorageFault.Unavailable.class);
        LedgerReader reader = rig.await(store.openAndRecover(writer.ledgerId()));
        assertThat(reader.lastEntryId()).isEqualTo(0);
        reader.close();
    }

    @Test
    void aClosedWriterAddsNothing() {
        LedgerWriter writer = create(Map.of());
        append(writer, "a");
        rig.await(writer.close());
        assertThat(append(writer, "b")).containsExactly("1 false");
        writer.abandon();
        assertThat(rig.await(store.open(writer.ledgerId())).lastEntryId()).isEqualTo(0);
    }

    @Test
    void aMissingLedgerIsNotFoundAndDeletingItSucceeds() {
        LedgerWriter writer = create(Map.of());
        append(writer, "a");
        rig.await(writer.close());
        rig.await(store.delete(writer.ledgerId()));
        rig.await(store.delete(writer.ledgerId()));
        assertThat(fault(store.open(writer.ledgerId()))).isInstanceOf(StorageFault.NotFound.class);
        assertThat(fault(store.openAndRecover(writer.ledgerId()))).isInstanceOf(StorageFault.NotFound.class);
    }

    @Test
    void listingFindsLedgersByTheirLabels() {
        String mine = "mine-" + create(Map.of()).ledgerId();
        Map<String, String> one = Map.of("cluster", mine, "shard", "1", "kind", "log");
        Map<String, String> two = Map.of("cluster", mine, "shard", "2", "kind", "log");
        LedgerWriter first = create(one);
        LedgerWriter second = create(two);
        append(first, "a");
        rig.await(first.close());

        assertThat(rig.await(store.list(Map.of("cluster", mine))))
                .containsExactlyInAnyOrder(
                        new LedgerInfo(first.ledgerId(), one), new LedgerInfo(second.ledgerId(), two));
        assertThat(rig.await(store.list(Map.of("cluster", mine, "shard", "2"))))
                .containsExactly(new LedgerInfo(second.ledgerId(), two));
        assertThat(rig.await(store.list(Map.of("cluster", mine, "shard", "3")))).isEmpty();
    }

    private LedgerWriter create(Map<String, String> labels) {
        return rig.await(store.create(LedgerUse.LOG, labels));
    }

    /** Appends and gives the outcomes in the order in which they came. */
    private List<String> append(LedgerWriter writer, String... entries) {
        ConcurrentLinkedQueue<String> outcomes = new ConcurrentLinkedQueue<>();
        rig.loop().execute(() -> {
            for (String entry : entries) {
                ByteBuf buffer = ByteBufAllocator.DEFAULT.directBuffer();
                buffer.writeCharSequence(entry, StandardCharsets.UTF_8);
                writer.append(buffer, (entryId, acknowledged) -> outcomes.add(entryId + " " + acknowledged));
            }
        });
        rig.until("all appends are answered", () -> outcomes.size() == entries.length);
        return List.copyOf(outcomes);
    }

    private List<String> read(LedgerReader reader, long first, long last) {
        List<String> texts = new ArrayList<>();
        for (ByteBuf entry : rig.await(reader.read(first, last))) {
            texts.add(entry.toString(StandardCharsets.UTF_8));
            entry.release();
        }
        return texts;
    }

    /** Of two recoveries at once one may have to be repeated. */
    private long lastEntryOf(CompletionStage<LedgerReader> opened, long ledgerId) {
        LedgerReader reader;
        try {
            reader = rig.await(opened);
        } catch (StorageException e) {
            assertThat(e.fault()).isInstanceOf(StorageFault.Unavailable.class);
            reader = rig.await(store.openAndRecover(ledgerId));
        }
        reader.close();
        return reader.lastEntryId();
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
