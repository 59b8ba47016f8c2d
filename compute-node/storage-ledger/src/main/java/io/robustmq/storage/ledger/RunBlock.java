package io.robustmq.storage.ledger;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.robustmq.storage.StorageException;
import io.robustmq.storage.StorageFault;
import java.util.zip.CRC32C;

/**
 * A block of a run as an entry, big-endian:
 *
 * <pre>
 *  0 magic and format   4 block number   12 CRC-32C of bytes 0..11 and the block   16 the block
 * </pre>
 */
final class RunBlock {
    static final int HEADER_BYTES = 16;
    private static final int MAGIC = 0x52524201;
    private static final int CRC_AT = 12;

    private RunBlock() {}

    /** Puts a header before the block; the entry takes over its reference. */
    static ByteBuf entry(long number, ByteBuf block) {
        ByteBuf header = ByteBufAllocator.DEFAULT.directBuffer(HEADER_BYTES, HEADER_BYTES);
        header.writeInt(MAGIC).writeLong(number);
        header.writeInt(checksum(header, block, block.readerIndex(), block.readableBytes()));
        return Unpooled.wrappedBuffer(header, block);
    }

    /** The block in an entry, verified; it takes over the entry's reference, which is released if this fails. */
    static ByteBuf block(long ledgerId, long number, ByteBuf entry) {
        int at = entry.readerIndex();
        boolean good = entry.readableBytes() >= HEADER_BYTES
                && entry.getInt(at) == MAGIC
                && entry.getLong(at + 4) == number
                && entry.getInt(at + CRC_AT)
                        == checksum(entry, entry, at + HEADER_BYTES, entry.readableBytes() - HEADER_BYTES);
        if (!good) {
            entry.release();
            throw new StorageException(
                    new StorageFault.Damaged("block " + number + " of run " + ledgerId + " is not what was written"));
        }
        return entry.skipBytes(HEADER_BYTES);
    }

    private static int checksum(ByteBuf header, ByteBuf block, int index, int length) {
        CRC32C crc = new CRC32C();
        EntryHeader.update(crc, header, header.readerIndex(), CRC_AT);
        EntryHeader.update(crc, block, index, length);
        return (int) crc.getValue();
    }
}
