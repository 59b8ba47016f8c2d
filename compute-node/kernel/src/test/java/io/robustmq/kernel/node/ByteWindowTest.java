package io.robustmq.kernel.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.robustmq.kernel.Detach;
import io.robustmq.kernel.Guarantee;
import io.robustmq.kernel.KernelOptions;
import io.robustmq.kernel.KernelRule;
import io.robustmq.kernel.Settlement;
import io.robustmq.kernel.SubscribeRequest;
import io.robustmq.kernel.SubscribeRequest.LastValues;
import io.robustmq.kernel.shard.ShardAudit;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What shards have on the way to one receiver, in bytes: the bound is 10,000, a message about 4,000, so that the third passes it. */
class ByteWindowTest {
    private static final Guarantee Q0 = Guarantee.AT_MOST_ONCE;
    private static final Guarantee Q1 = Guarantee.AT_LEAST_ONCE;
    private static final Guarantee Q2 = Guarantee.EXACTLY_ONCE;
    private static final int BOUND = 10_000;
    private static final int PAYLOAD = 4_000;

    private static KernelOptions bounded() {
        KernelOptions d = KernelOptions.DEFAULTS;
        return new KernelOptions(
                d.nameCacheEntries(),
                d.windowMax(),
                BOUND,
                d.backlogMessagesMax(),
                d.backlogBytesMax(),
                d.pendingMessagesMax(),
                d.subscriptionsMax(),
                d.retainedMax(),
                d.delayedMax(),
                d.entryTargetBytes(),
                d.pressedBytes(),
                d.flushBytes(),
                d.flushRecords(),
                d.flushAgeMillis(),
                d.tailFactor(),
                d.queueLengthMax(),
                d.queueCredit(),
                d.runCacheBytes(),
                KernelRule.ALL);
    }

    private static String payload(int number, int length) {
        String label = "m" + number + ".";
        return label + "x".repeat(length - label.length());
    }

    /** What the client got, without the padding. */
    private static List<String> labels(TestClient client) {
        return client.got.stream()
                .map(text -> text.substring(0, text.indexOf('.')) + (text.endsWith(" again") ? " again" : ""))
                .toList();
    }

    private static List<String> labelsThrough(int last) {
        List<String> all = new ArrayList<>();
        for (int i = 1; i <= last; i++) {
            all.add("m" + i);
        }
        return all;
    }

    private static TestClient publish(KernelRig rig, String topic, int messages) {
        TestClient publisher = rig.attach(1, "pub", true, 0);
        for (int i = 1; i <= messages; i++) {
            publisher.publish(topic, payload(i, PAYLOAD), Q1);
        }
        rig.settle();
        return publisher;
    }

    private static TestClient durable(KernelRig rig, Guarantee guarantee) {
        TestClient subscriber = rig.attachHolding(0, "sub");
        subscriber.subscribe("t", guarantee);
        rig.settle();
        return subscriber;
    }

    private static TestClient member(KernelRig rig, int loop, String name, String group, Guarantee guarantee) {
        TestClient member = rig.attach(loop, name, true, 0);
        member.settlesAtOnce = false;
        member.subscribe(new SubscribeRequest("t", guarantee, false, false, LastValues.DO_NOT_SEND, 0, group));
        rig.settle();
        return member;
    }

    @Test
    void durableSessionIsSentUpToTheBoundAndEachSettlementLetsTheNextGo() {
        try (KernelRig rig = new KernelRig(bounded())) {
            TestClient subscriber = durable(rig, Q1);
            publish(rig, "t", 10);
            assertThat(labels(subscriber)).isEqualTo(labelsThrough(3));
            assertThat(ShardAudit.bytesOnTheWay(rig.kernel)).isBetween((long) BOUND, (long) BOUND + PAYLOAD);
            for (int settled = 1; settled <= 10; settled++) {
                assertThat(subscriber.session().settle(settled, Settlement.ACCEPTED))
                        .isTrue();
                rig.settle();
                assertThat(labels(subscriber)).isEqualTo(labelsThrough(Math.min(10, settled + 3)));
            }
            assertThat(ShardAudit.bytesOnTheWay(rig.kernel)).isZero();
        }
    }

