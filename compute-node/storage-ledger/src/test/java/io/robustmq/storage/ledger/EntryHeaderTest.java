package io.robustmq.storage.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.robustmq.storage.ShardId;
import io.robustmq.storage.ShardLog;
import io.robustmq.storage.StorageException;
import io.robustmq.storage.StorageFault;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

final class EntryHeaderTest {
    private static final ShardId SHARD = new ShardId(77);

    @Test
    void aHeaderIsReadAsItWasWritten() {
        ByteBuf entry = entry("some records");
        EntryHeader header = new EntryHeader(false, 77, 3, 1L << 33, 1L << 50);
        header.write(entry);
        assertThat(EntryHeader.read(entry, SHARD)).isEqualTo(header);
        assertThat(header.nextLsn()).isEqualTo((1L << 50) + 3);
        assertThat(entry.toString(ShardLog.HEADER_BYTES, 12, StandardCharsets.UTF_8))
                .isEqualTo("some records");
        entry.release();
    }

    @Test
    void anEntryInSeveralPiecesHasTheSameChecksum() {
        ByteBuf whole = entry("some records");
        EntryHeader header = new EntryHeader(true, 77, 0, 4, 9);
        header.write(whole);
        ByteBuf pieces = Unpooled.wrappedBuffer(
                whole.copy(0, ShardLog.HEADER_BYTES + 3), whole.copy(ShardLog.HEADER_BYTES + 3, 9));
        assertThat(EntryHeader.read(pieces, SHARD)).isEqualTo(header);
        whole.release();
        pieces.release();
    }

    @Test
    void everyFlippedBitIsNoticed() {
        ByteBuf entry = entry("some records");
        new EntryHeader(false, 77, 3, 4, 5).write(entry);
        for (int bit = 0; bit < entry.readableBytes() * 8; bit++) {
            int at = bit / 8;
            byte good = entry.getByte(at);
            entry.setByte(at, good ^ (1 << (bit % 8)));
            assertDamaged(entry, SHARD);
            entry.setByte(at, good);
        }
        entry.release();
    }

    @Test
    void anEntryOfAnotherShardIsDamage() {
        ByteBuf entry = entry("x");
        new EntryHeader(false, 77, 1, 4, 5).write(entry);
        assertDamaged(entry, new ShardId(78));
        entry.release();
    }

    @Test
    void anEntryShorterThanItsHeaderIsDamage() {
        ByteBuf entry = Unpooled.wrappedBuffer(new byte[ShardLog.HEADER_BYTES - 1]);
        assertDamaged(entry, SHARD);
    }

    private static ByteBuf entry(String body) {
        ByteBuf entry = ByteBufAllocator.DEFAULT.directBuffer();
        entry.writeZero(ShardLog.HEADER_BYTES).writeCharSequence(body, StandardCharsets.UTF_8);
        return entry;
    }

    private static void assertDamaged(ByteBuf entry, ShardId shard) {
        assertThatThrownBy(() -> EntryHeader.read(entry, shard))
                .isInstanceOfSatisfying(
                        StorageException.class, e -> assertThat(e.fault()).isInstanceOf(StorageFault.Damaged.class));
    }
}
