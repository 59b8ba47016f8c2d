package io.robustmq.kernel.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.robustmq.kernel.AttachRequest;
import io.robustmq.kernel.CloseReason;
import io.robustmq.kernel.Delivery;
import io.robustmq.kernel.Detach;
import io.robustmq.kernel.Guarantee;
import io.robustmq.kernel.KernelOptions;
import io.robustmq.kernel.KernelRule;
import io.robustmq.kernel.Session.GroupPattern;
import io.robustmq.kernel.SessionKey;
import io.robustmq.kernel.Settlement;
import io.robustmq.kernel.SubscribeRequest;
import io.robustmq.kernel.SubscribeRequest.LastValues;
import io.robustmq.kernel.SubscribeResult;
import io.robustmq.kernel.link.ShardDirectory;
import io.robustmq.kernel.shard.ShardAudit;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

/** What happens to those who wait when a shard starts anew, and what a client may not break whatever it asks for. */
class NodeFaultTest {
    private static final Guarantee Q1 = Guarantee.AT_LEAST_ONCE;
    private static final Guarantee Q2 = Guarantee.EXACTLY_ONCE;
    private static final long FOREVER = AttachRequest.NEVER_EXPIRES;
    private static final ShardDirectory DIRECTORY = new ShardDirectory(KernelRig.SHARDS, 2);

    private static int shardOf(String client) {
        return DIRECTORY.shardOf(new SessionKey(0, client));
    }

