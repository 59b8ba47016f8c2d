package io.robustmq.protocol.mqtt.codec;

import java.util.Optional;

/**
 * A shared subscription {@code $share/GROUP/FILTER} (MQTT 5.0 §4.8.2). The older versions do not define the form; it is
 * read in the same way for their clients.
 *
 * @param group the share name: at least one character, without {@code /}, {@code +} and {@code #} [MQTT-4.8.2-1],
 *     [MQTT-4.8.2-2]
 * @param filter the topic filter that the members of the group share
 */
public record SharedSubscription(String group, TopicFilter filter) {
    private static final String PREFIX = "$share/";

    /**
     * Keeps a group name that is known to be valid.
     *
     * @throws IllegalArgumentException when it is not
     */
    public SharedSubscription {
        if (!isValidGroup(group)) {
            throw new IllegalArgumentException("share name breaks the rules of MQTT 5.0 section 4.8.2: " + group);
        }
    }

    /** Whether a SUBSCRIBE or UNSUBSCRIBE means a shared subscription with this text, be it a valid one or not. */
    public static boolean isShared(String text) {
        return text.startsWith(PREFIX);
    }

    /** The group and the filter of a shared subscription, or empty when the text is not a valid one. */
    public static Optional<SharedSubscription> parse(String text) {
        if (!isShared(text)) {
            return Optional.empty();
        }
        int groupEnd = text.indexOf('/', PREFIX.length());
        if (groupEnd < 0 || !isValidGroup(text.substring(PREFIX.length(), groupEnd))) {
            return Optional.empty();
        }
        String group = text.substring(PREFIX.length(), groupEnd);
        return TopicFilter.parse(text.substring(groupEnd + 1)).map(filter -> new SharedSubscription(group, filter));
    }

    /** The form in which the subscription travels. */
    public String text() {
        return PREFIX + group + '/' + filter.text();
    }

    private static boolean isValidGroup(String group) {
        return !group.isEmpty() && group.indexOf('/') < 0 && TopicName.isValid(group);
    }
}
