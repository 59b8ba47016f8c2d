package io.robustmq.protocol.mqtt.rewrite;

import io.robustmq.protocol.mqtt.codec.TopicFilter;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;

/**
 * One rule of the rewrite, in the form that users of EMQX know.
 *
 * @param action what it applies to
 * @param source the topic filter that a name (or, level by level, a filter) must match for the rule to be the one that decides
 * @param expression is searched in the topic; without a find the topic stays as it is
 * @param target the new topic: {@code $1} to {@code $9} stand for the groups of the expression, {@code ${clientid}} and {@code ${username}} for the client's
 */
public record RewriteRule(Action action, String source, Pattern expression, String target) {
    private static final String CLIENT_ID = "${clientid}";
    private static final String USER_NAME = "${username}";

    /** Which packets a rule applies to. */
    public enum Action {
        /** PUBLISH and wills. */
        PUBLISH,
        /** SUBSCRIBE and UNSUBSCRIBE. */
        SUBSCRIBE,
        ALL
    }

    /** @throws IllegalArgumentException naming the offender */
    public RewriteRule {
        Objects.requireNonNull(action, "action");
        Objects.requireNonNull(expression, "expression");
        if (!TopicFilter.isValid(source)) {
            throw new IllegalArgumentException("source is not a topic filter: " + source);
        }
        if (target.isEmpty()) {
            throw new IllegalArgumentException("target is empty");
        }
        int groups = expression.matcher("").groupCount();
        for (int at = target.indexOf('$'); at >= 0; at = target.indexOf('$', at + 1)) {
            int group = digitAfter(target, at);
            if (group > groups) {
                throw new IllegalArgumentException(
                        "target names group $" + group + ", the expression has " + groups + ": " + target);
            }
        }
    }

    /**
     * The rule with an expression as written by the user.
     *
     * @throws IllegalArgumentException naming the offender
     */
    public static RewriteRule of(Action action, String source, String expression, String target) {
        try {
            return new RewriteRule(action, source, Pattern.compile(expression), target);
        } catch (PatternSyntaxException wrong) {
            throw new IllegalArgumentException(
                    "expression is not a regular expression: " + wrong.getDescription() + ": " + expression, wrong);
        }
    }

    /** Whether the same topic becomes something else for another client. */
    boolean isPersonal() {
        return target.contains(CLIENT_ID) || target.contains(USER_NAME);
    }

    boolean appliesTo(Action wanted) {
        return action == Action.ALL || action == wanted;
    }

    /** What the topic becomes; itself if the expression is not found. */
    String rewritten(String topic, String clientId, @Nullable String userName) {
        Matcher found = expression.matcher(topic);
        if (!found.find()) {
            return topic;
        }
        StringBuilder out = new StringBuilder();
        int at = 0;
        while (at < target.length()) {
            int group = target.charAt(at) == '$' ? digitAfter(target, at) : -1;
            if (group >= 0) {
                String value = found.group(group);
                out.append(value == null ? "" : value);
                at += 2;
            } else if (target.startsWith(CLIENT_ID, at)) {
                out.append(clientId);
                at += CLIENT_ID.length();
            } else if (target.startsWith(USER_NAME, at)) {
                out.append(userName == null ? "" : userName);
                at += USER_NAME.length();
            } else {
                out.append(target.charAt(at++));
            }
        }
        return out.toString();
    }

    private static int digitAfter(String text, int dollar) {
        int next = dollar + 1;
        return next < text.length() && text.charAt(next) >= '0' && text.charAt(next) <= '9'
                ? text.charAt(next) - '0'
                : -1;
    }
}
