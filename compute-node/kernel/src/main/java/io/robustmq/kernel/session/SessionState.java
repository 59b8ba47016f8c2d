package io.robustmq.kernel.session;

import io.robustmq.kernel.Guarantee;
import io.robustmq.kernel.Session.GroupPattern;
import io.robustmq.kernel.SessionKey;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A session as its shard keeps it. What is logged is changed by {@code apply} of records only. The next reference is found by merging the streams of its subscriptions by LSN; each
 * reference that counts gets the next sequence, in that order, whenever it is first looked at. So the assignment depends on the log alone.
 */
public final class SessionState {
    private final long id;
    private final SessionKey key;
    private final long publisher;
    private final Map<GroupPattern, Subscription> subscriptions = new LinkedHashMap<>(2);
    private final List<Subscription> streamed = new ArrayList<>(1);
    private final StreamMerge merge = new StreamMerge();
    private final DeliveryWindow window = new DeliveryWindow();
    private final List<Subscription> matched = new ArrayList<>(1);
    private @Nullable KeptValues kept;
    private @Nullable BitSet receivedOnce;
    private boolean matchedKept;

    /** Whether it outlives its attachment. */
    public long expiryMillis;

    public boolean attached;
    public String incarnation = "";
    public long detachedAtMillis;
    public @Nullable MessageRow parting;
    public long partingDelayMillis;
    /** Messages counted for it and not settled. */
    public int pending;
    /** LSN of the newest record that settled something, and the oldest unsettled sequence when that was last known to be committed; memory only. */
    public long lastSettledLsn;

    public long committedBase = 1;
    /** References up to here may have been sent without the log knowing their sequence: the member that sent them is gone. */
    public long perhapsSentLsn;

    /** Handles of timers, 0 if none; memory only. */
    public long expiryTimer;

    public long partingTimer;
    /** LSN of the newest reference counted for it. */
    public long newestLsn;

    public SessionState(long id, SessionKey key) {
        this.id = id;
        this.key = key;
        this.publisher = key.hash64();
    }

    /** LSN of the record that made it. */
    public long id() {
        return id;
    }

    public SessionKey key() {
        return key;
    }

    public long publisher() {
        return publisher;
    }

    public DeliveryWindow window() {
        return window;
    }

    public Map<GroupPattern, Subscription> subscriptions() {
        return subscriptions;
    }

    /** Subscriptions that have a stream. */
    public List<Subscription> streamed() {
        return streamed;
    }

    /** A reference that counts for the subscription is about to be appended to its stream. */
    public void appending(Subscription subscription, FilterStream to, long lsn) {
        merge.appending(subscription, to, lsn);
    }

    /** Goes on with a subscription from the position that a snapshot gave it. */
    public void resume(Subscription subscription) {
        long next = subscription.nextLsn();
        if (next != Long.MAX_VALUE) {
            merge.file(subscription, next);
        }
    }

    /** Steps taken so far to find the next reference among the streams; what a message costs follows from its growth. */
    public long mergeSteps() {
        return merge.steps();
    }

    /** Packet ids of exactly-once publishes that are not released; null while there are none. */
    public @Nullable BitSet receivedOnce() {
        return receivedOnce;
    }

    public BitSet receivedOnceForChange() {
        BitSet present = receivedOnce;
        if (present == null) {
            present = new BitSet();
            receivedOnce = present;
        }
        return present;
    }

    /** Last values that were looked up for it, waiting as references of its own. */
    public KeptValues keptForChange() {
        KeptValues present = kept;
        if (present == null) {
            present = new KeptValues();
            kept = present;
        }
        return present;
    }

    public @Nullable KeptValues kept() {
        return kept;
    }

    /** Whether the session ends when its attachment does. */
    public boolean isTransient() {
        return expiryMillis == 0;
    }

