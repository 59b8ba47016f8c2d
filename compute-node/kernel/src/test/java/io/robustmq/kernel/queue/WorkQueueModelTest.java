package io.robustmq.kernel.queue;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.robustmq.kernel.queue.QueueOptions.Overflow;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Random use of a queue beside a model that keeps every message by itself and remembers everything that ever left the queue. At
 * random times the owner dies; the next one starts from an old snapshot and the log.
 */
class WorkQueueModelTest {

    private sealed interface Logged {
        record Enqueued(long lsn) implements Logged {}

        record Settled(long lsn) implements Logged {}

        record Returned(long lsn) implements Logged {}

        record Marked(CheckoutMark mark) implements Logged {}

        record Joined(String member) implements Logged {}

        record Left(String member) implements Logged {}
    }

    private static final class Kept {
        int count;

        /** Who holds it; null: ready. */
        @Nullable String holder;
    }

    @Test
    void agreesWithTheModelThroughRestarts() {
        long checkouts = 0;
        long restarts = 0;
        for (long seed = 1; seed <= 120; seed++) {
            World world = new World(seed);
            for (int step = 0; step < 500; step++) {
                world.step();
                world.check();
            }
            checkouts += world.checkouts;
            restarts += world.restarts;
        }
        assertThat(checkouts).isGreaterThan(5_000);
        assertThat(restarts).isGreaterThan(300);
    }

    private static final List<Verdict> VERDICTS = List.of(Verdict.values());
    private static final List<SelectionStrategy> STRATEGIES = List.of(SelectionStrategy.values());

    private static final class World {
        final long seed;
        final SplittableRandom random;
        final QueueOptions options;
        final List<Logged> log = new ArrayList<>();
        byte[] snapshot;
        int snapshotAt;
        WorkQueue queue;

        final TreeMap<Long, Kept> model = new TreeMap<>();
        final Set<String> members = new LinkedHashSet<>();
        final Map<String, Consumer> consumers = new HashMap<>();
        final Map<String, Integer> credits = new HashMap<>();
        final Set<Long> everGivenOut = new HashSet<>();
        boolean claimsOpen;
        long nextLsn;
        int named;
        long checkouts;
        long restarts;

        World(long seed) {
            this.seed = seed;
            this.random = new SplittableRandom(seed);
            this.options = new QueueOptions(
                    random.nextInt(4),
                    random.nextInt(3) * 15,
                    random.nextBoolean() ? Overflow.DROP_HEAD : Overflow.REJECT_NEW,
                    STRATEGIES.get(random.nextInt(STRATEGIES.size())),
                    1 + random.nextInt(12));
            this.queue = new WorkQueue(options, random.split());
            this.snapshot = durable(queue);
        }

        void step() {
            switch (random.nextInt(20)) {
                case 0, 1, 2, 3, 4 -> enqueue();
                case 5, 6, 7, 8 -> checkOut();
                case 9, 10, 11, 12 -> settle();
                case 13 -> expire();
                case 14 -> addConsumer();
                case 15 -> credit();
                case 16 -> {
                    if (random.nextInt(3) == 0) {
                        removeConsumer();
                    }
                }
                case 17 -> member();
                case 18 -> {
                    if (random.nextInt(3) == 0) {
                        snapshot = durable(queue);
                        snapshotAt = log.size();
                    }
                }
                default -> {
                    if (claimsOpen && random.nextInt(4) > 0) {
                        closeClaims();
                    } else if (random.nextInt(4) == 0) {
                        restart();
                    }
                }
            }
        }

        void apply(Logged record) {
            log.add(record);
            applyTo(queue, record);
        }

        static void applyTo(WorkQueue queue, Logged record) {
            switch (record) {
                case Logged.Enqueued enqueued -> queue.applyEnqueued(enqueued.lsn());
                case Logged.Settled settled -> queue.applySettled(settled.lsn());
                case Logged.Returned returned -> queue.applyReturned(returned.lsn());
                case Logged.Marked marked -> queue.applyMark(marked.mark());
                case Logged.Joined joined -> queue.applyJoin(joined.member());
                case Logged.Left left -> queue.applyLeave(left.member());
            }
        }

