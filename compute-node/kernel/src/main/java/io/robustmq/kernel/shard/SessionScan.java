package io.robustmq.kernel.shard;

import io.robustmq.kernel.SessionKey;
import io.robustmq.kernel.SubscribeRequest;
import io.robustmq.kernel.inspect.SessionInfo;
import io.robustmq.kernel.inspect.SessionPortion;
import io.robustmq.kernel.session.SessionState;
import io.robustmq.kernel.session.Subscription;
import io.robustmq.storage.Loop;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/**
 * A portion of a walk through the sessions of a shard. A session that exists during the whole walk is told at least once, others at most; whoever collects takes the last word about
 * each key.
 */
public final class SessionScan extends ShardInspection<SessionPortion> {
    /** Places of the table and subscriptions looked at in one portion, about a tenth of a millisecond. */
    private static final int LOOKS = 1_024;

    /** Entries move up when one before them is removed, within a stretch without gaps; so much of the last portion is looked at again. */
    private static final int OVERLAP = 64;

    private final long from;
    private final Predicate<SessionKey> wanted;

    /**
     * @param from 0 for the first portion, then as the portion before says
     * @param wanted asked on the loop of the shard, for every session; must be cheap and touch nothing that changes
     */
    public SessionScan(long from, Predicate<SessionKey> wanted) {
        this.from = from;
        this.wanted = wanted;
    }

    @Override
    void look(int shard, ShardState state, RunBlocks blocks, Loop loop) {
        List<SessionInfo> found = new ArrayList<>();
        int capacity = state.sessions().places();
        // A table that was made anew has its entries elsewhere: from the start.
        long place = from >>> 32 == capacity ? Math.max(0, (from & 0xFFFF_FFFFL) - OVERLAP) : 0;
        int looks = 0;
        while (place < capacity && looks < LOOKS) {
            SessionState session = state.sessions().atPlace((int) place++);
            looks++;
            if (session != null && wanted.test(session.key())) {
                looks += session.subscriptions().size();
                found.add(info(session, shard));
            }
        }
        answer(new SessionPortion(found, place < capacity ? ((long) capacity << 32) | place : SessionPortion.END));
    }

    static SessionInfo info(SessionState session, int shard) {
        List<SubscribeRequest> subscriptions =
                new ArrayList<>(session.subscriptions().size());
        for (Subscription one : session.subscriptions().values()) {
            subscriptions.add(one.asRequest());
        }
        return new SessionInfo(
                session.key(),
                shard,
                session.attached,
                session.attached ? 0 : session.detachedAtMillis,
                session.expiryMillis,
                session.pending,
                Math.toIntExact(session.window().next() - session.window().base()),
                session.parting != null,
                subscriptions);
    }
}
