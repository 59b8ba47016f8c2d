package io.robustmq.protocol.mqtt.connection;

import io.robustmq.protocol.mqtt.codec.ReasonCode;
import io.robustmq.protocol.mqtt.codec.SharedSubscription;
import io.robustmq.protocol.mqtt.codec.TopicFilter;
import org.jspecify.annotations.Nullable;

/** What the text of a topic filter asks for (MQTT 5.0 §4.7, §4.8.2). */
sealed interface FilterReading {
    /** The form that clients of EMQX know: one group for all who use it. */
    String QUEUE_PREFIX = "$queue/";

    /** The group of {@link #QUEUE_PREFIX}; a share name cannot hold a slash, so none is the same. */
    String QUEUE_GROUP = "$queue/";

    /**
     * A filter that can be subscribed to.
     *
     * @param group null for a subscription of one's own
     */
    record Understood(String pattern, @Nullable String group) implements FilterReading {}

    /** One that cannot. */
    record Invalid(ReasonCode reason) implements FilterReading {}

    /** Reads a filter as sent. */
    static FilterReading of(String text, TopicRules rules) {
        String pattern = text;
        String group = null;
        if (SharedSubscription.isShared(text)) {
            SharedSubscription shared = SharedSubscription.parse(text).orElse(null);
            if (shared == null) {
                return new Invalid(ReasonCode.TOPIC_FILTER_INVALID);
            }
            pattern = shared.filter().text();
            group = shared.group();
        } else if (text.startsWith(QUEUE_PREFIX)) {
            pattern = text.substring(QUEUE_PREFIX.length());
            group = QUEUE_GROUP;
        }
        if (!TopicFilter.isValid(pattern) || !rules.isWithinLimits(pattern)) {
            return new Invalid(ReasonCode.TOPIC_FILTER_INVALID);
        }
        return new Understood(pattern, group);
    }
}
