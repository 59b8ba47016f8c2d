package io.robustmq.security.access;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Rules as tokens and callbacks carry them, already read from JSON into maps, lists, texts, numbers and booleans. Both forms
 * of EMQX are understood:
 *
 * <pre>
 *   {"pub": ["a/#"], "sub": ["b/+"], "all": ["c/${clientid}"]}             allowed, everything else denied
 *   [{"permission": "allow", "action": "publish", "topic": "a/#", "qos": [0,1], "retain": false}, ...]
 * </pre>
 *
 * A topic that begins with {@code "eq "} is meant to the letter.
 */
public final class RuleClaims {
    /** Most rules that one client may bring along. */
    public static final int RULES_MAX = 1_000;

    private static final Who EVERYBODY = new Who.Everybody();

    private RuleClaims() {}

    /**
     * Reads the claim.
     *
     * @throws RuleSyntaxException when it has neither form; then nobody knows what was meant to be denied
     */
    public static List<Rule> parse(@Nullable Object claim) throws RuleSyntaxException {
        List<Rule> rules = new ArrayList<>();
        try {
            switch (claim) {
                case null -> {
                    return List.of();
                }
                case Map<?, ?> lists -> fromLists(lists, rules);
                case List<?> objects -> {
                    for (Object object : objects) {
                        rules.add(fromObject(object));
                    }
                }
                default -> throw new RuleSyntaxException("rules are an object or a list");
            }
        } catch (IllegalArgumentException wrong) {
            throw new RuleSyntaxException(String.valueOf(wrong.getMessage()), wrong);
        }
        if (rules.size() > RULES_MAX) {
            throw new RuleSyntaxException("more than " + RULES_MAX + " rules");
        }
        return List.copyOf(rules);
    }

    private static void fromLists(Map<?, ?> lists, List<Rule> rules) throws RuleSyntaxException {
        for (Map.Entry<?, ?> entry : lists.entrySet()) {
            Set<Action> actions = switch (String.valueOf(entry.getKey())) {
                case "pub" -> EnumSet.of(Action.PUBLISH);
                case "sub" -> EnumSet.of(Action.SUBSCRIBE);
                case "all" -> EnumSet.allOf(Action.class);
                case String other -> throw new RuleSyntaxException("lists are pub, sub and all, not " + other);
            };
            List<TopicPattern> topics = topics(entry.getValue());
            if (!topics.isEmpty()) {
                rules.add(new Rule(Effect.ALLOW, EVERYBODY, actions, Rule.ANY_QUALITY, Optional.empty(), topics));
            }
        }
        rules.addAll(denyRest());
    }

    /** Lists of what is allowed are complete: what is not in them is denied. */
    private static List<Rule> denyRest() {
        return List.of(new Rule(
                Effect.DENY,
                EVERYBODY,
                EnumSet.allOf(Action.class),
                Rule.ANY_QUALITY,
                Optional.empty(),
                List.of(new TopicPattern("#", false), new TopicPattern("$SYS/#", false))));
    }

    private static Rule fromObject(@Nullable Object object) throws RuleSyntaxException {
        if (!(object instanceof Map<?, ?> fields)) {
            throw new RuleSyntaxException("a rule is an object");
        }
        Effect effect = switch (String.valueOf(fields.get("permission"))) {
            case "allow" -> Effect.ALLOW;
            case "deny" -> Effect.DENY;
            case String other -> throw new RuleSyntaxException("permission is allow or deny, not " + other);
        };
        Object action = fields.get("action");
        Set<Action> actions = switch (action == null ? "all" : String.valueOf(action)) {
            case "publish", "pub" -> EnumSet.of(Action.PUBLISH);
            case "subscribe", "sub" -> EnumSet.of(Action.SUBSCRIBE);
            case "all" -> EnumSet.allOf(Action.class);
            case String other -> throw new RuleSyntaxException("action is publish, subscribe or all, not " + other);
        };
        Object topic = fields.containsKey("topics") ? fields.get("topics") : fields.get("topic");
        return new Rule(
                effect, EVERYBODY, actions, qualities(fields.get("qos")), retain(fields.get("retain")), topics(topic));
    }

    private static List<TopicPattern> topics(@Nullable Object topics) throws RuleSyntaxException {
        List<TopicPattern> patterns = new ArrayList<>();
        List<?> texts = topics instanceof List<?> list ? list : topics == null ? List.of() : List.of(topics);
        for (Object text : texts) {
            if (!(text instanceof String filter)) {
                throw new RuleSyntaxException("a topic is a text");
            }
            boolean literal = filter.startsWith("eq ");
            patterns.add(new TopicPattern(literal ? filter.substring("eq ".length()) : filter, literal));
        }
        return patterns;
    }

    private static Set<Integer> qualities(@Nullable Object qualities) throws RuleSyntaxException {
        if (qualities == null) {
            return Rule.ANY_QUALITY;
        }
        Set<Integer> numbers = new TreeSet<>();
        for (Object quality : qualities instanceof List<?> list ? list : List.of(qualities)) {
            switch (String.valueOf(quality)) {
                case "0" -> numbers.add(0);
                case "1" -> numbers.add(1);
                case "2" -> numbers.add(2);
                case String other -> throw new RuleSyntaxException("qos is 0, 1 or 2, not " + other);
            }
        }
        return numbers;
    }

    private static Optional<Boolean> retain(@Nullable Object retain) throws RuleSyntaxException {
        return switch (retain == null ? "all" : String.valueOf(retain)) {
            case "all" -> Optional.empty();
            case "true", "1" -> Optional.of(true);
            case "false", "0" -> Optional.of(false);
            case String other -> throw new RuleSyntaxException("retain is true, false or all, not " + other);
        };
    }
}
