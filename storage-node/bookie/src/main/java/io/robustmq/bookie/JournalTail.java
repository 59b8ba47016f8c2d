package io.robustmq.bookie;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.zip.CRC32C;
import org.apache.bookkeeper.bookie.BookieImpl;
import org.apache.bookkeeper.bookie.Journal;
import org.apache.bookkeeper.bookie.LogMark;
import org.apache.bookkeeper.proto.checksum.DigestManager;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Cuts off what a torn write left at the end of a bookie's journal, before the bookie replays it.
 *
 * <p>A journal file is longer than what was written to it, and BookKeeper 4.18.0 gives its records no checksum. A write that a full disk or a power cut tore leaves a record with its length and with zeros where
 * the rest should be. Replay would take it for the last entry of its ledger, whose digest is then wrong for every reader; where there is no other copy the ledger could never be recovered. Torn bytes were never
 * synced, and nothing is acknowledged before it is, so nothing that was acknowledged is cut off.
 *
 * <p>What is wrong and cannot be a torn last write is damage; it is reported and left to the bookie.
 *
 * <p>Knows the entries of ledgers with CRC32C digests and an empty password, the only ones on this bookie. Used by one thread, while no bookie runs.
 */
final class JournalTail {
    private static final Logger LOG = LoggerFactory.getLogger(JournalTail.class);

    private static final int MAGIC = 0x424b4c47;
    /** From this version on the first record comes after a whole sector of header and writes are padded. */
    private static final int VERSION_MIN = 5;

    private static final int VERSION_MAX = 6;
    private static final int SECTOR_BYTES = 512;
    private static final int PADDING = -0x100;
    /** Of ledger and entry, which every record has. */
    private static final int IDS_BYTES = 2 * Long.BYTES;
    /** In an entry after ledger, entry, last confirmed entry and length. */
    private static final int DIGEST_OFFSET = 4 * Long.BYTES;

    private static final int DATA_OFFSET = DIGEST_OFFSET + Integer.BYTES;
    private static final int BUFFER_BYTES = 1 << 16;
    /** {@link BookieImpl} keeps it to its package. */
    private static final long EXPLICIT_LAC = -0x8000;

    private final byte[] ledgerKey;
    private byte[] record = new byte[BUFFER_BYTES];

    /** The first record that is not whole. */
    private @Nullable Path file;

    private long offset;
    private boolean unwritten;
    private boolean followed;

    private JournalTail(byte[] ledgerKey) {
        this.ledgerKey = ledgerKey;
    }

    /**
     * @param journal directory with the journal's files
     * @param ledgers directory with the mark up to which the journal is not replayed
     */
    static void cut(Path journal, Path ledgers) throws IOException {
        LogMark mark = mark(ledgers.resolve("lastMark"));
        JournalTail tail = new JournalTail(emptyPasswordKey());
        for (long id : Journal.listJournalIds(journal.toFile(), id -> id >= mark.getLogFileId())) {
            tail.scan(
                    journal.resolve(Long.toHexString(id) + ".txn"),
                    id == mark.getLogFileId() ? mark.getLogFileOffset() : 0);
        }
        tail.conclude();
    }

    private static LogMark mark(Path file) throws IOException {
        LogMark mark = new LogMark();
        byte[] written = Files.exists(file) ? Files.readAllBytes(file) : new byte[0];
        if (written.length >= 2 * Long.BYTES) {
            mark.readLogMark(ByteBuffer.wrap(written));
        }
        return mark;
    }

    private static byte[] emptyPasswordKey() throws IOException {
        try {
            return DigestManager.generateMasterKey(new byte[0]);
        } catch (NoSuchAlgorithmException e) {
            throw new IOException(e);
        }
    }

