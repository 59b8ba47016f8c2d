package io.robustmq.kernel.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.robustmq.kernel.AttachRequest;
import io.robustmq.kernel.CloseReason;
import io.robustmq.kernel.Detach;
import io.robustmq.kernel.Guarantee;
import io.robustmq.kernel.SessionKey;
import io.robustmq.kernel.Settlement;
import io.robustmq.kernel.link.ShardDirectory;
import io.robustmq.kernel.shard.ShardAudit;
import org.junit.jupiter.api.Test;

/** What was decided under one tenure of a shard does not reach the next one. */
class FormerTenureTest {
    private static final Guarantee Q1 = Guarantee.AT_LEAST_ONCE;
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

    private static String groupIn(int shard, String pattern) {
        for (int i = 0; ; i++) {
            if (DIRECTORY.shardOfGroup(0, "g" + i, pattern) == shard) {
                return "g" + i;
            }
        }
    }

    @Test
    void routesOfSubscriptionsThatTheLogDoesNotHaveGoWithTheirTenure() {
        try (KernelRig rig = new KernelRig()) {
            TestClient subscriber = rig.attach(0, clientIn(0, "sub"), false, FOREVER);
            subscriber.subscribe("committed", Q1);
            TestClient member = rig.attach(0, clientIn(1, "member"), true, 0);
            rig.pass(1000);
            rig.faultyLedgers.setForgetting(true);
            subscriber.subscribe("forgotten", Q1);
            member.join(groupIn(0, "queued"), "queued");
            rig.settle();
            assertThat(ShardAudit.routedTo(rig.kernel, "forgotten", 0)).isTrue();
            assertThat(ShardAudit.routedTo(rig.kernel, "queued", 0)).isTrue();
            ShardAudit.startAnew(rig.kernel, 0);
            rig.faultyLedgers.setForgetting(false);
            rig.pass(1000);
            assertThat(ShardAudit.epoch(rig.kernel, 0)).isNotZero();
            assertThat(subscriber.closed).isEqualTo(CloseReason.STATE_LOST);
            assertThat(ShardAudit.routedTo(rig.kernel, "committed", 0)).isTrue();
            assertThat(ShardAudit.routedTo(rig.kernel, "forgotten", 0)).isFalse();
            assertThat(ShardAudit.routedTo(rig.kernel, "queued", 0)).isFalse();
            TestClient publisher = rig.attach(0, "pub", true, 0);
            publisher.publish("forgotten", "m", Q1);
            rig.settle();
            assertThat(publisher.events).containsExactly("published 1 NO_ROUTE");
        }
    }

    @Test
    void settlementFromTheTenureBeforeDoesNotSettleTheNewDelivery() {
        try (KernelRig rig = new KernelRig()) {
            String name = clientIn(0, "sub");
            TestClient subscriber = rig.attach(1, name, false, FOREVER);
            subscriber.settlesAtOnce = false;
            subscriber.subscribe("t", Q1);
            rig.settle();
            TestClient publisher = rig.attach(1, clientIn(1, "pub"), true, 0);
            publisher.publish("t", "m", Q1);
            rig.settle();
            long session = ShardAudit.sessionId(rig.kernel, 0, name);
            long former = ShardAudit.epoch(rig.kernel, 0);
            ShardAudit.startAnew(rig.kernel, 0);
            rig.pass(1000);
            TestClient again = rig.attachHolding(1, name);
            assertThat(again.got).containsExactly("m again");
            ShardAudit.inbox(rig.kernel, 0).settle(former, session, 1, Settlement.ACCEPTED);
            rig.pass(1000);
            again.session().detach(Detach.BROKEN);
            rig.pass(1000);
            assertThat(rig.attach(1, name, false, FOREVER).got).containsExactly("m again");
            assertThat(ShardAudit.invariantsBroken(rig.kernel)).isZero();
        }
    }

