package io.robustmq.kernel.shard;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.robustmq.kernel.session.LsnMap;
import io.robustmq.kernel.session.MessageRow;
import io.robustmq.storage.RunWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * The messages that are needed at the moment of a flush and are in no run yet, or in one that is given up: which block of the new run each goes to, and their bytes, held until written. A message that dies
 * while the run is written is written all the same: the record that settles it may yet be lost.
 */
final class Survivors {
    private final List<MessageRow> rows = new ArrayList<>();
    private final List<ByteBuf> bytes = new ArrayList<>();
    private final LsnMap<ByteBuf> gathered;
    private final int blockBytes;
    private final int[] indexes;
    private final int[] blocks;
    private final int[] offsets;

    /**
     * Takes hold of the survivors of {@code state}.
     *
     * @param gathered messages of other runs, by LSN, that are to be written again; stay the caller's
     */
    Survivors(ShardState state, LsnMap<ByteBuf> gathered, int blockBytes) {
        this.gathered = gathered;
        this.blockBytes = blockBytes;
        // By LSN, so that a block holds what is read together.
        for (long lsn : state.rows().sortedKeys()) {
            MessageRow row = state.row(lsn);
            if (row != null && isNew(row)) {
                rows.add(row);
            }
        }
        indexes = new int[rows.size()];
        blocks = new int[rows.size()];
        offsets = new int[rows.size()];
        int block = 0;
        int offset = 0;
        for (int i = 0; i < rows.size(); i++) {
            MessageRow row = rows.get(i);
            ByteBuf again = gathered.get(row.lsn);
            ByteBuf source = again == null ? row.buffer() : again;
            if (source == null) {
                throw new IllegalStateException("message " + row.lsn + " is neither in memory nor in a run");
            }
            if (offset > 0 && offset + row.length > blockBytes) {
                block++;
                offset = 0;
            }
            blocks[i] = block;
            offsets[i] = offset;
            offset += row.length;
            bytes.add(source.retain());
            indexes[i] = again == null ? row.index() : 0;
        }
    }

    /** Whether a message of the state goes to the new run. */
    boolean isNew(MessageRow row) {
        return row.run == MessageRow.NO_RUN || gathered.containsKey(row.lsn);
    }

    boolean isEmpty() {
        return rows.isEmpty();
    }

    /** Rising by LSN. */
    List<MessageRow> rows() {
        return rows;
    }

    /** Block of the new run that the {@code i}th of {@link #rows()} is in. */
    int block(int i) {
        return blocks[i];
    }

    /** Where the {@code i}th of {@link #rows()} begins in its block. */
    int offset(int i) {
        return offsets[i];
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
            block.writeBytes(bytes.get(at), indexes[at], length);
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
