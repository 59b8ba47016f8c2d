package io.robustmq.kernel.route;

import io.robustmq.kernel.Name;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Patterns with a value each, and the look-up of all patterns that match a name.
 *
 * <p>One thread writes ({@link #put}, {@link #remove}); any number of threads read at the same time, without locks. A pattern
 * that is there during the whole of a match is found exactly once; one that comes or goes meanwhile is found or not. Who caches
 * a match reads {@link #version} <em>before</em> it and matches anew when the version has risen.
 *
 * <p>Patterns without tokens sit in a hash table of their own: one look-up. The others form a tree of levels that branches
 * only where patterns differ; what remains of a pattern after the last branching is one piece of text:
 *
 * <pre>
 *   a/+/x   a/+/y/z   b/#      (root) -+- a -- + -+- "x"
 *                                      |          '- "y/z"
 *                                      '- "b/#"
 * </pre>
 *
 * @param <V> the value of a pattern; if it can change, it takes care of its readers itself
 */
public final class PatternIndex<V> {
    private final long seed;
    private final Entry.Node<V> root = new Entry.Node<>(new byte[0]);
    private volatile EntryTable<V> exact;
    private final AtomicInteger size = new AtomicInteger();
    private final AtomicLong version = new AtomicLong();

    public PatternIndex() {
        this(0);
    }

    /** @param seed of the hash tables; a value that outsiders cannot guess keeps them from making patterns collide */
    public PatternIndex(long seed) {
        this.seed = seed;
        this.exact = EntryTable.empty(seed);
    }

    /** Number of patterns. Any thread. */
    public int size() {
        return size.getAcquire();
    }

    /** Rises after every change; what is matched after this value was read contains that change. Any thread. */
    public long version() {
        return version.getAcquire();
    }

    /** The value of exactly this pattern. Any thread. */
    public @Nullable V get(String pattern) {
        byte[] bytes = utf8(pattern);
        Entry<V> entry = exact.find(bytes, 0, bytes.length);
        if (entry != null) {
            return entry.value;
        }
        Entry.Node<V> node = root;
        int from = 0;
        while (true) {
            int end = Levels.end(bytes, from);
            switch (node.child(bytes, from, end)) {
                case null -> {
                    return null;
                }
                case Entry.Tail<V> tail -> {
                    return isRest(tail, bytes, from) ? tail.value : null;
                }
                case Entry.Exact<V> whole -> throw misplaced(whole);
                case Entry.Node<V> next -> {
                    if (end == bytes.length) {
                        return next.value;
                    }
                    node = next;
                    from = end + 1;
                }
            }
        }
    }

    /**
     * Gives the pattern a value, a new one if it has one. Writer only.
     *
     * @throws IllegalArgumentException if the pattern has tokens and more than {@link Pattern#LEVELS_MAX} levels
     */
    public void put(String pattern, V value) {
        byte[] bytes = utf8(pattern);
        boolean added;
        if (Levels.hasToken(bytes)) {
            int levels = Levels.count(bytes);
            if (levels > Pattern.LEVELS_MAX) {
                throw new IllegalArgumentException(
                        "a pattern with tokens has at most " + Pattern.LEVELS_MAX + " levels, not " + levels);
            }
            added = putBelow(root, bytes, 0, value);
        } else {
            Entry<V> entry = exact.find(bytes, 0, bytes.length);
            added = entry == null;
            if (entry == null) {
                exact = exact.with(new Entry.Exact<>(bytes, value), seed);
            } else {
                entry.value = value;
            }
        }
        changed(added ? 1 : 0);
    }

    private boolean putBelow(Entry.Node<V> start, byte[] pattern, int startFrom, V value) {
        Entry.Node<V> node = start;
        int from = startFrom;
        while (true) {
            int end = Levels.end(pattern, from);
            switch (node.child(pattern, from, end)) {
                case null -> {
                    node.put(new Entry.Tail<>(Arrays.copyOfRange(pattern, from, pattern.length), value), seed);
                    return true;
                }
                case Entry.Tail<V> tail -> {
                    if (isRest(tail, pattern, from)) {
                        tail.value = value;
                        return false;
                    }
                    // Built aside and linked by one write, so that a reader sees either the tail or the whole
                    // branching.
                    node.put(branching(tail, pattern, from, value), seed);
                    return true;
                }
                case Entry.Exact<V> whole -> throw misplaced(whole);
                case Entry.Node<V> next -> {
                    if (end == pattern.length) {
                        boolean added = next.value == null;
                        next.value = value;
                        return added;
                    }
                    node = next;
                    from = end + 1;
                }
            }
        }
    }

    /** A node for the first level that {@code tail} and the pattern from {@code from} on share, with both below it. */
    private Entry.Node<V> branching(Entry.Tail<V> tail, byte[] pattern, int from, V value) {
        int keyEnd = tail.keyEnd();
        Entry.Node<V> node = new Entry.Node<>(Arrays.copyOf(tail.bytes, keyEnd));
        V old = tail.value;
        if (old != null) {
            if (keyEnd == tail.bytes.length) {
                node.value = old;
            } else {
                putBelow(node, tail.bytes, keyEnd + 1, old);
            }
        }
        int end = Levels.end(pattern, from);
        if (end == pattern.length) {
            node.value = value;
        } else {
            putBelow(node, pattern, end + 1, value);
        }
        return node;
    }

    /** Takes the pattern out; nothing happens if it is not there. Writer only. */
    public void remove(String pattern) {
        if (get(pattern) == null) {
            return;
        }
        byte[] bytes = utf8(pattern);
        if (Levels.hasToken(bytes)) {
            removeBelow(root, bytes, 0);
        } else {
            exact = exact.removed(bytes, 0, bytes.length);
        }
        changed(-1);
    }

    private void removeBelow(Entry.Node<V> node, byte[] pattern, int from) {
        int end = Levels.end(pattern, from);
        Entry<V> child = node.child(pattern, from, end);
        Entry<V> kept = null;
        if (child instanceof Entry.Node<V> next) {
            if (end == pattern.length) {
                next.value = null;
            } else {
                removeBelow(next, pattern, end + 1);
            }
            kept = next.simplified();
        }
        if (kept == null) {
            node.remove(pattern, from, end);
        } else if (kept != child) {
            node.put(kept, seed);
        }
    }

    private void changed(int added) {
        size.setRelease(size.getPlain() + added);
        version.setRelease(version.getPlain() + 1);
    }

    /**
     * Adds the values of all patterns that match {@code name} to {@code out}, in no particular order. Any thread. While the writer changes what surrounds a pattern with a
     * {@code #} before its last level, another thread may be given its value twice.
     */
    public void match(Name name, List<? super V> out) {
        match(name.utf8(), out);
    }

    /** As {@link #match(Name, List)}, for a name that is only a text. */
    public void match(String name, List<? super V> out) {
        match(utf8(name), out);
    }

    private void match(byte[] name, List<? super V> out) {
        Entry<V> whole = exact.find(name, 0, name.length);
        if (whole != null) {
            add(whole.value, out);
        }
        matchBelow(root, name, 0, name.length > 0 && name[0] == Levels.RESERVED, out);
    }

    private void matchBelow(Entry.Node<V> node, byte[] name, int from, boolean reserved, List<? super V> out) {
        if (!reserved) {
            matchRest(node.rest, name, from, out);
        }
        if (from > name.length) {
            add(node.value, out);
            return;
        }
        int end = Levels.end(name, from);
        if (!reserved) {
            matchAt(node.one, name, end, out);
        }
        Children<V> named = node.named;
        if (named != null) {
            matchAt(named.find(name, from, end), name, end, out);
        }
    }

    /** @param end of the level that led to {@code entry} */
    private void matchAt(@Nullable Entry<V> entry, byte[] name, int end, List<? super V> out) {
        switch (entry) {
            case null -> {}
            case Entry.Tail<V> tail -> {
                if (Levels.match(tail.bytes, tail.keyEnd() + 1, name, end + 1)) {
                    add(tail.value, out);
                }
            }
            case Entry.Exact<V> whole -> throw misplaced(whole);
            case Entry.Node<V> node -> matchBelow(node, name, end + 1, false, out);
        }
    }

    /** What goes on with {@code #}. Where levels follow it, one pattern can match in several ways, which are told apart. */
    private void matchRest(@Nullable Entry<V> rest, byte[] name, int from, List<? super V> out) {
        switch (rest) {
            case null -> {}
            case Entry.Tail<V> tail -> {
                if (Levels.match(tail.bytes, 0, name, from)) {
                    add(tail.value, out);
                }
            }
            case Entry.Exact<V> whole -> throw misplaced(whole);
            case Entry.Node<V> node -> {
                if (node.one == null && node.rest == null && node.named == null) {
                    add(node.value, out);
                } else {
                    new Guesses<V>(name, out).rest(node, from);
                }
            }
        }
    }

    /** Calls {@code visitor} for every pattern, in no particular order. Any thread; exact only while nobody writes. */
    public void forEach(BiConsumer<? super String, ? super V> visitor) {
        exact.forEach(entry -> visit(entry, "", visitor));
        visitBelow(root, "", visitor);
    }

    private void visitBelow(Entry.Node<V> node, String prefix, BiConsumer<? super String, ? super V> visitor) {
        Entry<V> one = node.one;
        if (one != null) {
            visit(one, prefix, visitor);
        }
        Entry<V> rest = node.rest;
        if (rest != null) {
            visit(rest, prefix, visitor);
        }
        Children<V> named = node.named;
        if (named != null) {
            named.forEach(entry -> visit(entry, prefix, visitor));
        }
    }

    private void visit(Entry<V> entry, String prefix, BiConsumer<? super String, ? super V> visitor) {
        String path = prefix + new String(entry.bytes, StandardCharsets.UTF_8);
        V value = entry.value;
        if (value != null) {
            visitor.accept(path, value);
        }
        if (entry instanceof Entry.Node<V> node) {
            visitBelow(node, path + "/", visitor);
        }
    }

    private static boolean isRest(Entry<?> tail, byte[] pattern, int from) {
        return Arrays.equals(tail.bytes, 0, tail.bytes.length, pattern, from, pattern.length);
    }

    private static <V> void add(@Nullable V value, List<? super V> out) {
        if (value != null) {
            out.add(value);
        }
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static IllegalStateException misplaced(Entry<?> entry) {
        return new IllegalStateException(
                "a pattern without tokens in the tree: " + new String(entry.bytes, StandardCharsets.UTF_8));
    }

    /**
     * One match below a {@code #} that is followed by levels. Remembers each (entry, position) it was at, so that it takes at
     * most (entries) x (levels of the name) steps and adds no pattern twice.
     */
    private static final class Guesses<V> {
        private static final int ADDED = -1;

        private final byte[] name;
        private final List<? super V> out;
        private final Set<Place> seen = new HashSet<>();

        private record Place(Entry<?> entry, int at) {}

        Guesses(byte[] name, List<? super V> out) {
            this.name = name;
            this.out = out;
        }

        void rest(Entry.Node<V> node, int from) {
            addOnce(node);
            for (int at = from; ; at = Levels.end(name, at) + 1) {
                below(node, at);
                if (at > name.length) {
                    return;
                }
            }
        }

        private void below(Entry.Node<V> node, int from) {
            if (!seen.add(new Place(node, from))) {
                return;
            }
            switch (node.rest) {
                case null -> {}
                case Entry.Tail<V> tail -> {
                    if (Levels.match(tail.bytes, 0, name, from)) {
                        addOnce(tail);
                    }
                }
                case Entry.Exact<V> whole -> throw misplaced(whole);
                case Entry.Node<V> rest -> rest(rest, from);
            }
            if (from > name.length) {
                addOnce(node);
                return;
            }
            int end = Levels.end(name, from);
            at(node.one, end);
            Children<V> named = node.named;
            if (named != null) {
                at(named.find(name, from, end), end);
            }
        }

        private void at(@Nullable Entry<V> entry, int end) {
            switch (entry) {
                case null -> {}
                case Entry.Tail<V> tail -> {
                    if (Levels.match(tail.bytes, tail.keyEnd() + 1, name, end + 1)) {
                        addOnce(tail);
                    }
                }
                case Entry.Exact<V> whole -> throw misplaced(whole);
                case Entry.Node<V> node -> below(node, end + 1);
            }
        }

        private void addOnce(Entry<V> entry) {
            V value = entry.value;
            if (value != null && seen.add(new Place(entry, ADDED))) {
                out.add(value);
            }
        }
    }
}
