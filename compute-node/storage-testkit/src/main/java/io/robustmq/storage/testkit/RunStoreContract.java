package io.robustmq.storage.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.robustmq.storage.RunId;
import io.robustmq.storage.RunReader;
import io.robustmq.storage.RunStore;
import io.robustmq.storage.RunWriter;
import io.robustmq.storage.ShardId;
import io.robustmq.storage.StorageException;
import io.robustmq.storage.StorageFault;
import io.robustmq.storage.ledger.LedgerRunStore;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What runs promise on every {@link io.robustmq.storage.ledger.LedgerStore}. */
public abstract class RunStoreContract {
    private static final ShardId SHARD = new ShardId(3);

    private StorageRig rig;
    private FaultyLedgerStore faulty;
    private RunStore runs;

    /** A store and the way its time passes; closed after each test. */
    protected abstract StorageRig newRig() throws Exception;

    @SuppressWarnings("NullAway.Init")
    protected RunStoreContract() {}

    @BeforeEach
    void open() throws Exception {
        rig = newRig();
        faulty = new FaultyLedgerStore(rig.ledgers());
        runs = new LedgerRunStore(faulty, "contract-" + System.identityHashCode(rig));
    }

    @AfterEach
    void close() {
        rig.close();
    }

    @Test
    void aFinishedRunIsReadBackBlockByBlock() {
        RunId run = write(1, "one", "two", "three");
        RunReader reader = rig.await(runs.open(run, rig.loop()));
        assertThat(reader.id()).isEqualTo(run);
        assertThat(reader.blocks()).isEqualTo(3);
        assertThat(read(reader, 2)).isEqualTo("three");
        assertThat(read(reader, 0)).isEqualTo("one");
        assertThat(read(reader, 1)).isEqualTo("two");
        reader.close();
    }

    @Test
    void manyBlocksMayBeHandedOverAtOnce() {
        String[] blocks = new String[100];
        for (int i = 0; i < blocks.length; i++) {
            blocks[i] = "block " + i;
        }
        RunReader reader = rig.await(runs.open(write(1, blocks), rig.loop()));
        assertThat(reader.blocks()).isEqualTo(100);
        assertThat(read(reader, 99)).isEqualTo("block 99");
        reader.close();
    }

    @Test
    void anEmptyRunHasNoBlocks() {
        RunReader reader = rig.await(runs.open(write(1), rig.loop()));
        assertThat(reader.blocks()).isZero();
        reader.close();
    }

    @Test
    void theLargestBlockFits() {
        RunWriter writer = rig.await(runs.create(SHARD, 1, rig.loop()));
        int bytes = writer.blockBytesMax();
        ByteBuf block = ByteBufAllocator.DEFAULT.directBuffer(bytes, bytes).writeZero(bytes);
        rig.await(rig.call(() -> writer.write(block)));
        RunReader reader = rig.await(runs.open(rig.await(rig.call(writer::finish)), rig.loop()));
        ByteBuf read = rig.await(rig.call(() -> reader.read(0)));
        assertThat(read.readableBytes()).isEqualTo(bytes);
        read.release();
        reader.close();
    }

    @Test
    void anUnfinishedRunIsNotOpened() {
        RunWriter writer = rig.await(runs.create(SHARD, 1, rig.loop()));
        rig.await(rig.call(() -> writer.write(block("x"))));
        List<RunId> all = new ArrayList<>();
        for (var ledger : rig.await(faulty.list(java.util.Map.of("kind", "run")))) {
            all.add(new RunId(ledger.ledgerId()));
        }
        assertThat(all).isNotEmpty();
        assertThat(fault(runs.open(all.getLast(), rig.loop()))).isInstanceOf(StorageFault.Unavailable.class);
        rig.call(() -> {
            writer.abandon();
            return writer;
        });
    }

    @Test
    void anAbandonedRunIsDeleted() {
        RunWriter writer = rig.await(runs.create(SHARD, 1, rig.loop()));
        rig.await(rig.call(() -> writer.write(block("x"))));
        rig.call(() -> {
            writer.abandon();
            return writer;
        });
        assertThat(fault(rig.call(() -> writer.write(block("y"))))).isInstanceOf(StorageFault.Unavailable.class);
        assertThat(rig.await(runs.deleteOrphans(SHARD, 2, List.of()))).isZero();
    }

    @Test
    void aBlockThatIsNotAcknowledgedFailsTheRun() {
        RunWriter writer = rig.await(runs.create(SHARD, 1, rig.loop()));
        faulty.hold();
        CompletionStage<Void> written = rig.call(() -> writer.write(block("x")));
        CompletionStage<RunId> finished = rig.call(writer::finish);
        rig.until("the block is held", () -> faulty.heldCount() == 1);
        faulty.loseHeld();
        assertThat(fault(written)).isInstanceOf(StorageFault.OutcomeUnknown.class);
        assertThat(fault(finished)).isInstanceOf(StorageFault.OutcomeUnknown.class);
    }

    @Test
    void anAlteredBlockIsDamaged() {
        RunReader reader = rig.await(runs.open(write(1, "one"), rig.loop()));
        faulty.setAltering(true);
        assertThat(fault(rig.call(() -> reader.read(0)))).isInstanceOf(StorageFault.Damaged.class);
        reader.close();
    }

    @Test
    void aDeletedRunIsNotFoundAndDeletedAgain() {
        RunId run = write(1, "one");
        rig.await(runs.delete(run));
        rig.await(runs.delete(run));
        assertThat(fault(runs.open(run, rig.loop()))).isInstanceOf(StorageFault.NotFound.class);
    }

    @Test
    void orphansOfFormerEpochsAreDeletedAndNothingElse() {
        RunId kept = write(1, "kept");
        RunId orphan = write(1, "orphan");
        RunId ofThisEpoch = write(2, "new");
        assertThat(rig.await(runs.deleteOrphans(SHARD, 2, List.of(kept)))).isEqualTo(1);
        assertThat(fault(runs.open(orphan, rig.loop()))).isInstanceOf(StorageFault.NotFound.class);
        rig.await(runs.open(kept, rig.loop())).close();
        rig.await(runs.open(ofThisEpoch, rig.loop())).close();
    }

    private RunId write(long epoch, String... texts) {
        RunWriter writer = rig.await(runs.create(SHARD, epoch, rig.loop()));
        List<CompletionStage<Void>> written = rig.call(() -> {
            List<CompletionStage<Void>> stages = new ArrayList<>();
            for (String text : texts) {
                stages.add(writer.write(block(text)));
            }
            return stages;
        });
        written.forEach(rig::await);
        return rig.await(rig.call(writer::finish));
    }

    private String read(RunReader reader, long number) {
        ByteBuf block = rig.await(rig.call(() -> reader.read(number)));
        String text = block.toString(StandardCharsets.UTF_8);
        block.release();
        return text;
    }

    private static ByteBuf block(String text) {
        ByteBuf buffer = ByteBufAllocator.DEFAULT.directBuffer();
        buffer.writeCharSequence(text, StandardCharsets.UTF_8);
        return buffer;
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
