package io.robustmq.kernel.schedule;

import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Things by the time they are due; of two that are due at the same time the one added first comes first. Adding, cancelling and
 * taking out cost O(log n) and allocate nothing but room to grow. Loop-confined.
 *
 * <p>A binary heap of slot numbers. A slot keeps its place in the heap, so that a handle finds it:
 *
 * <pre>
 *   handle = generation of the slot (32 bits) | slot (32 bits)
 * </pre>
 *
 * @param <T> what is due
 */
public final class DueTimers<T> {
    /** What {@link #nextDueMillis} says when nothing is there. */
    public static final long NEVER = Long.MAX_VALUE;

    private static final int SLOTS_AT_START = 16;
    private static final int SLOTS_KEPT_WHEN_EMPTY = 4096;
    private static final int FREE = -1;

    /** Slots in heap order. */
    private int[] heap = new int[SLOTS_AT_START];

    private int size;

    /** By slot: the place in the heap, or {@link #FREE}. */
    private int[] places = new int[SLOTS_AT_START];

    private long[] dueMillis = new long[SLOTS_AT_START];
    private long[] order = new long[SLOTS_AT_START];
    private int[] generations = new int[SLOTS_AT_START];
    private @Nullable Object[] things = new Object[SLOTS_AT_START];

    /** Slots that were used and are free now. */
    private int[] freeSlots = new int[SLOTS_AT_START];

    private int freeCount;

    /** Slots below were used before. */
    private int slotsUsed;

    /** Generation of slots that were never used; rises when the slots are dropped, so that old handles stay dead. */
    private int firstGeneration = 1;

    private long added;

    /** Number of things that are not yet taken out. */
    public int size() {
        return size;
    }

    /**
     * Adds {@code what}.
     *
     * @param due milliseconds since the epoch
     * @return a handle for {@link #cancel}, valid until it was cancelled or taken out
     */
    public long add(long due, T what) {
        Objects.requireNonNull(what, "what");
        int slot = takeSlot();
        dueMillis[slot] = due;
        order[slot] = added++;
        things[slot] = what;
        rise(size++, slot);
        return ((long) generations[slot] << 32) | slot;
    }

    private int takeSlot() {
        if (freeCount > 0) {
            return freeSlots[--freeCount];
        }
        if (slotsUsed == heap.length) {
            int length = Math.multiplyExact(heap.length, 2);
            heap = Arrays.copyOf(heap, length);
            places = Arrays.copyOf(places, length);
            dueMillis = Arrays.copyOf(dueMillis, length);
            order = Arrays.copyOf(order, length);
            generations = Arrays.copyOf(generations, length);
            things = Arrays.copyOf(things, length);
            freeSlots = Arrays.copyOf(freeSlots, length);
        }
        generations[slotsUsed] = firstGeneration;
        return slotsUsed++;
    }

    /** Takes out what {@code handle} stands for. False if it was cancelled or taken out before. */
    public boolean cancel(long handle) {
        int slot = (int) handle;
        if (slot < 0 || slot >= slotsUsed || generations[slot] != (int) (handle >>> 32) || places[slot] == FREE) {
            return false;
        }
        remove(slot);
        return true;
    }

    /** When the next thing is due, in milliseconds since the epoch; {@link #NEVER} if there is none. */
    public long nextDueMillis() {
        return size == 0 ? NEVER : dueMillis[heap[0]];
    }

    /** Takes out and returns the first thing that is due at {@code nowMillis}; null if nothing is. */
    public @Nullable T poll(long nowMillis) {
        if (size == 0 || dueMillis[heap[0]] > nowMillis) {
            return null;
        }
        return remove(heap[0]);
    }

    private @Nullable T remove(int slot) {
        int place = places[slot];
        int last = heap[--size];
        if (last != slot) {
            if (place > 0 && isBefore(last, heap[(place - 1) >>> 1])) {
                rise(place, last);
            } else {
                sink(place, last);
            }
        }
        @SuppressWarnings("unchecked") // Only add() writes it.
        T what = (T) things[slot];
        things[slot] = null;
        places[slot] = FREE;
        generations[slot]++;
        freeSlots[freeCount++] = slot;
        if (size == 0 && heap.length > SLOTS_KEPT_WHEN_EMPTY) {
            shrink();
        }
        return what;
    }

    /** Gives back the memory of a past peak. */
    private void shrink() {
        int highest = firstGeneration;
        for (int slot = 0; slot < slotsUsed; slot++) {
            if (generations[slot] - highest > 0) {
                highest = generations[slot];
            }
        }
        firstGeneration = highest;
        heap = new int[SLOTS_AT_START];
        places = new int[SLOTS_AT_START];
        dueMillis = new long[SLOTS_AT_START];
        order = new long[SLOTS_AT_START];
        generations = new int[SLOTS_AT_START];
        things = new Object[SLOTS_AT_START];
        freeSlots = new int[SLOTS_AT_START];
        freeCount = 0;
        slotsUsed = 0;
    }

    private void rise(int from, int slot) {
        int place = from;
        while (place > 0) {
            int parent = (place - 1) >>> 1;
            if (!isBefore(slot, heap[parent])) {
                break;
            }
            set(place, heap[parent]);
            place = parent;
        }
        set(place, slot);
    }

    private void sink(int from, int slot) {
        int place = from;
        while (true) {
            int child = 2 * place + 1;
            if (child >= size) {
                break;
            }
            if (child + 1 < size && isBefore(heap[child + 1], heap[child])) {
                child++;
            }
            if (!isBefore(heap[child], slot)) {
                break;
            }
            set(place, heap[child]);
            place = child;
        }
        set(place, slot);
    }

    private void set(int place, int slot) {
        heap[place] = slot;
        places[slot] = place;
    }

    private boolean isBefore(int slot, int other) {
        return dueMillis[slot] != dueMillis[other] ? dueMillis[slot] < dueMillis[other] : order[slot] < order[other];
    }
}