        void enqueue() {
            nextLsn += 1 + random.nextInt(3);
            long ready =
                    model.values().stream().filter(each -> each.holder == null).count();
            while (true) {
                Admission admission = queue.admit();
                boolean full = options.lengthMax() > 0 && ready >= options.lengthMax();
                assertThat(admission != Admission.ACCEPT).isEqualTo(full);
                if (admission == Admission.REJECT) {
                    return;
                }
                if (admission == Admission.ACCEPT) {
                    break;
                }
                long head = queue.headToDrop();
                assertThat(head).isEqualTo(firstReady());
                apply(new Logged.Settled(head));
                model.remove(head);
                ready--;
            }
            apply(new Logged.Enqueued(nextLsn));
            model.put(nextLsn, new Kept());
        }

        long firstReady() {
            return model.entrySet().stream()
                    .filter(each -> each.getValue().holder == null)
                    .mapToLong(Map.Entry::getKey)
                    .findFirst()
                    .orElse(-1);
        }

        void checkOut() {
            boolean marked = random.nextInt(4) > 0;
            for (int i = random.nextInt(8); i >= 0; i--) {
                if (marked) {
                    CheckoutMark mark = queue.markToLog();
                    if (mark != null) {
                        apply(new Logged.Marked(mark));
                    }
                }
                boolean wanted = credits.values().stream().anyMatch(credit -> credit > 0);
                long expected = firstReady();
                Checkout next = queue.nextCheckout();
                if (next == null) {
                    if (wanted && expected >= 0) {
                        assertThat(queue.markToLog()).as("nothing given out").isNotNull();
                        assertThat(marked).isFalse();
                    }
                    return;
                }
                checkouts++;
                assertThat(next.lsn()).isEqualTo(expected);
                Kept kept = kept(expected);
                assertThat(next.deliveryCount()).isEqualTo(kept.count);
                if (everGivenOut.contains(expected)) {
                    assertThat(next.redelivered())
                            .as("seed %s: given out twice", seed)
                            .isTrue();
                }
                everGivenOut.add(expected);
                String member = next.consumer().member();
                kept.holder = member;
                int credit = credits.getOrDefault(member, 0);
                assertThat(credit).isPositive();
                credits.put(member, credit - 1);
            }
        }

        Kept kept(long lsn) {
            Kept kept = model.get(lsn);
            if (kept == null) {
                throw new AssertionError("message " + lsn + " is not in the model");
            }
            return kept;
        }

        void settle() {
            List<Long> held = model.entrySet().stream()
                    .filter(each -> each.getValue().holder != null)
                    .map(Map.Entry::getKey)
                    .toList();
            if (held.isEmpty() || consumers.isEmpty()) {
                return;
            }
            long lsn = held.get(random.nextInt(held.size()));
            Kept kept = kept(lsn);
            Verdict verdict = VERDICTS.get(random.nextInt(VERDICTS.size()));
            for (Map.Entry<String, Consumer> each : consumers.entrySet()) {
                if (!each.getKey().equals(kept.holder)) {
                    assertThat(queue.settle(each.getValue(), lsn, verdict)).isEqualTo(Outcome.UNKNOWN);
                    break;
                }
            }
            Consumer holder = consumers.get(kept.holder);
            if (holder != null) {
                Outcome outcome = queue.settle(holder, lsn, verdict);
                assertThat(outcome)
                        .isEqualTo(
                                switch (verdict) {
                                    case ACCEPT -> Outcome.SETTLED;
                                    case RELEASE -> expectedReturn(kept);
                                    case REJECT -> Outcome.DEAD_LETTER;
                                });
                resolve(lsn, outcome);
            }
        }

        Outcome expectedReturn(Kept kept) {
            return options.deliveryMax() > 0 && kept.count + 1 >= options.deliveryMax()
                    ? Outcome.DEAD_LETTER
                    : Outcome.RETURNED;
        }

        void resolve(long lsn, Outcome outcome) {
            if (outcome == Outcome.RETURNED) {
                apply(new Logged.Returned(lsn));
                Kept kept = kept(lsn);
                kept.holder = null;
                kept.count++;
            } else {
                apply(new Logged.Settled(lsn));
                model.remove(lsn);
            }
        }

        void expire() {
            Long lsn = nextLsn == 0 ? null : model.ceilingKey(random.nextLong(nextLsn));
            if (lsn != null && random.nextBoolean()) {
                apply(new Logged.Settled(lsn));
                model.remove(lsn);
            }
        }

        void addConsumer() {
            if (consumers.size() < 4) {
                String member = "c" + named++;
                int credit = random.nextInt(4);
                consumers.put(member, queue.addConsumer(member, credit));
                credits.put(member, credit);
            }
        }

