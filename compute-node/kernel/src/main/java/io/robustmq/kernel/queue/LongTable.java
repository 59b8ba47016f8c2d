package io.robustmq.kernel.queue;

import java.util.Arrays;

/**
 * Positive ints by long keys; open addressing without tombstones, so that it never needs cleaning. Empty tables cost nothing,
 * tables that emptied shrink.
 */
final class LongTable {
    private static final int SLOTS_MIN = 8;
    private static final long[] NO_KEYS = {};
    private static final int[] NO_VALUES = {};

    private long[] keys = NO_KEYS;

    /** 0 marks a free slot. */
    private int[] values = NO_VALUES;

    private int size;

    int size() {
        return size;
    }

    /** The value of {@code key}, 0 if it has none. */
    int get(long key) {
        if (size == 0) {
            return 0;
        }
        return values[slot(key)];
    }

    /** Sets the value, which must be positive. */
    void put(long key, int value) {
        if (value <= 0) {
            throw new IllegalArgumentException("value " + value);
        }
        if ((size + 1) * 4L > keys.length * 3L) {
            resize(Math.max(SLOTS_MIN, keys.length * 2));
        }
        int slot = slot(key);
        if (values[slot] == 0) {
            keys[slot] = key;
            size++;
        }
        values[slot] = value;
    }

    /** Removes and returns the value of {@code key}, 0 if it has none. */
    int remove(long key) {
        if (size == 0) {
            return 0;
        }
        int slot = slot(key);
        int value = values[slot];
        if (value == 0) {
            return 0;
        }
        close(slot);
        size--;
        if (keys.length > SLOTS_MIN && size * 8 < keys.length) {
            resize(keys.length / 2);
        }
        return value;
    }

    /** All keys in ascending order. */
    long[] keys() {
        long[] sorted = new long[size];
        int count = 0;
        for (int slot = 0; slot < keys.length; slot++) {
            if (values[slot] != 0) {
                sorted[count++] = keys[slot];
            }
        }
        Arrays.sort(sorted);
        return sorted;
    }

    /** The slot of {@code key}, or the free one where it belongs. */
    private int slot(long key) {
        int mask = keys.length - 1;
        int slot = home(key);
        while (values[slot] != 0 && keys[slot] != key) {
            slot = (slot + 1) & mask;
        }
        return slot;
    }

    private int home(long key) {
        return (int) ((key * 0x9E3779B97F4A7C15L) >>> 32) & (keys.length - 1);
    }

    /** Frees the slot and moves up what was pushed past it. */
    private void close(int slot) {
        int mask = keys.length - 1;
        int gap = slot;
        for (int next = (gap + 1) & mask; values[next] != 0; next = (next + 1) & mask) {
            if (((next - home(keys[next])) & mask) >= ((next - gap) & mask)) {
                keys[gap] = keys[next];
                values[gap] = values[next];
                gap = next;
            }
        }
        values[gap] = 0;
    }

    private void resize(int slots) {
        long[] oldKeys = keys;
        int[] oldValues = values;
        keys = new long[slots];
        values = new int[slots];
        for (int old = 0; old < oldKeys.length; old++) {
            if (oldValues[old] != 0) {
                int slot = slot(oldKeys[old]);
                keys[slot] = oldKeys[old];
                values[slot] = oldValues[old];
            }
        }
    }
}
