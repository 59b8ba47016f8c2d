package io.robustmq.bookie;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.bookkeeper.bookie.CheckpointSource;
import org.apache.bookkeeper.bookie.CheckpointSource.Checkpoint;
import org.apache.bookkeeper.bookie.LedgerDirsManager;
import org.apache.bookkeeper.bookie.storage.EntryLogger;
import org.apache.bookkeeper.bookie.storage.ldb.DbLedgerStorage;
import org.apache.bookkeeper.bookie.storage.ldb.SingleDirectoryDbLedgerStorage;
import org.apache.bookkeeper.conf.ServerConfiguration;
import org.apache.bookkeeper.meta.LedgerManager;
import org.apache.bookkeeper.stats.NullStatsLogger;
import org.apache.bookkeeper.stats.StatsLogger;
import org.apache.bookkeeper.util.DiskChecker;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SteadyLedgerStorageTest {
    @TempDir
    private Path directory;

    private final Marks marks = new Marks();
    private final OnFullDisk storage = new OnFullDisk();

    /** The journal's side: how far it may forget. */
    private static final class Marks implements CheckpointSource {
        final List<Checkpoint> complete = new ArrayList<>();

        @Override
        public Checkpoint newCheckpoint() {
            return Checkpoint.MIN;
        }

        @Override
        public void checkpointComplete(Checkpoint checkpoint, boolean compact) {
            complete.add(checkpoint);
        }
    }

    /** Its entry log can be told to fail as on a full disk. */
    private static final class OnFullDisk extends SteadyLedgerStorage {
        boolean full;

        @Override
        protected SingleDirectoryDbLedgerStorage newSingleDirectoryDbLedgerStorage(
                ServerConfiguration conf,
                LedgerManager ledgerManager,
                LedgerDirsManager ledgerDirsManager,
                LedgerDirsManager indexDirsManager,
                EntryLogger entryLogger,
                StatsLogger statsLogger,
                long writeCacheSize,
                long readCacheSize,
                int readAheadCacheBatchSize,
                long readAheadCacheBatchBytesSize)
                throws IOException {
            EntryLogger failing = (EntryLogger) Proxy.newProxyInstance(
                    EntryLogger.class.getClassLoader(), new Class<?>[] {EntryLogger.class}, (_, method, arguments) -> {
                        if (full && method.getName().equals("flush")) {
                            throw new IOException("No space left on device");
                        }
                        try {
                            return method.invoke(entryLogger, arguments);
                        } catch (InvocationTargetException failure) {
                            throw failure.getCause();
                        }
                    });
            return super.newSingleDirectoryDbLedgerStorage(
                    conf,
                    ledgerManager,
                    ledgerDirsManager,
                    indexDirsManager,
                    failing,
                    statsLogger,
                    writeCacheSize,
                    readCacheSize,
                    readAheadCacheBatchSize,
                    readAheadCacheBatchBytesSize);
        }
    }

    @BeforeEach
    void open() throws Exception {
        File ledgers = directory.toFile();
        Files.createDirectories(directory.resolve("current"));
        ServerConfiguration configuration = new ServerConfiguration();
        configuration.setLedgerDirNames(new String[] {ledgers.toString()});
        configuration.setAllowLoopback(true);
        configuration.setProperty(DbLedgerStorage.WRITE_CACHE_MAX_SIZE_MB, 2);
        configuration.setProperty(DbLedgerStorage.READ_AHEAD_CACHE_MAX_SIZE_MB, 2);
        LedgerDirsManager directories =
                new LedgerDirsManager(configuration, configuration.getLedgerDirs(), new DiskChecker(0.99f, 0.98f));
        storage.initialize(
                configuration, null, directories, directories, NullStatsLogger.INSTANCE, ByteBufAllocator.DEFAULT);
        storage.setCheckpointSource(marks);
    }

    @AfterEach
    void close() throws Exception {
        storage.shutdown();
    }

    private void add(long entryId) throws Exception {
        ByteBuf entry = Unpooled.buffer();
        entry.writeLong(7).writeLong(entryId).writeLong(entryId - 1).writeBytes(new byte[100]);
        storage.addEntry(entry);
        entry.release();
    }

    @Test
    void whatIsWrittenOutLetsTheJournalForget() throws Exception {
        add(0);
        storage.checkpoint(Checkpoint.MAX);
        storage.flush();
        assertThat(marks.complete).hasSize(1);
    }

    @Test
    void afterAFailedFlushTheJournalForgetsNothingThoughTheNextOneWouldFindNothingToWrite() throws Exception {
        add(0);
        storage.full = true;
        assertThatThrownBy(() -> storage.checkpoint(Checkpoint.MAX)).isInstanceOf(UncheckedIOException.class);
        storage.full = false;
        assertThatThrownBy(() -> storage.checkpoint(Checkpoint.MAX))
                .as("ends the synchronisation thread's bookie")
                .isInstanceOf(UncheckedIOException.class);
        assertThatThrownBy(storage::flush).as("as the bookie does when it ends").isInstanceOf(IOException.class);
        add(1);
        assertThatThrownBy(storage::flush).isInstanceOf(IOException.class);
        assertThat(marks.complete).isEmpty();
    }
}
