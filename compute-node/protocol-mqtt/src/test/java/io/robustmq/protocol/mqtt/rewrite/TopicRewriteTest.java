package io.robustmq.protocol.mqtt.rewrite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.robustmq.protocol.mqtt.rewrite.RewriteRule.Action;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TopicRewriteTest {

    private static final TopicRewrite RULES = new TopicRewrite(List.of(
            RewriteRule.of(Action.ALL, "y/+/z/#", "^y/(.+)/z/(.+)$", "y/z/$2"),
            RewriteRule.of(Action.ALL, "x/#", "^x/y/(.+)$", "z/y/x/$1"),
            RewriteRule.of(Action.ALL, "x/y/+", "^x/y/(\\d+)$", "z/y/$1")));

    @ParameterizedTest
    @CsvSource({
        "y/def, y/def", // no source matches
        "y/a/z/b, y/z/b",
        "x/1/2, x/1/2", // the source matches, the expression is not found
        "x/y/2, z/y/2", // the later rule decides
        "x/y/z, x/y/z", // and does so even if its expression is not found
        "x/y/a/b, z/y/x/a/b",
    })
    void theLastRuleWhoseSourceMatchesDecides(String topic, String expected) {
        assertThat(RULES.published(topic, "c", null)).isEqualTo(expected);
        assertThat(RULES.subscribed(topic, "c", null)).isEqualTo(expected);
    }

    @Test
    void rulesApplyToTheirActionOnly() {
        TopicRewrite rules = new TopicRewrite(List.of(
                RewriteRule.of(Action.PUBLISH, "a", "^a$", "p"), RewriteRule.of(Action.SUBSCRIBE, "a", "^a$", "s")));
        assertThat(rules.published("a", "c", null)).isEqualTo("p");
        assertThat(rules.subscribed("a", "c", null)).isEqualTo("s");
        assertThat(new TopicRewrite(List.of(RewriteRule.of(Action.SUBSCRIBE, "a", "^a$", "s"))).touchesPublishes())
                .isFalse();
    }

    @Test
    void theClientsOwnNamesCanBePartOfTheTarget() {
        TopicRewrite rules = new TopicRewrite(
                List.of(RewriteRule.of(Action.ALL, "up/#", "^up/(.*)$", "d/${clientid}/${username}/$1")));
        assertThat(rules.published("up/x", "c1", "ann")).isEqualTo("d/c1/ann/x");
        assertThat(rules.published("up/x", "c1", null)).isEqualTo("d/c1//x");
        assertThat(rules.isPersonal()).isTrue();
        assertThat(RULES.isPersonal()).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "a/b, a/b, true",
        "a/b, a/b/c, false",
        "a/+, a/b, true",
        "a/+, a, false",
        "a/+, a/+, true",
        "a/b, a/+, false",
        "a/#, a, true",
        "a/#, a/b/c, true",
        "a/#, ab, false",
        "#, a/b, true",
        "#, $SYS/a, false",
        "+/a, $SYS/a, false",
        "$SYS/#, $SYS/a, true",
        "a/+/c, a//c, true",
        "+, a, true",
        "+/+, /a, true",
        "a/b/#, a, false",
    })
    void aSourceMatchesAsATopicFilterDoes(String source, String topic, boolean expected) {
        assertThat(TopicRewrite.covers(source, topic)).isEqualTo(expected);
    }

    @Test
    void whatCannotBeARuleIsRefusedByName() {
        assertThatThrownBy(() -> RewriteRule.of(Action.ALL, "a/#/b", "x", "y")).hasMessageStartingWith("source");
        assertThatThrownBy(() -> RewriteRule.of(Action.ALL, "a", "(", "y")).hasMessageStartingWith("expression");
        assertThatThrownBy(() -> RewriteRule.of(Action.ALL, "a", "(.*)", "y/$2"))
                .hasMessageStartingWith("target");
        assertThatThrownBy(() -> RewriteRule.of(Action.ALL, "a", "x", "")).hasMessageStartingWith("target");
    }
}
