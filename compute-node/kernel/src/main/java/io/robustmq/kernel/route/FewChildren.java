package io.robustmq.kernel.route;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Two to {@link #COUNT_MAX} entries; every change makes a new one. */
final class FewChildren<V> implements Children<V> {
    static final int COUNT_MAX = 8;

    private final List<Entry<V>> entries;

    private FewChildren(List<Entry<V>> entries) {
        this.entries = entries;
    }

    static <V> FewChildren<V> of(Entry<V> first, Entry<V> second) {
        return new FewChildren<>(List.of(first, second));
    }

    static <V> FewChildren<V> of(List<Entry<V>> entries) {
        return new FewChildren<>(List.copyOf(entries));
    }

    @Override
    public @Nullable Entry<V> find(byte[] bytes, int from, int to) {
        for (int i = 0; i < entries.size(); i++) {
            Entry<V> entry = entries.get(i);
            if (entry.isKeyedBy(bytes, from, to)) {
                return entry;
            }
        }
        return null;
    }

    @Override
    public Children<V> with(Entry<V> entry, long seed) {
        List<Entry<V>> changed = except(entry.bytes, 0, entry.keyEnd());
        changed.add(entry);
        return changed.size() <= COUNT_MAX ? of(changed) : EntryTable.of(changed, seed);
    }

    @Override
    public Children<V> without(byte[] bytes, int from, int to) {
        List<Entry<V>> changed = except(bytes, from, to);
        return changed.size() == 1 ? changed.getFirst() : of(changed);
    }

    private List<Entry<V>> except(byte[] bytes, int from, int to) {
        List<Entry<V>> kept = new ArrayList<>(entries.size() + 1);
        for (Entry<V> entry : entries) {
            if (!entry.isKeyedBy(bytes, from, to)) {
                kept.add(entry);
            }
        }
        return kept;
    }

    @Override
    public @Nullable Entry<V> only() {
        return null;
    }

    @Override
    public void forEach(Consumer<? super Entry<V>> visitor) {
        entries.forEach(visitor);
    }
}