    @Test
    void messageAboveTheBoundGoesAloneAndDoesNotBlockTheSession() {
        try (KernelRig rig = new KernelRig(bounded())) {
            TestClient subscriber = durable(rig, Q1);
            TestClient publisher = rig.attach(1, "pub", true, 0);
            for (int i = 1; i <= 3; i++) {
                publisher.publish("t", payload(i, 3 * BOUND), Q1);
            }
            rig.settle();
            for (int settled = 1; settled <= 3; settled++) {
                assertThat(labels(subscriber)).isEqualTo(labelsThrough(settled));
                subscriber.session().settle(settled, Settlement.ACCEPTED);
                rig.settle();
            }
            assertThat(ShardAudit.bytesOnTheWay(rig.kernel)).isZero();
        }
    }

    @Test
    void exactlyOnceDeliveryLeavesTheBoundWhenItIsReceivedAndNotAgainWhenItIsComplete() {
        try (KernelRig rig = new KernelRig(bounded())) {
            TestClient subscriber = durable(rig, Q2);
            TestClient publisher = rig.attach(1, "pub", true, 0);
            for (int i = 1; i <= 10; i++) {
                publisher.session().publishOnce(i, publisher.draft("t", payload(i, PAYLOAD), Q2));
            }
            rig.settle();
            assertThat(labels(subscriber)).isEqualTo(labelsThrough(3));
            subscriber.session().settle(1, Settlement.RECEIVED);
            rig.settle();
            assertThat(labels(subscriber)).isEqualTo(labelsThrough(4));
            subscriber.session().settle(1, Settlement.RECEIVED);
            subscriber.session().settle(1, Settlement.COMPLETED);
            rig.settle();
            assertThat(labels(subscriber)).isEqualTo(labelsThrough(4));
            for (int settled = 2; settled <= 10; settled++) {
                subscriber.session().settle(settled, Settlement.RECEIVED);
                rig.settle();
                assertThat(labels(subscriber)).isEqualTo(labelsThrough(Math.min(10, settled + 3)));
            }
            assertThat(ShardAudit.bytesOnTheWay(rig.kernel)).isZero();
        }
    }

    @Test
    void nextAttachmentBeginsWithNothingOnTheWay() {
        try (KernelRig rig = new KernelRig(bounded())) {
            TestClient subscriber = durable(rig, Q2);
            TestClient publisher = rig.attach(1, "pub", true, 0);
            for (int i = 1; i <= 8; i++) {
                publisher.session().publishOnce(i, publisher.draft("t", payload(i, PAYLOAD), Q2));
            }
            rig.settle();
            subscriber.session().settle(1, Settlement.RECEIVED);
            rig.settle();
            assertThat(labels(subscriber)).isEqualTo(labelsThrough(4));
            subscriber.session().detach(Detach.BROKEN);
            rig.settle();
            assertThat(ShardAudit.bytesOnTheWay(rig.kernel)).isZero();
            TestClient again = rig.attachHolding(0, "sub");
            assertThat(again.events).containsExactly("received 1");
            assertThat(labels(again)).containsExactly("m2 again", "m3 again", "m4 again");
            // That which was received before took nothing, and gives nothing back.
            again.session().settle(1, Settlement.COMPLETED);
            rig.settle();
            assertThat(again.got).hasSize(3);
            for (int settled = 2; settled <= 8; settled++) {
                again.session().settle(settled, Settlement.RECEIVED);
                rig.settle();
            }
            assertThat(labels(again)).containsExactly("m2 again", "m3 again", "m4 again", "m5", "m6", "m7", "m8");
            assertThat(ShardAudit.bytesOnTheWay(rig.kernel)).isZero();
        }
    }

    @Test
    void memberOfAGroupIsSentUpToTheBoundAndItsSettlementsLetTheRestGoInOrder() {
        try (KernelRig rig = new KernelRig(bounded())) {
            TestClient member = member(rig, 0, "member", "g", Q1);
            publish(rig, "t", 10);
            assertThat(labels(member)).isEqualTo(labelsThrough(3));
            assertThat(ShardAudit.bytesOnTheWay(rig.kernel)).isBetween((long) BOUND, (long) BOUND + PAYLOAD);
            for (int settled = 1; settled <= 10; settled++) {
                assertThat(member.session().settle(member.ids.get(settled - 1), Settlement.ACCEPTED))
                        .isTrue();
                rig.settle();
                assertThat(labels(member)).isEqualTo(labelsThrough(Math.min(10, settled + 3)));
            }
            assertThat(ShardAudit.bytesOnTheWay(rig.kernel)).isZero();
        }
    }

