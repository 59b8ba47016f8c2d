package io.robustmq.kernel.testkit.platform;

import io.robustmq.kernel.Guarantee;
import org.jspecify.annotations.Nullable;

/** One subscription of one client from the request to its end, in true time. */
final class Interest {
    static final long NEVER = Long.MAX_VALUE;

    final String client;
    final String pattern;
    /** Shared with the other members of this group; empty: a subscription of one's own. */
    final String group;

    final Guarantee guarantee;
    final long askedAt;
    long grantedAt = NEVER;
    /** On which it was granted; null until then. */
    @Nullable ClientConnection grantedOn;

    /** From here on nothing is owed: unsubscribing or the end of the session was begun. */
    long endsAt = NEVER;

    Interest(String client, String pattern, String group, Guarantee guarantee, long askedAt) {
        this.client = client;
        this.pattern = pattern;
        this.group = group;
        this.guarantee = guarantee;
        this.askedAt = askedAt;
    }

    /** Whether the message certainly has to reach the client at least once. */
    boolean isOwed(SentMessage message) {
        return message.acknowledged()
                && !message.removes
                && message.lifetimeNanos == 0
                && message.sentAt > grantedAt
                && endsAt == NEVER
                && message.guarantee.atMost(guarantee) != Guarantee.AT_MOST_ONCE
                && matches(pattern, message.topic);
    }

    /** MQTT 5.0 §4.7. */
    static boolean matches(String pattern, String topic) {
        String[] wanted = pattern.split("/", -1);
        String[] levels = topic.split("/", -1);
        for (int i = 0; i < wanted.length; i++) {
            if (wanted[i].equals("#")) {
                return true;
            }
            if (i >= levels.length || !(wanted[i].equals("+") || wanted[i].equals(levels[i]))) {
                return false;
            }
        }
        return wanted.length == levels.length;
    }
}
