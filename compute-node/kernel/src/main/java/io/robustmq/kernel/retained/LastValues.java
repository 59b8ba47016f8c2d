package io.robustmq.kernel.retained;

import io.robustmq.kernel.route.Pattern;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Rows by name, with look-up by pattern. Replacing and reading the row of a known name is one hash look-up; only new and removed
 * names touch the order. Loop-confined.
 *
 * @param <R> what is kept with a name
 */
public final class LastValues<R> {
    private final Map<String, Kept<R>> byName = new HashMap<>();
    private final TreeMap<String, Kept<R>> inOrder = new TreeMap<>(NameOrder.INSTANCE);

    private static final class Kept<R> {
        R row;

        Kept(R row) {
            this.row = row;
        }
    }

    /** Keeps {@code row} as the last value of {@code name}; returns the one before. */
    public @Nullable R put(String name, R row) {
        Objects.requireNonNull(row, "row");
        Kept<R> kept = byName.get(name);
        if (kept == null) {
            Kept<R> added = new Kept<>(row);
            byName.put(name, added);
            inOrder.put(name, added);
            return null;
        }
        R before = kept.row;
        kept.row = row;
        return before;
    }

    /** Forgets the last value of {@code name} and returns it. */
    public @Nullable R remove(String name) {
        Kept<R> kept = byName.remove(name);
        if (kept == null) {
            return null;
        }
        inOrder.remove(name);
        return kept.row;
    }

    /** The last value of {@code name}. */
    public @Nullable R get(String name) {
        Kept<R> kept = byName.get(name);
        return kept == null ? null : kept.row;
    }

    /** Number of names with a last value. */
    public int size() {
        return byName.size();
    }

    /** Visits everything kept, in no particular order; the visitor must not change this object. */
    public void forEach(BiConsumer<? super String, ? super R> visitor) {
        byName.forEach((name, kept) -> visitor.accept(name, kept.row));
    }

    /**
     * Begins a look-up of all names that {@code pattern} matches.
     *
     * @throws IllegalArgumentException as {@link Pattern#of}
     */
    public Cursor scan(String pattern) {
        return scan(pattern, "");
    }

    /**
     * As {@link #scan(String)}, of the names behind one.
     *
     * @param after a name, which need not have a last value; empty for all
     */
    public Cursor scan(String pattern, String after) {
        return new Cursor(new PatternRange(Pattern.of(pattern)), after.isEmpty() ? "" : NameOrder.after(after));
    }

    /**
     * A look-up under way. Between portions rows may come, change and go: a name that has a last value all the time is visited
     * exactly once, any other at most once. Subtrees that cannot be matched are stepped over.
     */
    public final class Cursor {
        /** Names looked at per name asked for; bounds a portion of a pattern that rarely matches. */
        static final int LOOKS_PER_VISIT = 4;

        private final PatternRange range;

        /** The lowest name not looked at yet; null when done. */
        private @Nullable String position;

        /** The highest name looked at. */
        private @Nullable String lookedAt;

        private Cursor(PatternRange range, String from) {
            this.range = range;
            this.position = from;
        }

        /** The highest name looked at, behind which another cursor may go on; empty when done. */
        public Optional<String> lookedAt() {
            return position == null ? Optional.empty() : Optional.ofNullable(lookedAt);
        }

        /** Whether all names were visited. */
        public boolean done() {
            return position == null;
        }

        /**
         * Visits the next names, in the order of a walk through the tree of levels; possibly none, even if there are more.
         *
         * @param max most names to visit, at least 1
         * @param visitor must not change this object
         * @return whether to go on; false when done
         */
        public boolean next(int max, BiConsumer<? super String, ? super R> visitor) {
            if (max < 1) {
                throw new IllegalArgumentException("max " + max);
            }
            int visited = 0;
            long looks = (long) max * LOOKS_PER_VISIT;
            String target = position == null ? null : range.atOrAfter(position);
            while (target != null && visited < max && looks > 0) {
                Iterator<Map.Entry<String, Kept<R>>> names =
                        inOrder.tailMap(target).entrySet().iterator();
                String skipTo = null;
                while (skipTo == null && visited < max && looks > 0) {
                    if (!names.hasNext()) {
                        position = null;
                        return false;
                    }
                    Map.Entry<String, Kept<R>> entry = names.next();
                    looks--;
                    String name = entry.getKey();
                    lookedAt = name;
                    String candidate = range.atOrAfter(name);
                    if (candidate == null) {
                        position = null;
                        return false;
                    }
                    if (!candidate.equals(name)) {
                        skipTo = candidate;
                    } else {
                        if (range.matchesCandidate(name)) {
                            visitor.accept(name, entry.getValue().row);
                            visited++;
                        }
                        target = NameOrder.after(name);
                    }
                }
                if (skipTo != null) {
                    target = skipTo;
                }
            }
            position = target;
            return target != null;
        }
    }
}
