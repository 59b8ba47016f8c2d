package io.robustmq.kernel.route;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Open addressing. A slot is empty, then taken by one key for the life of the table, then marked removed: it is never given to
 * another key, so a reader that passed a slot has missed nothing. Growing and cleaning make a new table; readers of the old one
 * finish on what it held.
 */
final class EntryTable<V> implements Children<V> {
    private static final int SLOTS_MIN = 16;

    private final long seed;
    private final AtomicReferenceArray<@Nullable Object> slots;

    /** Hash of the key in the same slot; written before the slot is, and once only. */
    private final int[] hashes;

    /** Slots that are not empty. Writer only. */
    private int used;

    /** Slots with an entry. Writer only. */
    private int live;

    private EntryTable(int slotCount, long seed) {
        this.seed = seed;
        this.slots = new AtomicReferenceArray<>(slotCount);
        this.hashes = new int[slotCount];
    }

    static <V> EntryTable<V> empty(long seed) {
        return new EntryTable<>(SLOTS_MIN, seed);
    }

    static <V> EntryTable<V> of(List<Entry<V>> entries, long seed) {
        EntryTable<V> table = new EntryTable<>(slotsFor(entries.size()), seed);
        for (Entry<V> entry : entries) {
            table.add(NameHash.of(entry.bytes, 0, entry.keyEnd(), seed), entry);
        }
        return table;
    }

    /** A power of two of which {@code entries} fill at most the half. */
    private static int slotsFor(int entries) {
        return Math.max(SLOTS_MIN, Integer.highestOneBit(Math.max(entries, 1) * 2 - 1) * 2);
    }

    @Override
    public @Nullable Entry<V> find(byte[] bytes, int from, int to) {
        int slot = slot(NameHash.of(bytes, from, to, seed), bytes, from, to);
        return slot < 0 ? null : entry(slot);
    }

    private int slot(int hash, byte[] bytes, int from, int to) {
        int mask = hashes.length - 1;
        for (int slot = hash & mask; ; slot = slot + 1 & mask) {
            Object content = slots.getAcquire(slot);
            if (content == null) {
                return -1;
            }
            if (hashes[slot] == hash && content instanceof Entry<?> entry && entry.isKeyedBy(bytes, from, to)) {
                return slot;
            }
        }
    }

    @SuppressWarnings("unchecked") // A slot holds an Entry<V> or Removed.
    private @Nullable Entry<V> entry(int slot) {
        return slots.getAcquire(slot) instanceof Entry<?> entry ? (Entry<V>) entry : null;
    }

    @Override
    public EntryTable<V> with(Entry<V> entry, long seedOfCaller) {
        int end = entry.keyEnd();
        int hash = NameHash.of(entry.bytes, 0, end, seed);
        int slot = slot(hash, entry.bytes, 0, end);
        if (slot >= 0) {
            slots.setRelease(slot, entry);
            return this;
        }
        EntryTable<V> table = (used + 1) * 4 > hashes.length * 3 ? copy(slotsFor(live + 1)) : this;
        table.add(hash, entry);
        return table;
    }

    private void add(int hash, Entry<V> entry) {
        int mask = hashes.length - 1;
        int slot = hash & mask;
        while (slots.getPlain(slot) != null) {
            slot = slot + 1 & mask;
        }
        hashes[slot] = hash;
        slots.setRelease(slot, entry);
        used++;
        live++;
    }

    @Override
    public Children<V> without(byte[] bytes, int from, int to) {
        EntryTable<V> table = removed(bytes, from, to);
        if (table.live > FewChildren.COUNT_MAX / 2) {
            return table;
        }
        List<Entry<V>> entries = new ArrayList<>(table.live);
        table.forEach(entries::add);
        return FewChildren.of(entries);
    }

    /** As {@link #without}, but stays a table however few are left. */
    EntryTable<V> removed(byte[] bytes, int from, int to) {
        int slot = slot(NameHash.of(bytes, from, to, seed), bytes, from, to);
        if (slot < 0) {
            return this;
        }
        slots.setRelease(slot, Removed.MARK);
        live--;
        return hashes.length > SLOTS_MIN && live * 8 < hashes.length ? copy(slotsFor(live)) : this;
    }

    private EntryTable<V> copy(int slotCount) {
        EntryTable<V> copy = new EntryTable<>(slotCount, seed);
        for (int slot = 0; slot < hashes.length; slot++) {
            Entry<V> entry = entry(slot);
            if (entry != null) {
                copy.add(hashes[slot], entry);
            }
        }
        return copy;
    }

    @Override
    public @Nullable Entry<V> only() {
        return null;
    }

    @Override
    public void forEach(Consumer<? super Entry<V>> visitor) {
        for (int slot = 0; slot < hashes.length; slot++) {
            Entry<V> entry = entry(slot);
            if (entry != null) {
                visitor.accept(entry);
            }
        }
    }

    private enum Removed {
        MARK
    }
}
