package io.robustmq.kernel.link;

/** Kinds of frames between loops, and what follows the kind byte. "ref" is an object carried beside the bytes. */
public final class Frame {
    /** Encoded message for the subscribers of the receiving loop. */
    public static final byte MESSAGE = 1;
    /** u32 shard, i64 epoch, u8 {@link #DELIVER} etc., i64 token, ref {@link PublishOrigin} or null, encoded message: to be appended by the shard. */
    public static final byte SHARD_MESSAGE = 2;
    /** i64 token, u8 outcome, ref {@link PublishOrigin}. */
    public static final byte PUBLISHED = 3;
    /** i64 id, u8 guarantee and flags, u16 n, n x u32 identifier, ref attachment, encoded message. */
    public static final byte DELIVERY = 4;
    /** u32 shard, i64 epoch of the attachment, i64 session, i64 sequence, u8 step. */
    public static final byte SETTLE = 5;
    /** u32 shard, i64 epoch of the delivery, i64 queue, i64 consumer, i64 lsn, u8 step. */
    public static final byte SETTLE_QUEUED = 6;
    /** u32 shard, i64 epoch, i64 queue, i64 consumer, i64 lsn, u8 guarantee and flags, u32 identifier, ref attachment, encoded message. */
    public static final byte QUEUED_DELIVERY = 7;
    /** ref Runnable. */
    public static final byte TASK = 8;
    /** ref lookup, encoded message: one kept last value found by a lookup. */
    public static final byte LAST_VALUE = 9;

    /** SHARD_MESSAGE: append for the matching subscriptions and queues of the shard. */
    public static final int DELIVER = 1;
    /** SHARD_MESSAGE: keep as the last value of its name. */
    public static final int KEEP = 2;
    /** SHARD_MESSAGE: not logged; hand to one attached consumer of each matching queue. */
    public static final int QUEUES_UNLOGGED = 4;
    /** SHARD_MESSAGE: from an outbox; u32 source shard and i64 source LSN follow the token. */
    public static final int FORWARDED = 8;

    /** SHARD_MESSAGE: keep until the message is due, then publish it. */
    public static final int DELAY = 16;

    /** DELIVERY, QUEUED_DELIVERY: bits 0-1 guarantee; the rest below. */
    public static final int LAST_VALUE_FLAG = 4;

    /** DELIVERY, QUEUED_DELIVERY: may have been sent before. */
    public static final int REDELIVERED = 8;
    /** DELIVERY without a message: the receiver has it already, release it. */
    public static final int RELEASE_ONLY = 16;

    /** u32 shard, i64 epoch of the attachment, i64 session, u16 packet id, ref {@link PublishOrigin}, encoded message. */
    public static final byte PUBLISH_ONCE = 10;
    /** u32 shard, i64 epoch of the attachment, i64 session, u16 packet id, ref {@link ShardInbox.ReleaseOrigin}. */
    public static final byte RELEASE_ONCE = 11;
    /** u16 packet id, u8 known, ref {@link ShardInbox.ReleaseOrigin}. */
    public static final byte RELEASED_ONCE = 12;

    /** u32 source shard, i64 source LSN, encoded message: from an outbox for the subscribers of the receiving loop, which takes each entry once. */
    public static final byte FORWARDED_MESSAGE = 13;

    private Frame() {}
}