    @Test
    void deliveryOfAFormerConsumerDoesNotSettleThatOfTheNewOneWithTheSameId() {
        try (KernelRig rig = KernelRig.withLoopsApart()) {
            String group = groupIn(0, "t");
            TestClient former = rig.attach(1, clientIn(1, "former"), true, 0);
            former.settlesAtOnce = false;
            former.join(group, "t");
            rig.settle();
            TestClient keeper = rig.attach(0, clientIn(1, "keeper"), false, FOREVER);
            keeper.join(group, "t");
            rig.settle();
            keeper.session().detach(Detach.BROKEN);
            rig.pass(10);
            TestClient publisher = rig.attach(0, clientIn(1, "pub"), true, 0);
            publisher.publish("t", "m", Q1);
            rig.settle();
            assertThat(former.got).containsExactly("m");

            rig.secondStands = true;
            former.session().settle(former.ids.getFirst(), Settlement.ACCEPTED);
            ShardAudit.startAnew(rig.kernel, 0);
            rig.pass(1000);
            assertThat(ShardAudit.epoch(rig.kernel, 0)).isNotZero();
            TestClient member = rig.attach(0, clientIn(0, "member"), true, 0);
            member.settlesAtOnce = false;
            member.join(group, "t");
            rig.settle();
            assertThat(member.got).containsExactly("m again");

            rig.secondStands = false;
            rig.pass(10);
            assertThat(former.closed).isEqualTo(CloseReason.STATE_LOST);
            publisher.publish("t", "n", Q1);
            rig.settle();
            assertThat(member.got).containsExactly("m again", "n");
            member.session().detach(Detach.BROKEN);
            rig.settle();
            assertThat(rig.attach(0, clientIn(1, "keeper"), false, FOREVER).got).containsExactly("m again", "n again");
        }
    }

    @Test
    void exactlyOncePublishForTheTenureBeforeIsNotTakenByTheNextOne() {
        try (KernelRig rig = KernelRig.withLoopsApart()) {
            TestClient subscriber = rig.attach(0, clientIn(1, "sub"), true, 0);
            subscriber.subscribe("t", Q2);
            String name = clientIn(0, "pub");
            TestClient former = rig.attach(1, name, false, FOREVER);

            rig.secondStands = true;
            former.session().publishOnce(1, former.draft("t", "m", Q2));
            ShardAudit.startAnew(rig.kernel, 0);
            rig.pass(1000);
            assertThat(ShardAudit.epoch(rig.kernel, 0)).isNotZero();
            rig.secondStands = false;
            rig.pass(1000);

            assertThat(former.closed).isEqualTo(CloseReason.STATE_LOST);
            assertThat(subscriber.got).isEmpty();
            TestClient again = rig.attach(1, name, false, FOREVER);
            again.session().publishOnce(1, again.draft("t", "m", Q2));
            rig.pass(1000);
            assertThat(subscriber.got).containsExactly("m");
        }
    }

    @Test
    void releaseForTheTenureBeforeLeavesThePacketIdKnownAndItsClientClosed() {
        try (KernelRig rig = KernelRig.withLoopsApart()) {
            TestClient subscriber = rig.attach(0, clientIn(1, "sub"), true, 0);
            subscriber.subscribe("t", Q2);
            String name = clientIn(0, "pub");
            TestClient former = rig.attach(1, name, false, FOREVER);
            former.session().publishOnce(1, former.draft("t", "m", Q2));
            rig.pass(1000);
            assertThat(subscriber.got).containsExactly("m");

            rig.secondStands = true;
            former.session().releaseOnce(1);
            ShardAudit.startAnew(rig.kernel, 0);
            rig.pass(1000);
            rig.secondStands = false;
            rig.pass(1000);

            assertThat(former.closed).isEqualTo(CloseReason.STATE_LOST);
            assertThat(former.events).containsExactly("once 1 DONE");
            TestClient again = rig.attach(1, name, false, FOREVER);
            again.session().releaseOnce(1);
            rig.settle();
            assertThat(again.events).containsExactly("released 1 true");
        }
    }
}
