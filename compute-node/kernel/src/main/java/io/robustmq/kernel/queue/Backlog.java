package io.robustmq.kernel.queue;

import java.util.Arrays;
import java.util.function.LongConsumer;

/**
 * The unsettled messages of one priority in order of LSN, each of them either ready or checked out. Nothing is kept of settled
 * ones: what it holds follows the backlog alone, about 9 bytes per message, however old the oldest is.
 *
 * <pre>
 *   chunks   [ 3 4 9 .. ] [ 70 71 .. ] [ 130 .. ]    up to 64 LSNs each, ascending
 *   live       1 0 1 ..     1  1  ..     1   ..      0: settled since
 *   ready      0 0 1 ..     1  1  ..     1   ..      live and not ready: checked out
 * </pre>
 */
final class Backlog {
    static final long NONE = -1;

    private static final int CHUNK_MAX = 64;
    private static final int CHUNK_AT_START = 4;

    /** Two neighbours become one if they hold at most so many messages. */
    private static final int MERGED_MAX = 48;

    private static final class Chunk {
        long[] lsns;
        int length;
        long live;
        long ready;

        Chunk(int capacity) {
            lsns = new long[capacity];
        }

        int place(long lsn) {
            return Arrays.binarySearch(lsns, 0, length, lsn);
        }

        int count() {
            return Long.bitCount(live);
        }

        void append(long lsn, boolean isReady) {
            if (length == lsns.length) {
                lsns = Arrays.copyOf(lsns, Math.min(CHUNK_MAX, length * 2));
            }
            lsns[length] = lsn;
            live |= 1L << length;
            if (isReady) {
                ready |= 1L << length;
            }
            length++;
        }

        void appendAll(Chunk other) {
            for (long bits = other.live; bits != 0; bits &= bits - 1) {
                int place = Long.numberOfTrailingZeros(bits);
                append(other.lsns[place], (other.ready >>> place & 1) != 0);
            }
        }
    }

    enum State {
        ABSENT,
        READY,
        CHECKED_OUT
    }

    /** In order of LSN, from {@link #head} to {@link #tail}. Only the last one may hold nothing. */
    private Chunk[] chunks = new Chunk[2];

    private int head;
    private int tail;

    /** No chunk before this one has a ready message. */
    private int readyFrom;

    /** Where the last look-up ended; settling goes mostly in order. */
    private int lastFound;

    private int size;
    private int ready;

    int size() {
        return size;
    }

    int ready() {
        return ready;
    }

    /** Adds a ready message above all others. */
    void add(long lsn) {
        Chunk last = tail > head ? chunks[tail - 1] : null;
        if (last == null || last.length == CHUNK_MAX) {
            last = new Chunk(last == null ? CHUNK_AT_START : CHUNK_MAX);
            push(last);
            if (tail - head > 1) {
                tidy(tail - 2);
            }
        } else if (last.length > 0 && last.lsns[last.length - 1] >= lsn) {
            throw new IllegalStateException("message " + lsn + " after " + last.lsns[last.length - 1]);
        }
        last.append(lsn, true);
        size++;
        ready++;
    }

    private void push(Chunk chunk) {
        if (tail == chunks.length) {
            int count = tail - head;
            Chunk[] to = head > chunks.length / 2 ? chunks : new Chunk[chunks.length * 2];
            System.arraycopy(chunks, head, to, 0, count);
            Arrays.fill(to, count, to.length, null);
            readyFrom = Math.max(0, readyFrom - head);
            lastFound = 0;
            chunks = to;
            head = 0;
            tail = count;
        }
        chunks[tail++] = chunk;
    }

    State state(long lsn) {
        int index = chunkOf(lsn);
        if (index < 0) {
            return State.ABSENT;
        }
        Chunk chunk = chunks[index];
        int place = chunk.place(lsn);
        return place < 0 ? State.ABSENT : state(chunk, place);
    }

    private static State state(Chunk chunk, int place) {
        if ((chunk.live >>> place & 1) == 0) {
            return State.ABSENT;
        }
        return (chunk.ready >>> place & 1) == 0 ? State.CHECKED_OUT : State.READY;
    }

    /** The lowest ready message, {@link #NONE} if there is none. */
    long firstReady() {
        if (ready == 0) {
            return NONE;
        }
        int index = Math.max(readyFrom, head);
        while (chunks[index].ready == 0) {
            index++;
        }
        readyFrom = index;
        return chunks[index].lsns[Long.numberOfTrailingZeros(chunks[index].ready)];
    }

    /** The lowest message, {@link #NONE} if there is none. */
    long first() {
        return size == 0 ? NONE : chunks[head].lsns[Long.numberOfTrailingZeros(chunks[head].live)];
    }

    /** Makes a ready message a checked-out one. */
    void checkOut(long lsn) {
        int index = chunkOf(lsn);
        int place = index < 0 ? -1 : chunks[index].place(lsn);
        if (place < 0 || state(chunks[index], place) != State.READY) {
            throw new IllegalStateException("message " + lsn + " is checked out and was not ready");
        }
        chunks[index].ready &= ~(1L << place);
        ready--;
    }

