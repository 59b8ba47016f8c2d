package io.robustmq.benchmarks.security;

import io.robustmq.security.SecurityCounters;
import io.robustmq.security.access.AccessPolicy;
import io.robustmq.security.access.ClientAccess;
import io.robustmq.security.access.Decision;
import io.robustmq.security.access.RuleSyntaxException;
import io.robustmq.security.access.RuleText;
import io.robustmq.security.access.Subject;
import java.net.InetAddress;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** The decision of one publish: without rules, remembered, and found anew among a hundred rules. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class AccessBenchmark {
    private static final int RULES = 100;
    private static final int TOPICS = 16;
    private static final int TOPICS_TOO_MANY = 4_096;

    private final AccessPolicy policy = new AccessPolicy(new SecurityCounters(), AccessPolicy.Default.AUTO, null);
    private final Subject subject =
            new Subject("device-17", "ann", InetAddress.getLoopbackAddress(), null, false, "benchmark", List.of());
    private final ClientAccess open = new ClientAccess(
            new AccessPolicy(new SecurityCounters(), AccessPolicy.Default.AUTO, null),
            subject,
            32,
            1,
            System::nanoTime);
    private final ClientAccess ruled = new ClientAccess(policy, subject, 32, 1, System::nanoTime);
    private final String[] few = topics(TOPICS);
    private final String[] many = topics(TOPICS_TOO_MANY);
    private int next;

    /** A hundred rules of which the last one speaks. */
    @Setup
    public void setUp() throws RuleSyntaxException {
        StringBuilder rules = new StringBuilder();
        for (int i = 1; i < RULES; i++) {
            rules.append("allow user ann publish on other/").append(i).append("/+/#\n");
        }
        rules.append("allow all publish on sensors/${clientid}/#\n");
        policy.replaceRules(RuleText.parse(rules.toString()), true);
    }

    private static String[] topics(int count) {
        String[] topics = new String[count];
        for (int i = 0; i < count; i++) {
            topics[i] = "sensors/device-17/temperature/" + i;
        }
        return topics;
    }

    @Benchmark
    public Decision withoutRules() {
        return open.publish(few[next++ & (TOPICS - 1)], 0, false);
    }

    @Benchmark
    public Decision remembered() {
        return ruled.publish(few[next++ & (TOPICS - 1)], 0, false);
    }

    @Benchmark
    public Decision notRemembered() {
        return ruled.publish(many[next++ & (TOPICS_TOO_MANY - 1)], 0, false);
    }
}
