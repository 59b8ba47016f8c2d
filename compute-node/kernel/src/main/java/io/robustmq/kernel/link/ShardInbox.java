package io.robustmq.kernel.link;

import io.netty.buffer.ByteBuf;
import io.robustmq.kernel.Settlement;
import org.jspecify.annotations.Nullable;

/** What frames ask of a shard; called on the shard's home loop. */
public interface ShardInbox {

    /**
     * A message to append.
     *
     * @param epoch the epoch the sender knows for the shard; another one means the sender must start over
     * @param flags {@link Frame#DELIVER} and others
     * @param origin hears the outcome; null: nobody waits
     * @param sourceShard with {@link Frame#FORWARDED}: whose outbox
     * @param sourceLsn with {@link Frame#FORWARDED}: which entry of it
     * @param buffer holds the encoded message at {@code index}; valid during the call
     */
    void message(
            long epoch,
            int flags,
            long token,
            @Nullable PublishOrigin origin,
            int sourceShard,
            long sourceLsn,
            ByteBuf buffer,
            int index);

    /**
     * A receiver settled a delivery of a durable session.
     *
     * @param epoch the tenure that made the delivery; under another one the frame is nobody's any more, and is ignored
     */
    void settle(long epoch, long session, long sequence, Settlement settlement);

    /**
     * A consumer settled a delivery of a queue.
     *
     * @param epoch the tenure that made the delivery; consumers of another one may bear the same ids
     */
    void settleQueued(long epoch, long queue, long consumer, long lsn, Settlement settlement);

    /**
     * Exactly-once publish of a durable session.
     *
     * @param epoch the tenure that the session was attached under; under another one the answer is {@code UNKNOWN}
     */
    void publishOnce(long epoch, long session, int packetId, PublishOrigin origin, ByteBuf buffer, int index);

    /**
     * The publisher released the packet id.
     *
     * @param epoch the tenure that the session was attached under; under another one nobody is answered: its attachment was told to close
     */
    void releaseOnce(long epoch, long session, int packetId, ReleaseOrigin origin);

    /** Hears that a release is logged; touched only on its own loop. */
    interface ReleaseOrigin {
        int loopIndex();

        void releasedOnce(int packetId, boolean known);
    }
}