    /** Makes a checked-out message a ready one, in its place. */
    void giveBack(long lsn) {
        int index = chunkOf(lsn);
        int place = index < 0 ? -1 : chunks[index].place(lsn);
        if (place < 0 || state(chunks[index], place) != State.CHECKED_OUT) {
            throw new IllegalStateException("message " + lsn + " is given back and was not checked out");
        }
        chunks[index].ready |= 1L << place;
        ready++;
        readyFrom = Math.min(readyFrom, index);
    }

    /** Removes the message; returns what it was. */
    State remove(long lsn) {
        int index = chunkOf(lsn);
        if (index < 0) {
            return State.ABSENT;
        }
        Chunk chunk = chunks[index];
        int place = chunk.place(lsn);
        if (place < 0) {
            return State.ABSENT;
        }
        State was = state(chunk, place);
        if (was == State.ABSENT) {
            return was;
        }
        chunk.live &= ~(1L << place);
        chunk.ready &= ~(1L << place);
        size--;
        if (was == State.READY) {
            ready--;
        }
        tidy(index);
        return was;
    }

    /** Keeps the chunks about as large as what they hold. */
    private void tidy(int index) {
        Chunk chunk = chunks[index];
        int count = chunk.count();
        if (index == tail - 1) {
            if (count == 0) {
                chunk.length = 0;
            }
            return;
        }
        if (count == 0) {
            drop(index);
        } else if (count * 4 <= chunk.lsns.length) {
            Chunk before = index > head ? chunks[index - 1] : null;
            int together = before == null ? count : count + before.count();
            if (before == null || together > MERGED_MAX) {
                chunks[index] = packed(chunk, count);
            } else {
                Chunk merged = packed(before, together);
                merged.appendAll(chunk);
                chunks[index - 1] = merged;
                drop(index);
                readyFrom = Math.min(readyFrom, index - 1);
            }
        }
    }

    private static Chunk packed(Chunk chunk, int capacity) {
        Chunk packed = new Chunk(capacity);
        packed.appendAll(chunk);
        return packed;
    }

    private void drop(int index) {
        if (index == head) {
            chunks[head] = null;
            head++;
        } else {
            System.arraycopy(chunks, index + 1, chunks, index, tail - index - 1);
            tail--;
            chunks[tail] = null;
            if (readyFrom > index) {
                readyFrom--;
            }
        }
        lastFound = head;
    }

    /** The chunk whose range holds {@code lsn}; negative if there is none. */
    private int chunkOf(long lsn) {
        if (lastFound >= head && lastFound < tail && holds(lastFound, lsn)) {
            return lastFound;
        }
        int low = head;
        int high = tail - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            Chunk chunk = chunks[middle];
            if (chunk.length == 0 || chunk.lsns[0] > lsn) {
                high = middle - 1;
            } else if (chunk.lsns[chunk.length - 1] < lsn) {
                low = middle + 1;
            } else {
                lastFound = middle;
                return middle;
            }
        }
        return -1;
    }

    private boolean holds(int index, long lsn) {
        Chunk chunk = chunks[index];
        return chunk.length > 0 && chunk.lsns[0] <= lsn && chunk.lsns[chunk.length - 1] >= lsn;
    }

    /** Calls {@code visitor} for all messages in order, which must not change anything. */
    void forEach(LongConsumer visitor) {
        for (int index = head; index < tail; index++) {
            Chunk chunk = chunks[index];
            for (long bits = chunk.live; bits != 0; bits &= bits - 1) {
                visitor.accept(chunk.lsns[Long.numberOfTrailingZeros(bits)]);
            }
        }
    }

    /** The {@code nth} message (from 1) above {@code lsn}, the last one if there are fewer, {@link #NONE} if there are none. */
    long above(long lsn, int nth) {
        int index = firstChunkReaching(lsn + 1);
        long found = NONE;
        int left = nth;
        for (; index < tail; index++) {
            Chunk chunk = chunks[index];
            for (long bits = chunk.live; bits != 0; bits &= bits - 1) {
                long each = chunk.lsns[Long.numberOfTrailingZeros(bits)];
                if (each > lsn) {
                    found = each;
                    if (--left == 0) {
                        return found;
                    }
                }
            }
        }
        return found;
    }

    /** How many messages are above {@code above} and not above {@code upTo}. */
    int countBetween(long above, long upTo) {
        int count = 0;
        for (int index = firstChunkReaching(above + 1); index < tail; index++) {
            Chunk chunk = chunks[index];
            if (chunk.length > 0 && chunk.lsns[0] > upTo) {
                break;
            }
            for (long bits = chunk.live; bits != 0; bits &= bits - 1) {
                long each = chunk.lsns[Long.numberOfTrailingZeros(bits)];
                if (each > above && each <= upTo) {
                    count++;
                }
            }
        }
        return count;
    }

    private int firstChunkReaching(long lsn) {
        int low = head;
        int high = tail;
        while (low < high) {
            int middle = (low + high) >>> 1;
            Chunk chunk = chunks[middle];
            if (chunk.length > 0 && chunk.lsns[chunk.length - 1] < lsn) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }
}
