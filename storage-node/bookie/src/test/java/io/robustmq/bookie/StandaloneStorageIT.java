package io.robustmq.bookie;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.apache.bookkeeper.bookie.Journal;
import org.apache.bookkeeper.client.api.BookKeeper;
import org.apache.bookkeeper.client.api.DigestType;
import org.apache.bookkeeper.client.api.LedgerEntries;
import org.apache.bookkeeper.client.api.ReadHandle;
import org.apache.bookkeeper.client.api.WriteHandle;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class StandaloneStorageIT {
    @TempDir
    private Path temporary;

    @Test
    void whatWasAcknowledgedOutlivesKillAndTheRestartWaitsForNothing() throws Exception {
        Path directory = temporary.resolve("data");
        long ledgerId;
        long acknowledged;
        try (StandaloneProcess process = StandaloneProcess.start(directory)) {
            ledgerId = Long.parseLong(process.await("ledger "));
            process.await("acknowledged 500");
            acknowledged = Long.parseLong(process.kill("acknowledged "));
        }

        long startNanos = System.nanoTime();
        try (StandaloneStorage storage = StandaloneStorage.start(directory, StandaloneOptions.DEFAULTS)) {
            long millis = (System.nanoTime() - startNanos) / 1_000_000;
            // Far below the session time-out of 20 s for which the dead bookie's node would otherwise stay.
            assertThat(millis).isLessThan(10_000);
            List<String> entries = recover(storage, ledgerId);
            assertThat(entries.size()).isGreaterThan((int) acknowledged);
            for (int i = 0; i < entries.size(); i++) {
                assertThat(entries.get(i)).isEqualTo("entry-" + i);
            }
        }
    }

    @Test
    void theLastWriteOfAKilledBookieMayBeTornAndItsLedgerIsRecoveredWithoutIt() throws Exception {
        Path directory = temporary.resolve("data");
        long ledgerId;
        try (StandaloneProcess process = StandaloneProcess.start(directory)) {
            ledgerId = Long.parseLong(process.await("ledger "));
            process.await("acknowledged 20");
            process.kill("");
        }
        long torn = tearLastEntry(directory.resolve("bookie/journal/current"));
        try (StandaloneStorage storage = StandaloneStorage.start(directory, StandaloneOptions.DEFAULTS)) {
            List<String> entries = recover(storage, ledgerId);
            assertThat(entries).hasSize((int) torn);
            assertThat(entries.getLast()).isEqualTo("entry-" + (torn - 1));
        }
    }

    /** Takes the last bytes from the last entry in the journal and gives its id. */
    private static long tearLastEntry(Path journal) throws Exception {
        List<Long> files = Journal.listJournalIds(journal.toFile(), null);
        Path file = journal.resolve(Long.toHexString(files.getLast()) + ".txn");
        ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).position(512);
        int last = 0;
        for (int length = bytes.getInt(); length != 0; length = bytes.getInt()) {
            if (length < 0) {
                length = bytes.getInt();
            } else if (bytes.getLong(bytes.position() + 8) >= 0) {
                last = bytes.position();
            }
            bytes.position(bytes.position() + length);
        }
        int end = last + bytes.getInt(last - 4);
        Arrays.fill(bytes.array(), end - 3, bytes.capacity(), (byte) 0);
        Files.write(file, bytes.array());
        return bytes.getLong(last + 8);
    }

    @Test
    void aCleanStopAndStartKeepsEverything() throws Exception {
        Path directory = temporary.resolve("data");
        long ledgerId;
        try (StandaloneStorage storage = StandaloneStorage.start(directory, StandaloneOptions.DEFAULTS)) {
            ledgerId = write(storage, "a", "b");
        }
        try (StandaloneStorage storage = StandaloneStorage.start(directory, StandaloneOptions.DEFAULTS)) {
            assertThat(recover(storage, ledgerId)).containsExactly("a", "b");
        }
    }

    @Test
    void aMovedDirectoryIsTheSameStorage() throws Exception {
        Path before = temporary.resolve("before");
        Path after = temporary.resolve("after");
        long ledgerId;
        try (StandaloneStorage storage = StandaloneStorage.start(before, StandaloneOptions.DEFAULTS)) {
            ledgerId = write(storage, "a", "b");
        }
        Files.move(before, after, StandardCopyOption.ATOMIC_MOVE);
        for (int start = 0; start < 2; start++) {
            try (StandaloneStorage storage = StandaloneStorage.start(after, StandaloneOptions.DEFAULTS)) {
                assertThat(recover(storage, ledgerId)).containsExactly("a", "b");
            }
        }
    }

    @Test
    void aDirectoryInUseIsRefused() throws Exception {
        Path directory = temporary.resolve("data");
        try (StandaloneProcess process = StandaloneProcess.start(directory)) {
            process.await("ledger ");
            assertFault(directory, StandaloneOptions.DEFAULTS, StartFault.LockedByProcess.class);
            process.kill("");
        }
        try (StandaloneStorage storage = StandaloneStorage.start(directory, StandaloneOptions.DEFAULTS)) {
            assertThat(storage.connectString()).startsWith("127.0.0.1:");
            assertFault(directory, StandaloneOptions.DEFAULTS, StartFault.LockedByProcess.class);
        }
    }

    @Test
    void aTakenPortIsNamed() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            assertFault(
                    temporary.resolve("one"),
                    new StandaloneOptions(taken.getLocalPort(), BookieOptions.DEFAULTS),
                    StartFault.PortTaken.class);
            BookieOptions defaults = BookieOptions.DEFAULTS;
            BookieOptions bookie = new BookieOptions(
                    taken.getLocalPort(),
                    defaults.writeCacheMegabytes(),
                    defaults.readCacheMegabytes(),
                    defaults.indexCacheMegabytes(),
                    defaults.journalMegabytes(),
                    defaults.flushIntervalMillis(),
                    defaults.garbageIntervalMillis(),
                    defaults.diskUsageMax());
            assertFault(temporary.resolve("two"), new StandaloneOptions(0, bookie), StartFault.PortTaken.class);
        }
        try (StandaloneStorage storage =
                StandaloneStorage.start(temporary.resolve("two"), StandaloneOptions.DEFAULTS)) {
            assertThat(storage.connectString()).startsWith("127.0.0.1:");
        }
    }

    @Test
    void aDirectoryThatCannotBeMadeIsNamed() throws Exception {
        Path file = Files.writeString(temporary.resolve("file"), "x");
        assertFault(file.resolve("data"), StandaloneOptions.DEFAULTS, StartFault.DirectoryNotWritable.class);
    }

    @Test
    void dataOfAnotherVersionIsRefused() throws Exception {
        Path newer = temporary.resolve("newer");
        Files.createDirectories(newer);
        Files.writeString(newer.resolve("FORMAT"), "format=robustmq-standalone-9\nbookieId=x\n");
        assertFault(newer, StandaloneOptions.DEFAULTS, StartFault.DataOfAnotherVersion.class);

        Path foreign = temporary.resolve("foreign");
        Files.createDirectories(foreign.resolve("metadata"));
        Files.writeString(foreign.resolve("metadata").resolve("something"), "x");
        assertFault(foreign, StandaloneOptions.DEFAULTS, StartFault.DataOfAnotherVersion.class);
    }

    @Test
    void halfOfTheDataIsRefusedAndLeftAsItIs() throws Exception {
        Path directory = temporary.resolve("data");
        long ledgerId;
        try (StandaloneStorage storage = StandaloneStorage.start(directory, StandaloneOptions.DEFAULTS)) {
            ledgerId = write(storage, "a");
        }
        Path aside = temporary.resolve("aside");

        Files.move(directory.resolve("bookie"), aside);
        assertFault(directory, StandaloneOptions.DEFAULTS, StartFault.StoresDisagree.class);
        delete(directory.resolve("bookie"));
        Files.move(aside, directory.resolve("bookie"));

        Files.move(directory.resolve("metadata"), aside);
        assertFault(directory, StandaloneOptions.DEFAULTS, StartFault.StoresDisagree.class);
        delete(directory.resolve("metadata"));
        Files.move(aside, directory.resolve("metadata"));

        try (StandaloneStorage storage = StandaloneStorage.start(directory, StandaloneOptions.DEFAULTS)) {
            assertThat(recover(storage, ledgerId)).containsExactly("a");
        }
    }

    @Test
    void theMetadataOfAnotherInstanceIsRefused() throws Exception {
        Path one = temporary.resolve("one");
        Path other = temporary.resolve("other");
        StandaloneStorage.start(one, StandaloneOptions.DEFAULTS).close();
        StandaloneStorage.start(other, StandaloneOptions.DEFAULTS).close();
        delete(one.resolve("metadata"));
        Files.move(other.resolve("metadata"), one.resolve("metadata"));
        assertFault(one, StandaloneOptions.DEFAULTS, StartFault.StoresDisagree.class);
    }

    private static void assertFault(Path directory, StandaloneOptions options, Class<? extends StartFault> expected) {
        assertThatThrownBy(() -> StandaloneStorage.start(directory, options).close())
                .isInstanceOfSatisfying(StartException.class, e -> {
                    assertThat(e.fault()).isInstanceOf(expected);
                    assertThat(e).hasMessage(e.fault().reason());
                });
    }

    private static long write(StandaloneStorage storage, String... entries) throws Exception {
        BookKeeper client = StandaloneMain.client(storage.connectString());
        try {
            WriteHandle ledger = client.newCreateLedgerOp()
                    .withEnsembleSize(1)
                    .withWriteQuorumSize(1)
                    .withAckQuorumSize(1)
                    .withDigestType(DigestType.CRC32C)
                    .withPassword(new byte[0])
                    .execute()
                    .get();
            for (String entry : entries) {
                ledger.append(entry.getBytes(StandardCharsets.UTF_8));
            }
            return ledger.getId();
        } finally {
            client.close();
        }
    }

    private static List<String> recover(StandaloneStorage storage, long ledgerId) throws Exception {
        BookKeeper client = StandaloneMain.client(storage.connectString());
        try {
            ReadHandle ledger = client.newOpenLedgerOp()
                    .withLedgerId(ledgerId)
                    .withDigestType(DigestType.CRC32C)
                    .withPassword(new byte[0])
                    .withRecovery(true)
                    .execute()
                    .get();
            try (LedgerEntries entries = ledger.read(0, ledger.getLastAddConfirmed())) {
                return StreamSupport.stream(entries.spliterator(), false)
                        .map(entry -> new String(entry.getEntryBytes(), StandardCharsets.UTF_8))
                        .toList();
            }
        } finally {
            client.close();
        }
    }

    private static void delete(Path directory) throws Exception {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
