package io.robustmq.kernel.route;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.robustmq.kernel.Name;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The names that one loop met lately, found by their bytes without allocation. Loop-confined.
 *
 * <p>A name may sit in one of two sets of four slots; when both are full they give up their slots in turn. Starts small and doubles while it fills, up to a fixed number of
 * names; names beyond a fixed number of bytes together push others out, so that long names cannot fill the heap.
 *
 * @param <N> what the loop keeps with a name
 */
public final class NameCache<N extends Name> {
    /** Default for the most names kept. */
    public static final int NAMES_MAX = 65_536;

    /** Default for the most bytes of names kept. */
    public static final int BYTES_MAX = 8 << 20;

    private static final int WAYS = 4;
    private static final int NAMES_AT_START = 64;

    private final Factory<N> factory;
    private final int namesMax;
    private final long bytesMax;

    private int[] hashes;
    private @Nullable Name[] names;
    private int size;
    private long bytes;

    /** The slot that full sets give up next; one count for all, so that a set gives them up in turn on average. */
    private int victim;

    /** The slot from which names are pushed out to keep the bytes in bounds. */
    private int hand;

    /** Makes the name of bytes that are new to the cache. */
    @FunctionalInterface
    public interface Factory<N extends Name> {
        /**
         * @param utf8 the name's own; nobody else keeps it
         * @param hash to be returned by {@link Name#nameHash}
         */
        N create(byte[] utf8, int hash);
    }

    public NameCache(Factory<N> factory) {
        this(factory, NAMES_MAX, BYTES_MAX);
    }

    /**
     * @param namesMax most names kept, a power of two, at least 64
     * @param bytesMax most bytes of names kept; a single name that is longer is not kept at all
     */
    public NameCache(Factory<N> factory, int namesMax, long bytesMax) {
        if (namesMax < NAMES_AT_START || Integer.bitCount(namesMax) != 1) {
            throw new IllegalArgumentException("namesMax " + namesMax + " is no power of two of at least 64");
        }
        if (bytesMax < 0) {
            throw new IllegalArgumentException("bytesMax " + bytesMax);
        }
        this.factory = factory;
        this.namesMax = namesMax;
        this.bytesMax = bytesMax;
        this.hashes = new int[NAMES_AT_START];
        this.names = new Name[NAMES_AT_START];
    }

    /** The hash of a name: equal on every machine, node and version. */
    public static int hash(byte[] utf8) {
        return NameHash.of(utf8, 0, utf8.length, 0);
    }

    /** As {@link #hash(byte[])}, over {@code length} bytes from {@code index} on. */
    public static int hash(ByteBuf buffer, int index, int length) {
        if (buffer.hasArray()) {
            int from = NameHash.arrayIndex(buffer, index, length);
            return NameHash.of(buffer.array(), from, from + length, 0);
        }
        return NameHash.of(NameHash.view(buffer, index, length));
    }

    /** Number of names kept. */
    public int size() {
        return size;
    }

    /** Bytes of the names kept, without what comes with them. */
    public long bytes() {
        return bytes;
    }

    /**
     * The name with these bytes if it is kept. The buffer stays the caller's. Allocates nothing if the buffer owns its memory; for a
     * slice or a composite it needs a view of the bytes.
     */
    public @Nullable N find(ByteBuf buffer, int index, int length) {
        if (buffer.hasArray()) {
            int from = NameHash.arrayIndex(buffer, index, length);
            byte[] array = buffer.array();
            return find(array, from, from + length, NameHash.of(array, from, from + length, 0));
        }
        ByteBuffer view = NameHash.view(buffer, index, length);
        return find(view, NameHash.of(view));
    }

