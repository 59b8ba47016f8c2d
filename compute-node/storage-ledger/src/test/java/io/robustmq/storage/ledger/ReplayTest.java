package io.robustmq.storage.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.robustmq.storage.Loop;
import io.robustmq.storage.ShardId;
import io.robustmq.storage.ShardLog;
import io.robustmq.storage.StorageException;
import io.robustmq.storage.StorageFault;
import io.robustmq.storage.ledger.LedgerStore.LedgerReader;
import io.robustmq.storage.ledger.ShardRecord.LinkState;
import io.robustmq.storage.ledger.ShardRecord.Start;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

/** What a replay accepts and what it refuses, over ledgers that answer in any order. */
final class ReplayTest {
    private static final ShardId SHARD = new ShardId(1);

    private final TurnedLoop loop = new TurnedLoop();
    private final List<String> seen = new ArrayList<>();
    private final List<Ledger> ledgers = new ArrayList<>();

    @Test
    void entriesComeInOrderWhateverTheOrderOfReads() {
        for (int seed = 0; seed < 10; seed++) {
            seen.clear();
            ledgers.clear();
            List<String> expected = new ArrayList<>();
            long lsn = 1;
            for (int ledger = 0; ledger < 4; ledger++) {
                Ledger made = ledger(100 + ledger);
                for (int entry = 0; entry < 25 * ledger; entry++) {
                    made.add(false, 1, lsn, 1, "r" + lsn);
                    expected.add(lsn + ":r" + lsn);
                    lsn++;
                }
            }
            assertThat(replay(new Start(100, 0, 1), 0, new Random(seed))).isEqualTo("" + lsn);
            assertThat(seen).isEqualTo(expected);
        }
    }

    @Test
    void flushedRecordsAndManifestsAreNotDelivered() {
        ledger(1)
                .add(false, 1, 1, 2, "a")
                .add(false, 1, 3, 1, "b")
                .add(true, 1, 4, 0, "m")
                .add(false, 1, 4, 1, "c");
        assertThat(replay(new Start(1, 0, 1), 3, new Random(1))).isEqualTo("5");
        assertThat(seen).containsExactly("4:c");
    }

    @Test
    void replayStartsInTheMiddleOfALedger() {
        ledger(1).add(false, 1, 1, 1, "a").add(false, 1, 2, 1, "b").add(false, 1, 3, 1, "c");
        assertThat(replay(new Start(1, 2, 3), 2, new Random(1))).isEqualTo("4");
        assertThat(seen).containsExactly("3:c");
    }

    @Test
    void aGapIsDamage() {
        ledger(1).add(false, 1, 1, 1, "a").add(false, 1, 3, 1, "c");
        assertThat(replay(new Start(1, 0, 1), 0, new Random(1))).contains("entry 1", "starts at LSN 3 and not at 2");
        assertThat(seen).containsExactly("1:a");
    }

    @Test
    void aRepetitionIsDamage() {
        ledger(1).add(false, 1, 1, 1, "a");
        ledger(2).add(false, 1, 1, 1, "a");
        assertThat(replay(new Start(1, 0, 1), 0, new Random(1))).contains("starts at LSN 1 and not at 2");
    }

    @Test
    void anEpochGoingDownIsDamage() {
        ledger(1).add(false, 5, 1, 1, "a").add(false, 4, 2, 1, "b");
        assertThat(replay(new Start(1, 0, 1), 0, new Random(1))).contains("epoch 4 after epoch 5");
    }

    @Test
    void anEpochAboveTheOwnersIsDamage() {
        ledger(1).add(false, 10, 1, 1, "a");
        assertThat(replay(new Start(1, 0, 1), 0, new Random(1))).contains("epoch 10");
    }

    @Test
    void aLedgerThatStartsElsewhereThanTheRecordSaysIsDamage() {
        Ledger ledger = ledger(1);
        ledger.firstLsn = 2;
        ledger.add(false, 1, 1, 1, "a");
        assertThat(replay(new Start(1, 0, 1), 0, new Random(1))).contains("the record says");
    }