    /**
     * The next message up to {@code limitLsn} that counts for this session and has no sequence yet, or null. Follow with {@link #assign} or ask again later.
     */
    public @Nullable MessageRow peek(LsnMap<MessageRow> rows, long limitLsn) {
        while (true) {
            long best = merge.nextLsn();
            KeptValues own = kept;
            if (own != null && own.nextLsn() < best) {
                best = own.nextLsn();
            }
            if (best == Long.MAX_VALUE || best > limitLsn) {
                return null;
            }
            MessageRow row = rows.get(best);
            if (row != null && collect(row)) {
                return row;
            }
            pass(best);
        }
    }

    /** Collects the subscriptions through which the row counts. */
    private boolean collect(MessageRow row) {
        matched.clear();
        merge.collect(row, matched);
        KeptValues own = kept;
        matchedKept = own != null && own.nextLsn() == row.lsn;
        return matchedKept || !matched.isEmpty();
    }

    private void pass(long lsn) {
        merge.pass(lsn);
        KeptValues own = kept;
        if (own != null && own.nextLsn() == lsn) {
            own.pass();
        }
    }

    /** Leaves the row of the last {@link #peek} out, without a sequence. */
    public void skip(MessageRow row) {
        pass(row.lsn);
    }

    /** Gives the row of the last {@link #peek} its sequence. */
    public long assign(MessageRow row) {
        int state = granted().atMost(Guarantee.of(row.guaranteeCode)).code();
        if (matchedKept) {
            state |= DeliveryWindow.KEPT;
        }
        long sequence = window.assign(row.lsn, state, keptIdentifier());
        pass(row.lsn);
        return sequence;
    }

    private Guarantee granted() {
        Guarantee strongest = matchedKept && kept != null ? kept.nextGuarantee() : Guarantee.AT_MOST_ONCE;
        for (int i = 0; i < matched.size(); i++) {
            if (matched.get(i).guarantee.code() > strongest.code()) {
                strongest = matched.get(i).guarantee;
            }
        }
        return strongest;
    }

    /** Assigns until {@code sequence} has its message: what the log says was assigned is assigned here. */
    public void assignThrough(LsnMap<MessageRow> rows, long sequence) {
        while (window.next() <= sequence) {
            MessageRow row = peek(rows, Long.MAX_VALUE);
            if (row == null) {
                throw new IllegalStateException("session " + key.name() + " has no message for sequence " + sequence
                        + ", next is " + window.next());
            }
            assign(row);
        }
    }

    /** Assigns every message up to an LSN: what was perhaps sent keeps its sequence and guarantee, whatever changes now. */
    public void assignThroughLsn(LsnMap<MessageRow> rows, long lsn) {
        MessageRow row;
        while ((row = peek(rows, lsn)) != null) {
            assign(row);
        }
    }

    /** Subscriptions through which a message that has a sequence counts; for sending it again. */
    public List<Subscription> subscriptionsFor(MessageRow row) {
        matched.clear();
        for (int i = 0; i < streamed.size(); i++) {
            Subscription one = streamed.get(i);
            FilterStream stream = one.stream;
            if (stream != null && one.counts(row) && stream.contains(row.lsn)) {
                matched.add(one);
            }
        }
        return matched;
    }

    /** The subscriptions of the last {@link #peek}. */
    public List<Subscription> matched() {
        return matched;
    }

    /** Identifier under which a kept value of the last {@link #peek} is delivered; 0 if it is none. */
    public int keptIdentifier() {
        KeptValues own = kept;
        return matchedKept && own != null ? own.nextIdentifier() : 0;
    }

    /** Whether another stream than {@code except} also brings the row. */
    public boolean countsWithout(Subscription except, MessageRow row) {
        for (int i = 0; i < streamed.size(); i++) {
            Subscription one = streamed.get(i);
            FilterStream stream = one.stream;
            if (one != except && stream != null && one.counts(row) && stream.contains(row.lsn)) {
                return true;
            }
        }
        return false;
    }
}
