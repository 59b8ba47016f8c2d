package io.robustmq.security.access;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Rules as people write them, one per line:
 *
 * <pre>
 *   rule   = ("allow" | "deny") who action {condition} ["on" topic {"," topic}]
 *   who    = one {"and" one}
 *   one    = "all" | ("user" | "client") ["like"] text | "address" ADDRESS[/PREFIX]
 *   action = "publish" | "subscribe" | "all"
 *   condition = "qos=" digit{,digit} | "retain=" ("true" | "false")
 *   topic  = ["eq"] text
 *   text   = word without blanks, commas and quotes | "any characters, with \" and \\ for these two"
 * </pre>
 *
 * Empty lines and what follows {@code #} at the start of a line are comments. Without {@code on} all topics are meant.
 */
public final class RuleText {
    /** Most rules of one text. */
    public static final int RULES_MAX = 10_000;

    private static final String ALL_TOPICS = "#";
    private static final String ALL_SYSTEM_TOPICS = "$SYS/#";

    private RuleText() {}

    /** Reads a whole text. */
    public static List<Rule> parse(String text) throws RuleSyntaxException {
        List<Rule> rules = new ArrayList<>();
        int number = 0;
        for (String line : text.split("\n", -1)) {
            number++;
            String content = line.strip();
            if (content.isEmpty() || content.startsWith("#")) {
                continue;
            }
            try {
                rules.add(parseRule(content));
            } catch (RuleSyntaxException | IllegalArgumentException wrong) {
                throw new RuleSyntaxException("line " + number + ": " + wrong.getMessage(), wrong);
            }
            if (rules.size() > RULES_MAX) {
                throw new RuleSyntaxException("more than " + RULES_MAX + " rules");
            }
        }
        return List.copyOf(rules);
    }

    /** Reads one rule. */
    static Rule parseRule(String line) throws RuleSyntaxException {
        Tokens tokens = new Tokens(tokens(line));
        Effect effect = switch (tokens.word("allow or deny")) {
            case "allow" -> Effect.ALLOW;
            case "deny" -> Effect.DENY;
            case String other -> throw new RuleSyntaxException("a rule begins with allow or deny, not with " + other);
        };
        Who who = who(tokens);
        Set<Action> actions = switch (tokens.word("publish, subscribe or all")) {
            case "publish" -> EnumSet.of(Action.PUBLISH);
            case "subscribe" -> EnumSet.of(Action.SUBSCRIBE);
            case "all" -> EnumSet.allOf(Action.class);
            case String other -> throw new RuleSyntaxException("the action is publish, subscribe or all, not " + other);
        };
        Set<Integer> qualities = Rule.ANY_QUALITY;
        Optional<Boolean> retain = Optional.empty();
        while (tokens.hasNext() && !tokens.nextIs("on")) {
            String condition = tokens.word("a condition");
            if (condition.startsWith("qos=")) {
                qualities = qualities(condition.substring("qos=".length()), tokens);
            } else if (condition.equals("retain=true") || condition.equals("retain=false")) {
                retain = Optional.of(condition.endsWith("true"));
            } else {
                throw new RuleSyntaxException("a condition is qos=0,1,2 or retain=true, not " + condition);
            }
        }
        return new Rule(effect, who, actions, qualities, retain, topics(tokens));
    }

    private static Who who(Tokens tokens) throws RuleSyntaxException {
        List<Who> parts = new ArrayList<>();
        do {
            parts.add(
                    switch (tokens.word("all, user, client or address")) {
                        case "all" -> new Who.Everybody();
                        case "user" -> new Who.User(text(tokens));
                        case "client" -> new Who.Client(text(tokens));
                        case "address" -> new Who.Address(Cidr.parse(tokens.value("an address")));
                        case String other ->
                            throw new RuleSyntaxException(
                                    "a rule speaks of all, user, client or address, not of " + other);
                    });
        } while (tokens.skip("and"));
        return parts.size() == 1 ? parts.getFirst() : new Who.AllOf(parts);
    }

    private static Who.Text text(Tokens tokens) throws RuleSyntaxException {
        boolean like = tokens.skip("like");
        return new Who.Text(tokens.value("a name"), like);
    }

    private static Set<Integer> qualities(String first, Tokens tokens) throws RuleSyntaxException {
        Set<Integer> qualities = new TreeSet<>();
        qualities.add(quality(first));
        while (tokens.skip(",")) {
            qualities.add(quality(tokens.value("a quality of service")));
        }
        return qualities;
    }

    private static int quality(String text) throws RuleSyntaxException {
        return switch (text) {
            case "0" -> 0;
            case "1" -> 1;
            case "2" -> 2;
            default -> throw new RuleSyntaxException("a quality of service is 0, 1 or 2, not " + text);
        };
    }

    private static List<TopicPattern> topics(Tokens tokens) throws RuleSyntaxException {
        if (!tokens.hasNext()) {
            // A wildcard at the front does not match names that start with $ (MQTT 5.0 §4.7.2), but "all" means all.
            return List.of(new TopicPattern(ALL_TOPICS, false), new TopicPattern(ALL_SYSTEM_TOPICS, false));
        }
        tokens.word("on");
        List<TopicPattern> topics = new ArrayList<>();
        do {
            boolean literal = tokens.skip("eq");
            topics.add(new TopicPattern(tokens.value("a topic"), literal));
        } while (tokens.skip(","));
        if (tokens.hasNext()) {
            throw new RuleSyntaxException("topics are separated by commas");
        }
        return topics;
    }

    /** @param quoted whether it is a text and never a word of the language */
    private record Token(String text, boolean quoted) {}

    private static List<Token> tokens(String line) throws RuleSyntaxException {
        List<Token> tokens = new ArrayList<>();
        int at = 0;
        while (at < line.length()) {
            char first = line.charAt(at);
            if (Character.isWhitespace(first)) {
                at++;
            } else if (first == ',') {
                tokens.add(new Token(",", false));
                at++;
            } else if (first == '"') {
                StringBuilder text = new StringBuilder();
                at = quoted(line, at + 1, text);
                tokens.add(new Token(text.toString(), true));
            } else {
                int from = at;
                while (at < line.length()
                        && !Character.isWhitespace(line.charAt(at))
                        && line.charAt(at) != ','
                        && line.charAt(at) != '"') {
                    at++;
                }
                tokens.add(new Token(line.substring(from, at), false));
            }
        }
        return tokens;
    }

    /** @return where the line goes on behind the closing quote */
    private static int quoted(String line, int from, StringBuilder text) throws RuleSyntaxException {
        for (int at = from; at < line.length(); at++) {
            char next = line.charAt(at);
            if (next == '"') {
                return at + 1;
            }
            if (next == '\\') {
                at++;
                if (at == line.length() || (line.charAt(at) != '"' && line.charAt(at) != '\\')) {
                    throw new RuleSyntaxException("only \\\" and \\\\ may follow a backslash in quotes");
                }
                next = line.charAt(at);
            }
            text.append(next);
        }
        throw new RuleSyntaxException("a quote is not closed");
    }

    private static final class Tokens {
        private final List<Token> tokens;
        private int at;

        Tokens(List<Token> tokens) {
            this.tokens = tokens;
        }

        boolean hasNext() {
            return at < tokens.size();
        }

        boolean nextIs(String word) {
            return hasNext()
                    && !tokens.get(at).quoted()
                    && tokens.get(at).text().equals(word);
        }

        boolean skip(String word) {
            boolean is = nextIs(word);
            if (is) {
                at++;
            }
            return is;
        }

        String word(String what) throws RuleSyntaxException {
            if (!hasNext()) {
                throw new RuleSyntaxException("the rule ends where " + what + " is expected");
            }
            Token token = tokens.get(at++);
            if (token.quoted()) {
                throw new RuleSyntaxException(what + " is expected, and not a text in quotes");
            }
            return token.text();
        }

        String value(String what) throws RuleSyntaxException {
            if (!hasNext() || nextIs(",")) {
                throw new RuleSyntaxException(what + " is expected");
            }
            String text = tokens.get(at++).text();
            if (text.isEmpty()) {
                throw new RuleSyntaxException(what + " is empty");
            }
            return text;
        }
    }

    /** A rule as {@link #parse} reads it back. */
    public static String format(Rule rule) {
        StringBuilder line = new StringBuilder(rule.effect() == Effect.ALLOW ? "allow " : "deny ");
        format(rule.who(), line);
        if (rule.actions().size() == Action.values().length) {
            line.append(" all");
        } else {
            line.append(rule.actions().contains(Action.PUBLISH) ? " publish" : " subscribe");
        }
        if (!rule.qualities().equals(Rule.ANY_QUALITY)) {
            line.append(" qos=");
            line.append(String.join(
                    ",",
                    new TreeSet<>(rule.qualities())
                            .stream().map(String::valueOf).toList()));
        }
        rule.retain().ifPresent(retain -> line.append(" retain=").append(retain));
        line.append(" on ");
        line.append(String.join(
                ", ",
                rule.topics().stream()
                        .map(topic -> (topic.literal() ? "eq " : "") + quote(topic.text()))
                        .toList()));
        return line.toString();
    }

    private static void format(Who who, StringBuilder line) {
        switch (who) {
            case Who.Everybody _ -> line.append("all");
            case Who.User user -> line.append("user ").append(format(user.name()));
            case Who.Client client -> line.append("client ").append(format(client.id()));
            case Who.Address address -> line.append("address ").append(address.block());
            case Who.AllOf all -> {
                for (int i = 0; i < all.parts().size(); i++) {
                    line.append(i == 0 ? "" : " and ");
                    format(all.parts().get(i), line);
                }
            }
        }
    }

    private static String format(Who.Text text) {
        return (text.like() ? "like " : "") + quote(text.text());
    }

    private static String quote(String text) {
        return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }
}
