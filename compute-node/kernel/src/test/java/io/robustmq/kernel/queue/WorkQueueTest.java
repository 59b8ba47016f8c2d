package io.robustmq.kernel.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.robustmq.kernel.queue.QueueOptions.Overflow;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class WorkQueueTest {

    private final WorkQueue queue = new WorkQueue(QueueOptions.DEFAULTS);

    @Test
    void givesMessagesToConsumersInTurn() {
        enqueue(queue, 1, 2, 3, 4, 5);
        queue.addConsumer("a", 2);
        queue.addConsumer("b", 2);
        assertThat(checkOutAll(queue)).containsExactly("1 to a", "2 to b", "3 to a", "4 to b");
        assertThat(queue.ready()).isEqualTo(1);
        assertThat(queue.checkedOut()).isEqualTo(4);
    }

    @Test
    void whoHasNoCreditIsGivenNothing() {
        enqueue(queue, 1, 2);
        Consumer none = queue.addConsumer("none", 0);
        Consumer some = queue.addConsumer("some", 1);
        assertThat(checkOutAll(queue)).containsExactly("1 to some");
        queue.credit(none, 1);
        queue.credit(some, 3);
        queue.withdrawCredit(some);
        assertThat(checkOutAll(queue)).containsExactly("2 to none");
        assertThat(some.credit()).isZero();
        assertThat(some.unsettled()).isEqualTo(1);
    }

    @Test
    void stickyKeepsToOneUntilItsCreditIsUsedUp() {
        WorkQueue sticky = new WorkQueue(options(0, 0, Overflow.REJECT_NEW, SelectionStrategy.STICKY));
        enqueue(sticky, 1, 2, 3, 4);
        sticky.addConsumer("a", 3);
        sticky.addConsumer("b", 3);
        assertThat(checkOutAll(sticky)).containsExactly("1 to a", "2 to a", "3 to a", "4 to b");
    }

    @Test
    void leastLoadedPrefersWhoHoldsLeast() {
        WorkQueue fair = new WorkQueue(options(0, 0, Overflow.REJECT_NEW, SelectionStrategy.LEAST_LOADED));
        enqueue(fair, 1, 2, 3, 4);
        Consumer slow = fair.addConsumer("slow", 9);
        Consumer quick = fair.addConsumer("quick", 9);
        assertThat(checkOutAll(fair)).containsExactly("1 to slow", "2 to quick", "3 to slow", "4 to quick");
        accept(fair, quick, 2);
        accept(fair, quick, 4);
        enqueue(fair, 5, 6, 7);
        assertThat(checkOutAll(fair)).containsExactly("5 to quick", "6 to quick", "7 to slow");
        assertThat(slow.unsettled()).isEqualTo(3);
    }

    @Test
    void randomUsesTheGivenSourceAndReachesEverybody() {
        QueueOptions options = options(0, 0, Overflow.REJECT_NEW, SelectionStrategy.RANDOM);
        assertThatThrownBy(() -> new WorkQueue(options)).isInstanceOf(IllegalArgumentException.class);
        List<List<String>> runs = new ArrayList<>();
        for (int run = 0; run < 2; run++) {
            WorkQueue random = new WorkQueue(options, new SplittableRandom(4));
            for (int lsn = 1; lsn <= 60; lsn++) {
                random.applyEnqueued(lsn);
            }
            for (String member : List.of("a", "b", "c")) {
                random.addConsumer(member, 20);
            }
            runs.add(checkOutAll(random));
        }
        assertThat(runs.get(0)).hasSize(60).isEqualTo(runs.get(1));
        assertThat(runs.get(0).subList(0, 20)).anyMatch(each -> each.endsWith("a"));
        assertThat(runs.get(0).subList(0, 20)).anyMatch(each -> each.endsWith("b"));
    }

    @Test
    void acceptedMessagesAreGone() {
        enqueue(queue, 1);
        Consumer consumer = queue.addConsumer("a", 1);
        checkOutAll(queue);
        assertThat(queue.settle(consumer, 1, Verdict.ACCEPT)).isEqualTo(Outcome.SETTLED);
        assertThat(queue.contains(1)).isTrue();
        assertThat(queue.applySettled(1)).isTrue();
        assertThat(queue.contains(1)).isFalse();
        assertThat(queue.applySettled(1)).isFalse();
        assertThat(queue.settle(consumer, 1, Verdict.ACCEPT)).isEqualTo(Outcome.UNKNOWN);
        assertThat(consumer.unsettled()).isZero();
        queue.checkInvariants();
    }

    @Test
    void onlyTheHolderSettles() {
        enqueue(queue, 1, 2);
        Consumer a = queue.addConsumer("a", 1);
        Consumer b = queue.addConsumer("b", 1);
        checkOutAll(queue);
        assertThat(queue.settle(b, 1, Verdict.ACCEPT)).isEqualTo(Outcome.UNKNOWN);
        assertThat(queue.settle(a, 2, Verdict.REJECT)).isEqualTo(Outcome.UNKNOWN);
        assertThat(queue.settle(a, 7, Verdict.RELEASE)).isEqualTo(Outcome.UNKNOWN);
    }

    @Test
    void releasedMessagesComeAgainFirstAndSaySo() {
        enqueue(queue, 1, 2, 3);
        Consumer consumer = queue.addConsumer("a", 2);
        queue.applyMark(new CheckoutMark(3, 0));
        Checkout first = queue.nextCheckout();
        assertThat(first).isNotNull();
        assertThat(first.redelivered()).isFalse();
        assertThat(queue.settle(consumer, 1, Verdict.RELEASE)).isEqualTo(Outcome.RETURNED);
        queue.applyReturned(1);
        Checkout again = queue.nextCheckout();
        assertThat(again).isNotNull();
        assertThat(again.lsn()).isEqualTo(1);
        assertThat(again.redelivered()).isTrue();
        assertThat(again.deliveryCount()).isEqualTo(1);
    }

    @Test
    void aRemovedConsumersMessagesGoBackToTheirPlaceInOrder() {
        enqueue(queue, 1, 2, 3, 4, 5, 6);
        Consumer leaving = queue.addConsumer("leaving", 2);
        Consumer staying = queue.addConsumer("staying", 2);
        assertThat(checkOutAll(queue)).containsExactly("1 to leaving", "2 to staying", "3 to leaving", "4 to staying");
        List<Leftover> leftovers = queue.removeConsumer(leaving);
        assertThat(leftovers).containsExactly(new Leftover(1, Outcome.RETURNED), new Leftover(3, Outcome.RETURNED));
        assertThat(queue.settle(leaving, 1, Verdict.ACCEPT)).isEqualTo(Outcome.UNKNOWN);
        leftovers.forEach(each -> queue.applyReturned(each.lsn()));
        queue.checkInvariants();
        queue.credit(leaving, 5);
        queue.credit(staying, 3);
        assertThat(checkOutAll(queue)).containsExactly("1 again to staying", "3 again to staying", "5 to staying");
        assertThatThrownBy(() -> queue.removeConsumer(leaving)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void aMessageThatCameBackTooOftenIsADeadLetter() {
        WorkQueue limited = new WorkQueue(options(2, 0, Overflow.REJECT_NEW, SelectionStrategy.ROUND_ROBIN));
        enqueue(limited, 1);
        Consumer consumer = limited.addConsumer("a", 9);
        checkOutAll(limited);
        assertThat(limited.settle(consumer, 1, Verdict.RELEASE)).isEqualTo(Outcome.RETURNED);
        limited.applyReturned(1);
        checkOutAll(limited);
        assertThat(limited.settle(consumer, 1, Verdict.RELEASE)).isEqualTo(Outcome.DEAD_LETTER);
        assertThat(limited.removeConsumer(consumer)).containsExactly(new Leftover(1, Outcome.DEAD_LETTER));
        limited.applySettled(1);
        assertThat(limited.size()).isZero();
        limited.checkInvariants();
    }

    @Test
    void aRejectedMessageIsADeadLetter() {
        enqueue(queue, 1);
        Consumer consumer = queue.addConsumer("a", 1);
        checkOutAll(queue);
        assertThat(queue.settle(consumer, 1, Verdict.REJECT)).isEqualTo(Outcome.DEAD_LETTER);
    }

    @Test
    void aFullQueueRejectsOrDropsItsHead() {
        WorkQueue rejecting = new WorkQueue(options(0, 2, Overflow.REJECT_NEW, SelectionStrategy.ROUND_ROBIN));
        assertThat(rejecting.admit()).isEqualTo(Admission.ACCEPT);
        enqueue(rejecting, 1, 2);
        assertThat(rejecting.admit()).isEqualTo(Admission.REJECT);
        rejecting.addConsumer("a", 1);
        checkOutAll(rejecting);
        assertThat(rejecting.admit()).isEqualTo(Admission.ACCEPT);

        WorkQueue dropping = new WorkQueue(options(0, 2, Overflow.DROP_HEAD, SelectionStrategy.ROUND_ROBIN));
        enqueue(dropping, 1, 2);
        assertThat(dropping.admit()).isEqualTo(Admission.DROP_HEAD);
        assertThat(dropping.headToDrop()).isEqualTo(1);
        dropping.applySettled(1);
        assertThat(dropping.admit()).isEqualTo(Admission.ACCEPT);
    }

    @Test
    void nothingIsGivenOutAboveTheMark() {
        queue.addConsumer("a", 9);
        queue.applyMark(new CheckoutMark(-1, 2));
        queue.applyEnqueued(10);
        queue.applyEnqueued(20);
        queue.applyEnqueued(30);
        List<Long> given = new ArrayList<>();
        for (Checkout next = queue.nextCheckout(); next != null; next = queue.nextCheckout()) {
            given.add(next.lsn());
        }
        assertThat(given).containsExactly(10L, 20L);
        assertThat(queue.markToLog()).isEqualTo(new CheckoutMark(30, QueueOptions.MARK_BLOCK - 1));
    }

    @Test
    void oneMarkCoversABlockOfMessages() {
        Consumer consumer = queue.addConsumer("a", 1);
        int marks = 0;
        for (long lsn = 0; lsn < 100_000; lsn += 7) {
            queue.applyEnqueued(lsn);
            CheckoutMark mark = queue.markToLog();
            if (mark != null) {
                marks++;
                queue.applyMark(mark);
            }
            assertThat(queue.nextCheckout()).isNotNull();
            queue.applySettled(lsn);
            queue.credit(consumer, 1);
        }
        assertThat(marks).isBetween(14_286 / 256, 14_286 / 128 + 2);
    }

    @Test
    void aMarkOverABacklogCoversItsFirstBlock() {
        for (long lsn = 1; lsn <= 1000; lsn++) {
            queue.applyEnqueued(lsn);
        }
        assertThat(queue.markToLog()).as("nobody wants anything").isNull();
        queue.addConsumer("a", 5);
        assertThat(queue.markToLog()).isEqualTo(new CheckoutMark(QueueOptions.MARK_BLOCK, 0));
    }

    @Test
    void afterARestartWhatMayHaveBeenGivenOutSaysSoAndTheRestIsNew() {
        WorkQueue before = new WorkQueue(new QueueOptions(0, 0, Overflow.REJECT_NEW, SelectionStrategy.ROUND_ROBIN, 4));
        for (long lsn = 1; lsn <= 10; lsn++) {
            before.applyEnqueued(lsn);
        }
        Consumer consumer = before.addConsumer("a", 2);
        checkOutAll(before);
        accept(before, consumer, 1);

        WorkQueue after = copy(before);
        assertThat(after.recovered()).isEqualTo(3);
        Consumer other = after.addConsumer("b", 20);
        List<String> newOnes = new ArrayList<>();
        drain(after, newOnes);
        assertThat(newOnes).containsExactly("5 to b", "6 to b", "7 to b", "8 to b", "9 to b", "10 to b");
        List<Leftover> unclaimed = after.closeClaims();
        assertThat(unclaimed).extracting(Leftover::lsn).containsExactly(2L, 3L, 4L);
        unclaimed.forEach(each -> after.applyReturned(each.lsn()));
        after.checkInvariants();
        assertThat(checkOutAll(after)).containsExactly("2 again to b", "3 again to b", "4 again to b");
        assertThat(other.unsettled()).isEqualTo(9);
        assertThat(after.closeClaims()).isEmpty();
    }

    @Test
    void whoStillHoldsAMessageAfterATakeoverKeepsIt() {
        enqueue(queue, 1, 2, 3);
        queue.addConsumer("a", 2);
        checkOutAll(queue);

        WorkQueue after = copy(queue);
        after.recovered();
        Consumer a = after.addConsumer("a", 0);
        assertThat(after.claim(a, 1)).isTrue();
        assertThat(after.claim(a, 1)).isFalse();
        assertThat(after.claim(a, 99)).isFalse();
        assertThat(after.settle(a, 1, Verdict.ACCEPT)).isEqualTo(Outcome.SETTLED);
        assertThat(after.closeClaims()).extracting(Leftover::lsn).containsExactly(2L, 3L);
        assertThat(after.claim(a, 2)).isFalse();
        after.applySettled(1);
        after.checkInvariants();
    }

    @Test
    void isUnusedWithoutMembersAndConsumers() {
        assertThat(queue.isUnused()).isTrue();
        assertThat(queue.applyJoin("m")).isTrue();
        assertThat(queue.applyJoin("m")).isFalse();
        assertThat(queue.isUnused()).isFalse();
        assertThat(queue.applyLeave("m")).isTrue();
        assertThat(queue.applyLeave("m")).isFalse();
        Consumer consumer = queue.addConsumer("t", 1);
        assertThat(queue.isUnused()).isFalse();
        queue.removeConsumer(consumer);
        assertThat(queue.isUnused()).isTrue();
    }

    @Test
    void aSnapshotFollowsTheHolesAndNotTheBacklog() {
        for (long lsn = 1; lsn <= 100_000; lsn++) {
            queue.applyEnqueued(lsn);
        }
        for (long lsn = 1000; lsn <= 100_000; lsn += 1000) {
            queue.applySettled(lsn);
        }
        ByteBuf out = Unpooled.buffer();
        try {
            queue.write(out);
            assertThat(out.readableBytes()).isLessThan(400);
        } finally {
            out.release();
        }
    }

    @Test
    void aSnapshotKeepsMembersInOrderAndNamesThatAreNotAscii() {
        queue.applyJoin("zürich/東京");
        queue.applyJoin("");
        queue.applyJoin("a");
        assertThat(copy(queue).members()).containsExactly("zürich/東京", "", "a");
    }

    @Test
    void refusesASnapshotItDoesNotUnderstand() {
        ByteBuf unknown = Unpooled.wrappedBuffer(new byte[] {9, 0, 0, 0, 0, 0, 0, 0});
        ByteBuf wrong = Unpooled.wrappedBuffer(new byte[] {1, 3, 0, 0, 9, 1, 0, 0, 0, 0});
        try {
            assertThatThrownBy(() -> WorkQueue.read(unknown, QueueOptions.DEFAULTS))
                    .isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> WorkQueue.read(wrong, QueueOptions.DEFAULTS))
                    .isInstanceOf(IllegalArgumentException.class);
        } finally {
            unknown.release();
            wrong.release();
        }
    }

    @Test
    void messagesAreEnqueuedInOrderOnly() {
        enqueue(queue, 5);
        assertThatThrownBy(() -> queue.applyEnqueued(5)).isInstanceOf(IllegalStateException.class);
        queue.applySettled(5);
        assertThatThrownBy(() -> queue.applyEnqueued(4)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void aConsumerOfAnotherQueueIsRefused() {
        Consumer stranger = new WorkQueue(QueueOptions.DEFAULTS).addConsumer("x", 1);
        assertThatThrownBy(() -> queue.credit(stranger, 1)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void optionsNameWhatIsWrong() {
        assertThatThrownBy(() -> options(-1, 0, Overflow.DROP_HEAD, SelectionStrategy.STICKY))
                .hasMessageContaining("deliveryMax");
        assertThatThrownBy(() -> options(0, -1, Overflow.DROP_HEAD, SelectionStrategy.STICKY))
                .hasMessageContaining("lengthMax");
        assertThatThrownBy(() -> new QueueOptions(0, 0, Overflow.DROP_HEAD, SelectionStrategy.STICKY, 0))
                .hasMessageContaining("markBlock");
    }

    private static QueueOptions options(
            int deliveryMax, int lengthMax, Overflow overflow, SelectionStrategy selection) {
        return new QueueOptions(deliveryMax, lengthMax, overflow, selection, QueueOptions.MARK_BLOCK);
    }

    private static void enqueue(WorkQueue queue, long... lsns) {
        for (long lsn : lsns) {
            queue.applyEnqueued(lsn);
        }
    }

    private static void accept(WorkQueue queue, Consumer consumer, long lsn) {
        assertThat(queue.settle(consumer, lsn, Verdict.ACCEPT)).isEqualTo(Outcome.SETTLED);
        assertThat(queue.applySettled(lsn)).isTrue();
    }

    private static List<String> checkOutAll(WorkQueue queue) {
        List<String> given = new ArrayList<>();
        drain(queue, given);
        return given;
    }

    private static void drain(WorkQueue queue, List<String> given) {
        while (true) {
            CheckoutMark mark = queue.markToLog();
            if (mark != null) {
                queue.applyMark(mark);
            }
            Checkout next = queue.nextCheckout();
            if (next == null) {
                queue.checkInvariants();
                return;
            }
            given.add(next.lsn() + (next.redelivered() ? " again" : "") + " to "
                    + next.consumer().member());
        }
    }

    private static WorkQueue copy(WorkQueue queue) {
        ByteBuf bytes = Unpooled.buffer();
        try {
            queue.write(bytes);
            WorkQueue copy = WorkQueue.read(bytes, queue.options());
            assertThat(bytes.isReadable()).isFalse();
            return copy;
        } finally {
            bytes.release();
        }
    }
}
