package io.robustmq.kernel.shard;

/**
 * Records of a shard's log, format 1. A record is its type (u8) and the fields below; texts are u16 length and UTF-8, {@code message} is an encoded message. Records are never
 * reinterpreted: a changed meaning gets a new number.
 */
final class RecordType {
    /** u8 flags (1 deliver, 2 keep, 4 forwarded), [4: u32 source shard, i64 source LSN], message. */
    static final byte MESSAGE = 1;
    /** i64 session (0: new, id is this LSN), u32 tenant, text name, i64 expiry ms, text incarnation, u8 parting present, [i64 delay ms, message]. */
    static final byte ATTACHED = 2;
    /** i64 session, i64 last assigned sequence, u8 suppress parting, i64 expiry ms or -1. */
    static final byte DETACHED = 3;
    /** i64 session. */
    static final byte ENDED = 4;
    /** i64 session, i64 last assigned sequence, text pattern, text group, u8 guarantee and options, u32 identifier. */
    static final byte SUBSCRIBED = 5;
    /** i64 session, i64 last assigned sequence, text pattern, text group. */
    static final byte UNSUBSCRIBED = 6;
    /** i64 session, i64 sequence, u8 settlement. */
    static final byte SETTLED = 7;
    /** i64 session, u16 packet id (0: none, it only takes the way of those before it), message: taken once, waits in the outbox, or if it is delayed until it is due. */
    static final byte RECEIVED_ONCE = 8;
    /** i64 session, u16 packet id. */
    static final byte RELEASED_ONCE = 9;
    /** i64 LSN: every outbox entry up to it has arrived everywhere. */
    static final byte OUTBOX_DONE = 10;
    /** i64 LSN: this outbox entry has arrived everywhere, and an older one has not. */
    static final byte OUTBOX_ENTRY_DONE = 24;
    /** i64 session: its parting message moves to the outbox. */
    static final byte PARTING_SENT = 11;
    /** i64 session, u8 guarantee, u32 identifier, message: a kept value looked up for it. */
    static final byte KEPT_FOR_SESSION = 12;
    /** text incarnation: a member is gone, its attachments with it. */
    static final byte MEMBER_GONE = 13;
    /** i64 LSN of the message whose time as a last value is over, text name. */
    static final byte LAST_VALUE_EXPIRED = 14;
    /** u32 tenant, text group, text pattern; id is this LSN. */
    static final byte QUEUE_CREATED = 15;
    /** i64 queue, text member, u32 source shard or -1, i64 source LSN. */
    static final byte QUEUE_JOINED = 16;
    /** i64 queue, text member, u32 source shard or -1, i64 source LSN. */
    static final byte QUEUE_LEFT = 17;
    /** i64 queue, i64 LSN of the message. */
    static final byte QUEUE_SETTLED = 18;
    /** i64 queue, i64 LSN of the message: it goes back to its place. */
    static final byte QUEUE_RETURNED = 23;
    /** i64 queue, i64 LSN, u32 ahead: messages above were certainly never handed out. */
    static final byte QUEUE_MARKED = 19;
    /** i64 queue. */
    static final byte QUEUE_DELETED = 20;
    /** i64 session, u8 join, text pattern, text group: waits in the outbox for the group's shard. */
    static final byte MEMBERSHIP = 21;
    /** u32 source shard, i64 source LSN: a forwarded entry that left nothing else. */
    static final byte FORWARD_SEEN = 22;

    /** message, which is delayed; its id is this LSN. */
    static final byte DELAYED = 25;
    /** i64 LSN of a delayed message: it moves to the outbox. */
    static final byte DELAYED_SENT = 26;

    static final int DELIVER = 1;
    static final int KEEP = 2;
    static final int FORWARDED = 4;

    private RecordType() {}
}
