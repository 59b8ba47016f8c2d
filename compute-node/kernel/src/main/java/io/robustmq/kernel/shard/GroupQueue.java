package io.robustmq.kernel.shard;

import io.netty.buffer.ByteBuf;
import io.robustmq.kernel.Guarantee;
import io.robustmq.kernel.KernelOptions;
import io.robustmq.kernel.queue.Consumer;
import io.robustmq.kernel.queue.QueueOptions;
import io.robustmq.kernel.queue.QueueOptions.Overflow;
import io.robustmq.kernel.queue.SelectionStrategy;
import io.robustmq.kernel.queue.WorkQueue;
import io.robustmq.kernel.session.LsnMap;

/** A queue of the shard: the engine, and the consumers that are attached to it. */
final class GroupQueue {
    /** Names a queue: what a group of members shares of one pattern. */
    record Key(int tenant, String group, String pattern) {}

    /** A consumer and how it wants its messages. Memory only. */
    static final class Member {
        final long id;
        final ShardClient client;
        final Consumer consumer;
        final Guarantee guarantee;
        final boolean keepLastValueFlag;
        final int identifier;
        /** Of messages handed out to it and not settled; of at-most-once messages, until its loop is known to have dealt with them. */
        long bytesOnTheWay;
        /** Of these, the bytes of at-most-once messages that its loop was not asked about yet. */
        long unaskedBytes;
        /** The same, asked about and not answered. */
        long askedBytes;
        /** Credit that is kept from it while too many bytes are on the way. */
        int owedCredit;

        Member(
                long id,
                ShardClient client,
                Consumer consumer,
                Guarantee guarantee,
                boolean keepLastValueFlag,
                int identifier) {
            this.id = id;
            this.client = client;
            this.consumer = consumer;
            this.guarantee = guarantee;
            this.keepLastValueFlag = keepLastValueFlag;
            this.identifier = identifier;
        }
    }

    private final long id;
    private final Key key;
    private final WorkQueue engine;
    final LsnMap<Member> members = new LsnMap<>();
    /** LSN of the newest mark; nothing it covers is handed out before it is committed. */
    long markLsn;
    /** In the list of queues to look at. */
    boolean dirty;
    /** A block is being read for it. */
    boolean loading;
    /** Whose turn it is for messages that are not logged. */
    int turn;

    GroupQueue(long id, Key key, KernelOptions options) {
        this(id, key, new WorkQueue(engineOptions(options)));
    }

    private GroupQueue(long id, Key key, WorkQueue engine) {
        this.id = id;
        this.key = key;
        this.engine = engine;
    }

    private static QueueOptions engineOptions(KernelOptions options) {
        return new QueueOptions(
                0,
                options.queueLengthMax(),
                Overflow.DROP_HEAD,
                SelectionStrategy.ROUND_ROBIN,
                QueueOptions.MARK_BLOCK);
    }

    /** Reads the engine as {@link WorkQueue#write} wrote it. */
    static GroupQueue read(long id, Key key, ByteBuf in, KernelOptions options) {
        return new GroupQueue(id, key, WorkQueue.read(in, engineOptions(options)));
    }

    long id() {
        return id;
    }

    Key key() {
        return key;
    }

    WorkQueue engine() {
        return engine;
    }
}
