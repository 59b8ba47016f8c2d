package io.robustmq.security.ban;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.LongSupplier;

/**
 * Counts per key how often something happened within a window that begins with the first occurrence. Keeps a bounded number
 * of keys; when there are more, windows that are over make room, and if none is, the new key is not counted: whoever brings so
 * many keys is not found by counting them. Any thread.
 *
 * @param <K> what is counted by
 */
public final class Occurrences<K> {
    private record Window(long beganNanos, int count) {}

    private final ConcurrentMap<K, Window> windows = new ConcurrentHashMap<>();
    private final long windowNanos;
    private final int keysMax;
    private final LongSupplier nanoTime;

    public Occurrences(long windowNanos, int keysMax, LongSupplier nanoTime) {
        if (windowNanos <= 0 || keysMax < 1) {
            throw new IllegalArgumentException(
                    "windowNanos and keysMax must be positive: " + windowNanos + ", " + keysMax);
        }
        this.windowNanos = windowNanos;
        this.keysMax = keysMax;
        this.nanoTime = nanoTime;
    }

    /** It happened; how often so far in the window, 0 if it is not counted. */
    public int add(K key) {
        long now = nanoTime.getAsLong();
        if (!windows.containsKey(key) && windows.size() >= keysMax) {
            windows.values().removeIf(window -> isOver(window, now));
            if (windows.size() >= keysMax) {
                return 0;
            }
        }
        Window counted = windows.compute(
                key,
                (_, window) -> window == null || isOver(window, now)
                        ? new Window(now, 1)
                        : new Window(window.beganNanos(), window.count() + 1));
        return counted.count();
    }

    /** How often it happened so far in the window. */
    public int count(K key) {
        Window window = windows.get(key);
        return window == null || isOver(window, nanoTime.getAsLong()) ? 0 : window.count();
    }

    /** Begins anew with this key. */
    public void forget(K key) {
        windows.remove(key);
    }

    private boolean isOver(Window window, long now) {
        return now - window.beganNanos() > windowNanos;
    }
}
