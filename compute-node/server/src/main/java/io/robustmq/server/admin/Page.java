package io.robustmq.server.admin;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Collects a page out of a walk that comes in no order: the first entries by their key behind a cursor. It holds one entry more than the page has, whatever passes. Not thread-safe.
 *
 * @param <T> an entry
 */
final class Page<T> {
    private final String after;
    private final int limit;
    private final TreeMap<String, T> entries = new TreeMap<>();

    Page(String after, int limit) {
        this.after = after;
        this.limit = limit;
    }

    /** Whether an entry with this key can be on the page, as far as is known. May be asked on another thread while this one waits for the answer. */
    boolean takes(String key) {
        return key.compareTo(after) > 0 && (entries.size() <= limit || key.compareTo(entries.lastKey()) < 0);
    }

    /** A later word about the same key replaces an earlier one. */
    void add(String key, T entry) {
        if (takes(key) || entries.containsKey(key)) {
            entries.put(key, entry);
            if (entries.size() > limit + 1) {
                entries.pollLastEntry();
            }
        }
    }

    JsonObject toJson(Function<T, JsonObject> form) {
        boolean more = entries.size() > limit;
        JsonArray data = new JsonArray();
        String last = null;
        int count = 0;
        for (Map.Entry<String, T> entry : entries.entrySet()) {
            if (count++ == limit) {
                break;
            }
            data.add(form.apply(entry.getValue()));
            last = entry.getKey();
        }
        return of(data, limit, more ? last : null);
    }

    /** @param cursor where the next page begins; null if there is none */
    static JsonObject of(JsonArray data, int limit, @Nullable String cursor) {
        JsonObject meta =
                new JsonObject().put("count", data.size()).put("limit", limit).put("hasnext", cursor != null);
        if (cursor != null) {
            meta.put("cursor", cursor);
        }
        return new JsonObject().put("data", data).put("meta", meta);
    }
}
