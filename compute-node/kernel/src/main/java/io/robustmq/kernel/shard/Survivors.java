package io.robustmq.kernel.shard;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.robustmq.kernel.session.MessageRow;
import io.robustmq.storage.RunWriter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * The messages that are needed at the moment of a flush and are in no run yet, or in one that is given up: which block of the new run each goes to, and their bytes, held until written. A message that dies
 * while the run is written is written all the same: the record that settles it may yet be lost.
 */
final class Survivors {
    /** Where a message will be. */
    record Place(long block, int offset) {}

    private final List<MessageRow> rows = new ArrayList<>();
    private final List<ByteBuf> bytes = new ArrayList<>();
    private final List<Integer> indexes = new ArrayList<>();
    private final Map<Long, Place> places = new HashMap<>();
    private final int blockBytes;

    /**
     * Takes hold of the survivors of {@code state}.
     *
     * @param gathered messages of other runs, by LSN, that are to be written again; stay the caller's
     */
    Survivors(ShardState state, Map<Long, ByteBuf> gathered, int blockBytes) {
        this.blockBytes = blockBytes;
        for (MessageRow row : state.rows().values()) {
            if (row.run == MessageRow.NO_RUN || gathered.containsKey(row.lsn)) {
                rows.add(row);
            }
        }
        rows.sort(Comparator.comparingLong(row -> row.lsn));
        long block = 0;
        int offset = 0;
        for (MessageRow row : rows) {
            ByteBuf again = gathered.get(row.lsn);
            ByteBuf source = again == null ? row.buffer() : again;
            if (source == null) {
                throw new IllegalStateException("message " + row.lsn + " is neither in memory nor in a run");
            }
            if (offset > 0 && offset + row.length > blockBytes) {
                block++;
                offset = 0;
            }
            places.put(row.lsn, new Place(block, offset));
            offset += row.length;
            bytes.add(source.retain());
            indexes.add(again == null ? row.index() : 0);
        }
    }

    boolean isEmpty() {
        return rows.isEmpty();
    }

    List<MessageRow> rows() {
        return rows;
    }

    @Nullable Place place(MessageRow row) {
        return places.get(row.lsn);
    }

    /** Writes all blocks, a few at a time. */
    CompletionStage<Void> writeTo(RunWriter writer, ByteBufAllocator allocator) {
        return write(writer, allocator, 0);
    }

    private CompletionStage<Void> write(RunWriter writer, ByteBufAllocator allocator, int from) {
        if (from >= rows.size()) {
            return CompletableFuture.completedFuture(null);
        }
        ByteBuf block = allocator.directBuffer(blockBytes);
        int at = from;
        while (at < rows.size()) {
            int length = rows.get(at).length;
            if (block.readableBytes() > 0 && block.readableBytes() + length > blockBytes) {
                break;
            }
            block.writeBytes(bytes.get(at), indexes.get(at), length);
            at++;
        }
        int next = at;
        return writer.write(block).thenCompose(_ -> write(writer, allocator, next));
    }

    void release() {
        bytes.forEach(ByteBuf::release);
        bytes.clear();
    }
}