    /** A client whose session is in the shard. */
    private static String clientIn(int shard, String prefix) {
        for (int i = 0; ; i++) {
            if (shardOf(prefix + i) == shard) {
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
    void membersHearThatTheShardOfTheirGroupStartedAnew() {
        try (KernelRig rig = new KernelRig()) {
            String group = groupIn(1, "t");
            TestClient member = rig.attach(0, clientIn(0, "member"), true, 0);
            member.join(group, "t");
            rig.settle();
            TestClient durable = rig.attach(0, clientIn(0, "durable"), false, FOREVER);
            durable.settlesAtOnce = false;
            durable.join(group, "t");
            TestClient publisher = rig.attach(1, clientIn(0, "publisher"), true, 0);
            rig.settle();
            publisher.publish("t", "kept", Q1);
            rig.settle();
            rig.loseAnswersOf(() -> publisher.publish("t", "lost", Q1));
            assertThat(member.closed).isEqualTo(CloseReason.STATE_LOST);
            assertThat(durable.closed).isEqualTo(CloseReason.STATE_LOST);
            TestClient again = rig.attach(0, clientIn(0, "durable"), false, FOREVER);
            publisher.publish("t", "next", Q1);
            rig.settle();
            assertThat(again.got).contains("next");
        }
    }

    @Test
    void memberThatComesWhileItsGroupIsRecoveredIsServedAfterwards() {
        try (KernelRig rig = new KernelRig()) {
            String group = groupIn(1, "t");
            String name = clientIn(0, "durable");
            TestClient durable = rig.attach(0, name, false, FOREVER);
            durable.join(group, "t");
            rig.settle();
            durable.session().detach(Detach.BROKEN);
            rig.pass(1000);
            rig.faultyCoordination.setDown(true);
            ShardAudit.startAnew(rig.kernel, 1);
            TestClient again = rig.attach(0, name, false, FOREVER);
            assertThat(again.attached).isTrue();
            rig.faultyCoordination.setDown(false);
            rig.pass(2000);
            TestClient publisher = rig.attach(1, clientIn(0, "publisher"), true, 0);
            publisher.publish("t", "m", Q1);
            rig.settle();
            assertThat(again.got).containsExactly("m");
        }
    }

    @Test
    void answersToAnOutboxThatIsGoneHarmNobody() {
        try (KernelRig rig = new KernelRig()) {
            TestClient subscriber = rig.attach(0, clientIn(1, "sub"), false, FOREVER);
            subscriber.subscribe("t", Q2);
            rig.settle();
            TestClient publisher = rig.attach(0, clientIn(0, "pub"), false, FOREVER);
            rig.pass(1000);
            rig.faultyCoordination.setDown(true);
            ShardAudit.startAnew(rig.kernel, 1);
            publisher.session().publishOnce(1, publisher.draft("t", "m", Q2));
            rig.settle();
            rig.faultyCoordination.setDown(false);
            rig.pass(5);
            for (int i = 0; i < 400 && rig.faultyLedgers.heldCount() == 0; i++) {
                rig.pass(1);
                rig.faultyLedgers.hold();
            }
            ShardAudit.startAnew(rig.kernel, 0);
            rig.faultyLedgers.releaseHeld();
            rig.pass(3000);
            assertThat(ShardAudit.invariantsBroken(rig.kernel)).isZero();
            TestClient again = rig.attach(1, clientIn(1, "sub"), false, FOREVER);
            rig.pass(1000);
            List<String> got = new ArrayList<>(subscriber.got);
            got.addAll(again.got);
            assertThat(got).containsExactly("m");
        }
    }

    @Test
    void lastValuesComeAlsoIfTheirShardStartsAnewMeanwhile() {
        try (KernelRig rig = new KernelRig()) {
            TestClient publisher = rig.attach(0, "pub", true, 0);
            for (int i = 0; i < 300; i++) {
                publisher.publish("v/" + i, "x" + i, Q1, true);
            }
            rig.pass(1000);
            TestClient subscriber = rig.attach(0, clientIn(0, "sub"), true, 0);
            subscriber.takes = false;
            subscriber.subscribe("v/#", Q1);
            rig.settle();
            int first = subscriber.got.size();
            assertThat(first).isBetween(1, 299);
            ShardAudit.startAnew(rig.kernel, 1);
            rig.pass(1000);
            subscriber.takes = true;
            for (int i = 0; i < 20; i++) {
                subscriber.session().drained();
                rig.settle();
            }
            assertThat(subscriber.got).hasSize(300).doesNotHaveDuplicates();
            assertThat(ShardAudit.invariantsBroken(rig.kernel)).isZero();
        }
    }

    @Test
    void unsubscribeDoesNotOvertakeTheSubscribeBeforeIt() {
        try (KernelRig rig = new KernelRig()) {
            for (int loop = 0; loop < 2; loop++) {
                String name = "sub" + loop;
                TestClient subscriber = rig.attach(loop, name, false, FOREVER);
                subscriber.subscribe("t", Q1);
                subscriber.session().unsubscribe(7, List.of(new GroupPattern("t", "")));
                subscriber.join("g", "u");
                subscriber.session().unsubscribe(8, List.of(new GroupPattern("u", "g")));
                rig.settle();
                TestClient publisher = rig.attach(0, "pub", true, 0);
                publisher.publish("t", "m", Q1);
                publisher.publish("u", "m", Q1);
                rig.settle();
                assertThat(subscriber.got).isEmpty();
                assertThat(publisher.events).containsExactly("published 1 NO_ROUTE", "published 2 NO_ROUTE");
            }
        }
    }

    @Test
    void nothingIsSentByAChangeOfSubscriptionsThatIsNotInTheLog() {
        try (KernelRig rig = new KernelRig()) {
            TestClient subscriber =
                    rig.attach(0, new AttachRequest(new SessionKey(0, "sub"), false, FOREVER, 1, 1 << 20, null));
            subscriber.settlesAtOnce = false;
            subscriber.subscribe("a", Q1);
            subscriber.subscribe("b", Q1);
            rig.settle();
            TestClient publisher = rig.attach(1, "pub", true, 0);
            publisher.publish("b", "first", Q1);
            publisher.publish("a", "of a", Q1);
            publisher.publish("b", "of b", Q1);
            rig.settle();
            assertThat(subscriber.got).containsExactly("first");

            rig.faultyLedgers.hold();
            subscriber.session().unsubscribe(7, List.of(new GroupPattern("a", "")));
            rig.settle();
            assertThat(subscriber.events).isEmpty();
            subscriber.session().settle(subscriber.ids.getFirst(), Settlement.ACCEPTED);
            rig.pass(100);
            assertThat(subscriber.got)
                    .as("while a takeover might forget the change")
                    .containsExactly("first");
            rig.faultyLedgers.releaseHeld();
            rig.pass(100);
            assertThat(subscriber.got).containsExactly("first", "of b");
            assertThat(subscriber.events).contains("unsubscribed [true]");
        }
    }

    @Test
    void whatAMemberWaitsForGoesBackWhenItsMembershipEnds() {
        try (KernelRig rig = new KernelRig()) {
            TestClient member =
                    rig.attach(0, new AttachRequest(new SessionKey(0, "member"), true, 0, 1, 1 << 20, null));
            member.settlesAtOnce = false;
            member.join("g", "t");
            rig.settle();
            TestClient publisher = rig.attach(1, "pub", true, 0);
            publisher.publish("t", "m0", Q1);
            publisher.publish("t", "m1", Q1);
            rig.settle();
            TestClient other = rig.attach(1, "other", true, 0);
            other.join("g", "t");
            member.session().unsubscribe(7, List.of(new GroupPattern("t", "g")));
            rig.settle();
            assertThat(other.got).contains("m0 again", "m1 again");
            member.session().settle(member.ids.getFirst(), Settlement.ACCEPTED);
            rig.settle();
            assertThat(member.got).as("it has left").containsExactly("m0");
        }
    }

    @Test
    void whatGoesByTheOutboxWaitsForWhatWentStraight() {
        try (KernelRig rig = new KernelRig()) {
            TestClient subscriber = rig.attach(0, clientIn(1, "sub"), false, FOREVER);
            subscriber.subscribe("t", Q2);
            rig.settle();
            TestClient publisher = rig.attach(0, clientIn(0, "pub"), false, FOREVER);
            rig.pass(1000);

            rig.faultyLedgers.hold();
            publisher.publish("t", "straight", Q1);
            rig.pass(100);
            assertThat(rig.faultyLedgers.heldCount()).isEqualTo(1);
            publisher.session().publishOnce(7, publisher.draft("t", "once", Q2));
            publisher.publish("t", "behind", Q1);
            rig.pass(100);
            assertThat(rig.faultyLedgers.heldCount())
                    .as("a crash now must not keep what was published later")
                    .isEqualTo(1);
            assertThat(publisher.events).isEmpty();
            rig.faultyLedgers.releaseHeld();
            rig.pass(1000);
            assertThat(publisher.events).containsExactly("published 1 DONE", "once 7 DONE", "published 2 DONE");
            assertThat(subscriber.got).containsExactly("straight", "once", "behind");
        }
    }

    @Test
    void whatWaitedForTheOutboxIsGoneWithItsConnection() {
        try (KernelRig rig = new KernelRig()) {
            String name = clientIn(0, "pub");
            TestClient subscriber = rig.attach(0, clientIn(1, "sub"), false, FOREVER);
            subscriber.subscribe("t", Q2);
            rig.settle();
            TestClient publisher = rig.attach(0, name, false, FOREVER);
            rig.pass(1000);

            rig.faultyLedgers.hold();
            publisher.publish("t", "straight", Q1);
            publisher.session().publishOnce(7, publisher.draft("t", "once", Q2));
            rig.pass(100);
            publisher.session().detach(Detach.BROKEN);
            rig.faultyLedgers.releaseHeld();
            rig.pass(1000);
            TestClient again = rig.attach(1, name, false, FOREVER);
            rig.pass(1000);
            assertThat(again.resumed).isTrue();
            again.session().publishOnce(7, again.draft("t", "once", Q2));
            rig.pass(1000);
            assertThat(again.events).containsExactly("once 7 DONE");
            assertThat(subscriber.got).containsExactly("straight", "once");
        }
    }

    @Test
    void joiningAgainKeepsWhatWaits() {
        try (KernelRig rig = new KernelRig()) {
            TestClient member = rig.attach(0, "member", true, 0);
            member.settlesAtOnce = false;
            member.join("g", "t");
            rig.settle();
            TestClient publisher = rig.attach(1, "pub", true, 0);
            for (int i = 0; i < 3; i++) {
                publisher.publish("t", "m" + i, Q1);
            }
            rig.settle();
            assertThat(member.got).containsExactly("m0", "m1", "m2");
            member.join("g", "t");
            rig.settle();
            assertThat(member.got).contains("m0 again", "m1 again", "m2 again");
        }
    }

    @Test
    void memberThatNeverSettlesIsLetGoBeforeItHasMoreThanItsSlots() {
        try (KernelRig rig = new KernelRig()) {
            TestClient greedy =
                    rig.attach(0, new AttachRequest(new SessionKey(0, "greedy"), true, 0, 65_535, 1 << 20, null));
            greedy.settlesAtOnce = false;
            int credit = KernelOptions.DEFAULTS.queueCredit();
            for (int i = 0; i <= Delivery.QUEUE_SLOTS / credit; i++) {
                greedy.join("g" + i, "t");
            }
            rig.settle();
            assertThat(greedy.subscribed)
                    .filteredOn(results -> results.getFirst() instanceof SubscribeResult.Refused)
                    .hasSize(1);
            TestClient other = rig.attach(0, "other", true, 0);
            other.subscribe("t", Q1);
            rig.settle();
            TestClient publisher = rig.attach(1, "pub", true, 0);
            for (int i = 0; i < credit; i++) {
                publisher.publish("t", "m" + i, Q1);
            }
            rig.settle();
            assertThat(greedy.closed).isNull();
            for (int i = 0; i < 2; i++) {
                greedy.join("g" + i, "t");
                rig.settle();
            }
            publisher.publish("t", "last", Q1);
            rig.settle();
            assertThat(greedy.closed).isEqualTo(CloseReason.STATE_LOST);
            assertThat(other.got).hasSize(credit + 1);
            assertThat(publisher.events).hasSize(credit + 1);
        }
    }

    @Test
    void sessionWithMoreMembershipsThanALogEntryHoldsCanEnd() {
        try (KernelRig rig = new KernelRig()) {
            TestClient member = rig.attach(0, "member", false, FOREVER);
            String longName = "x".repeat(60_000);
            for (int i = 0; i < 30; i++) {
                member.join("g" + i, longName);
            }
            rig.settle();
            assertThat(member.subscribed).hasSize(30);
            TestClient fresh = rig.attach(0, "member", true, 0);
            rig.settle();
            assertThat(ShardAudit.invariantsBroken(rig.kernel)).isZero();
            assertThat(fresh.attached).isTrue();
            assertThat(fresh.resumed).isFalse();
            fresh.publish(longName, "m", Q1);
            rig.settle();
            assertThat(fresh.events).containsExactly("published 1 NO_ROUTE");
        }
    }

    @Test
    void messageThatFitsNoLogEntryIsRefused() {
        try (KernelRig rig = new KernelRig()) {
            TestClient subscriber = rig.attach(0, "sub", false, FOREVER);
            subscriber.subscribe("t", Q1);
            rig.settle();
            String huge = "x".repeat(16 << 20);
            subscriber.publish("t", huge, Q1);
            subscriber.session().publishOnce(3, subscriber.draft("t", huge, Q2));
            rig.settle();
            assertThat(subscriber.events).containsExactly("published 2 OVERLOADED", "once 3 OVERLOADED");
            assertThat(ShardAudit.invariantsBroken(rig.kernel)).isZero();
            assertThat(subscriber.closed).isNull();
        }
    }

    @Test
    void exactlyOncePublishIsRefusedWhileNoFlushShortensTheLogAndTakenAfterwards() {
        try (KernelRig rig = new KernelRig(flushingAt(Long.MAX_VALUE, 4000, 1))) {
            TestClient subscriber = rig.attach(1, clientIn(1, "sub"), true, 0);
            subscriber.subscribe("t", Q2);
            TestClient publisher = rig.attach(0, clientIn(0, "pub"), false, FOREVER);
            rig.faultyLedgers.refuseCreates(Integer.MAX_VALUE);
            publisher.session().publishOnce(1, publisher.draft("t", "x".repeat(5000), Q2));
            rig.pass(10);
            publisher.session().publishOnce(2, publisher.draft("t", "second", Q2));
            publisher.session().publishOnce(1, publisher.draft("t", "again", Q2));
            rig.pass(10);
            assertThat(publisher.events).containsExactly("once 1 DONE", "once 2 OVERLOADED", "once 1 DONE");
            assertThat(subscriber.got).hasSize(1);
            rig.faultyLedgers.refuseCreates(0);
            rig.pass(2000);
            publisher.session().publishOnce(2, publisher.draft("t", "second", Q2));
            rig.pass(10);
            publisher.session().publishOnce(2, publisher.draft("t", "second", Q2));
            rig.pass(10);
            assertThat(publisher.events).endsWith("once 2 OVERLOADED", "once 2 DONE");
            assertThat(subscriber.got).hasSize(2).endsWith("second");
        }
    }

    @Test
    void expiredLastValuesLeaveAlsoAfterAFlushAndTimersDoNotPileUp() {
        try (KernelRig rig = new KernelRig(flushingOften())) {
            TestClient publisher = rig.attach(0, "pub", true, 0);
            for (int i = 0; i < 100; i++) {
                publisher
                        .session()
                        .publish(
                                1,
                                publisher
                                        .draft("v", "x" + i, Q1)
                                        .lastValue(true)
                                        .expiresAtMillis(rig.loop.wallMillis() + 5000));
                rig.settle();
            }
            assertThat(ShardAudit.timers(rig.kernel)).isEqualTo(1);
            rig.pass(2000);
            rig.crash();
            assertThat(rig.kernel.figures().retained()).isEqualTo(1);
            rig.pass(70_000);
            assertThat(rig.kernel.figures().retained()).isZero();
        }
    }

    private static KernelOptions flushingOften() {
        return flushingAt(10, KernelOptions.DEFAULTS.flushBytes(), KernelOptions.DEFAULTS.tailFactor());
    }

    private static KernelOptions flushingAt(long records, long bytes, int tailFactor) {
        KernelOptions d = KernelOptions.DEFAULTS;
        return new KernelOptions(
                d.nameCacheEntries(),
                d.windowMax(),
                d.windowBytesMax(),
                d.backlogMessagesMax(),
                d.backlogBytesMax(),
                d.pendingMessagesMax(),
                d.subscriptionsMax(),
                d.retainedMax(),
                d.delayedMax(),
                d.entryTargetBytes(),
                d.pressedBytes(),
                bytes,
                records,
                d.flushAgeMillis(),
                tailFactor,
                d.queueLengthMax(),
                d.queueCredit(),
                d.runCacheBytes(),
                KernelRule.ALL);
    }

    @Test
    void stopEndsAlsoIfTheLogIsLostMeanwhile() {
        KernelRig rig = new KernelRig();
        try {
            TestClient subscriber = rig.attach(0, "sub", false, FOREVER);
            subscriber.subscribe("t", Q1);
            rig.pass(1000);
            rig.faultyLedgers.hold();
            subscriber.publish("t", "m", Q1);
            rig.settle();
            CompletionStage<Void> stopped = rig.kernel.stop();
            rig.settle();
            rig.faultyCoordination.setDown(true);
            rig.faultyLedgers.loseHeld();
            rig.pass(10_000);
            assertThat(stopped.toCompletableFuture()).isDone();
        } finally {
            rig.faultyCoordination.setDown(false);
            rig.close();
        }
    }

    @Test
    void takeoverWaitsForWhatTheClientPublishedBefore() {
        try (KernelRig rig = new KernelRig()) {
            TestClient subscriber = rig.attach(0, clientIn(1, "sub"), false, FOREVER);
            subscriber.subscribe("t", Q2);
            String name = clientIn(0, "pub");
            TestClient first = rig.attach(0, name, false, FOREVER);
            rig.pass(1000);
            subscriber.session().detach(Detach.BROKEN);
            rig.settle();
            rig.faultyCoordination.setDown(true);
            ShardAudit.startAnew(rig.kernel, 1);
            first.session().publishOnce(1, first.draft("t", "old", Q2));
            rig.settle();
            assertThat(first.events).containsExactly("once 1 DONE");
            TestClient second = rig.attach(0, name, false, FOREVER);
            TestClient third = rig.attach(0, name, false, FOREVER);
            assertThat(first.closed).isEqualTo(CloseReason.TAKEN_OVER);
            assertThat(second.attached || third.attached).isFalse();
            rig.faultyCoordination.setDown(false);
            rig.pass(2000);
            assertThat(third.attached).isTrue();
            third.publish("t", "new", Q1);
            rig.settle();
            assertThat(rig.attach(1, clientIn(1, "sub"), false, FOREVER).got).containsExactly("old", "new");
        }
    }

    @Test
    void clientThatLeavesCleanlyBeforeItIsAttachedHasNoPartingMessageSent() {
        try (KernelRig rig = new KernelRig()) {
            TestClient watcher = rig.attach(0, "watcher", true, 0);
            watcher.subscribe("will", Q1);
            rig.settle();
            TestClient client = new TestClient(rig.door(0), "c");
            client.session = rig.door(0).attach(rig.withParting("c", FOREVER, "will", 0), client);
            client.session().detach(new Detach(true, Detach.KEEP_EXPIRY));
            TestClient next = new TestClient(rig.door(0), "c");
            next.session = rig.door(0).attach(rig.withParting("c", FOREVER, null, 0), next);
            rig.pass(10);
            assertThat(next.attached).isTrue();
            assertThat(watcher.got).isEmpty();
        }
    }

    @Test
    void subscribingAgainForNewLastValuesOnlyStillDelivers() {
        try (KernelRig rig = new KernelRig()) {
            TestClient subscriber = rig.attach(0, "sub", false, FOREVER);
            SubscribeRequest request = new SubscribeRequest("t", Q1, false, false, LastValues.SEND_IF_NEW, 0, null);
            subscriber.subscribe(request);
            rig.settle();
            subscriber.subscribe(request);
            rig.settle();
            TestClient publisher = rig.attach(0, "pub", true, 0);
            publisher.publish("t", "m", Q1, true);
            rig.settle();
            assertThat(subscriber.got).containsExactly("m");
            assertThat(subscriber.session().settle(1, Settlement.ACCEPTED)).isFalse();
        }
    }

    @Test
    void aLongBacklogOfFewMessagesPerFlushLeavesFewRuns() {
        try (KernelRig rig = new KernelRig(flushingOften())) {
            TestClient absent = rig.attach(0, clientIn(0, "absent"), false, FOREVER);
            absent.subscribe("kept", Q1);
            TestClient present = rig.attach(0, clientIn(0, "present"), false, FOREVER);
            present.subscribe("t", Q1);
            rig.settle();
            absent.session().detach(Detach.BROKEN);
            List<String> sent = new ArrayList<>();
            for (int i = 0; i < 150; i++) {
                sent.add("m" + i);
                present.publish("kept", "m" + i, Q1);
                for (int j = 0; j < 6; j++) {
                    present.publish("t", "passing", Q1);
                }
                rig.pass(1);
                ShardAudit.check(rig.kernel);
            }
            assertThat(ShardAudit.runs(rig.kernel)).isLessThan(80);
            rig.crash();
            ShardAudit.check(rig.kernel);
            assertThat(ShardAudit.runs(rig.kernel)).isBetween(5, 80);
            TestClient again = rig.attach(1, clientIn(0, "absent"), false, FOREVER);
            rig.pass(10);
            again.session().detach(Detach.BROKEN);
            rig.settle();
            List<String> got = new ArrayList<>(again.got);
            while (got.size() < sent.size()) {
                again = rig.attach(1, clientIn(0, "absent"), false, FOREVER);
                rig.pass(10);
                assertThat(again.got).isNotEmpty();
                got.addAll(again.got);
                again.session().detach(Detach.BROKEN);
                rig.settle();
            }
            assertThat(got).containsExactlyElementsOf(sent);
            assertThat(ShardAudit.invariantsBroken(rig.kernel)).isZero();
        }
    }
}
