package io.robustmq.kernel.shard;

import io.robustmq.kernel.session.SessionState;

/** What a shard keeps for the attachment of a session while it lasts: how far it has delivered. */
final class SessionPump {
    final SessionState session;
    final ShardClient client;
    final int windowMax;
    final long messageBytesMax;
    /** Next sequence to send (again) on this attachment. */
    long nextSequence;
    /** Sequences below this were assigned before this attachment: they may have been sent. */
    final long resendBelow;
    /** Sent on this attachment and not settled. */
    int outstanding;
    /** Of those, the bytes of the messages that the receiver has not said to have. */
    long bytesOnTheWay;
    /** In the list of pumps to look at. */
    boolean dirty;
    /** A block is being read for it. */
    boolean loading;
    /** Nothing more is sent until this LSN is committed: what it skips is not in the log before. */
    long blockedUntilLsn;

    SessionPump(SessionState session, ShardClient client, int windowMax, long messageBytesMax) {
        this.session = session;
        this.client = client;
        this.windowMax = windowMax;
        this.messageBytesMax = messageBytesMax;
        this.nextSequence = session.window().base();
        this.resendBelow = session.window().next();
    }
}