    @Test
    void memberThatReachedTheBoundLeavesTheRestToTheOthers() {
        try (KernelRig rig = new KernelRig(bounded())) {
            TestClient slow = member(rig, 0, "slow", "g", Q1);
            TestClient fast = member(rig, 1, "fast", "g", Q1);
            fast.settlesAtOnce = true;
            publish(rig, "t", 20);
            assertThat(slow.got).hasSize(3);
            assertThat(fast.got).hasSize(17);
            slow.session().detach(Detach.BROKEN);
            rig.settle();
            assertThat(fast.got).hasSize(20);
            assertThat(ShardAudit.bytesOnTheWay(rig.kernel)).isZero();
        }
    }

    @Test
    void atMostOnceMessagesOfAGroupGoNoFasterThanTheLoopOfTheMemberTakesThem() {
        try (KernelRig rig = KernelRig.withLoopsApart(bounded())) {
            String group = "g";
            while (ShardAudit.shardOfGroup(rig.kernel, group, "t") != 0) {
                group += "g";
            }
            TestClient member = member(rig, 1, "member", group, Q0);
            TestClient publisher = rig.attach(0, "pub", true, 0);
            rig.secondStands = true;
            for (int i = 1; i <= 10; i++) {
                publisher.publish("t", payload(i, PAYLOAD), Q1);
            }
            rig.settle();
            assertThat(ShardAudit.ready(rig.kernel)).isEqualTo(7);
            assertThat(ShardAudit.bytesOnTheWay(rig.kernel)).isBetween((long) BOUND, (long) BOUND + PAYLOAD);
            rig.secondStands = false;
            rig.settle();
            assertThat(labels(member)).isEqualTo(labelsThrough(10));
            assertThat(ShardAudit.ready(rig.kernel)).isZero();
        }
    }

    private static void keepValues(KernelRig rig, int values) {
        TestClient publisher = rig.attach(1, "keeper", true, 0);
        for (int i = 1; i <= values; i++) {
            publisher.publish("v/" + i, payload(i, PAYLOAD), Q1, true);
        }
        rig.settle();
    }

    @Test
    void lookedUpValuesComeInPortionsOfTheBoundAsTheConnectionDrains() {
        try (KernelRig rig = new KernelRig(bounded())) {
            keepValues(rig, 40);
            TestClient subscriber = rig.attach(0, "sub", true, 0);
            subscriber.takes = false;
            subscriber.subscribe("v/#", Q1);
            rig.settle();
            // Both shards send a portion.
            assertThat(subscriber.got).hasSize(6);
            subscriber.session().drained();
            rig.settle();
            assertThat(subscriber.got).hasSize(6);
            subscriber.takes = true;
            subscriber.session().drained();
            rig.settle();
            assertThat(subscriber.got).hasSize(40).doesNotHaveDuplicates();
        }
    }

    @Test
    void lookedUpValuesOfADurableSessionGoThroughItsBound() {
        try (KernelRig rig = new KernelRig(bounded())) {
            keepValues(rig, 40);
            TestClient subscriber = rig.attachHolding(0, "sub");
            subscriber.subscribe("v/#", Q1);
            rig.settle();
            assertThat(subscriber.got).hasSize(3);
            for (int settled = 1; settled <= 40; settled++) {
                subscriber.session().settle(settled, Settlement.ACCEPTED);
                rig.settle();
                assertThat(subscriber.got).hasSize(Math.min(40, settled + 3));
            }
            assertThat(subscriber.got).doesNotHaveDuplicates();
            assertThat(ShardAudit.bytesOnTheWay(rig.kernel)).isZero();
        }
    }

    @Test
    void boundHoldsForWhatADurableSessionFindsWhenItComesBackAfterACrash() {
        try (KernelRig rig = new KernelRig(bounded())) {
            TestClient subscriber = durable(rig, Q1);
            subscriber.session().detach(Detach.BROKEN);
            publish(rig, "t", 10);
            rig.crash();
            TestClient again = rig.attachHolding(1, "sub");
            assertThat(labels(again)).isEqualTo(labelsThrough(3));
            for (int settled = 1; settled <= 10; settled++) {
                again.session().settle(settled, Settlement.ACCEPTED);
                rig.settle();
            }
            assertThat(labels(again)).isEqualTo(labelsThrough(10));
            assertThat(ShardAudit.bytesOnTheWay(rig.kernel)).isZero();
        }
    }
}
