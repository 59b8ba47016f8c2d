package io.robustmq.kernel.queue;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.LongConsumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The state of one queue. A message is in exactly one place:
 *
 * <pre>
 *                    nextCheckout
 *   applyEnqueued --> ready ------------> checked out (held by one consumer)
 *                       ^                    |        |
 *                       '-- applyReturned ---'        |  applySettled (also from ready: dropped, expired)
 *                                                     v
 *                                                  settled: forgotten
 * </pre>
 *
 * <p><b>Durable</b> are the unsettled messages, how often each came back, the checkout mark and the members. They change only in
 * {@code apply...} methods, which are total: in replay nobody holds anything, and a record about a message that is gone does
 * nothing. {@link #write} and {@link #read} carry exactly this part. <b>Memory</b> are the consumers and what they hold.
 *
 * <p>The other methods that answer what to log ({@link #admit}, {@link #settle}, {@link #removeConsumer}, {@link #markToLog},
 * {@link #closeClaims}) move no message; their records must be applied before the queue is asked again, as a shard does that
 * applies when it appends.
 *
 * <p><b>After a takeover</b>: replay, then {@link #recovered}. What is not above the mark may be in the hands of
 * consumers that are still connected, and is held back. Those who re-attach {@link #claim} what they hold; then {@link
 * #closeClaims} gives back the rest, as returned once more. What is above the mark is given out at once and is certainly new.
 *
 * <p>Messages are given out in order of LSN; what came back keeps its place. The order of a priority is one {@link Backlog}, so
 * that priorities are several of them. Loop-confined. Broken invariants throw {@link IllegalStateException}: the shard is to be
 * rebuilt from its log.
 */
public final class WorkQueue {
    private static final int FORMAT = 1;
    private static final long NONE = Backlog.NONE;
    private static final String FORMER_HOLDERS = "(held under the former owner)";

    private final QueueOptions options;

    // Durable.
    private final Backlog backlog = new Backlog();
    private final LongTable returns = new LongTable();
    private final Set<String> members = new LinkedHashSet<>();

    /** The highest LSN ever enqueued. */
    private long lastEnqueued = NONE;

    /** Messages up to here may have been given out; those above were certainly not. */
    private long mark = NONE;

    /** The mark moves on with so many of the messages that are enqueued next. Positive only if no message is above the mark. */
    private int markAhead;

    /** Number of messages above the mark; follows from the above. */
    private int aboveMark;

    // Memory.
    private final Selection selection;
    private final List<@Nullable Consumer> consumers = new ArrayList<>();
    private final ArrayDeque<Integer> freeSlots = new ArrayDeque<>();

    /** Consumers that are not leaving, without the former holders. */
    private int present;

    /** Slot of the holder plus one, by LSN. */
    private final LongTable holders = new LongTable();

    /** Stands for whoever held something under the former owner, while {@link #claim} is open. */
    private @Nullable Consumer former;

    private @Nullable Checkout checkout;

    /** @param options not with {@link SelectionStrategy#RANDOM} */
    public WorkQueue(QueueOptions options) {
        this(options, null);
    }

    /** @param random the source for {@link SelectionStrategy#RANDOM} */
    public WorkQueue(QueueOptions options, @Nullable RandomGenerator random) {
        this.options = options;
        this.selection = Selection.of(options.selection(), random);
    }

    // ---- figures ---------------------------------------------------------------------------------------------------

    public QueueOptions options() {
        return options;
    }

    /** Messages that are not settled. */
    public int size() {
        return backlog.size();
    }

    /** Messages that nobody holds. */
    public int ready() {
        return backlog.ready();
    }

    /** Messages that somebody holds. */
    public int checkedOut() {
        return backlog.size() - backlog.ready();
    }

    /** Whether the message is not settled: it survives a flush, and its payload is still needed. */
    public boolean contains(long lsn) {
        return backlog.state(lsn) != Backlog.State.ABSENT;
    }

    /** The LSN of the oldest unsettled message, -1 if there is none. */
    public long oldest() {
        return backlog.first();
    }

    /** Calls {@code visitor} with the LSN of every unsettled message, ascending; it must not change the queue. */
    public void forEachUnsettled(LongConsumer visitor) {
        backlog.forEach(visitor);
    }

    /** How often the message came back unsettled. */
    public int deliveryCount(long lsn) {
        return returns.get(lsn);
    }

    /** Durable members in the order they joined. A view. */
    public Collection<String> members() {
        return Collections.unmodifiableSet(members);
    }

    /** Consumers that were added and not removed. */
    public int consumers() {
        return present;
    }

    /** Whether nobody is interested any more: no durable member and no consumer. */
    public boolean isUnused() {
        return members.isEmpty() && present == 0;
    }

    // ---- durable effects: called for records, live and in replay
    // ------------------------------------------------------

    /**
     * Adds the message at the end.
     *
     * @throws IllegalStateException unless {@code lsn} is above all enqueued before
     */
    public void applyEnqueued(long lsn) {
        if (lsn <= lastEnqueued) {
            throw new IllegalStateException("message " + lsn + " is enqueued after " + lastEnqueued);
        }
        backlog.add(lsn);
        lastEnqueued = lsn;
        if (lsn <= mark) {
            return;
        }
        if (markAhead > 0) {
            mark = lsn;
            markAhead--;
        } else {
            aboveMark++;
        }
    }

    /** Removes the message, wherever it is. False if it is gone. */
    public boolean applySettled(long lsn) {
        Backlog.State was = backlog.remove(lsn);
        if (was == Backlog.State.ABSENT) {
            return false;
        }
        if (was == Backlog.State.CHECKED_OUT) {
            letGo(lsn);
        }
        if (lsn > mark) {
            aboveMark--;
        }
        returns.remove(lsn);
        return true;
    }

    /** Makes the message ready again in its old place, with one more delivery counted. False if it is gone. */
    public boolean applyReturned(long lsn) {
        Backlog.State was = backlog.state(lsn);
        if (was == Backlog.State.ABSENT) {
            return false;
        }
        if (was == Backlog.State.CHECKED_OUT) {
            letGo(lsn);
            backlog.giveBack(lsn);
        }
        int count = returns.get(lsn);
        if (count < Integer.MAX_VALUE) {
            returns.put(lsn, count + 1);
        }
        return true;
    }

    /** Moves the checkout mark; it never goes back. */
    public void applyMark(CheckoutMark to) {
        if (to.lsn() > mark) {
            aboveMark -= backlog.countBetween(mark, to.lsn());
            mark = to.lsn();
        }
        markAhead = Math.max(markAhead, to.ahead());
        while (markAhead > 0 && aboveMark > 0) {
            mark = backlog.above(mark, 1);
            aboveMark--;
            markAhead--;
        }
    }

    /** Adds a durable member. False if it is one. */
    public boolean applyJoin(String member) {
        return members.add(member);
    }

    /** Removes a durable member; its consumer, if it has one, is removed by {@link #removeConsumer}. False if it is none. */
    public boolean applyLeave(String member) {
        return members.remove(member);
    }

    // ---- enqueueing ------------------------------------------------------------------------------------------------

    /** Whether a message may be enqueued now. Ready messages count for the limit, checked-out ones do not. */
    public Admission admit() {
        if (options.lengthMax() == 0 || backlog.ready() < options.lengthMax()) {
            return Admission.ACCEPT;
        }
        return switch (options.overflow()) {
            case DROP_HEAD -> Admission.DROP_HEAD;
            case REJECT_NEW -> Admission.REJECT;
        };
    }

    /** The oldest ready message, which is the one to drop after {@link Admission#DROP_HEAD}; -1 if none is ready. */
    public long headToDrop() {
        return backlog.firstReady();
    }

    // ---- consumers -------------------------------------------------------------------------------------------------

    /**
     * Adds a consumer.
     *
     * @param member whose it is, for who looks at it; need not be a durable member
     * @param credit messages it takes for now
     */
    public Consumer addConsumer(String member, int credit) {
        Consumer added = newConsumer(member);
        present++;
        credit(added, credit);
        return added;
    }

    private Consumer newConsumer(String member) {
        Integer free = freeSlots.poll();
        if (free == null) {
            Consumer added = new Consumer(member, consumers.size());
            consumers.add(added);
            return added;
        }
        Consumer added = new Consumer(member, free);
        consumers.set(free, added);
        return added;
    }

    /**
     * Gives the consumer credit for {@code more} messages. Each checkout uses up one; settling gives none back by itself.
     */
    public void credit(Consumer consumer, int more) {
        if (more < 0) {
            throw new IllegalArgumentException("credit " + more);
        }
        requireMine(consumer);
        if (more == 0 || consumer.leaving) {
            return;
        }
        if (consumer.credit == 0) {
            selection.add(consumer);
        }
        consumer.credit = (int) Math.min((long) consumer.credit + more, Integer.MAX_VALUE);
    }

    /** Takes back all credit of the consumer: it is given nothing until it gets credit again. */
    public void withdrawCredit(Consumer consumer) {
        requireMine(consumer);
        if (consumer.credit > 0) {
            selection.remove(consumer);
            consumer.credit = 0;
        }
    }

    /**
     * Removes the consumer: it is given nothing any more. What it holds is to be logged as the answer says; until that is applied
     * nobody else is given it.
     *
     * @return what it holds, in order of LSN
     */
    public List<Leftover> removeConsumer(Consumer consumer) {
        requireMine(consumer);
        if (consumer.leaving) {
            throw new IllegalStateException(consumer + " is removed twice");
        }
        withdrawCredit(consumer);
        consumer.leaving = true;
        present--;
        return leftovers(consumer);
    }

    private List<Leftover> leftovers(Consumer consumer) {
        long[] held = consumer.held.keys();
        List<Leftover> leftovers = new ArrayList<>(held.length);
        for (long lsn : held) {
            leftovers.add(new Leftover(lsn, returnedOrDead(lsn)));
        }
        freeIfGone(consumer);
        return leftovers;
    }

    /**
     * Gives the first ready message to a consumer that has credit; null if there is no such message or consumer, or if the message
     * is above the mark ({@link #markToLog}). As every output of a shard it leaves the node only when what was applied before is
     * committed, the mark above all.
     *
     * @return valid until the next call
     */
    public @Nullable Checkout nextCheckout() {
        if (selection.isEmpty()) {
            return null;
        }
        long lsn = backlog.firstReady();
        if (lsn == NONE || lsn > mark) {
            return null;
        }
        Consumer consumer = selection.choose();
        if (consumer == null || consumer.credit <= 0 || consumer.leaving) {
            throw new IllegalStateException("message " + lsn + " would go to " + consumer);
        }
        backlog.checkOut(lsn);
        hold(lsn, consumer);
        consumer.credit--;
        if (consumer.credit == 0) {
            selection.remove(consumer);
        }
        Checkout reused = checkout;
        if (reused == null) {
            reused = new Checkout(consumer);
            checkout = reused;
        }
        return reused.set(lsn, consumer, returns.get(lsn));
    }

    /** Decides what a consumer's verdict on a message means. */
    public Outcome settle(Consumer consumer, long lsn, Verdict verdict) {
        requireMine(consumer);
        if (consumer.leaving || consumer.held.get(lsn) == 0) {
            return Outcome.UNKNOWN;
        }
        return switch (verdict) {
            case ACCEPT -> Outcome.SETTLED;
            case RELEASE -> returnedOrDead(lsn);
            case REJECT -> Outcome.DEAD_LETTER;
        };
    }

    private Outcome returnedOrDead(long lsn) {
        boolean usedUp = options.deliveryMax() > 0 && returns.get(lsn) + 1 >= options.deliveryMax();
        return usedUp ? Outcome.DEAD_LETTER : Outcome.RETURNED;
    }

    private void hold(long lsn, Consumer consumer) {
        if (holders.get(lsn) != 0) {
            throw new IllegalStateException("message " + lsn + " has a holder already");
        }
        holders.put(lsn, consumer.slot + 1);
        consumer.held.put(lsn, 1);
    }

    private void letGo(long lsn) {
        int slot = holders.remove(lsn) - 1;
        Consumer holder = slot < 0 ? null : consumers.get(slot);
        if (holder == null || holder.held.remove(lsn) == 0) {
            throw new IllegalStateException("message " + lsn + " is checked out and has no holder");
        }
        freeIfGone(holder);
    }

    private void freeIfGone(Consumer consumer) {
        if (consumer.leaving && consumer.held.size() == 0) {
            consumers.set(consumer.slot, null);
            freeSlots.push(consumer.slot);
        }
    }

    private void requireMine(Consumer consumer) {
        boolean mine = consumer.slot < consumers.size() && consumers.get(consumer.slot) == consumer;
        if (!mine && !consumer.leaving) {
            throw new IllegalStateException(consumer + " belongs to another queue");
        }
    }

    // ---- the checkout mark -----------------------------------------------------------------------------------------

    /**
     * The mark to log now, null if none is needed: somebody has credit, and of the messages covered by the mark no more than half a
     * block are left to give out. To be asked after enqueueing and after giving credit, so that the mark rides in the same log entry.
     */
    public @Nullable CheckoutMark markToLog() {
        if (selection.isEmpty()) {
            return null;
        }
        int covered = backlog.ready() - aboveMark + markAhead;
        int block = options.markBlock();
        if (covered > block / 2) {
            return null;
        }
        return aboveMark >= block
                ? new CheckoutMark(backlog.above(mark, block), 0)
                : new CheckoutMark(lastEnqueued, block - aboveMark);
    }

    // ---- after a takeover ------------------------------------------------------------------------------------------

    /**
     * To be called once by a new owner, after replay and before anybody is added: holds back what may be in the hands of consumers.
     *
     * @return how many messages are held back until {@link #closeClaims}
     */
    public int recovered() {
        if (!consumers.isEmpty() || checkedOut() > 0) {
            throw new IllegalStateException("recovered with " + consumers.size() + " consumers");
        }
        Consumer holder = newConsumer(FORMER_HOLDERS);
        for (long lsn = backlog.firstReady(); lsn != NONE && lsn <= mark; lsn = backlog.firstReady()) {
            backlog.checkOut(lsn);
            hold(lsn, holder);
        }
        former = holder;
        return holder.held.size();
    }

    /**
     * A consumer that was given the message under the former owner and still holds it keeps it; uses up no credit.
     *
     * @return false if the message is settled, or was given back by {@link #closeClaims}, or is claimed by another
     */
    public boolean claim(Consumer consumer, long lsn) {
        requireMine(consumer);
        Consumer holder = former;
        if (holder == null || consumer.leaving || holder.held.remove(lsn) == 0) {
            return false;
        }
        holders.remove(lsn);
        hold(lsn, consumer);
        return true;
    }

    /**
     * To be called when everybody who could claim something did or is gone.
     *
     * @return what nobody claimed, in order of LSN; to be logged as it says
     */
    public List<Leftover> closeClaims() {
        Consumer holder = former;
        if (holder == null) {
            return List.of();
        }
        former = null;
        holder.leaving = true;
        return leftovers(holder);
    }

    // ---- snapshot --------------------------------------------------------------------------------------------------

    /**
     * Writes the durable part: runs of unsettled LSNs, counts, mark, members. Equal durable states write equal bytes.
     *
     * @param out stays the caller's
     */
    public void write(ByteBuf out) {
        out.writeByte(FORMAT);
        Varint.write(out, lastEnqueued + 1);
        Varint.write(out, mark + 1);
        Varint.write(out, markAhead);
        RunWriter runs = new RunWriter(out);
        backlog.forEach(runs);
        runs.end();
        long before = NONE;
        Varint.write(out, returns.size());
        for (long lsn : returns.keys()) {
            Varint.write(out, lsn - before);
            Varint.write(out, returns.get(lsn));
            before = lsn;
        }
        Varint.write(out, members.size());
        for (String member : members) {
            Varint.write(out, ByteBufUtil.utf8Bytes(member));
            out.writeCharSequence(member, StandardCharsets.UTF_8);
        }
    }

    /** {@code (gap, length)} per run of adjacent LSNs; a length of 0 ends. */
    private static final class RunWriter implements LongConsumer {
        private final ByteBuf out;
        private long first = NONE;
        private long next = NONE;
        private long written = 0;

        RunWriter(ByteBuf out) {
            this.out = out;
        }

        @Override
        public void accept(long lsn) {
            if (lsn != next) {
                finishRun();
                first = lsn;
            }
            next = lsn + 1;
        }

        private void finishRun() {
            if (first != NONE) {
                Varint.write(out, first - written);
                Varint.write(out, next - first);
                written = next;
            }
        }

        void end() {
            finishRun();
            Varint.write(out, 0);
            Varint.write(out, 0);
        }
    }

    /** As {@link #read(ByteBuf, QueueOptions, RandomGenerator)}, without a source of randomness. */
    public static WorkQueue read(ByteBuf in, QueueOptions options) {
        return read(in, options, null);
    }

    /**
     * Reads what {@link #write} wrote.
     *
     * @param in read from its reader index on; stays the caller's
     * @throws IllegalArgumentException if it is of an unknown format or contradicts itself
     * @throws IndexOutOfBoundsException if it ends too early
     */
    public static WorkQueue read(ByteBuf in, QueueOptions options, @Nullable RandomGenerator random) {
        byte format = in.readByte();
        if (format != FORMAT) {
            throw new IllegalArgumentException("queue snapshot of format " + format);
        }
        WorkQueue queue = new WorkQueue(options, random);
        queue.lastEnqueued = Varint.read(in) - 1;
        queue.mark = Varint.read(in) - 1;
        queue.markAhead = Varint.readInt(in);
        long at = 0;
        while (true) {
            long first = Math.addExact(at, Varint.read(in));
            long length = Varint.read(in);
            if (length == 0) {
                break;
            }
            at = Math.addExact(first, length);
            if (at - 1 > queue.lastEnqueued) {
                throw new IllegalArgumentException("message " + (at - 1) + " above " + queue.lastEnqueued);
            }
            for (long lsn = first; lsn < at; lsn++) {
                queue.backlog.add(lsn);
            }
        }
        queue.aboveMark = queue.backlog.countBetween(queue.mark, Long.MAX_VALUE);
        if (queue.markAhead > 0 && queue.aboveMark > 0) {
            throw new IllegalArgumentException(queue.aboveMark + " messages above a mark that is ahead");
        }
        long lsn = NONE;
        for (int left = Varint.readInt(in); left > 0; left--) {
            lsn = Math.addExact(lsn, Varint.read(in));
            if (!queue.contains(lsn)) {
                throw new IllegalArgumentException("a count for message " + lsn + ", which is not there");
            }
            queue.returns.put(lsn, Varint.readInt(in));
        }
        for (int left = Varint.readInt(in); left > 0; left--) {
            int length = Varint.readInt(in);
            queue.members.add(
                    in.readCharSequence(length, StandardCharsets.UTF_8).toString());
        }
        return queue;
    }

    // ---- invariants ------------------------------------------------------------------------------------------------

    /**
     * Checks the whole state; takes time with its size. The single steps check themselves.
     *
     * @throws IllegalStateException naming what is wrong
     */
    public void checkInvariants() {
        int held = 0;
        int attached = 0;
        for (Consumer consumer : consumers) {
            if (consumer == null) {
                continue;
            }
            if (!consumer.leaving && consumer != former) {
                attached++;
            }
            for (long lsn : consumer.held.keys()) {
                held++;
                check(backlog.state(lsn) == Backlog.State.CHECKED_OUT, "held and not checked out", lsn);
                check(holders.get(lsn) == consumer.slot + 1, "held by two", lsn);
                check(lsn <= mark, "checked out above the mark", lsn);
            }
        }
        check(attached == present, "consumers present", present);
        check(held == holders.size(), "holders", holders.size());
        check(held == checkedOut(), "checked out", checkedOut());
        check(aboveMark == backlog.countBetween(mark, Long.MAX_VALUE), "above the mark", aboveMark);
        check(markAhead == 0 || aboveMark == 0, "mark is ahead and messages are above it", aboveMark);
        for (long lsn : returns.keys()) {
            check(contains(lsn), "counted and not there", lsn);
        }
    }

    private static void check(boolean holds, String what, long which) {
        if (!holds) {
            throw new IllegalStateException(what + ": " + which);
        }
    }
}
