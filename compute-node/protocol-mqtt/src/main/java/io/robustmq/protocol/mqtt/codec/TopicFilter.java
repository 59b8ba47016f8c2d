package io.robustmq.protocol.mqtt.codec;

import java.util.Optional;

/**
 * A topic filter that keeps the rules of MQTT 5.0 §4.7: at least one character [MQTT-4.7.3-1], no U+0000
 * [MQTT-4.7.3-2], at most 65,535 bytes [MQTT-4.7.3-3], {@code #} only as a whole last level [MQTT-4.7.1-1], {@code +}
 * only as a whole level [MQTT-4.7.1-2].
 *
 * <p>A text that starts with {@code $share/} is a shared subscription and is read by {@link SharedSubscription}; as a
 * plain filter it would be valid too, which is why {@link SharedSubscription#isShared} is asked first.
 *
 * @param text the filter as it was sent
 */
public record TopicFilter(String text) {
    /**
     * Keeps a filter that is known to be valid.
     *
     * @throws IllegalArgumentException when it is not
     */
    public TopicFilter {
        if (!isValid(text)) {
            throw new IllegalArgumentException("topic filter breaks the rules of MQTT 5.0 section 4.7: " + text);
        }
    }

    /** The filter, or empty when the text breaks a rule. */
    public static Optional<TopicFilter> parse(String text) {
        return isValid(text) ? Optional.of(new TopicFilter(text)) : Optional.empty();
    }

    /** Whether the text is a topic filter. */
    public static boolean isValid(String text) {
        return !text.isEmpty() && wildcardsStandAlone(text) && Utf8.isEncodable(text);
    }

    /** Whether more than one topic name can match. */
    public boolean hasWildcards() {
        return TopicName.hasWildcard(text);
    }

    private static boolean wildcardsStandAlone(String text) {
        int last = text.length() - 1;
        for (int i = 0; i <= last; i++) {
            char unit = text.charAt(i);
            if (unit != '#' && unit != '+') {
                continue;
            }
            boolean startsLevel = i == 0 || text.charAt(i - 1) == '/';
            boolean endsLevel = i == last || (unit == '+' && text.charAt(i + 1) == '/');
            if (!startsLevel || !endsLevel) {
                return false;
            }
        }
        return true;
    }
}
