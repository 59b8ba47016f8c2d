package io.robustmq.kernel.session;

import java.util.AbstractCollection;
import java.util.Arrays;
import java.util.Collection;
import java.util.ConcurrentModificationException;
import java.util.Iterator;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/**
 * What a shard keeps under the LSN that made it. Such keys come in dense runs and are removed about as often as they are added, which a table that hashes a key to itself cannot bear: its entries
 * form one long cluster, and every removal walks along it. Here runs of eight keys stay together, for the cache, and are spread over the table.
 *
 * <p>Open addressing with linear probing, at most half full, without tombstones; shrinks after a burst. The order of iteration depends on the history of calls alone. Not thread-safe.
 *
 * @param <V> what is kept
 */
public final class LsnMap<V> {
    private static final int RUN_BITS = 3;
    private static final long RUN_MASK = (1 << RUN_BITS) - 1;
    private static final long SPREAD = 0x9E37_79B9_7F4A_7C15L;
    private static final int CAPACITY_MIN = 16;
    /** A table is made smaller when less than this part of it is in use. */
    private static final int SPARSE = 16;

    private long[] keys = new long[CAPACITY_MIN];
    private @Nullable Object[] values = new @Nullable Object[CAPACITY_MIN];
    private int size;
    private int changes;
    private final Collection<V> view = new Values();

    public int size() {
        return size;
    }

    public boolean isEmpty() {
        return size == 0;
    }

    public @Nullable V get(long lsn) {
        return at(find(lsn));
    }

    public boolean containsKey(long lsn) {
        return values[find(lsn)] != null;
    }

    /** Returns what was there before. */
    public @Nullable V put(long lsn, V value) {
        int slot = find(lsn);
        V before = at(slot);
        keys[slot] = lsn;
        values[slot] = value;
        if (before == null) {
            changes++;
            size++;
            if (size > keys.length / 2) {
                resize(keys.length * 2);
            }
        }
        return before;
    }

    /** Returns what was there. */
    public @Nullable V remove(long lsn) {
        int slot = find(lsn);
        V before = at(slot);
        if (before != null) {
            changes++;
            size--;
            close(slot);
            if (keys.length > 1024 && size < keys.length / SPARSE) {
                resize(keys.length / 4);
            }
        }
        return before;
    }

    public void clear() {
        changes++;
        size = 0;
        keys = new long[CAPACITY_MIN];
        values = new @Nullable Object[CAPACITY_MIN];
    }

    /** A live view; the map must not change while it is walked through. */
    public Collection<V> values() {
        return view;
    }

    /** Places of the table; another number means that every value may have moved. */
    public int places() {
        return values.length;
    }

    /**
     * What is at a place, for walks that are interrupted. While values come and go one that stays moves only towards lower places, within a stretch without gaps, or from the lowest
     * places to the highest.
     *
     * @param place 0 .. {@link #places} - 1
     */
    public @Nullable V atPlace(int place) {
        return at(place);
    }

    /** All keys, ascending; a copy. */
    public long[] sortedKeys() {
        long[] sorted = new long[size];
        int count = 0;
        for (int slot = 0; slot < values.length; slot++) {
            if (values[slot] != null) {
                sorted[count++] = keys[slot];
            }
        }
        Arrays.sort(sorted);
        return sorted;
    }

    /** Where the key is, or where it would be put. */
    private int find(long lsn) {
        int mask = keys.length - 1;
        int slot = home(lsn);
        while (values[slot] != null && keys[slot] != lsn) {
            slot = (slot + 1) & mask;
        }
        return slot;
    }

    private int home(long lsn) {
        int shift = Long.numberOfLeadingZeros(keys.length - 1L) + RUN_BITS;
        long run = ((lsn >>> RUN_BITS) * SPREAD) >>> shift;
        return (int) ((run << RUN_BITS) | (lsn & RUN_MASK));
    }

    /** Moves up what was put behind the free slot only because that was taken. */
    private void close(int free) {
        int mask = keys.length - 1;
        int hole = free;
        for (int slot = (hole + 1) & mask; values[slot] != null; slot = (slot + 1) & mask) {
            int wanted = home(keys[slot]);
            // Does its home lie outside the stretch from the hole (exclusive) to where it is?
            if (((slot - wanted) & mask) >= ((slot - hole) & mask)) {
                keys[hole] = keys[slot];
                values[hole] = values[slot];
                hole = slot;
            }
        }
        values[hole] = null;
    }

    private void resize(int capacity) {
        long[] oldKeys = keys;
        @Nullable Object[] oldValues = values;
        keys = new long[capacity];
        values = new @Nullable Object[capacity];
        for (int slot = 0; slot < oldKeys.length; slot++) {
            Object value = oldValues[slot];
            if (value != null) {
                int to = find(oldKeys[slot]);
                keys[to] = oldKeys[slot];
                values[to] = value;
            }
        }
    }

    @SuppressWarnings("unchecked") // only put writes values
    private @Nullable V at(int slot) {
        return (V) values[slot];
    }

    private final class Values extends AbstractCollection<V> {
        @Override
        public int size() {
            return size;
        }

        @Override
        public Iterator<V> iterator() {
            return new Iterator<>() {
                private final int seen = changes;
                private int next = after(-1);

                private int after(int slot) {
                    int at = slot + 1;
                    while (at < values.length && values[at] == null) {
                        at++;
                    }
                    return at;
                }

                @Override
                public boolean hasNext() {
                    return next < values.length;
                }

                @Override
                public V next() {
                    if (seen != changes) {
                        throw new ConcurrentModificationException();
                    }
                    V value = next < values.length ? at(next) : null;
                    if (value == null) {
                        throw new NoSuchElementException();
                    }
                    next = after(next);
                    return value;
                }
            };
        }
    }
}
