package io.robustmq.kernel.route;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Entries by their first level. Read by any thread while one thread writes: a reader finds every entry that is there during
 * the whole look-up. Most nodes have one child, which then stands for itself ({@link Entry}); a few are an array that is
 * replaced on change ({@link FewChildren}); many are a hash table ({@link EntryTable}).
 */
sealed interface Children<V> permits Entry, FewChildren, EntryTable {

    /** The entry whose key is {@code bytes[from..to)}. */
    @Nullable Entry<V> find(byte[] bytes, int from, int to);

    /** With {@code entry} added, or in the place of the one with its key; the caller stores the result. */
    Children<V> with(Entry<V> entry, long seed);

    /** Without the entry whose key is {@code bytes[from..to)}, which is there; the caller stores the result. */
    @Nullable Children<V> without(byte[] bytes, int from, int to);

    /** The entry, if there is only one. */
    @Nullable Entry<V> only();

    void forEach(Consumer<? super Entry<V>> visitor);
}
