package io.robustmq.bookie;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32C;
import org.apache.bookkeeper.bookie.BookieImpl;
import org.apache.bookkeeper.bookie.Journal;
import org.apache.bookkeeper.bookie.LedgerDirsManager;
import org.apache.bookkeeper.conf.ServerConfiguration;
import org.apache.bookkeeper.proto.checksum.DigestManager;
import org.apache.bookkeeper.util.DiskChecker;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Journals by hand, read back by BookKeeper; {@link StandaloneStorageIT} tears one that BookKeeper wrote. */
@SuppressWarnings("ByteBufferBackingArray") // All of them are made by allocate or wrap.
final class JournalTailTest {
    private static final int FILE_BYTES = 16 << 10;
    private static final int HEADER_BYTES = 512;
    private static final long LEDGER = 0x0102030405060708L;

    @TempDir
    private Path directory;

    private Path journal;
    private Path ledgers;

    @BeforeEach
    void directories() throws IOException {
        journal = Files.createDirectories(directory.resolve("journal").resolve("current"));
        ledgers = Files.createDirectories(directory.resolve("ledgers").resolve("current"));
        mark(0, 0);
    }

    @Test
    void anEntryTornAnywhereIsCutOffAndTheOnesBeforeItStay() throws Exception {
        ByteBuffer whole = journal(key(), entry(0, 900), entry(1, 700));
        int start = whole.position();
        byte[] last = entry(2, 800);
        put(whole, last);
        tearEverywhere(whole.array(), start, 4 + last.length, List.of(BookieImpl.METAENTRY_ID_LEDGER_KEY, 0L, 1L), 2);
    }

    @Test
    void aLedgerKeyTornAnywhereIsCutOff() throws Exception {
        ByteBuffer whole = journal(entry(0, 10));
        int start = whole.position();
        put(whole, key());
        tearEverywhere(whole.array(), start, 4 + key().length, List.of(0L), BookieImpl.METAENTRY_ID_LEDGER_KEY);
    }

    @Test
    void aFenceTornAnywhereIsCutOff() throws Exception {
        ByteBuffer whole = journal(entry(0, 10));
        int start = whole.position();
        put(whole, fence());
        tearEverywhere(whole.array(), start, 4 + fence().length, List.of(0L), BookieImpl.METAENTRY_ID_FENCE_KEY);
    }

    @Test
    void aTornPaddingStopsNoReplay() throws Exception {
        ByteBuffer whole = journal(entry(0, 10));
        int start = whole.position();
        pad(whole, 300);
        for (int torn = 0; torn < 308; torn++) {
            write(1, tear(whole.array(), start + torn));
            JournalTail.cut(journal, ledgers);
            assertThat(replayed(1)).as("torn at %d", torn).containsExactly(0L);
        }
    }

    @Test
    void aWholeJournalStaysAsItIs() throws Exception {
        ByteBuffer whole = journal(key(), entry(0, 900));
        pad(whole, 200);
        put(whole, entry(1, 100));
        put(whole, fence());
        write(1, whole.array());
        write(2, journal(entry(2, 5)).array());
        write(3, journal().array());
        JournalTail.cut(journal, ledgers);
        assertThat(read(1)).isEqualTo(whole.array());
        assertThat(read(2)).hasSize(FILE_BYTES);
        assertThat(read(3)).hasSize(FILE_BYTES);
    }

    @Test
    void theTornOnesOfOneWriteAreCutOffTogether() throws Exception {
        ByteBuffer whole = journal(entry(0, 10));
        int start = whole.position();
        put(whole, entry(1, 2000));
        put(whole, entry(2, 2000));
        // The sectors of one write may reach the disk in any order; here the middle one of each entry did not.
        Arrays.fill(whole.array(), 1024, 1536, (byte) 0);
        Arrays.fill(whole.array(), 3584, 4096, (byte) 0);
        write(1, whole.array());
        JournalTail.cut(journal, ledgers);
        assertThat(read(1)).isEqualTo(Arrays.copyOf(whole.array(), start));
    }

    @Test
    void aBadRecordBeforeAWholeOneIsDamageAndStays() throws Exception {
        ByteBuffer whole = journal(entry(0, 10));
        int start = whole.position();
        put(whole, entry(1, 600));
        byte[] torn = tear(whole.array(), start + 200);
        ByteBuffer more = ByteBuffer.wrap(torn).position(whole.position());
        put(more, entry(2, 10));
        write(1, torn);
        JournalTail.cut(journal, ledgers);
        assertThat(read(1)).isEqualTo(torn);
    }

    @Test
    void aBadRecordBeforeAWholeOneInALaterFileIsDamageAndStays() throws Exception {
        ByteBuffer whole = journal(entry(0, 10), entry(1, 600));
        byte[] torn = tear(whole.array(), whole.position() - 100);
        write(1, torn);
        write(2, journal(entry(2, 10)).array());
        JournalTail.cut(journal, ledgers);
        assertThat(read(1)).isEqualTo(torn);
    }

    @Test
    void aTornRecordBeforeAFileWithNothingInItIsCutOff() throws Exception {
        ByteBuffer whole = journal(entry(0, 10));
        int start = whole.position();
        put(whole, entry(1, 600));
        write(1, tear(whole.array(), start + 300));
        write(2, journal().array());
        JournalTail.cut(journal, ledgers);
        assertThat(read(1)).hasSize(start);
        assertThat(read(2)).hasSize(FILE_BYTES);
    }