        void credit() {
            for (Map.Entry<String, Consumer> each : consumers.entrySet()) {
                if (random.nextInt(8) == 0) {
                    queue.withdrawCredit(each.getValue());
                    credits.put(each.getKey(), 0);
                } else {
                    int more = random.nextInt(5);
                    queue.credit(each.getValue(), more);
                    credits.merge(each.getKey(), more, Integer::sum);
                }
            }
        }

        void removeConsumer() {
            if (consumers.isEmpty()) {
                return;
            }
            String member = consumers.keySet().stream().sorted().toList().get(random.nextInt(consumers.size()));
            Consumer consumer = consumers.remove(member);
            credits.remove(member);
            if (consumer == null) {
                return;
            }
            settleLeftovers(queue.removeConsumer(consumer), member);
        }

        void settleLeftovers(List<Leftover> leftovers, String holder) {
            List<Leftover> expected = new ArrayList<>();
            model.forEach((lsn, kept) -> {
                if (holder.equals(kept.holder)) {
                    expected.add(new Leftover(lsn, expectedReturn(kept)));
                }
            });
            assertThat(leftovers).as("seed %s", seed).isEqualTo(expected);
            leftovers.forEach(each -> resolve(each.lsn(), each.outcome()));
        }

        void member() {
            String member = "m" + random.nextInt(3);
            if (random.nextBoolean()) {
                apply(new Logged.Joined(member));
                members.add(member);
            } else {
                apply(new Logged.Left(member));
                members.remove(member);
            }
        }

        static final String FORMER = "former";

        void restart() {
            restarts++;
            byte[] before = durable(queue);
            ByteBuf bytes = Unpooled.wrappedBuffer(snapshot);
            WorkQueue next = WorkQueue.read(bytes, options, random.split());
            assertThat(bytes.isReadable()).isFalse();
            bytes.release();
            for (Logged record : log.subList(snapshotAt, log.size())) {
                applyTo(next, record);
            }
            assertThat(durable(next)).as("seed %s: replay gives the same", seed).isEqualTo(before);
            queue = next;

            Map<Long, String> heldBefore = new TreeMap<>();
            model.forEach((lsn, kept) -> {
                if (kept.holder != null) {
                    heldBefore.put(lsn, kept.holder);
                }
                kept.holder = null;
            });
            List<String> survivors = consumers.keySet().stream()
                    .sorted()
                    .filter(each -> random.nextBoolean())
                    .toList();
            consumers.clear();
            credits.clear();

            int heldBack = queue.recovered();
            // What may have been given out is held back, all of it; how much more depends on the mark.
            int count = 0;
            for (Map.Entry<Long, Kept> each : model.entrySet()) {
                if (count == heldBack) {
                    assertThat(everGivenOut).doesNotContain(each.getKey());
                } else {
                    each.getValue().holder = FORMER;
                    count++;
                }
            }
            claimsOpen = true;
            for (String survivor : survivors) {
                Consumer consumer = queue.addConsumer(survivor, 1);
                consumers.put(survivor, consumer);
                credits.put(survivor, 1);
                heldBefore.forEach((lsn, holder) -> {
                    if (holder.equals(survivor)) {
                        assertThat(queue.claim(consumer, lsn)).isTrue();
                        kept(lsn).holder = survivor;
                    }
                });
            }
        }

        void closeClaims() {
            claimsOpen = false;
            settleLeftovers(queue.closeClaims(), FORMER);
        }

        void check() {
            queue.checkInvariants();
            assertThat(queue.size()).isEqualTo(model.size());
            assertThat(queue.ready())
                    .isEqualTo(Math.toIntExact(model.values().stream()
                            .filter(each -> each.holder == null)
                            .count()));
            assertThat(queue.oldest()).isEqualTo(model.isEmpty() ? -1 : model.firstKey());
            assertThat(queue.members()).containsExactlyElementsOf(members);
            assertThat(queue.isUnused()).isEqualTo(members.isEmpty() && consumers.isEmpty());
            model.forEach((lsn, kept) -> assertThat(queue.deliveryCount(lsn)).isEqualTo(kept.count));
            consumers.forEach(
                    (member, consumer) -> assertThat(consumer.credit()).isEqualTo(credits.get(member)));
        }

        static byte[] durable(WorkQueue queue) {
            ByteBuf bytes = Unpooled.buffer();
            try {
                queue.write(bytes);
                return ByteBufUtil.getBytes(bytes);
            } finally {
                bytes.release();
            }
        }
    }
}
