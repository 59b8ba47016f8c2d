package io.robustmq.protocol.mqtt.rewrite;

import io.robustmq.protocol.mqtt.rewrite.RewriteRule.Action;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * All rules. As with EMQX the last rule whose source matches decides alone: rules that come later in the configuration are the more special ones, and if the expression of the one that decides is not
 * found the topic stays as it is. A topic is rewritten once.
 */
public final class TopicRewrite {
    /** Leaves every topic as it is. */
    public static final TopicRewrite NONE = new TopicRewrite(List.of());

    private final List<RewriteRule> publish;
    private final List<RewriteRule> subscribe;
    private final boolean personal;

    /** @param rules in the order of the configuration */
    public TopicRewrite(List<RewriteRule> rules) {
        List<RewriteRule> latestFirst = rules.reversed();
        publish = latestFirst.stream()
                .filter(rule -> rule.appliesTo(Action.PUBLISH))
                .toList();
        subscribe = latestFirst.stream()
                .filter(rule -> rule.appliesTo(Action.SUBSCRIBE))
                .toList();
        personal = publish.stream().anyMatch(RewriteRule::isPersonal);
    }

    /** Whether any rule concerns publishes. */
    public boolean touchesPublishes() {
        return !publish.isEmpty();
    }

    /** Whether what a published name becomes depends on the client, so that it cannot be remembered for all of them. */
    public boolean isPersonal() {
        return personal;
    }

    /** The name to publish under. It may break the rules for names: what a rule makes is to be checked like what a client sends. */
    public String published(String name, String clientId, @Nullable String userName) {
        return rewritten(publish, name, clientId, userName);
    }

    /** The filter to subscribe to or unsubscribe from, of which the group of a shared subscription is no part; to be checked like {@link #published}. */
    public String subscribed(String filter, String clientId, @Nullable String userName) {
        return rewritten(subscribe, filter, clientId, userName);
    }

    private static String rewritten(
            List<RewriteRule> latestFirst, String topic, String clientId, @Nullable String userName) {
        for (RewriteRule rule : latestFirst) {
            if (covers(rule.source(), topic)) {
                return rule.rewritten(topic, clientId, userName);
            }
        }
        return topic;
    }

    /** Whether the source takes the topic, level by level; a wildcard in the topic is a level like any other, so {@code +} takes it and a name does not (MQTT 5.0 §4.7.1). */
    static boolean covers(String source, String topic) {
        boolean startsWithWildcard = source.charAt(0) == '+' || source.charAt(0) == '#';
        if (startsWithWildcard && topic.startsWith("$")) {
            return false;
        }
        int s = 0;
        int t = 0;
        while (true) {
            int sourceEnd = levelEnd(source, s);
            int topicEnd = levelEnd(topic, t);
            int length = sourceEnd - s;
            boolean single = length == 1 && source.charAt(s) == '+';
            if (length == 1 && source.charAt(s) == '#') {
                return true;
            }
            if (!single && (length != topicEnd - t || !source.regionMatches(s, topic, t, length))) {
                return false;
            }
            boolean sourceDone = sourceEnd == source.length();
            boolean topicDone = topicEnd == topic.length();
            if (topicDone) {
                // "a/#" takes "a" as well.
                return sourceDone || source.startsWith("/#", sourceEnd);
            }
            if (sourceDone) {
                return false;
            }
            s = sourceEnd + 1;
            t = topicEnd + 1;
        }
    }

    private static int levelEnd(String text, int from) {
        int slash = text.indexOf('/', from);
        return slash < 0 ? text.length() : slash;
    }
}
