package io.robustmq.kernel.route;

import java.util.Arrays;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One entry of the index: what lies below (or at) one level, or one exact pattern. */
abstract sealed class Entry<V> implements Children<V> permits Entry.Node, Entry.Tail, Entry.Exact {
    final byte[] bytes;

    /** The value of the pattern that ends here. */
    volatile @Nullable V value;

    private Entry(byte[] bytes, @Nullable V value) {
        this.bytes = bytes;
        this.value = value;
    }

    /** The key is {@code bytes[0..keyEnd)}. */
    abstract int keyEnd();

    abstract boolean isKeyedBy(byte[] path, int from, int to);

    @Override
    public final @Nullable Entry<V> find(byte[] path, int from, int to) {
        return isKeyedBy(path, from, to) ? this : null;
    }

    @Override
    public final Children<V> with(Entry<V> entry, long seed) {
        return isKeyedBy(entry.bytes, 0, entry.keyEnd()) ? entry : FewChildren.of(this, entry);
    }

    @Override
    public final @Nullable Children<V> without(byte[] path, int from, int to) {
        return null;
    }

    @Override
    public final Entry<V> only() {
        return this;
    }

    @Override
    public final void forEach(Consumer<? super Entry<V>> visitor) {
        visitor.accept(this);
    }

    /** All that remains of a single pattern: {@code bytes} are its levels from here on. */
    static final class Tail<V> extends Entry<V> {
        Tail(byte[] bytes, V value) {
            super(bytes, value);
        }

        @Override
        int keyEnd() {
            return Levels.end(bytes, 0);
        }

        @Override
        boolean isKeyedBy(byte[] path, int from, int to) {
            int length = to - from;
            return bytes.length >= length
                    && (bytes.length == length || bytes[length] == Levels.SEPARATOR)
                    && Arrays.equals(bytes, 0, length, path, from, to);
        }
    }

    /** A whole pattern without tokens. */
    static final class Exact<V> extends Entry<V> {
        Exact(byte[] bytes, V value) {
            super(bytes, value);
        }

        @Override
        int keyEnd() {
            return bytes.length;
        }

        @Override
        boolean isKeyedBy(byte[] path, int from, int to) {
            return Arrays.equals(bytes, 0, bytes.length, path, from, to);
        }
    }

    /** The level {@code bytes}, at which several patterns go on. */
    static final class Node<V> extends Entry<V> {
        /** Patterns that go on with {@code +}. */
        volatile @Nullable Entry<V> one;

        /** Patterns that go on with {@code #}. */
        volatile @Nullable Entry<V> rest;

        /** Patterns that go on with an ordinary level. */
        volatile @Nullable Children<V> named;

        Node(byte[] level) {
            super(level, null);
        }

        @Override
        int keyEnd() {
            return bytes.length;
        }

        @Override
        boolean isKeyedBy(byte[] path, int from, int to) {
            return Arrays.equals(bytes, 0, bytes.length, path, from, to);
        }

        /** What lies below the level {@code path[from..to)}, which may be a token. */
        @Nullable Entry<V> child(byte[] path, int from, int to) {
            if (Levels.isToken(path, from, to, Levels.ONE)) {
                return one;
            }
            if (Levels.isToken(path, from, to, Levels.REST)) {
                return rest;
            }
            Children<V> children = named;
            return children == null ? null : children.find(path, from, to);
        }

        /** Writer only: adds {@code entry}, or puts it in the place of the one with its key. */
        void put(Entry<V> entry, long seed) {
            int end = entry.keyEnd();
            if (Levels.isToken(entry.bytes, 0, end, Levels.ONE)) {
                one = entry;
            } else if (Levels.isToken(entry.bytes, 0, end, Levels.REST)) {
                rest = entry;
            } else {
                Children<V> children = named;
                named = children == null ? entry : children.with(entry, seed);
            }
        }

        /** Writer only: takes out what lies below the level {@code path[from..to)}. */
        void remove(byte[] path, int from, int to) {
            if (Levels.isToken(path, from, to, Levels.ONE)) {
                one = null;
            } else if (Levels.isToken(path, from, to, Levels.REST)) {
                rest = null;
            } else {
                Children<V> children = named;
                if (children != null) {
                    named = children.without(path, from, to);
                }
            }
        }

        /** Writer only: the smallest entry that stands for the same patterns; null if there are none left. */
        @Nullable Entry<V> simplified() {
            V own = value;
            Entry<V> below = null;
            int several = 0;
            if (one != null) {
                below = one;
                several++;
            }
            if (rest != null) {
                below = rest;
                several++;
            }
            Children<V> children = named;
            if (children != null) {
                below = children.only();
                several += below == null ? 2 : 1;
            }
            if (several == 0) {
                return own == null ? null : new Tail<>(bytes, own);
            }
            if (several == 1 && own == null && below instanceof Tail<V> tail) {
                V only = tail.value;
                byte[] joined = Arrays.copyOf(bytes, bytes.length + 1 + tail.bytes.length);
                joined[bytes.length] = Levels.SEPARATOR;
                System.arraycopy(tail.bytes, 0, joined, bytes.length + 1, tail.bytes.length);
                return only == null ? null : new Tail<>(joined, only);
            }
            return this;
        }
    }
}
