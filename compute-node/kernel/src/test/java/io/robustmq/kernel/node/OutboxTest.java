package io.robustmq.kernel.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.robustmq.kernel.AttachRequest;
import io.robustmq.kernel.Detach;
import io.robustmq.kernel.Guarantee;
import io.robustmq.kernel.SessionKey;
import io.robustmq.kernel.link.ShardDirectory;
import io.robustmq.kernel.shard.ShardAudit;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a shard forwards for its clients reaches everybody who is served, in order and once, whoever else is not. */
class OutboxTest {
    private static final Guarantee Q2 = Guarantee.EXACTLY_ONCE;
    private static final long FOREVER = AttachRequest.NEVER_EXPIRES;
    private static final ShardDirectory DIRECTORY = new ShardDirectory(KernelRig.SHARDS, 2);

    private static String clientIn(int shard, String prefix) {
        for (int i = 0; ; i++) {
            if (DIRECTORY.shardOf(new SessionKey(0, prefix + i)) == shard) {
                return prefix + i;
            }
        }
    }

    private static TestClient away(KernelRig rig, int shard, String prefix, String pattern) {
        TestClient client = rig.attach(0, clientIn(shard, prefix), false, FOREVER);
        client.subscribe(pattern, Q2);
        rig.settle();
        client.session().detach(Detach.BROKEN);
        rig.settle();
        return client;
    }

    @Test
    void lostShardHoldsBackOnlyWhatIsForIt() {
        try (KernelRig rig = new KernelRig()) {
            TestClient far = away(rig, 1, "far", "far/#");
            TestClient near = rig.attach(0, clientIn(0, "near"), false, FOREVER);
            near.subscribe("#", Q2);
            rig.settle();
            TestClient publisher = rig.attach(0, clientIn(0, "pub"), false, FOREVER);
            TestClient other = rig.attach(0, clientIn(0, "other"), false, FOREVER);
            rig.loseShard(1);
            List<String> sent = new ArrayList<>();
            for (int i = 1; i <= 6; i++) {
                boolean both = i % 2 == 1;
                sent.add("m" + i);
                publisher.session().publishOnce(i, publisher.draft(both ? "far/x" : "near", "m" + i, Q2));
                rig.pass(10);
            }
            assertThat(near.got).containsExactlyElementsOf(sent);
            assertThat(ShardAudit.outbox(rig.kernel, 0))
                    .as("those for the lost shard")
                    .isEqualTo(3);
            other.session().publishOnce(1, other.draft("near", "of another client", Q2));
            rig.pass(1000);
            assertThat(near.got).hasSize(7).endsWith("of another client");
            assertThat(ShardAudit.outbox(rig.kernel, 0)).isEqualTo(3);

            rig.crash();
            rig.pass(1000);
            assertThat(ShardAudit.outbox(rig.kernel, 0)).isZero();
            TestClient again = rig.attach(0, far.name, false, FOREVER);
            rig.pass(1000);
            assertThat(again.got).containsExactly("m1", "m3", "m5");
            assertThat(rig.attach(0, near.name, false, FOREVER).got).isEmpty();
            assertThat(ShardAudit.invariantsBroken(rig.kernel)).isZero();
        }
    }

    @Test
    void shardThatIsBeingTakenOverGetsWhatItMissedInOrderAndTheOthersDoNotWait() {
        try (KernelRig rig = new KernelRig()) {
            TestClient far = away(rig, 1, "far", "far/#");
            TestClient near = rig.attach(0, clientIn(0, "near"), false, FOREVER);
            near.subscribe("#", Q2);
            TestClient publisher = rig.attach(0, clientIn(0, "pub"), false, FOREVER);
            rig.settle();
            rig.faultyCoordination.setDown(true);
            ShardAudit.startAnew(rig.kernel, 1);
            for (int i = 1; i <= 4; i++) {
                publisher.session().publishOnce(i, publisher.draft(i == 4 ? "near" : "far/x", "m" + i, Q2));
                rig.pass(10);
            }
            assertThat(near.got).containsExactly("m1", "m2", "m3", "m4");
            TestClient next = rig.attach(0, publisher.name, false, FOREVER);
            assertThat(next.attached)
                    .as("while something it published is on its way")
                    .isFalse();
            rig.faultyCoordination.setDown(false);
            rig.pass(2000);
            assertThat(next.attached).isTrue();
            next.publish("far/x", "m5", Q2);
            rig.pass(10);
            assertThat(rig.attach(0, far.name, false, FOREVER).got).containsExactly("m1", "m2", "m3", "m5");
            assertThat(near.got).containsExactly("m1", "m2", "m3", "m4", "m5");
            assertThat(ShardAudit.outbox(rig.kernel, 0)).isZero();
            assertThat(ShardAudit.invariantsBroken(rig.kernel)).isZero();
        }
    }
}
