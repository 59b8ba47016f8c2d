package io.robustmq.kernel.shard;

import io.netty.buffer.ByteBuf;
import io.robustmq.kernel.ByteCopy;
import io.robustmq.kernel.MessageView;
import io.robustmq.kernel.PublishOutcome;
import io.robustmq.kernel.link.Frame;
import io.robustmq.kernel.link.LoopBatch;
import io.robustmq.kernel.link.LoopLinks;
import io.robustmq.kernel.link.PublishOrigin;
import io.robustmq.kernel.link.PublishOutcomes;
import io.robustmq.kernel.link.ShardInbox;
import io.robustmq.kernel.session.MessageRow;
import org.jspecify.annotations.Nullable;

/** The frames a shard sends to loops. */
final class ShardLink {
    private final LoopLinks links;
    private final int shard;

    ShardLink(LoopLinks links, int shard) {
        this.links = links;
        this.shard = shard;
    }

    LoopLinks links() {
        return links;
    }

    void published(PublishOrigin origin, long token, PublishOutcome outcome) {
        LoopBatch batch = links.begin(origin.loopIndex(), Frame.PUBLISHED);
        batch.data().writeLong(token).writeByte(PublishOutcomes.code(outcome));
        batch.reference(origin);
    }

    void released(ShardInbox.ReleaseOrigin origin, int packetId, boolean known) {
        LoopBatch batch = links.begin(origin.loopIndex(), Frame.RELEASED_ONCE);
        batch.data().writeShort(packetId).writeByte(known ? 1 : 0);
        batch.reference(origin);
    }

    /** @param identifiers the first {@code count} are sent */
    void deliver(ShardClient client, long sequence, int flags, int[] identifiers, int count, MessageRow row) {
        LoopBatch batch = links.begin(client.loopIndex(), Frame.DELIVERY);
        ByteBuf out = batch.data();
        out.writeLong(sequence).writeByte(flags).writeShort(count);
        for (int i = 0; i < count; i++) {
            out.writeInt(identifiers[i]);
        }
        batch.reference(client);
        copy(row, out);
    }

    void releaseOnly(ShardClient client, long sequence) {
        LoopBatch batch = links.begin(client.loopIndex(), Frame.DELIVERY);
        batch.data().writeLong(sequence).writeByte(Frame.RELEASE_ONLY).writeShort(0);
        batch.reference(client);
    }

    void deliverQueued(
            ShardClient client,
            long epoch,
            long queue,
            long consumer,
            long lsn,
            int flags,
            int identifier,
            ByteBuf source,
            int at,
            int length) {
        LoopBatch batch = links.begin(client.loopIndex(), Frame.QUEUED_DELIVERY);
        ByteBuf out = batch.data();
        out.writeInt(shard)
                .writeLong(epoch)
                .writeLong(queue)
                .writeLong(consumer)
                .writeLong(lsn)
                .writeByte(flags)
                .writeInt(identifier);
        batch.reference(client);
        ByteCopy.append(source, at, length, out);
    }

    void lastValue(int loop, Object lookup, MessageRow row) {
        LoopBatch batch = links.begin(loop, Frame.LAST_VALUE);
        batch.reference(lookup);
        copy(row, batch.data());
    }

    /** To the attached subscribers of a loop, as an entry of this shard's outbox. */
    void message(int loop, long entryLsn, MessageRow row) {
        ByteBuf out = links.begin(loop, Frame.FORWARDED_MESSAGE).data();
        out.writeInt(shard).writeLong(entryLsn);
        publish(row, out);
    }

    /** To another shard, as an entry of this shard's outbox (or with {@code origin} null, for its queues only). */
    void forward(
            int loop,
            int toShard,
            long epoch,
            int flags,
            long entryLsn,
            @Nullable PublishOrigin origin,
            MessageRow row) {
        LoopBatch batch = links.begin(loop, Frame.SHARD_MESSAGE);
        ByteBuf out = batch.data();
        out.writeInt(toShard).writeLong(epoch).writeByte(flags).writeLong(entryLsn);
        if ((flags & Frame.FORWARDED) != 0) {
            out.writeInt(shard).writeLong(entryLsn);
        }
        batch.reference(origin);
        publish(row, out);
    }

    /** A parting message begins its life when it leaves, and not when it was left behind. */
    private void publish(MessageRow row, ByteBuf out) {
        int at = out.writerIndex();
        copy(row, out);
        MessageView.publishedNow(out, at, links.loop().wallMillis());
    }

    private static void copy(MessageRow row, ByteBuf out) {
        ByteBuf source = row.buffer();
        if (source == null) {
            throw new IllegalStateException("message " + row.lsn + " is not in memory");
        }
        ByteCopy.append(source, row.index(), row.length, out);
    }
}
