package io.robustmq.security.access;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.robustmq.security.SecurityCounters;
import io.robustmq.security.SecurityEvent;
import java.lang.management.ManagementFactory;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class ClientAccessTest {
    private final SecurityCounters counters = new SecurityCounters();
    private final AccessPolicy policy = new AccessPolicy(counters, AccessPolicy.Default.AUTO, null);
    private final AtomicLong nanos = new AtomicLong();

    private ClientAccess access(AccessPolicy of, Subject subject) {
        return new ClientAccess(of, subject, 8, TimeUnit.MINUTES.toNanos(1), nanos::get);
    }

    private static void rules(AccessPolicy policy, String text) throws RuleSyntaxException {
        policy.replaceRules(RuleText.parse(text), true);
    }

    private long decided() {
        return counters.get(SecurityEvent.ACCESS_DECIDED);
    }

    @Test
    void withoutRulesEverythingIsAllowedAndNothingLookedAt() {
        ClientAccess access = access(policy, Subjects.of("c", null));

        assertThat(access.publish("a", 2, true)).isEqualTo(Decision.ALLOWED);
        assertThat(access.subscribe("#", 2)).isEqualTo(Decision.ALLOWED);
        assertThat(decided()).isZero();
    }

    @Test
    void firstRuleThatSpeaksDecidesAndNoneDenies() throws RuleSyntaxException {
        rules(policy, "deny user ann publish qos=2 on a/#\nallow user ann publish retain=false on a/#\n");
        ClientAccess access = access(policy, Subjects.of("c", "ann"));

        assertThat(access.publish("a/b", 1, false)).isEqualTo(Decision.ALLOWED);
        assertThat(access.publish("a/b", 2, false)).isEqualTo(Decision.DENIED);
        assertThat(access.publish("a/b", 1, true)).isEqualTo(Decision.DENIED);
        assertThat(access.subscribe("a/b", 1)).isEqualTo(Decision.DENIED);
        assertThat(access(policy, Subjects.of("c", "bob")).publish("a/b", 1, false))
                .isEqualTo(Decision.DENIED);
    }

    @Test
    void noRulesAtAllDenyOnceThereIsAFileOfThem() {
        policy.replaceRules(java.util.List.of(), true);

        assertThat(access(policy, Subjects.of("c", null)).publish("a", 0, false))
                .isEqualTo(Decision.DENIED);
        assertThat(access(policy, Subjects.superuser()).publish("a", 0, false)).isEqualTo(Decision.ALLOWED);
    }

    @Test
    void addressesAreMatchedByBlock() throws RuleSyntaxException {
        rules(policy, "allow address 10.1.0.0/16 all\nallow address 2001:db8::/33 all\n");

        assertThat(access(policy, Subjects.of("c", null, "10.1.255.1")).publish("a", 0, false))
                .isEqualTo(Decision.ALLOWED);
        assertThat(access(policy, Subjects.of("c", null, "10.2.0.1")).publish("a", 0, false))
                .isEqualTo(Decision.DENIED);
        assertThat(access(policy, Subjects.of("c", null, "2001:db8:7fff::1")).publish("a", 0, false))
                .isEqualTo(Decision.ALLOWED);
        assertThat(access(policy, Subjects.of("c", null, "2001:db8:8000::1")).publish("a", 0, false))
                .isEqualTo(Decision.DENIED);
    }

    @Test
    void systemTopicsAreOpenToTheOwnMachineOnlyWhileThereAreNoRules() throws RuleSyntaxException {
        Subject local = Subjects.of("c", null, "127.0.0.1");

        assertThat(access(policy, local).subscribe("$SYS/#", 0)).isEqualTo(Decision.ALLOWED);
        assertThat(access(policy, Subjects.of("c", null)).subscribe("$SYS/#", 0))
                .isEqualTo(Decision.DENIED);
        assertThat(access(policy, Subjects.of("c", null)).subscribe("$SYS/brokers/+/uptime", 0))
                .isEqualTo(Decision.ALLOWED);
        rules(policy, "allow all all on #");
        assertThat(access(policy, local).subscribe("$SYS/#", 0)).isEqualTo(Decision.DENIED);
        rules(policy, "allow all all");
        assertThat(access(policy, local).subscribe("$SYS/#", 0)).isEqualTo(Decision.ALLOWED);
        rules(policy, "deny all all");
        assertThat(access(policy, local).subscribe("$SYS/brokers", 0)).isEqualTo(Decision.DENIED);
    }

    @Test
    void decisionsAreRememberedUntilTheRulesChange() throws RuleSyntaxException {
        rules(policy, "allow all publish on a");
        ClientAccess access = access(policy, Subjects.of("c", null));
        assertThat(access.publish("a", 1, false)).isEqualTo(Decision.ALLOWED);
        assertThat(access.publish("b", 1, false)).isEqualTo(Decision.DENIED);
        long before = decided();

        assertThat(access.publish("a", 1, false)).isEqualTo(Decision.ALLOWED);
        assertThat(access.publish("b", 1, false)).isEqualTo(Decision.DENIED);
        assertThat(decided()).isEqualTo(before);
        rules(policy, "allow all publish on b");
        assertThat(access.publish("a", 1, false)).isEqualTo(Decision.DENIED);
        assertThat(access.publish("b", 1, false)).isEqualTo(Decision.ALLOWED);
    }

    @Test
    void moreTopicsThanAreRememberedAreStillDecidedRight() throws RuleSyntaxException {
        rules(policy, "allow all publish on even/#");
        ClientAccess access = access(policy, Subjects.of("c", null));

        for (int round = 0; round < 3; round++) {
            for (int i = 0; i < 500; i++) {
                String topic = (i % 2 == 0 ? "even/" : "odd/") + i;
                assertThat(access.publish(topic, i % 3, i % 5 == 0))
                        .isEqualTo(i % 2 == 0 ? Decision.ALLOWED : Decision.DENIED);
                assertThat(access.subscribe(topic, i % 3)).isEqualTo(Decision.DENIED);
            }
        }
    }

    @Test
    void rememberedDecisionAllocatesNothing() throws RuleSyntaxException {
        rules(policy, "allow all publish on a/#");
        ClientAccess access = access(policy, Subjects.of("c", null));
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        String topic = "a/b";
        int allowed = 0;
        for (int i = 0; i < 20_000; i++) {
            allowed += access.publish(topic, 0, false) == Decision.ALLOWED ? 1 : 0;
        }

        long before = threads.getCurrentThreadAllocatedBytes();
        for (int i = 0; i < 100_000; i++) {
            allowed += access.publish(topic, 0, false) == Decision.ALLOWED ? 1 : 0;
        }

        assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(50_000);
        assertThat(allowed).isEqualTo(120_000);
    }

    @Test
    void outsideIsAskedWhenNoRuleSpeaksAndItsAnswerGrowsOld() throws RuleSyntaxException {
        AtomicLong questions = new AtomicLong();
        AccessPolicy asking = new AccessPolicy(counters, AccessPolicy.Default.AUTO, (_, request) -> {
            questions.incrementAndGet();
            return CompletableFuture.completedStage(
                    request.topic().equals("ignored") ? Optional.empty() : Optional.of(Effect.ALLOW));
        });
        rules(asking, "deny all publish on known");
        ClientAccess access = access(asking, Subjects.of("c", null));
        AccessRequest request = AccessRequest.publish("unknown", 0, false);

        assertThat(access.publish("known", 0, false)).isEqualTo(Decision.DENIED);
        assertThat(access.publish("unknown", 0, false)).isEqualTo(Decision.UNDECIDED);
        access.learn(request, access.ask(request).toCompletableFuture().join());
        assertThat(access.publish("unknown", 0, false)).isEqualTo(Decision.ALLOWED);
        assertThat(access.ask(AccessRequest.publish("ignored", 0, false)).toCompletableFuture())
                .isCompletedWithValue(Decision.DENIED);
        nanos.addAndGet(TimeUnit.MINUTES.toNanos(1) + 1);
        assertThat(access.publish("unknown", 0, false)).isEqualTo(Decision.UNDECIDED);
        assertThat(questions).hasValue(2);
    }

    @Test
    void outsideThatFailsDenies() {
        AccessPolicy failing = new AccessPolicy(
                counters,
                AccessPolicy.Default.ALLOW,
                (_, _) -> CompletableFuture.failedStage(new java.io.IOException("gone")));
        AccessPolicy throwing = new AccessPolicy(counters, AccessPolicy.Default.ALLOW, (_, _) -> {
            throw new IllegalStateException("broken");
        });
        AccessRequest request = AccessRequest.publish("a", 0, false);

        assertThat(failing.ask(Subjects.of("c", null), request).toCompletableFuture())
                .isCompletedWithValue(Decision.DENIED);
        assertThat(throwing.ask(Subjects.of("c", null), request).toCompletableFuture())
                .isCompletedWithValue(Decision.DENIED);
        assertThat(counters.get(SecurityEvent.ACCESS_UNAVAILABLE)).isEqualTo(2);
    }

    @Test
    void newProofForgetsWhatHeldForTheOldOne() throws RuleSyntaxException {
        rules(policy, "allow user ann publish on a");
        ClientAccess access = access(policy, Subjects.of("c", "ann"));
        assertThat(access.publish("a", 0, false)).isEqualTo(Decision.ALLOWED);

        access.become(Subjects.of("c", "bob"));

        assertThat(access.publish("a", 0, false)).isEqualTo(Decision.DENIED);
    }
}
