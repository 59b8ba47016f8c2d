package io.robustmq.kernel.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.robustmq.kernel.AttachRequest;
import io.robustmq.kernel.CloseReason;
import io.robustmq.kernel.Detach;
import io.robustmq.kernel.Guarantee;
import io.robustmq.kernel.KernelOptions;
import io.robustmq.kernel.KernelRule;
import io.robustmq.kernel.Session.GroupPattern;
import io.robustmq.kernel.SessionKey;
import io.robustmq.kernel.Settlement;
import io.robustmq.kernel.SubscribeRequest;
import io.robustmq.kernel.SubscribeRequest.LastValues;
import io.robustmq.kernel.shard.ShardAudit;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class NodeKernelTest {
    private static final Guarantee Q0 = Guarantee.AT_MOST_ONCE;
    private static final Guarantee Q1 = Guarantee.AT_LEAST_ONCE;
    private static final Guarantee Q2 = Guarantee.EXACTLY_ONCE;
    private static final long FOREVER = AttachRequest.NEVER_EXPIRES;

    private static KernelOptions flushingOften() {
        return withFlush(40, 1000);
    }

    private static KernelOptions withFlush(long records, int pendingMax) {
        KernelOptions d = KernelOptions.DEFAULTS;
        return new KernelOptions(
                d.nameCacheEntries(),
                d.windowMax(),
                d.windowBytesMax(),
                d.backlogMessagesMax(),
                d.backlogBytesMax(),
                pendingMax,
                d.subscriptionsMax(),
                d.retainedMax(),
                d.delayedMax(),
                d.entryTargetBytes(),
                d.pressedBytes(),
                d.flushBytes(),
                records,
                d.flushAgeMillis(),
                d.tailFactor(),
                d.queueLengthMax(),
                d.queueCredit(),
                d.runCacheBytes(),
                KernelRule.ALL);
    }

    @Test
    void lastValueThatIsSentAgainKeepsItsSubscriptionIdentifier() {
        for (boolean flushed : new boolean[] {false, true}) {
            try (KernelRig rig = new KernelRig(flushed ? withFlush(1, 1000) : KernelOptions.DEFAULTS)) {
                TestClient publisher = rig.attach(0, "pub", true, 0);
                publisher.publish("v", "x", Q1, true);
                rig.settle();
                TestClient subscriber = rig.attach(1, "sub", false, FOREVER);
                subscriber.settlesAtOnce = false;
                subscriber.subscribe(new SubscribeRequest("v", Q1, false, false, LastValues.SEND, 7, null));
                rig.settle();
                assertThat(subscriber.identifiers).containsExactly(List.of(7));
                subscriber.session().detach(Detach.BROKEN);
                rig.pass(2000);
                TestClient again = rig.attachHolding(0, "sub");
                assertThat(again.got).containsExactly("x again kept");
                assertThat(again.identifiers).containsExactly(List.of(7));
                rig.pass(2000);
                rig.crash();
                TestClient third = rig.attach(0, "sub", false, FOREVER);
                assertThat(third.got).containsExactly("x again kept");
                assertThat(third.identifiers).containsExactly(List.of(7));
            }
        }
    }

    @Test
    void transientSubscriberOnAnotherLoopGetsEveryGuarantee() {
        try (KernelRig rig = new KernelRig()) {
            TestClient subscriber = rig.attach(0, "sub", true, 0);
            subscriber.subscribe("a/+", Q2);
            rig.settle();
            assertThat(subscriber.subscribed).hasSize(1);
            TestClient publisher = rig.attach(1, "pub", true, 0);
            publisher.publish("a/b", "zero", Q0);
            publisher.publish("a/b", "one", Q1);
            publisher.session().publishOnce(7, publisher.draft("a/b", "two", Q2));
            publisher.publish("x", "nobody", Q1);
            rig.settle();
            assertThat(subscriber.got).containsExactly("zero", "one", "two");
            assertThat(publisher.events).contains("published 2 DONE", "once 7 DONE", "published 3 NO_ROUTE");
        }
    }

    @Test
    void durableSessionGetsOfflineMessagesInOrderAfterACrash() {
        try (KernelRig rig = new KernelRig()) {
            TestClient subscriber = rig.attach(0, "sub", false, FOREVER);
            assertThat(subscriber.resumed).isFalse();
            subscriber.subscribe("t/#", Q1);
            rig.settle();
            subscriber.session().detach(Detach.BROKEN);
            TestClient publisher = rig.attach(1, "pub", true, 0);
            List<String> sent = new ArrayList<>();
            for (int i = 0; i < 100; i++) {
                sent.add("m" + i);
                publisher.publish("t/" + i % 3, "m" + i, Q1);
            }
            rig.settle();
            assertThat(publisher.events).hasSize(100).allMatch(event -> event.endsWith("DONE"));
            rig.crash();
            TestClient again = rig.attach(1, "sub", false, FOREVER);
            assertThat(again.resumed).isTrue();
            assertThat(again.got).containsExactlyElementsOf(sent);
            assertThat(again.ids).startsWith(1L, 2L, 3L).endsWith(100L);
        }
    }

    @Test
    void unsettledDeliveriesComeAgainWithTheSameIdsAndSettledOnesDoNot() {
        try (KernelRig rig = new KernelRig(flushingOften())) {
            TestClient subscriber = rig.attach(0, "sub", false, FOREVER);
            subscriber.settlesAtOnce = false;
            subscriber.subscribe("t", Q2);
            rig.settle();
            TestClient publisher = rig.attach(1, "pub", true, 0);
            for (int i = 1; i <= 6; i++) {
                publisher.session().publishOnce(i, publisher.draft("t", "m" + i, Q2));
            }
            rig.settle();
            assertThat(subscriber.ids).containsExactly(1L, 2L, 3L, 4L, 5L, 6L);
            assertThat(subscriber.session().settle(2, Settlement.RECEIVED)).isTrue();
            rig.settle();
            assertThat(subscriber.events).containsExactly("received 2");
            subscriber.session().settle(2, Settlement.COMPLETED);
            subscriber.session().settle(4, Settlement.RECEIVED);
            rig.settle();
            rig.crash();
            TestClient again = rig.attach(0, "sub", false, FOREVER);
            assertThat(again.got).containsExactly("m1 again", "m3 again", "m5 again", "m6 again");
            assertThat(again.ids).containsExactly(1L, 3L, 5L, 6L);
            assertThat(again.events).contains("received 4");
            rig.pass(10);
            again.session().detach(Detach.BROKEN);
            rig.settle();
            assertThat(rig.attach(0, "sub", false, FOREVER).got).isEmpty();
        }
    }

    @Test
    void exactlyOncePublishIsForwardedOnceHoweverOftenItIsSent() {
        try (KernelRig rig = new KernelRig()) {
            TestClient subscriber = rig.attach(0, "sub", false, FOREVER);
            subscriber.subscribe("t", Q2);
            TestClient publisher = rig.attach(1, "pub", false, FOREVER);
            rig.settle();
            publisher.session().publishOnce(9, publisher.draft("t", "once", Q2));
            rig.settle();
            publisher.session().publishOnce(9, publisher.draft("t", "once", Q2));
            rig.settle();
            rig.crash();
            TestClient resumed = rig.attach(1, "pub", false, FOREVER);
            resumed.session().publishOnce(9, resumed.draft("t", "once", Q2));
            resumed.session().releaseOnce(9);
            rig.settle();
            assertThat(resumed.events).containsExactly("once 9 DONE", "released 9 true");
            resumed.session().releaseOnce(9);
            rig.settle();
            assertThat(resumed.events).endsWith("released 9 false");
            TestClient again = rig.attach(0, "sub", false, FOREVER);
            assertThat(subscriber.got).containsExactly("once");
            assertThat(again.got).isEmpty();
        }
    }

    @Test
    void lastValueIsKeptReplacedAndRemovedAcrossCrashes() {
        try (KernelRig rig = new KernelRig(flushingOften())) {
            TestClient publisher = rig.attach(0, "pub", true, 0);
            publisher.publish("k/a", "1", Q1, true);
            publisher.publish("k/a", "2", Q1, true);
            publisher.publish("k/b", "3", Q0, true);
            publisher.publish("k/c", "4", Q1, true);
            rig.settle();
            publisher.publish("k/c", "", Q1, true);
            rig.settle();
            rig.crash();
            TestClient transientOne = rig.attach(1, "t", true, 0);
            transientOne.subscribe("k/+", Q1);
            TestClient durable = rig.attach(0, "d", false, FOREVER);
            durable.subscribe("k/#", Q1);
            rig.settle();
            assertThat(transientOne.got).containsExactlyInAnyOrder("2 kept", "3 kept");
            assertThat(durable.got).containsExactlyInAnyOrder("2 kept", "3 kept");
        }
    }

    @Test
    void partingMessageIsSentAfterItsDelayAlsoAfterACrashAndNotAfterReturn() {
        try (KernelRig rig = new KernelRig()) {
            TestClient watcher = rig.attach(0, "watch", false, FOREVER);
            watcher.subscribe("gone", Q1);
            rig.settle();
            TestClient first = rig.attach(1, rig.withParting("a", FOREVER, "gone", 5000));
            first.session().detach(Detach.BROKEN);
            rig.pass(1000);
            TestClient back = rig.attach(1, rig.withParting("a", FOREVER, "gone", 5000));
            rig.pass(10_000);
            assertThat(watcher.got).isEmpty();
            back.session().detach(new Detach(true, Detach.KEEP_EXPIRY));
            rig.pass(10_000);
            assertThat(watcher.got).isEmpty();
            rig.attach(1, rig.withParting("b", 0, "gone", 5000));
            rig.attach(1, rig.withParting("c", FOREVER, "gone", 5000));
            rig.crash();
            TestClient watching = rig.attach(0, "watch", false, FOREVER);
            rig.pass(100);
            assertThat(watching.got).containsExactly("gone b");
            rig.pass(6000);
            assertThat(watching.got).containsExactly("gone b", "gone c");
        }
    }

    @Test
    void sessionIsTakenOverAndExpires() {
        try (KernelRig rig = new KernelRig()) {
            TestClient first = rig.attach(0, "c", false, 60_000);
            first.subscribe("t", Q1);
            rig.settle();
            TestClient second = rig.attach(1, "c", false, 60_000);
            assertThat(first.closed).isEqualTo(CloseReason.TAKEN_OVER);
            assertThat(second.resumed).isTrue();
            second.session().detach(Detach.BROKEN);
            rig.pass(59_000);
            TestClient third = rig.attach(0, "c", false, 60_000);
            assertThat(third.resumed).isTrue();
            third.session().detach(Detach.BROKEN);
            rig.pass(61_000);
            assertThat(rig.attach(0, "c", false, 60_000).resumed).isFalse();
            TestClient fresh = rig.attach(0, "c", true, 0);
            assertThat(fresh.resumed).isFalse();
            TestClient transientAgain = rig.attach(1, "c", true, 0);
            assertThat(fresh.closed).isEqualTo(CloseReason.TAKEN_OVER);
            assertThat(transientAgain.attached).isTrue();
        }
    }

    @Test
    void groupSharesMessagesAndTakesBackWhatAMemberLeaves() {
        try (KernelRig rig = new KernelRig()) {
            TestClient a = rig.attach(0, "a", true, 0);
            TestClient b = rig.attach(1, "b", true, 0);
            a.join("g", "q/#");
            b.join("g", "q/#");
            rig.settle();
            TestClient publisher = rig.attach(0, "pub", true, 0);
            for (int i = 0; i < 10; i++) {
                publisher.publish("q/x", "m" + i, Q1);
            }
            rig.settle();
            assertThat(a.got).hasSize(5);
            assertThat(b.got).hasSize(5);
            b.settlesAtOnce = false;
            a.session().unsubscribe(99, List.of(new GroupPattern("q/#", "g")));
            rig.settle();
            publisher.publish("q/x", "held", Q1);
            rig.settle();
            assertThat(b.got).endsWith("held");
            TestClient c = rig.attach(0, "c", true, 0);
            c.join("g", "q/#");
            rig.settle();
            b.session().detach(Detach.BROKEN);
            rig.settle();
            assertThat(c.got).containsExactly("held again");
            publisher.publish("q/x", "zero", Q0);
            rig.settle();
            assertThat(c.got).endsWith("zero");
        }
    }

    @Test
    void durableMembersKeepTheirGroupOverACrash() {
        try (KernelRig rig = new KernelRig(flushingOften())) {
            TestClient member = rig.attach(0, "m", false, FOREVER);
            member.join("g", "q");
            rig.settle();
            assertThat(member.subscribed).hasSize(1);
            member.session().detach(Detach.BROKEN);
            TestClient publisher = rig.attach(1, "pub", true, 0);
            List<String> sent = new ArrayList<>();
            for (int i = 0; i < 60; i++) {
                publisher.publish("q", "m" + i, Q1);
                sent.add("m" + i);
            }
            rig.settle();
            rig.crash();
            rig.crash();
            TestClient again = rig.attach(1, "m", false, FOREVER);
            rig.settle();
            // The mark covers messages ahead of delivery: some count as perhaps delivered, none is missing or out of
            // order.
            assertThat(again.got.stream().map(one -> one.replace(" again", ""))).containsExactlyElementsOf(sent);
            again.session().unsubscribe(1, List.of(new GroupPattern("q", "g")));
            rig.settle();
            assertThat(rig.kernel.figures().queues()).isZero();
        }
    }

    @Test
    void overlappingSubscriptionsGiveOneCopyWithAllIdentifiers() {
        try (KernelRig rig = new KernelRig()) {
            for (long expiry : new long[] {0, FOREVER}) {
                TestClient subscriber = rig.attach(0, "sub" + expiry, false, expiry);
                subscriber.subscribe(new SubscribeRequest("o/+", Q1, false, false, LastValues.SEND, 3, null));
                subscriber.subscribe(new SubscribeRequest("o/#", Q2, false, false, LastValues.SEND, 4, null));
                rig.settle();
                TestClient publisher = rig.attach(1, "pub", true, 0);
                publisher.publish("o/1", "one", Q1);
                publisher.publish("o/1", "zero", Q0);
                rig.settle();
                assertThat(subscriber.got).containsExactlyInAnyOrder("one", "zero");
            }
        }
    }

    @Test
    void noLocalLeavesOutOnesOwn() {
        try (KernelRig rig = new KernelRig()) {
            for (long expiry : new long[] {0, FOREVER}) {
                TestClient self = rig.attach(0, "self" + expiry, false, expiry);
                self.subscribe(new SubscribeRequest("n", Q1, true, false, LastValues.SEND, 0, null));
                rig.settle();
                self.publish("n", "mine", Q1);
                self.publish("n", "mine too", Q0);
                rig.attach(1, "other", true, 0).publish("n", "other's", Q1);
                rig.settle();
                assertThat(self.got).containsExactly("other's");
            }
        }
    }

    @Test
    void pendingBeyondTheLimitDropsTheOldest() {
        try (KernelRig rig = new KernelRig(withFlush(1_000_000, 10))) {
            TestClient subscriber = rig.attach(0, "sub", false, FOREVER);
            subscriber.subscribe("t", Q1);
            rig.settle();
            subscriber.session().detach(Detach.BROKEN);
            rig.settle();
            TestClient publisher = rig.attach(1, "pub", true, 0);
            for (int i = 0; i < 25; i++) {
                publisher.publish("t", "m" + i, Q1);
            }
            rig.settle();
            rig.crash();
            assertThat(rig.attach(0, "sub", false, FOREVER).got)
                    .containsExactly("m15", "m16", "m17", "m18", "m19", "m20", "m21", "m22", "m23", "m24");
        }
    }

    @Test
    void windowBoundsWhatIsUnsettled() {
        try (KernelRig rig = new KernelRig()) {
            for (long expiry : new long[] {0, FOREVER}) {
                TestClient subscriber =
                        rig.attach(0, new AttachRequest(new SessionKey(0, "w"), true, expiry, 3, 1 << 20, null));
                subscriber.settlesAtOnce = false;
                subscriber.subscribe("t", Q1);
                rig.settle();
                TestClient publisher = rig.attach(1, "pub", true, 0);
                for (int i = 0; i < 8; i++) {
                    publisher.publish("t", "m" + i, Q1);
                }
                rig.settle();
                assertThat(subscriber.got).containsExactly("m0", "m1", "m2");
                subscriber.session().settle(subscriber.ids.get(1), Settlement.ACCEPTED);
                rig.settle();
                assertThat(subscriber.got).containsExactly("m0", "m1", "m2", "m3");
                subscriber.session().detach(new Detach(true, 0));
                rig.settle();
            }
        }
    }

    @Test
    void flushedBacklogIsReadBackFromRunsAndRunsDisappearWhenEmpty() {
        try (KernelRig rig = new KernelRig(flushingOften())) {
            TestClient subscriber = rig.attach(0, "sub", false, FOREVER);
            subscriber.subscribe("t", Q1);
            rig.settle();
            subscriber.session().detach(Detach.BROKEN);
            TestClient publisher = rig.attach(1, "pub", true, 0);
            List<String> sent = new ArrayList<>();
            for (int round = 0; round < 10; round++) {
                for (int i = 0; i < 50; i++) {
                    sent.add("r" + round + "-" + i);
                    publisher.publish("t", "r" + round + "-" + i, Q1);
                }
                rig.settle();
            }
            assertThat(rig.kernel.figures().flushes()).isPositive();
            rig.crash();
            TestClient again = rig.attach(1, "sub", false, FOREVER);
            rig.settle();
            assertThat(again.got).containsExactlyElementsOf(sent);
            assertThat(rig.kernel.figures().pendingMessages()).isZero();
        }
    }

    @Test
    void lastValuesWaitForAReceiverThatDoesNotDrain() {
        try (KernelRig rig = new KernelRig()) {
            TestClient publisher = rig.attach(0, "pub", true, 0);
            for (int i = 0; i < 1000; i++) {
                publisher.publish("k/" + i, "v" + i, Q0, true);
            }
            rig.settle();
            TestClient slow = rig.attach(1, "slow", true, 0);
            slow.takes = false;
            slow.subscribe("k/#", Q0);
            rig.settle();
            assertThat(slow.got).hasSizeBetween(1, 2 * 64);
            slow.takes = true;
            slow.session().drained();
            rig.settle();
            assertThat(slow.got).hasSize(1000).doesNotHaveDuplicates();
        }
    }

    @Test
    void noLocalMayChangeWhileOnesOwnMessagesWait() {
        try (KernelRig rig = new KernelRig()) {
            TestClient client = rig.attach(0, "both", false, FOREVER);
            client.settlesAtOnce = false;
            client.subscribe(new SubscribeRequest("t", Q1, true, false, LastValues.DO_NOT_SEND, 0, null));
            TestClient other = rig.attach(1, "other", false, FOREVER);
            other.subscribe("t", Q1);
            rig.settle();
            other.session().detach(Detach.BROKEN);
            rig.settle();
            client.publish("t", "unseen", Q1);
            rig.settle();
            client.subscribe(new SubscribeRequest("t", Q1, false, false, LastValues.DO_NOT_SEND, 0, null));
            rig.settle();
            client.publish("t", "seen", Q1);
            rig.settle();
            assertThat(client.got).containsExactly("seen");
            ShardAudit.check(rig.kernel);
            rig.crash();
            ShardAudit.check(rig.kernel);
            assertThat(rig.attach(0, "other", false, FOREVER).got).containsExactly("unseen", "seen");
        }
    }
}
