package io.robustmq.acceptance.clients;

import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * What MQTT 5 adds to a publish.
 *
 * @param expirySeconds absent for a message that does not expire
 * @param correlation text, sent as its UTF-8 bytes; null for none
 */
record Extra(
        List<Map.Entry<String, String>> user,
        OptionalLong expirySeconds,
        @Nullable String responseTopic,
        @Nullable String correlation,
        OptionalInt alias,
        List<Integer> subscriptions) {
    static final Extra NONE = new Extra(List.of(), OptionalLong.empty(), null, null, OptionalInt.empty(), List.of());

    static Extra user(List<Map.Entry<String, String>> user) {
        return new Extra(user, OptionalLong.empty(), null, null, OptionalInt.empty(), List.of());
    }

    static Extra expiry(long seconds) {
        return new Extra(List.of(), OptionalLong.of(seconds), null, null, OptionalInt.empty(), List.of());
    }

    static Extra request(@Nullable String responseTopic, @Nullable String correlation) {
        return new Extra(List.of(), OptionalLong.empty(), responseTopic, correlation, OptionalInt.empty(), List.of());
    }

    static Extra alias(int alias) {
        return new Extra(List.of(), OptionalLong.empty(), null, null, OptionalInt.of(alias), List.of());
    }
}
