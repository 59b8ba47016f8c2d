package io.robustmq.kernel.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.robustmq.kernel.AttachRequest;
import io.robustmq.kernel.Detach;
import io.robustmq.kernel.Guarantee;
import io.robustmq.kernel.KernelOptions;
import io.robustmq.kernel.KernelRule;
import io.robustmq.kernel.PublishDraft;
import io.robustmq.kernel.shard.ShardAudit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class DelayedTest {
    private static final Guarantee Q0 = Guarantee.AT_MOST_ONCE;
    private static final Guarantee Q1 = Guarantee.AT_LEAST_ONCE;
    private static final Guarantee Q2 = Guarantee.EXACTLY_ONCE;
    private static final long FOREVER = AttachRequest.NEVER_EXPIRES;

    private static KernelOptions options(int delayedMax, long flushRecords) {
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
                delayedMax,
                d.entryTargetBytes(),
                d.pressedBytes(),
                d.flushBytes(),
                flushRecords,
                d.flushAgeMillis(),
                d.tailFactor(),
                d.queueLengthMax(),
                d.queueCredit(),
                d.runCacheBytes(),
                KernelRule.ALL);
    }

    private static PublishDraft later(
            KernelRig rig, TestClient publisher, String topic, String payload, Guarantee guarantee, long delayMillis) {
        return publisher.draft(topic, payload, guarantee).dueAtMillis(rig.loop.wallMillis() + delayMillis);
    }

    @ParameterizedTest
    @EnumSource(Guarantee.class)
    void aDelayedMessageIsAcknowledgedAtOnceAndDeliveredWhenItIsDue(Guarantee guarantee) {
        try (KernelRig rig = new KernelRig()) {
            TestClient durable = rig.attach(0, "durable", false, FOREVER);
            TestClient passing = rig.attach(1, "passing", true, 0);
            durable.subscribe("t/+", Q2);
            passing.subscribe("t/+", Q2);
            TestClient publisher = rig.attach(1, "pub", true, 0);
            rig.settle();
            if (guarantee == Q2) {
                publisher.session().publishOnce(3, later(rig, publisher, "t/a", "later", Q2, 5_000));
            } else {
                publisher.session().publish(3, later(rig, publisher, "t/a", "later", guarantee, 5_000));
            }
            publisher.publish("t/a", "now", Q1);
            rig.settle();
            assertThat(publisher.events)
                    .contains("published 1 DONE")
                    .hasSize(guarantee == Q0 ? 1 : 2)
                    .allMatch(event -> event.endsWith("DONE"));
            publisher.session().detach(Detach.BROKEN);
            rig.pass(4_900);
            assertThat(durable.got).containsExactly("now");
            assertThat(rig.kernel.figures().delayed()).isEqualTo(1);
            rig.pass(200);
            assertThat(durable.got).containsExactly("now", "later");
            assertThat(passing.got).containsExactly("now", "later");
            assertThat(rig.kernel.figures().delayed()).isZero();
            ShardAudit.check(rig.kernel);
        }
    }

    @Test
    void aDelayedMessageOutlivesACrashAndAFlush() {
        KernelOptions often = options(1_000, 10);
        try (KernelRig rig = new KernelRig(often)) {
            TestClient subscriber = rig.attach(0, "sub", false, FOREVER);
            subscriber.subscribe("#", Q1);
            TestClient publisher = rig.attach(1, "pub", false, FOREVER);
            rig.settle();
            for (int i = 0; i < 30; i++) {
                publisher.session().publish(i, later(rig, publisher, "t/" + i % 5, "m" + i, Q1, 60_000 + i));
                rig.settle();
            }
            publisher.session().publishOnce(1, later(rig, publisher, "t/2", "once", Q2, 70_000));
            rig.settle();
            assertThat(publisher.events).hasSize(31).allMatch(event -> event.endsWith("DONE"));
            rig.crash();
            ShardAudit.check(rig.kernel);
            assertThat(rig.kernel.figures().flushes() + rig.kernel.figures().takeovers())
                    .isPositive();
            assertThat(rig.kernel.figures().delayed()).isEqualTo(31);
            TestClient again = rig.attach(0, "sub", false, FOREVER);
            assertThat(again.got).isEmpty();
            rig.pass(100_000);
            rig.pass(1_000);
            assertThat(again.got).hasSize(31).contains("m0", "m29", "once");
            ShardAudit.check(rig.kernel);
        }
    }

    @Test
    void whatIsPublishedAfterwardsDoesNotWaitForADelayedMessage() {
        try (KernelRig rig = new KernelRig()) {
            TestClient subscriber = rig.attach(0, "sub", true, 0);
            subscriber.subscribe("t", Q1);
            TestClient publisher = rig.attach(1, "pub", false, FOREVER);
            rig.settle();
            publisher.session().publishOnce(1, later(rig, publisher, "t", "later", Q2, 60_000));
            publisher.publish("t", "now", Q1);
            rig.settle();
            assertThat(subscriber.got).containsExactly("now");
            assertThat(rig.attach(1, "pub", true, 0).attached).isTrue();
            rig.pass(61_000);
            // A fresh start ends the session, not what was published in its name.
            assertThat(subscriber.got).containsExactly("now", "later");
        }
    }

    @Test
    void theLifetimeOfADelayedMessageCountsFromWhenItIsDue() {
        try (KernelRig rig = new KernelRig()) {
            TestClient subscriber = rig.attach(0, "sub", false, FOREVER);
            subscriber.subscribe("t", Q1);
            TestClient publisher = rig.attach(1, "pub", true, 0);
            rig.settle();
            publisher
                    .session()
                    .publish(1, later(rig, publisher, "t", "short", Q1, 10_000).expiresAfterMillis(2_000));
            rig.settle();
            rig.pass(10_500);
            assertThat(subscriber.got).containsExactly("short");
            subscriber.session().detach(Detach.BROKEN);
            publisher
                    .session()
                    .publish(2, later(rig, publisher, "t", "missed", Q1, 10_000).expiresAfterMillis(2_000));
            rig.settle();
            rig.pass(13_000);
            assertThat(rig.attach(0, "sub", false, FOREVER).got).isEmpty();
        }
    }

    @Test
    void aDelayedLastValueIsKeptWhenItIsDue() {
        try (KernelRig rig = new KernelRig()) {
            TestClient publisher = rig.attach(1, "pub", true, 0);
            publisher
                    .session()
                    .publish(1, later(rig, publisher, "t", "value", Q1, 10_000).lastValue(true));
            rig.settle();
            assertThat(rig.kernel.figures().retained()).isZero();
            rig.pass(11_000);
            TestClient subscriber = rig.attach(0, "sub", true, 0);
            subscriber.subscribe("t", Q1);
            rig.settle();
            assertThat(subscriber.got).containsExactly("value kept");
        }
    }

    @Test
    void moreThanTheLimitIsRefused() {
        try (KernelRig rig = new KernelRig(options(2, 200_000))) {
            TestClient publisher = rig.attach(1, "pub", true, 0);
            for (int i = 1; i <= 3; i++) {
                publisher.session().publish(i, later(rig, publisher, "t", "m" + i, Q1, 10_000));
            }
            rig.settle();
            assertThat(publisher.events)
                    .containsExactlyInAnyOrder("published 1 DONE", "published 2 DONE", "published 3 OVERLOADED");
        }
    }
}