    @Test
    void aBitThatFellOverInTheLastRecordIsDamageAndStays() throws Exception {
        ByteBuffer whole = journal(entry(0, 10), entry(1, 600));
        whole.array()[whole.position() - 20] ^= 4;
        write(1, whole.array());
        JournalTail.cut(journal, ledgers);
        assertThat(read(1)).isEqualTo(whole.array());
    }

    @Test
    void whatTheMarkHasPassedIsNotLookedAt() throws Exception {
        ByteBuffer whole = journal(entry(0, 10), entry(1, 600));
        byte[] torn = tear(whole.array(), whole.position() - 100);
        write(1, torn);
        mark(1, whole.position());
        JournalTail.cut(journal, ledgers);
        mark(2, HEADER_BYTES);
        write(2, journal().array());
        JournalTail.cut(journal, ledgers);
        assertThat(read(1)).isEqualTo(torn);
    }

    @Test
    void aFileThatEndsWithinItsLastRecordStays() throws Exception {
        ByteBuffer whole = journal(entry(0, 10), entry(1, 600));
        byte[] shorter = Arrays.copyOf(whole.array(), whole.position() - 100);
        write(1, shorter);
        JournalTail.cut(journal, ledgers);
        assertThat(read(1)).isEqualTo(shorter);
        assertThat(replayed(1)).containsExactly(0L);
    }

    @Test
    void withoutAJournalThereIsNothingToDo() throws Exception {
        Files.delete(ledgers.resolve("lastMark"));
        JournalTail.cut(directory.resolve("absent"), ledgers);
        assertThat(directory.resolve("absent")).doesNotExist();
    }

    /** Where the bytes lost are zeros themselves nothing is lost. */
    private void tearEverywhere(byte[] whole, int start, int length, List<Long> before, long last) throws Exception {
        List<Long> all = new ArrayList<>(before);
        all.add(last);
        for (int written = 0; written <= length; written++) {
            byte[] torn = tear(whole, start + written);
            write(1, torn);
            JournalTail.cut(journal, ledgers);
            assertThat(replayed(1))
                    .as("%d of %d bytes written", written, length)
                    .isEqualTo(Arrays.equals(torn, whole) ? all : before);
        }
    }

    private static byte[] tear(byte[] whole, int from) {
        byte[] torn = whole.clone();
        Arrays.fill(torn, from, torn.length, (byte) 0);
        return torn;
    }

    /** Ids of the entries the bookie would take out of a file. */
    private List<Long> replayed(long id) throws Exception {
        ServerConfiguration configuration = new ServerConfiguration();
        configuration.setJournalDirName(directory.resolve("journal").toString());
        configuration.setLedgerDirNames(
                new String[] {directory.resolve("ledgers").toString()});
        LedgerDirsManager directories =
                new LedgerDirsManager(configuration, configuration.getLedgerDirs(), new DiskChecker(0.99f, 0.98f));
        List<Long> entryIds = new ArrayList<>();
        new Journal(0, journal.toFile(), configuration, directories)
                .scanJournal(
                        id,
                        0,
                        (_, _, entry) -> {
                            assertThat(entry.getLong()).isEqualTo(LEDGER);
                            entryIds.add(entry.getLong());
                        },
                        false);
        return entryIds;
    }

    private void mark(long id, long offset) throws IOException {
        Files.write(
                ledgers.resolve("lastMark"),
                ByteBuffer.allocate(16).putLong(id).putLong(offset).array());
    }

    private void write(long id, byte[] bytes) throws IOException {
        Files.write(journal.resolve(Long.toHexString(id) + ".txn"), bytes);
    }

    private byte[] read(long id) throws IOException {
        return Files.readAllBytes(journal.resolve(Long.toHexString(id) + ".txn"));
    }

    private static ByteBuffer journal(byte[]... records) {
        ByteBuffer file = ByteBuffer.allocate(FILE_BYTES);
        file.put("BKLG".getBytes(StandardCharsets.US_ASCII)).putInt(6).position(HEADER_BYTES);
        for (byte[] record : records) {
            put(file, record);
        }
        return file;
    }

    private static void put(ByteBuffer file, byte[] record) {
        file.putInt(record.length).put(record);
    }

    private static void pad(ByteBuffer file, int length) {
        file.putInt(-0x100).putInt(length).position(file.position() + length);
    }

    private static byte[] entry(long entryId, int dataBytes) {
        byte[] data = new byte[dataBytes];
        Arrays.fill(data, (byte) 'x');
        ByteBuffer entry = ByteBuffer.allocate(36 + dataBytes)
                .putLong(LEDGER)
                .putLong(entryId)
                .putLong(entryId - 1)
                .putLong(dataBytes);
        CRC32C digest = new CRC32C();
        digest.update(entry.array(), 0, 32);
        digest.update(data);
        return entry.putInt((int) digest.getValue()).put(data).array();
    }

    private static byte[] key() throws Exception {
        byte[] key = DigestManager.generateMasterKey(new byte[0]);
        return ByteBuffer.allocate(20 + key.length)
                .putLong(LEDGER)
                .putLong(BookieImpl.METAENTRY_ID_LEDGER_KEY)
                .putInt(key.length)
                .put(key)
                .array();
    }

    private static byte[] fence() {
        return ByteBuffer.allocate(16)
                .putLong(LEDGER)
                .putLong(BookieImpl.METAENTRY_ID_FENCE_KEY)
                .array();
    }
}
