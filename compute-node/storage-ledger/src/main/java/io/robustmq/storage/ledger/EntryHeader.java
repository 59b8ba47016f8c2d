package io.robustmq.storage.ledger;

import io.netty.buffer.ByteBuf;
import io.robustmq.storage.ShardId;
import io.robustmq.storage.ShardLog;
import io.robustmq.storage.StorageException;
import io.robustmq.storage.StorageFault;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/**
 * The header at the start of every log entry, big-endian:
 *
 * <pre>
 *  0 magic and format   4 flags   8 shard   12 count   16 epoch   24 first LSN   32 body bytes   36 CRC-32C of bytes 0..35 and the body
 * </pre>
 *
 * The header, not the ledger's name, is the authority on which LSNs an entry holds.
 *
 * @param manifest whether the body is a checkpoint's manifest, which takes no LSN
 * @param shard whose log it is
 * @param count records in the body, 0 for a manifest
 * @param epoch of the owner that wrote it
 * @param firstLsn LSN of the first record; for a manifest that of the record that follows it
 */
record EntryHeader(boolean manifest, int shard, int count, long epoch, long firstLsn) {
    private static final int MAGIC = 0x524c4501;
    private static final int FLAG_MANIFEST = 1;
    private static final int CRC_AT = 36;

    long nextLsn() {
        return firstLsn + count;
    }

    /** Writes the header into the first {@link ShardLog#HEADER_BYTES} readable bytes of {@code entry}; indices stay as they are. */
    void write(ByteBuf entry) {
        int at = entry.readerIndex();
        int bodyBytes = entry.readableBytes() - ShardLog.HEADER_BYTES;
        entry.setInt(at, MAGIC);
        entry.setInt(at + 4, manifest ? FLAG_MANIFEST : 0);
        entry.setInt(at + 8, shard);
        entry.setInt(at + 12, count);
        entry.setLong(at + 16, epoch);
        entry.setLong(at + 24, firstLsn);
        entry.setInt(at + 32, bodyBytes);
        entry.setInt(at + CRC_AT, checksum(entry, at, bodyBytes));
    }

    /** Reads and verifies the header of a whole entry; indices stay as they are. Fails with {@link StorageFault.Damaged}. */
    static EntryHeader read(ByteBuf entry, ShardId expected) {
        int at = entry.readerIndex();
        int bodyBytes = entry.readableBytes() - ShardLog.HEADER_BYTES;
        if (bodyBytes < 0) {
            throw damaged("an entry of " + entry.readableBytes() + " bytes is shorter than its header");
        }
        if (entry.getInt(at) != MAGIC) {
            throw damaged("an entry does not start with a known format: " + Integer.toHexString(entry.getInt(at)));
        }
        if (entry.getInt(at + 32) != bodyBytes) {
            throw damaged("an entry names " + entry.getInt(at + 32) + " body bytes and holds " + bodyBytes);
        }
        if (entry.getInt(at + CRC_AT) != checksum(entry, at, bodyBytes)) {
            throw damaged("the checksum of an entry does not hold");
        }
        int flags = entry.getInt(at + 4);
        boolean manifest = flags == FLAG_MANIFEST;
        int count = entry.getInt(at + 12);
        if ((flags & ~FLAG_MANIFEST) != 0 || (manifest ? count != 0 : count < 1)) {
            throw damaged("an entry with flags " + flags + " holds " + count + " records");
        }
        EntryHeader header =
                new EntryHeader(manifest, entry.getInt(at + 8), count, entry.getLong(at + 16), entry.getLong(at + 24));
        if (header.shard != expected.value()) {
            throw damaged("an entry of shard " + header.shard + " is in the log of " + expected);
        }
        return header;
    }

    private static int checksum(ByteBuf entry, int at, int bodyBytes) {
        CRC32C crc = new CRC32C();
        update(crc, entry, at, CRC_AT);
        update(crc, entry, at + ShardLog.HEADER_BYTES, bodyBytes);
        return (int) crc.getValue();
    }

    static void update(CRC32C crc, ByteBuf buffer, int index, int length) {
        if (length == 0) {
            return;
        }
        if (buffer.nioBufferCount() == 1) {
            crc.update(buffer.nioBuffer(index, length));
            return;
        }
        for (ByteBuffer part : buffer.nioBuffers(index, length)) {
            crc.update(part);
        }
    }

    private static StorageException damaged(String reason) {
        return new StorageException(new StorageFault.Damaged(reason));
    }
}