    @Test
    void anExceptionOfTheListenerEndsTheReplay() {
        ledger(1).add(false, 1, 1, 1, "throw").add(false, 1, 2, 1, "b");
        assertThat(replay(new Start(1, 0, 1), 0, new Random(1))).isEqualTo("java.lang.IllegalStateException: thrown");
        assertThat(seen).isEmpty();
    }

    private Ledger ledger(long id) {
        Ledger ledger = new Ledger(id);
        ledgers.add(ledger);
        return ledger;
    }

    /** The next LSN, or why there is none. */
    private String replay(Start start, long flushedLsn, Random random) {
        List<ChainLedger> chain = new ArrayList<>();
        for (Ledger ledger : ledgers) {
            ChainLedger link = new ChainLedger(ledger.id, ledger.firstLsn, LinkState.CLOSED);
            link.reader = ledger;
            link.lastEntryId = ledger.lastEntryId();
            chain.add(link);
        }
        CompletableFuture<Long> done = new Replay(
                        SHARD,
                        9,
                        loop,
                        LedgerLogOptions.defaults("test"),
                        chain,
                        start,
                        new ReplayMarks(start),
                        flushedLsn,
                        (records, firstLsn, _) -> {
                            String text = records.toString(StandardCharsets.UTF_8);
                            if (text.equals("throw")) {
                                throw new IllegalStateException("thrown");
                            }
                            seen.add(firstLsn + ":" + text);
                        })
                .run()
                .toCompletableFuture();
        loop.turn(random);
        assertThat(done).isDone();
        return done.handle((next, failure) -> failure == null
                        ? next.toString()
                        : failure instanceof StorageException storage
                                        && storage.fault() instanceof StorageFault.Damaged damaged
                                ? damaged.reason()
                                : failure.toString())
                .join();
    }

    /** A ledger in memory whose reads are answered when the loop gets to them. */
    private final class Ledger implements LedgerReader {
        private final long id;
        private final List<byte[]> entries = new ArrayList<>();
        private long firstLsn = ShardRecord.UNKNOWN_LSN;

        private Ledger(long id) {
            this.id = id;
        }

        private Ledger add(boolean manifest, long epoch, long lsn, int count, String body) {
            ByteBuf entry = ByteBufAllocator.DEFAULT.directBuffer();
            entry.writeZero(ShardLog.HEADER_BYTES).writeCharSequence(body, StandardCharsets.UTF_8);
            new EntryHeader(manifest, SHARD.value(), count, epoch, lsn).write(entry);
            byte[] bytes = new byte[entry.readableBytes()];
            entry.readBytes(bytes).release();
            entries.add(bytes);
            return this;
        }

        @Override
        public long ledgerId() {
            return id;
        }

        @Override
        public long lastEntryId() {
            return entries.size() - 1L;
        }

        @Override
        public CompletionStage<List<ByteBuf>> read(long first, long last) {
            CompletableFuture<List<ByteBuf>> read = new CompletableFuture<>();
            loop.reads.add(() -> {
                List<ByteBuf> buffers = new ArrayList<>();
                for (long entry = first; entry <= last; entry++) {
                    buffers.add(ByteBufAllocator.DEFAULT.directBuffer().writeBytes(entries.get((int) entry)));
                }
                read.complete(buffers);
            });
            return read;
        }

        @Override
        public void close() {
            entries.clear();
        }
    }

    /** Runs tasks in order and reads in any order. */
    private static final class TurnedLoop implements Loop {
        private final ArrayDeque<Runnable> tasks = new ArrayDeque<>();
        private final List<Runnable> reads = new ArrayList<>();

        private void turn(Random random) {
            while (!tasks.isEmpty() || !reads.isEmpty()) {
                for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
                    task.run();
                }
                Collections.shuffle(reads, random);
                if (!reads.isEmpty()) {
                    reads.removeLast().run();
                }
            }
        }

        @Override
        public void execute(Runnable task) {
            tasks.add(task);
        }

        @Override
        public void atTickEnd(Runnable task) {
            tasks.add(task);
        }

        @Override
        public long nanoTime() {
            return 0;
        }

        @Override
        public long wallMillis() {
            return 0;
        }

        @Override
        public Timer after(long delayNanos, Runnable task) {
            tasks.add(task);
            return () -> tasks.remove(task);
        }

        @Override
        public boolean inLoop() {
            return true;
        }
    }
}
