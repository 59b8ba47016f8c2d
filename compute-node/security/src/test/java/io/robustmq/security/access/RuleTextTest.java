package io.robustmq.security.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RuleTextTest {

    @Test
    void everyPartOfARuleIsUnderstood() throws RuleSyntaxException {
        List<Rule> rules = RuleText.parse("""
                # comment

                allow user "ann b" and address 10.0.0.0/8 publish qos=0, 1 retain=false on a/#, eq "x, \\"y\\" \\\\ +"
                deny client like dev-* all
                allow all subscribe on "on"
                """);

        assertThat(rules)
                .containsExactly(
                        new Rule(
                                Effect.ALLOW,
                                new Who.AllOf(List.of(
                                        new Who.User(new Who.Text("ann b", false)),
                                        new Who.Address(Cidr.parse("10.0.0.0/8")))),
                                Set.of(Action.PUBLISH),
                                Set.of(0, 1),
                                Optional.of(false),
                                List.of(new TopicPattern("a/#", false), new TopicPattern("x, \"y\" \\ +", true))),
                        new Rule(
                                Effect.DENY,
                                new Who.Client(new Who.Text("dev-*", true)),
                                EnumSet.allOf(Action.class),
                                Rule.ANY_QUALITY,
                                Optional.empty(),
                                List.of(new TopicPattern("#", false), new TopicPattern("$SYS/#", false))),
                        new Rule(
                                Effect.ALLOW,
                                new Who.Everybody(),
                                Set.of(Action.SUBSCRIBE),
                                Rule.ANY_QUALITY,
                                Optional.empty(),
                                List.of(new TopicPattern("on", false))));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "permit all all",
                "allow",
                "allow all",
                "allow nobody all",
                "allow user",
                "allow user \"\" all",
                "allow address 10.0.0.0/33 all",
                "allow address example.org all",
                "allow all consume",
                "allow all publish qos=3",
                "allow all publish qos=",
                "allow all publish qos=0,",
                "allow all publish retain=maybe",
                "allow all publish on",
                "allow all publish on a b",
                "allow all publish on a,",
                "allow all publish on a/#/b",
                "allow all publish on \"a",
                "allow all publish on \"a\\n\"",
                "allow \"all\" publish",
                "allow user ann and publish on a",
                "allow all publish sometimes",
            })
    void whatIsNoRuleIsNamedByLine(String line) {
        assertThatThrownBy(() -> RuleText.parse("allow all all\n" + line))
                .isInstanceOf(RuleSyntaxException.class)
                .hasMessageStartingWith("line 2: ");
    }

    /** Property: what is written is read back as the same rule. */
    @Test
    void everyRuleIsReadBackAsItWasWritten() throws RuleSyntaxException {
        Random random = new Random(7);
        for (int i = 0; i < 5_000; i++) {
            Rule rule = randomRule(random);

            assertThat(RuleText.parse(RuleText.format(rule))).containsExactly(rule);
        }
    }

    /** Fuzz: any text is rules or a syntax error, and nothing else. */
    @Test
    void anyTextIsRulesOrASyntaxError() {
        Random random = new Random(11);
        String[] words = {
            "allow",
            "deny",
            "all",
            "user",
            "client",
            "address",
            "and",
            "like",
            "publish",
            "subscribe",
            "on",
            "eq",
            ",",
            "qos=",
            "qos=1",
            "retain=true",
            "\"",
            "\\",
            "#",
            "+",
            "a/#",
            "${clientid}",
            "${",
            "}",
            "10.0.0.1",
            "::1/64",
            "\n",
            "\t",
            "\0",
            "é",
            "/",
            "\"x y\"",
            "0",
            "-1"
        };
        int understood = 0;
        for (int i = 0; i < 20_000; i++) {
            StringBuilder text = new StringBuilder(random.nextBoolean() ? "allow all all on " : "");
            int length = random.nextInt(12);
            for (int j = 0; j < length; j++) {
                text.append(words[random.nextInt(words.length)]).append(random.nextBoolean() ? " " : "");
            }
            try {
                List<Rule> rules = RuleText.parse(text.toString());
                for (Rule rule : rules) {
                    assertThat(RuleText.parse(RuleText.format(rule))).containsExactly(rule);
                }
                understood++;
            } catch (RuleSyntaxException expected) {
                assertThat(expected).hasMessageMatching("(?s)line \\d+: .+");
            }
        }
        assertThat(understood).as("texts that are rules").isGreaterThan(400);
    }

    private static Rule randomRule(Random random) {
        Set<Integer> qualities = new TreeSet<>();
        do {
            qualities.add(random.nextInt(3));
        } while (random.nextBoolean());
        Set<Action> actions = random.nextInt(3) == 0
                ? EnumSet.allOf(Action.class)
                : EnumSet.of(random.nextBoolean() ? Action.PUBLISH : Action.SUBSCRIBE);
        List<TopicPattern> topics = new ArrayList<>();
        do {
            boolean literal = random.nextBoolean();
            topics.add(new TopicPattern(literal ? randomText(random) : "a/+/${clientid}/#", literal));
        } while (random.nextBoolean());
        return new Rule(
                random.nextBoolean() ? Effect.ALLOW : Effect.DENY,
                randomWho(random),
                actions,
                qualities,
                random.nextBoolean() ? Optional.empty() : Optional.of(random.nextBoolean()),
                topics);
    }

    private static Who randomWho(Random random) {
        return switch (random.nextInt(5)) {
            case 0 -> new Who.Everybody();
            case 1 -> new Who.User(new Who.Text(randomText(random), random.nextBoolean()));
            case 2 -> new Who.Client(new Who.Text(randomText(random), random.nextBoolean()));
            case 3 -> new Who.Address(Cidr.parse(random.nextBoolean() ? "192.0.2.0/24" : "2001:db8::/32"));
            default ->
                new Who.AllOf(List.of(
                        new Who.User(new Who.Text(randomText(random), false)), new Who.Address(Cidr.parse("::1"))));
        };
    }

    private static String randomText(Random random) {
        String letters = "ab \"\\,#+/$*é=";
        StringBuilder text = new StringBuilder("x");
        int length = random.nextInt(8);
        for (int i = 0; i < length; i++) {
            text.append(letters.charAt(random.nextInt(letters.length())));
        }
        return text.toString();
    }

    @Test
    void likeStandsForAnyCharacters() {
        assertThat(new Who.Text("dev-*-x*", true).fits("dev-1-2-xyz")).isTrue();
        assertThat(new Who.Text("dev-*-x*", true).fits("dev-1-2-yz")).isFalse();
        assertThat(new Who.Text("*", true).fits("")).isTrue();
        assertThat(new Who.Text("dev-*", false).fits("dev-1")).isFalse();
        assertThat(new Who.Text("*a".repeat(50), true).fits("a".repeat(5_000) + "b"))
                .isFalse();
    }
}
