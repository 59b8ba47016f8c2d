package io.robustmq.kernel.session;

import java.util.ArrayList;
import java.util.List;

/**
 * The references (LSNs, rising) of all messages that matched one pattern while a durable subscription to it existed, shared by all of them. Positions are absolute: they
 * stay what they are when the head is trimmed.
 */
public final class FilterStream {
    private final String pattern;
    private final List<Subscription> subscribers = new ArrayList<>(1);
    private long[] lsns = new long[4];
    private int head;
    private int size;
    private long first;

    public FilterStream(String pattern) {
        this.pattern = pattern;
    }

    public String pattern() {
        return pattern;
    }

    /** The subscriptions that share this stream; not to be changed by the caller. */
    public List<Subscription> subscribers() {
        return subscribers;
    }

    /** Joins at the end: earlier references are not the subscription's. */
    public void join(Subscription subscription) {
        subscription.slot = subscribers.size();
        subscription.stream = this;
        subscription.position = endPosition();
        subscribers.add(subscription);
    }

    public void leave(Subscription subscription) {
        Subscription last = subscribers.removeLast();
        if (last != subscription) {
            subscribers.set(subscription.slot, last);
            last.slot = subscription.slot;
        }
        subscription.slot = -1;
        subscription.stream = null;
    }

    /** Position of the oldest reference kept. */
    public long firstPosition() {
        return first;
    }

    /** Position after the newest reference. */
    public long endPosition() {
        return first + size;
    }

    /** @param position from {@link #firstPosition()} below {@link #endPosition()} */
    public long lsnAt(long position) {
        return lsns[(head + (int) (position - first)) & (lsns.length - 1)];
    }

    /** Adds a reference above all others. */
    public void append(long lsn) {
        if (size == lsns.length) {
            long[] grown = new long[size * 2];
            for (int i = 0; i < size; i++) {
                grown[i] = lsnAt(first + i);
            }
            lsns = grown;
            head = 0;
        }
        lsns[(head + size) & (lsns.length - 1)] = lsn;
        size++;
    }

    /** Position of the first reference above {@code lsn}. */
    public long positionAfter(long lsn) {
        long low = first;
        long high = endPosition();
        while (low < high) {
            long middle = (low + high) >>> 1;
            if (lsnAt(middle) <= lsn) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    public boolean contains(long lsn) {
        long at = positionAfter(lsn - 1);
        return at < endPosition() && lsnAt(at) == lsn;
    }

    /** Drops references at the head whose message is dead: nobody who has yet to pass them counts them. */
    public void trim(LsnMap<MessageRow> rows) {
        while (size > 0 && !rows.containsKey(lsnAt(first))) {
            head = (head + 1) & (lsns.length - 1);
            size--;
            first++;
        }
        if (size == 0 && lsns.length > 64) {
            lsns = new long[4];
            head = 0;
        }
    }
}