    private @Nullable N find(byte[] array, int from, int to, int hash) {
        for (int set = firstSet(hash); ; set = secondSet(hash)) {
            for (int slot = set; slot < set + WAYS; slot++) {
                if (hashes[slot] == hash) {
                    Name name = names[slot];
                    if (name != null && Arrays.equals(name.utf8(), 0, name.utf8().length, array, from, to)) {
                        return own(name);
                    }
                }
            }
            if (set == secondSet(hash)) {
                return null;
            }
        }
    }

    private @Nullable N find(ByteBuffer bytes, int hash) {
        for (int set = firstSet(hash); ; set = secondSet(hash)) {
            for (int slot = set; slot < set + WAYS; slot++) {
                if (hashes[slot] == hash) {
                    Name name = names[slot];
                    if (name != null && NameHash.sameBytes(name.utf8(), bytes)) {
                        return own(name);
                    }
                }
            }
            if (set == secondSet(hash)) {
                return null;
            }
        }
    }

    private int firstSet(int hash) {
        return hash & (hashes.length - WAYS);
    }

    private int secondSet(int hash) {
        return Integer.rotateLeft(hash, 16) & (hashes.length - WAYS);
    }

    @SuppressWarnings("unchecked") // Only what the factory made is ever kept.
    private N own(Name name) {
        return (N) name;
    }

    /** The name with these bytes, which must be a valid name. The buffer stays the caller's. */
    public N intern(ByteBuf buffer, int index, int length) {
        N known = find(buffer, index, length);
        return known != null ? known : added(ByteBufUtil.getBytes(buffer, index, length, true));
    }

    /** The name with these bytes, which must be a valid name. Copies them if the name is new. */
    public N intern(byte[] utf8) {
        N known = find(utf8, 0, utf8.length, hash(utf8));
        return known != null ? known : added(utf8.clone());
    }

    private N added(byte[] utf8) {
        int hash = hash(utf8);
        return keep(factory.create(utf8, hash), utf8.length, hash);
    }

    private N keep(N name, int length, int hash) {
        if (length > bytesMax) {
            return name;
        }
        int slot = freeSlot(hash);
        while (slot < 0 && hashes.length < namesMax && size > hashes.length / 2) {
            grow();
            slot = freeSlot(hash);
        }
        if (slot < 0) {
            slot = ((victim & WAYS) == 0 ? firstSet(hash) : secondSet(hash)) + (victim & (WAYS - 1));
            victim++;
            forget(slot);
        }
        while (bytes + length > bytesMax) {
            forget(hand);
            hand = (hand + 1) & (names.length - 1);
        }
        hashes[slot] = hash;
        names[slot] = name;
        size++;
        bytes += length;
        return name;
    }

    /** A free slot in the emptier of the two sets, which keeps both from filling up; -1 if there is none. */
    private int freeSlot(int hash) {
        int first = firstSet(hash);
        int second = secondSet(hash);
        int set = free(second) > free(first) ? second : first;
        for (int slot = set; slot < set + WAYS; slot++) {
            if (names[slot] == null) {
                return slot;
            }
        }
        return -1;
    }

    private int free(int set) {
        int free = 0;
        for (int slot = set; slot < set + WAYS; slot++) {
            if (names[slot] == null) {
                free++;
            }
        }
        return free;
    }

    private void forget(int slot) {
        Name name = names[slot];
        if (name != null) {
            names[slot] = null;
            size--;
            bytes -= name.utf8().length;
        }
    }

    /** Doubles the sets. A name that finds no room, which is rare, is forgotten. */
    private void grow() {
        int[] oldHashes = hashes;
        @Nullable Name[] oldNames = names;
        hashes = new int[oldHashes.length * 2];
        names = new Name[oldNames.length * 2];
        for (int old = 0; old < oldNames.length; old++) {
            Name name = oldNames[old];
            if (name != null) {
                int slot = freeSlot(oldHashes[old]);
                if (slot < 0) {
                    size--;
                    bytes -= name.utf8().length;
                } else {
                    hashes[slot] = oldHashes[old];
                    names[slot] = name;
                }
            }
        }
    }
}
