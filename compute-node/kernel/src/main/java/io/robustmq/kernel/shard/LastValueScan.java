package io.robustmq.kernel.shard;

import io.netty.buffer.ByteBuf;
import io.robustmq.kernel.EncodedMessage;
import io.robustmq.kernel.MessageView;
import io.robustmq.kernel.inspect.RetainedMessage;
import io.robustmq.kernel.inspect.RetainedPortion;
import io.robustmq.kernel.inspect.UnavailableException;
import io.robustmq.kernel.session.MessageRow;
import io.robustmq.storage.Loop;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Asks a shard for some of the last values whose names match a pattern, from a name on. */
public final class LastValueScan extends ShardInspection<RetainedPortion> {
    private static final int NAMES_MAX = 128;

    /** Bytes copied in one portion, beyond which it ends early. */
    private static final int BYTES_MAX = 256 << 10;

    private final String pattern;
    private final String after;
    private final int max;
    /** Set on its loop before anything is collected. */
    private int shard;

    private record Found(String name, MessageRow row) {}

    /**
     * @param after the portion begins behind this name; empty for the first one
     * @param max most messages wanted; the portion may be smaller
     */
    public LastValueScan(String pattern, String after, int max) {
        this.pattern = pattern;
        this.after = after;
        this.max = Math.min(max, NAMES_MAX);
    }

    @Override
    void look(int asked, ShardState state, RunBlocks blocks, Loop loop) {
        shard = asked;
        List<Found> names = new ArrayList<>();
        io.robustmq.kernel.retained.LastValues<MessageRow>.Cursor cursor =
                state.lastValues().scan(pattern, after);
        cursor.next(max, (name, row) -> names.add(new Found(name, row)));
        collect(names, 0, new ArrayList<>(), 0, cursor.lookedAt(), blocks, loop);
    }

    /** Goes on after each block of a run that has to be brought into memory first. */
    private void collect(
            List<Found> names,
            int from,
            List<RetainedMessage> collected,
            int bytesBefore,
            Optional<String> lookedAt,
            RunBlocks blocks,
            Loop loop) {
        int bytes = bytesBefore;
        for (int i = from; i < names.size(); i++) {
            Found found = names.get(i);
            if (bytes >= BYTES_MAX) {
                answer(new RetainedPortion(
                        collected, Optional.of(names.get(i - 1).name())));
                return;
            }
            MessageRow row = found.row();
            if (row.references <= 0) {
                continue;
            }
            if (row.buffer() == null && row.run == MessageRow.NO_RUN) {
                // Its tenure ended while a block was fetched.
                fail(new UnavailableException(shard));
                return;
            }
            if (row.buffer() == null && !blocks.load(row)) {
                int at = i;
                int soFar = bytes;
                blocks.fetch(row, failure -> {
                    if (failure == null) {
                        collect(names, at, collected, soFar, lookedAt, blocks, loop);
                    } else {
                        fail(failure);
                    }
                });
                return;
            }
            ByteBuf buffer = row.buffer();
            if (buffer != null && new MessageView().wrap(buffer, row.index()).expiresAtMillis() > loop.wallMillis()) {
                EncodedMessage copy = EncodedMessage.copyOf(buffer, row.index());
                bytes += copy.length();
                collected.add(new RetainedMessage(found.name(), copy));
            }
            if (row.run != MessageRow.NO_RUN) {
                row.unload();
            }
        }
        answer(new RetainedPortion(collected, lookedAt));
    }
}
