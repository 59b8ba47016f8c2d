package io.robustmq.kernel.session;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The streams of a session merged by LSN: a heap of those subscriptions alone that have a reference to look at. A subscription is filed under an LSN that is its next reference or one
 * that it has lost since (trimmed, or let go of with its stream), never one behind it; what it is filed under is put right when it comes to the top. So a message costs the streams it
 * is in, however many the session has.
 */
final class StreamMerge {
    private @Nullable Subscription[] heap = new @Nullable Subscription[1];
    private int size;
    /** Taken off the heap: those filed under {@link #headLsn}. */
    private final List<Subscription> head = new ArrayList<>(1);

    private long headLsn = Long.MAX_VALUE;
    private long steps;

    /** A reference that counts for the subscription is about to be appended to its stream. What is not filed has nothing before it that counts. */
    void appending(Subscription one, FilterStream to, long lsn) {
        if (!one.filed) {
            one.position = to.endPosition();
            file(one, lsn);
        }
    }

    /** The next reference of the subscription is this one. */
    void file(Subscription one, long lsn) {
        if (!one.filed) {
            one.filed = true;
            one.filedLsn = lsn;
            push(one);
        }
    }

    /** The lowest LSN that a stream may have next; {@link Long#MAX_VALUE} if none has any. */
    long nextLsn() {
        while (head.isEmpty() && size > 0) {
            headLsn = top().filedLsn;
            while (size > 0 && top().filedLsn == headLsn) {
                Subscription one = pop();
                if (one.nextLsn() == headLsn) {
                    head.add(one);
                } else {
                    fileAgain(one);
                }
            }
        }
        return head.isEmpty() ? Long.MAX_VALUE : headLsn;
    }

    /** Adds to {@code into} the subscriptions through which the row, which is at {@link #nextLsn}, counts. */
    void collect(MessageRow row, List<Subscription> into) {
        for (int i = 0; i < head.size(); i++) {
            Subscription one = head.get(i);
            if (one.nextLsn() == row.lsn && one.counts(row)) {
                into.add(one);
            }
        }
    }

    /** Goes past the reference, which is at {@link #nextLsn}. */
    void pass(long lsn) {
        if (head.isEmpty() || headLsn != lsn) {
            return;
        }
        for (int i = 0; i < head.size(); i++) {
            Subscription one = head.get(i);
            if (one.nextLsn() == lsn) {
                one.position++;
            }
            fileAgain(one);
        }
        head.clear();
    }

    /** Comparisons and moves so far; what the merge costs. */
    long steps() {
        return steps;
    }

    private void fileAgain(Subscription one) {
        long next = one.nextLsn();
        if (next == Long.MAX_VALUE) {
            one.filed = false;
        } else {
            one.filedLsn = next;
            push(one);
        }
    }

    private Subscription top() {
        return at(0);
    }

    private Subscription at(int index) {
        Subscription one = heap[index];
        if (one == null) {
            throw new IllegalStateException("the heap has a hole at " + index);
        }
        return one;
    }

    private void push(Subscription one) {
        if (size == heap.length) {
            heap = Arrays.copyOf(heap, size * 2);
        }
        int at = size++;
        while (at > 0) {
            int parent = (at - 1) >>> 1;
            steps++;
            if (at(parent).filedLsn <= one.filedLsn) {
                break;
            }
            heap[at] = heap[parent];
            at = parent;
        }
        heap[at] = one;
    }

    private Subscription pop() {
        Subscription first = top();
        Subscription last = at(--size);
        heap[size] = null;
        int at = 0;
        while (2 * at + 1 < size) {
            int child = 2 * at + 1;
            steps++;
            if (child + 1 < size && at(child + 1).filedLsn < at(child).filedLsn) {
                child++;
            }
            if (at(child).filedLsn >= last.filedLsn) {
                break;
            }
            heap[at] = heap[child];
            at = child;
        }
        if (size > 0) {
            heap[at] = last;
        }
        return first;
    }
}
