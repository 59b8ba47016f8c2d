package io.robustmq.security.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.robustmq.security.SecurityCounters;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RuleClaimsTest {
    private static Decision decide(List<Rule> rules, AccessRequest request) {
        AccessPolicy policy = new AccessPolicy(new SecurityCounters(), AccessPolicy.Default.AUTO, null);
        return policy.decide(policy.snapshot(), Subjects.withRules(rules), request);
    }

    @Test
    void listsSayAllThatIsAllowed() throws RuleSyntaxException {
        List<Rule> rules = RuleClaims.parse(Map.of("pub", List.of("a/${clientid}"), "all", List.of("eq b/+")));

        assertThat(decide(rules, AccessRequest.publish("a/c", 1, false))).isEqualTo(Decision.ALLOWED);
        assertThat(decide(rules, AccessRequest.subscribe("a/c", 1))).isEqualTo(Decision.DENIED);
        assertThat(decide(rules, AccessRequest.subscribe("b/+", 1))).isEqualTo(Decision.ALLOWED);
        assertThat(decide(rules, AccessRequest.subscribe("b/x", 1))).isEqualTo(Decision.DENIED);
    }

    @Test
    void objectsAreRulesInOrder() throws RuleSyntaxException {
        List<Rule> rules = RuleClaims.parse(List.of(
                Map.of("permission", "deny", "action", "publish", "topic", "a/x"),
                Map.of(
                        "permission",
                        "allow",
                        "action",
                        "all",
                        "topics",
                        List.of("a/#"),
                        "qos",
                        List.of(0L, 1L),
                        "retain",
                        false)));

        assertThat(decide(rules, AccessRequest.publish("a/x", 0, false))).isEqualTo(Decision.DENIED);
        assertThat(decide(rules, AccessRequest.publish("a/y", 1, false))).isEqualTo(Decision.ALLOWED);
        assertThat(decide(rules, AccessRequest.subscribe("a/y", 1))).isEqualTo(Decision.ALLOWED);
    }

    @Test
    void whatHasNeitherFormIsRefused() {
        for (Object claim : List.of(
                "a/#",
                Map.of("sub", List.of(7)),
                Map.of("read", List.of("a")),
                List.of("a"),
                List.of(Map.of("permission", "maybe", "topic", "a")),
                List.of(Map.of("permission", "allow")),
                List.of(Map.of("permission", "allow", "topic", "a/#/b")),
                List.of(Map.of("permission", "allow", "topic", "a", "qos", 3)))) {
            assertThatThrownBy(() -> RuleClaims.parse(claim)).isInstanceOf(RuleSyntaxException.class);
        }
    }
}
