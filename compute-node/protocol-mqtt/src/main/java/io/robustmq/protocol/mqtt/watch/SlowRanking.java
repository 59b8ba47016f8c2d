package io.robustmq.protocol.mqtt.watch;

import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The slowest subscribers of one home loop, bounded. Loop only. */
final class SlowRanking {
    private record Key(String clientId, String topic) {}

    private final SlowOptions options;
    private final Map<Key, SlowSubscription> entries = new HashMap<>();
    /** While the ranking is full, a delivery that is not slower than this changes nothing. */
    private long floorMillis;

    SlowRanking(SlowOptions options) {
        this.options = options;
    }

    boolean isSlow(long latencyMillis) {
        return latencyMillis >= options.thresholdMillis();
    }

    void slow(String clientId, String topic, long latencyMillis, long nowMillis) {
        Key key = new Key(clientId, topic);
        SlowSubscription before = entries.get(key);
        if (before != null) {
            entries.put(
                    key,
                    new SlowSubscription(clientId, topic, Math.max(before.latencyMillis(), latencyMillis), nowMillis));
            return;
        }
        if (entries.size() >= options.topMax()) {
            if (latencyMillis <= floorMillis) {
                return;
            }
            makeRoom(nowMillis);
        }
        if (entries.size() < options.topMax()) {
            entries.put(key, new SlowSubscription(clientId, topic, latencyMillis, nowMillis));
        }
    }

    private void makeRoom(long nowMillis) {
        forgetOld(nowMillis);
        if (entries.size() < options.topMax()) {
            floorMillis = 0;
            return;
        }
        Map.Entry<Key, SlowSubscription> fastest = entries.entrySet().stream()
                .min(Map.Entry.comparingByValue(Comparator.comparingLong(SlowSubscription::latencyMillis)))
                .orElseThrow();
        floorMillis = fastest.getValue().latencyMillis();
        entries.remove(fastest.getKey());
    }

    private void forgetOld(long nowMillis) {
        entries.values().removeIf(one -> nowMillis - one.lastAtMillis() > options.expiryMillis());
    }

    List<SlowSubscription> entries(long nowMillis) {
        forgetOld(nowMillis);
        return List.copyOf(entries.values());
    }

    void clear() {
        entries.clear();
        floorMillis = 0;
    }
}
