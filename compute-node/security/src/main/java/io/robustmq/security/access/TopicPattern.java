package io.robustmq.security.access;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The topics of a rule: a topic filter (MQTT 5.0 §4.7) that may hold {@code ${clientid}}, {@code ${username}} and
 * {@code ${cert_cn}}, or the very text of a topic or filter.
 *
 * <p>A rule that allows has to <em>cover</em> what a client subscribes to; a rule that denies only has to <em>overlap</em>
 * it. So nobody gets around a denied {@code a/secret} by subscribing {@code a/+} or {@code #}.
 *
 * <p>What a client chose itself is never read as more than one level: a value that is empty or holds {@code /}, {@code +} or
 * {@code #} makes a rule that allows say nothing, and counts as {@code +} in a rule that denies.
 *
 * @param text the filter
 * @param literal whether only that very text is meant ({@code eq})
 */
public record TopicPattern(String text, boolean literal) {
    private static final String CLIENT_ID = "${clientid}";
    private static final String USER_NAME = "${username}";
    private static final String CERTIFICATE_NAME = "${cert_cn}";
    private static final int BYTES_MAX = 65_535;

    /** @throws IllegalArgumentException with a sentence that says what is wrong */
    public TopicPattern {
        Objects.requireNonNull(text, "text");
        if (text.isEmpty() || text.length() > BYTES_MAX || text.indexOf('\0') >= 0) {
            throw new IllegalArgumentException(
                    "a topic filter must have 1.." + BYTES_MAX + " characters, none of them U+0000");
        }
        if (!literal) {
            requireFilter(text);
        }
    }

    private static void requireFilter(String text) {
        String[] levels = text.split("/", -1);
        for (int i = 0; i < levels.length; i++) {
            String level = levels[i];
            if (level.indexOf('#') >= 0 && (level.length() > 1 || i != levels.length - 1)) {
                throw new IllegalArgumentException("# must be the whole of the last level: " + text);
            }
            if (level.indexOf('+') >= 0 && level.length() > 1) {
                throw new IllegalArgumentException("+ must be the whole of a level: " + text);
            }
            requireKnownPlaceholders(level, text);
        }
    }

    private static void requireKnownPlaceholders(String level, String text) {
        String rest = level.replace(CLIENT_ID, "").replace(USER_NAME, "").replace(CERTIFICATE_NAME, "");
        if (rest.contains("${")) {
            throw new IllegalArgumentException("only ${clientid}, ${username} and ${cert_cn} are known: " + text);
        }
    }

    /** Whether a publish to the topic by this client is meant. */
    boolean meansTopic(String topic, Subject subject, Effect effect) {
        if (literal) {
            return text.equals(topic);
        }
        String filter = bound(subject, effect);
        return filter != null && covers(filter, topic);
    }

    /** Whether a subscription of this client to the filter is meant. */
    boolean meansFilter(String subscribed, Subject subject, Effect effect) {
        if (literal) {
            return text.equals(subscribed);
        }
        String filter = bound(subject, effect);
        if (filter == null) {
            return false;
        }
        return switch (effect) {
            case ALLOW -> covers(filter, subscribed);
            case DENY -> overlaps(filter, subscribed);
        };
    }

    /** Whether every topic that {@code inner} (a filter or a name) can match is matched by {@code outer}. */
    static boolean covers(String outer, String inner) {
        if (startsWithWildcard(outer) && inner.startsWith("$")) {
            return false;
        }
        int outerAt = 0;
        int innerAt = 0;
        while (true) {
            int outerEnd = levelEnd(outer, outerAt);
            if (isLevel(outer, outerAt, outerEnd, '#')) {
                return true;
            }
            int innerEnd = levelEnd(inner, innerAt);
            if (isLevel(inner, innerAt, innerEnd, '#')
                    || !(isLevel(outer, outerAt, outerEnd, '+')
                            || sameLevel(outer, outerAt, outerEnd, inner, innerAt, innerEnd))) {
                return false;
            }
            boolean outerDone = outerEnd == outer.length();
            boolean innerDone = innerEnd == inner.length();
            if (innerDone) {
                // a/# matches a itself (MQTT 5.0 §4.7.1.2).
                return outerDone || (outer.length() == outerEnd + 2 && outer.charAt(outerEnd + 1) == '#');
            }
            if (outerDone) {
                return false;
            }
            outerAt = outerEnd + 1;
            innerAt = innerEnd + 1;
        }
    }

    /** Whether there is a topic that both match. */
    static boolean overlaps(String one, String other) {
        if ((startsWithWildcard(one) && other.startsWith("$")) || (startsWithWildcard(other) && one.startsWith("$"))) {
            return false;
        }
        int oneAt = 0;
        int otherAt = 0;
        while (true) {
            int oneEnd = levelEnd(one, oneAt);
            int otherEnd = levelEnd(other, otherAt);
            if (isLevel(one, oneAt, oneEnd, '#') || isLevel(other, otherAt, otherEnd, '#')) {
                return true;
            }
            boolean level = isLevel(one, oneAt, oneEnd, '+')
                    || isLevel(other, otherAt, otherEnd, '+')
                    || sameLevel(one, oneAt, oneEnd, other, otherAt, otherEnd);
            if (!level) {
                return false;
            }
            boolean oneDone = oneEnd == one.length();
            boolean otherDone = otherEnd == other.length();
            if (oneDone || otherDone) {
                return (oneDone && otherDone) || (oneDone ? endsInRest(other, otherEnd) : endsInRest(one, oneEnd));
            }
            oneAt = oneEnd + 1;
            otherAt = otherEnd + 1;
        }
    }

    private static boolean endsInRest(String filter, int end) {
        return filter.length() == end + 2 && filter.charAt(end + 1) == '#';
    }

    private static boolean startsWithWildcard(String filter) {
        char first = filter.isEmpty() ? ' ' : filter.charAt(0);
        return first == '#' || first == '+';
    }

    private static int levelEnd(String text, int from) {
        int slash = text.indexOf('/', from);
        return slash < 0 ? text.length() : slash;
    }

    private static boolean isLevel(String text, int from, int to, char wildcard) {
        return to == from + 1 && text.charAt(from) == wildcard;
    }

    private static boolean sameLevel(String one, int from, int to, String other, int otherFrom, int otherTo) {
        return to - from == otherTo - otherFrom && one.regionMatches(from, other, otherFrom, to - from);
    }

    /** The filter for this client; null if the rule says nothing of it. */
    private @Nullable String bound(Subject subject, Effect effect) {
        if (text.indexOf("${") < 0) {
            return text;
        }
        StringBuilder filter = new StringBuilder();
        for (String level : text.split("/", -1)) {
            String value = bound(level, subject);
            boolean first = filter.isEmpty();
            // What a client chose must not make topics of the server out of a rule that does not name them.
            boolean reserved = first && value != null && value.startsWith("$") && level.startsWith("${");
            if (value == null || reserved) {
                if (effect == Effect.ALLOW) {
                    return null;
                }
                value = "+";
            }
            filter.append(value).append('/');
        }
        filter.setLength(filter.length() - 1);
        return filter.toString();
    }

    /** The level with its placeholders filled in; null if a value cannot be part of a level. */
    private static @Nullable String bound(String level, Subject subject) {
        int at = level.indexOf("${");
        if (at < 0) {
            return level;
        }
        StringBuilder filled = new StringBuilder();
        int done = 0;
        while (at >= 0) {
            int end = level.indexOf('}', at) + 1;
            String placeholder = level.substring(at, end);
            String value = switch (placeholder) {
                case CLIENT_ID -> subject.clientId();
                case USER_NAME -> subject.userName();
                case CERTIFICATE_NAME -> subject.certificateName();
                default -> throw new IllegalStateException("a placeholder that was not refused: " + placeholder);
            };
            if (value == null || !isWithinALevel(value)) {
                return null;
            }
            filled.append(level, done, at).append(value);
            done = end;
            at = level.indexOf("${", done);
        }
        filled.append(level, done, level.length());
        return filled.toString();
    }

    private static boolean isWithinALevel(String value) {
        return !value.isEmpty()
                && value.indexOf('/') < 0
                && value.indexOf('+') < 0
                && value.indexOf('#') < 0
                && value.indexOf('\0') < 0;
    }
}