    /** Goes from record to record as the bookie's replay does, and ends where that ends. */
    private void scan(Path scanned, long from) throws IOException {
        long size = Files.size(scanned);
        long position = Math.max(from, SECTOR_BYTES);
        if (size <= position) {
            return;
        }
        try (DataInputStream in =
                new DataInputStream(new BufferedInputStream(Files.newInputStream(scanned), BUFFER_BYTES))) {
            int magic = in.readInt();
            int version = in.readInt();
            if (magic != MAGIC || version < VERSION_MIN || version > VERSION_MAX) {
                return;
            }
            in.skipNBytes(position - 2 * Integer.BYTES);
            while (size - position >= Integer.BYTES) {
                long start = position;
                int length = in.readInt();
                position += Integer.BYTES;
                if (length == 0) {
                    return;
                }
                boolean padding = length == PADDING;
                if (padding) {
                    if (size - position < Integer.BYTES) {
                        return;
                    }
                    length = in.readInt();
                    position += Integer.BYTES;
                }
                if (length < 0) {
                    broken(scanned, start, zeros(in));
                    return;
                }
                if (length > size - position) {
                    return;
                }
                if (padding) {
                    in.skipNBytes(length);
                } else {
                    read(in, length);
                    if (!whole(length)) {
                        broken(scanned, start, partly(position, length));
                    } else if (file != null) {
                        followed = true;
                        return;
                    }
                }
                position += length;
            }
        }
    }

    private void read(DataInputStream in, int length) throws IOException {
        if (record.length < length) {
            record = new byte[length];
        }
        in.readFully(record, 0, length);
    }

    private boolean whole(int length) {
        if (length < IDS_BYTES) {
            return false;
        }
        ByteBuffer bytes = ByteBuffer.wrap(record, 0, length);
        bytes.getLong();
        long entryId = bytes.getLong();
        if (entryId == BookieImpl.METAENTRY_ID_FENCE_KEY) {
            return true;
        }
        if (entryId == BookieImpl.METAENTRY_ID_LEDGER_KEY) {
            return carries(bytes) && bytes.equals(ByteBuffer.wrap(ledgerKey));
        }
        if (entryId == EXPLICIT_LAC) {
            return carries(bytes);
        }
        if (entryId < 0 || length < DATA_OFFSET) {
            return false;
        }
        CRC32C digest = new CRC32C();
        digest.update(record, 0, DIGEST_OFFSET);
        digest.update(record, DATA_OFFSET, length - DATA_OFFSET);
        return (int) digest.getValue() == bytes.getInt(DIGEST_OFFSET);
    }

    private static boolean carries(ByteBuffer bytes) {
        return bytes.remaining() >= Integer.BYTES && bytes.getInt() == bytes.remaining();
    }

    /** Whether the record lacks its end or a sector; a write is torn nowhere else, and a bit that fell over in a record that was acknowledged is not to pass for one. */
    private boolean partly(long position, int length) {
        if (record[length - 1] == 0) {
            return true;
        }
        int first = (int) (-position & (SECTOR_BYTES - 1));
        byte[] none = new byte[SECTOR_BYTES];
        if (first > 0 && first <= length && Arrays.equals(record, 0, first, none, 0, first)) {
            return true;
        }
        for (int sector = first; sector + SECTOR_BYTES <= length; sector += SECTOR_BYTES) {
            if (Arrays.equals(record, sector, sector + SECTOR_BYTES, none, 0, SECTOR_BYTES)) {
                return true;
            }
        }
        return false;
    }

    /** Whether only zeros come. */
    private boolean zeros(DataInputStream in) throws IOException {
        for (int read = in.read(record); read > 0; read = in.read(record)) {
            for (int index = 0; index < read; index++) {
                if (record[index] != 0) {
                    return false;
                }
            }
        }
        return true;
    }

    private void broken(Path scanned, long start, boolean missing) {
        if (file == null) {
            file = scanned;
            offset = start;
            unwritten = missing;
        }
    }

    private void conclude() throws IOException {
        if (file == null) {
            return;
        }
        if (followed || !unwritten) {
            LOG.error(
                    "file={} offset={} a record of the journal is damaged and not only torn off; it is left as it is",
                    file,
                    offset);
            return;
        }
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            long size = channel.size();
            channel.truncate(offset);
            channel.force(true);
            LOG.warn(
                    "file={} offset={} bytes={} the last write to the journal was torn and never acknowledged; it is cut off",
                    file,
                    offset,
                    size - offset);
        }
    }
}
