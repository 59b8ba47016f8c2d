package io.robustmq.kernel.shard;

import io.netty.buffer.ByteBuf;
import io.robustmq.kernel.Guarantee;
import io.robustmq.kernel.KernelRule;
import io.robustmq.kernel.MessageView;
import io.robustmq.kernel.Session.GroupPattern;
import io.robustmq.kernel.SessionKey;
import io.robustmq.kernel.Settlement;
import io.robustmq.kernel.SubscribeRequest;
import io.robustmq.kernel.SubscribeResult;
import io.robustmq.kernel.link.Frame;
import io.robustmq.kernel.link.LoopLinks;
import io.robustmq.kernel.queue.Checkout;
import io.robustmq.kernel.queue.CheckoutMark;
import io.robustmq.kernel.queue.Consumer;
import io.robustmq.kernel.queue.Leftover;
import io.robustmq.kernel.queue.Outcome;
import io.robustmq.kernel.queue.Verdict;
import io.robustmq.kernel.session.LsnMap;
import io.robustmq.kernel.session.MessageRow;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The queues of a shard: consumers, hand-out, settlement, membership. Messages come in through {@link ShardState}. */
final class ShardQueues {
    /** What the queues need of their shard. */
    interface Host {
        long committedLsn();

        /** Of the tenure; deliveries bear it, so that what settles them finds no other tenure's consumer. */
        long epoch();

        /** Begins a decision of at most so many bytes. */
        ByteBuf begin(int bytes);

        /** Applies the record that starts at {@code at}. */
        long record(ByteBuf out, int at);

        /** Lets something happen once everything applied so far is committed. */
        void park(Output output);

        long nowMillis();

        void wake();
    }

    /** Hears of a consumer, on the shard's loop, once the queue exists for good. */
    interface OpenReply {
        void opened(long consumer, SubscribeResult result);
    }

    private static final int RECORD_BYTES = 64;

    private final ShardState state;
    private final ShardLink link;
    private final RunBlocks blocks;
    private final Host host;
    private final boolean oneHolder;
    private final MessageView view = new MessageView();
    private final LsnMap<GroupQueue> byConsumer = new LsnMap<>();
    private List<GroupQueue> dirty = new ArrayList<>();
    private List<GroupQueue> working = new ArrayList<>();
    private long nextConsumer = 1;

    ShardQueues(ShardState state, ShardLink link, RunBlocks blocks, Host host) {
        this.state = state;
        this.link = link;
        this.blocks = blocks;
        this.host = host;
        this.oneHolder = state.options().obeys(KernelRule.ONE_HOLDER);
    }

    // ---- after a takeover
    // -----------------------------------------------------------------------------------------------

    /**
     * The node has no attachment of the former owner: everything below the marks was perhaps handed out and goes out again as redelivered. Queues without durable members are
     * deleted: their members were connections that are gone.
     */
    void recovered() {
        for (GroupQueue queue : List.copyOf(state.queues().values())) {
            queue.engine().recovered();
            giveBack(queue, queue.engine().closeClaims());
            deleteIfUnused(queue);
        }
    }

    private void giveBack(GroupQueue queue, List<Leftover> leftovers) {
        for (Leftover one : leftovers) {
            log(
                    one.outcome() == Outcome.RETURNED && state.options().obeys(KernelRule.GIVE_BACK_UNSETTLED)
                            ? RecordType.QUEUE_RETURNED
                            : RecordType.QUEUE_SETTLED,
                    queue,
                    one.lsn());
        }
        if (!leftovers.isEmpty()) {
            mark(queue);
        }
    }

    private long log(byte type, GroupQueue queue, long lsn) {
        ByteBuf out = host.begin(RECORD_BYTES);
        int at = out.writerIndex();
        out.writeByte(type).writeLong(queue.id()).writeLong(lsn);
        return host.record(out, at);
    }

    private void deleteIfUnused(GroupQueue queue) {
        if (!queue.engine().isUnused() || state.queues().get(queue.id()) != queue) {
            return;
        }
        ByteBuf out = host.begin(RECORD_BYTES);
        int at = out.writerIndex();
        out.writeByte(RecordType.QUEUE_DELETED).writeLong(queue.id());
        host.record(out, at);
    }

    // ---- members
    // --------------------------------------------------------------------------------------------------------

    private GroupQueue queueFor(int tenant, String group, String pattern) {
        GroupQueue.Key key = new GroupQueue.Key(tenant, group, pattern);
        GroupQueue queue = state.queuesByKey().get(key);
        if (queue == null) {
            ByteBuf out = host.begin(RECORD_BYTES + 3 * (group.length() + pattern.length()));
            int at = out.writerIndex();
            out.writeByte(RecordType.QUEUE_CREATED).writeInt(tenant);
            Texts.write(out, group);
            Texts.write(out, pattern);
            host.record(out, at);
            queue = Objects.requireNonNull(state.queuesByKey().get(key), "the queue just made");
        }
        return queue;
    }

    void open(ShardClient client, SubscribeRequest request, OpenReply reply) {
        GroupQueue queue =
                queueFor(client.key().tenant(), Objects.requireNonNull(request.group(), "group"), request.pattern());
        Consumer consumer =
                queue.engine().addConsumer(client.key().name(), state.options().queueCredit());
        long id = nextConsumer++;
        queue.members.put(
                id,
                new GroupQueue.Member(
                        id,
                        client,
                        consumer,
                        request.guarantee().atMost(Guarantee.AT_LEAST_ONCE),
                        request.keepLastValueFlag(),
                        request.identifier()));
        byConsumer.put(id, queue);
        mark(queue);
        Guarantee granted = request.guarantee().atMost(Guarantee.AT_LEAST_ONCE);
        host.park(() -> reply.opened(id, new SubscribeResult.Granted(granted)));
    }

    void close(SessionKey member, GroupPattern group, long consumerId) {
        GroupQueue queue = byConsumer.remove(consumerId);
        GroupQueue.Member gone = queue == null ? null : queue.members.remove(consumerId);
        if (queue == null || gone == null) {
            return;
        }
        giveBack(queue, queue.engine().removeConsumer(gone.consumer));
        deleteIfUnused(queue);
    }

    /** A durable session joins or leaves; logged together with where it came from, so that it is applied once. */
    void membership(int sourceShard, long sourceLsn, OutboxEntry.Membership membership) {
        SessionKey member = membership.member();
        GroupQueue.Key key = new GroupQueue.Key(member.tenant(), membership.group(), membership.pattern());
        GroupQueue queue = membership.join()
                ? queueFor(key.tenant(), key.group(), key.pattern())
                : state.queuesByKey().get(key);
        if (queue == null) {
            ByteBuf out = host.begin(RECORD_BYTES);
            int at = out.writerIndex();
            out.writeByte(RecordType.FORWARD_SEEN).writeInt(sourceShard).writeLong(sourceLsn);
            host.record(out, at);
            return;
        }
        ByteBuf out = host.begin(RECORD_BYTES + 3 * member.name().length());
        int at = out.writerIndex();
        out.writeByte(membership.join() ? RecordType.QUEUE_JOINED : RecordType.QUEUE_LEFT)
                .writeLong(queue.id());
        Texts.write(out, member.name());
        out.writeInt(sourceShard).writeLong(sourceLsn);
        host.record(out, at);
        deleteIfUnused(queue);
    }

    /** Everybody who consumes from these queues. */
    Set<ShardClient> clients() {
        Set<ShardClient> all = new LinkedHashSet<>();
        for (GroupQueue queue : state.queues().values()) {
            queue.members.values().forEach(member -> all.add(member.client));
        }
        return all;
    }

    // ---- hand-out
    // -------------------------------------------------------------------------------------------------------

    /** The queue may have something to hand out. */
    void mark(GroupQueue queue) {
        if (!queue.dirty) {
            queue.dirty = true;
            dirty.add(queue);
            host.wake();
        }
    }

    void run() {
        List<GroupQueue> due = dirty;
        dirty = working;
        working = due;
        for (int i = 0; i < due.size(); i++) {
            GroupQueue queue = due.get(i);
            queue.dirty = false;
            if (state.queues().get(queue.id()) == queue) {
                dropOverLength(queue);
                handOut(queue);
            }
        }
        due.clear();
    }

    private void dropOverLength(GroupQueue queue) {
        int lengthMax = state.options().queueLengthMax();
        while (queue.engine().ready() > lengthMax) {
            log(RecordType.QUEUE_SETTLED, queue, queue.engine().headToDrop());
        }
    }

    private void handOut(GroupQueue queue) {
        CheckoutMark needed = queue.engine().markToLog();
        if (needed != null) {
            ByteBuf out = host.begin(RECORD_BYTES);
            int at = out.writerIndex();
            out.writeByte(RecordType.QUEUE_MARKED)
                    .writeLong(queue.id())
                    .writeLong(needed.lsn())
                    .writeInt(needed.ahead());
            queue.markLsn = host.record(out, at);
        }
        long committed = host.committedLsn();
        while (!queue.loading) {
            long next = queue.engine().headToDrop();
            if (next < 0) {
                return;
            }
            if (next > committed || queue.markLsn > committed) {
                waitForCommit(queue);
                return;
            }
            MessageRow row = state.row(next);
            if (row == null) {
                throw new IllegalStateException("message " + next + " of a queue does not exist");
            }
            if (!inMemory(queue, row)) {
                return;
            }
            if (isExpired(row)) {
                log(RecordType.QUEUE_SETTLED, queue, next);
                continue;
            }
            Checkout checkout = queue.engine().nextCheckout();
            if (checkout == null) {
                return;
            }
            send(queue, checkout, row);
        }
    }

    private void waitForCommit(GroupQueue queue) {
        host.park(() -> mark(queue));
    }

    private boolean inMemory(GroupQueue queue, MessageRow row) {
        if (row.buffer() != null || blocks.load(row)) {
            return true;
        }
        queue.loading = true;
        blocks.fetch(row, failure -> {
            queue.loading = false;
            if (failure == null) {
                mark(queue);
            } else {
                link.links().loop().after(100_000_000L, () -> mark(queue));
            }
        });
        return false;
    }

    private boolean isExpired(MessageRow row) {
        ByteBuf bytes = row.buffer();
        return bytes != null
                && state.options().obeys(KernelRule.EXPIRE_MESSAGES)
                && view.wrap(bytes, row.index()).expiresAtMillis() <= host.nowMillis();
    }

    private static GroupQueue.Member memberOf(GroupQueue queue, Consumer consumer) {
        for (GroupQueue.Member member : queue.members.values()) {
            if (member.consumer == consumer) {
                return member;
            }
        }
        throw new IllegalStateException("consumer " + consumer + " has no member");
    }

    private void send(GroupQueue queue, Checkout checkout, MessageRow row) {
        GroupQueue.Member member = memberOf(queue, checkout.consumer());
        ByteBuf bytes = Objects.requireNonNull(row.buffer(), "bytes of a message to hand out");
        Guarantee effective = Guarantee.of(row.guaranteeCode).atMost(member.guarantee);
        int flags = effective.code();
        if (member.keepLastValueFlag && view.wrap(bytes, row.index()).lastValue()) {
            flags |= Frame.LAST_VALUE_FLAG;
        }
        if (checkout.redelivered()) {
            flags |= Frame.REDELIVERED;
        }
        link.deliverQueued(
                member.client,
                host.epoch(),
                queue.id(),
                member.id,
                row.lsn,
                flags,
                member.identifier,
                bytes,
                row.index(),
                row.length);
        if (!oneHolder) {
            for (GroupQueue.Member other : queue.members.values()) {
                if (other != member) {
                    link.deliverQueued(
                            other.client,
                            host.epoch(),
                            queue.id(),
                            other.id,
                            row.lsn,
                            flags,
                            other.identifier,
                            bytes,
                            row.index(),
                            row.length);
                }
            }
        }
        if (row.run != MessageRow.NO_RUN) {
            row.unload();
        }
        int length = row.length;
        if (effective == Guarantee.AT_MOST_ONCE) {
            // Handed over is all that was promised.
            log(RecordType.QUEUE_SETTLED, queue, checkout.lsn());
            member.unaskedBytes += length;
            member.owedCredit++;
        }
        member.bytesOnTheWay += length;
        balance(queue, member);
    }

    /** Gives a member the credit it is owed, or takes all credit from it while as many bytes as may be are on the way. */
    private void balance(GroupQueue queue, GroupQueue.Member member) {
        if (member.bytesOnTheWay < state.options().windowBytesMax()) {
            queue.engine().credit(member.consumer, member.owedCredit);
            member.owedCredit = 0;
            return;
        }
        member.owedCredit += member.consumer.credit();
        queue.engine().withdrawCredit(member.consumer);
        if (member.unaskedBytes > 0 && member.askedBytes == 0) {
            ask(queue, member);
        }
    }

    /** Nobody settles at-most-once messages: a word that goes to the member's loop behind them and comes back tells that they are out of memory. */
    private void ask(GroupQueue queue, GroupQueue.Member member) {
        member.askedBytes = member.unaskedBytes;
        member.unaskedBytes = 0;
        LoopLinks links = link.links();
        int home = links.index();
        LoopLinks theirs = links.peer(member.client.loopIndex());
        links.task(member.client.loopIndex(), () -> theirs.task(home, () -> answered(queue, member)));
    }

    private void answered(GroupQueue queue, GroupQueue.Member member) {
        if (queue.members.get(member.id) != member) {
            return;
        }
        member.bytesOnTheWay -= member.askedBytes;
        member.askedBytes = 0;
        balance(queue, member);
        mark(queue);
    }

    /** A message that is not logged: to one attached member of each matching queue, in turn. */
    void passUnlogged(Interest[] matches, MessageView message) {
        for (Interest interest : matches) {
            for (GroupQueue queue : interest.queues) {
                GroupQueue.Member member = inTurn(queue);
                if (member != null) {
                    int flags = Guarantee.AT_MOST_ONCE.code();
                    if (member.keepLastValueFlag && message.lastValue()) {
                        flags |= Frame.LAST_VALUE_FLAG;
                    }
                    link.deliverQueued(
                            member.client,
                            host.epoch(),
                            queue.id(),
                            member.id,
                            0,
                            flags,
                            member.identifier,
                            message.buffer(),
                            message.index(),
                            message.encodedLength());
                }
            }
        }
    }

    private static GroupQueue.@Nullable Member inTurn(GroupQueue queue) {
        Collection<GroupQueue.Member> members = queue.members.values();
        if (members.isEmpty()) {
            return null;
        }
        int wanted = Math.floorMod(queue.turn++, members.size());
        for (GroupQueue.Member member : members) {
            if (wanted-- == 0) {
                return member;
            }
        }
        return null;
    }

    void settle(long queueId, long consumerId, long lsn, Settlement settlement) {
        GroupQueue queue = state.queues().get(queueId);
        GroupQueue.Member member = queue == null ? null : queue.members.get(consumerId);
        if (queue == null || member == null) {
            return;
        }
        Verdict verdict = switch (settlement) {
            case ACCEPTED, COMPLETED -> Verdict.ACCEPT;
            case REJECTED -> Verdict.REJECT;
            case RECEIVED -> throw new IllegalArgumentException("queues do not take the received step");
        };
        Outcome outcome = queue.engine().settle(member.consumer, lsn, verdict);
        if (outcome == Outcome.UNKNOWN) {
            return;
        }
        int length = Objects.requireNonNull(state.row(lsn), "message that a consumer holds").length;
        switch (outcome) {
            // Without a dead-letter destination a rejected message is discarded (MQTT-4.8.2-6).
            case SETTLED, DEAD_LETTER -> log(RecordType.QUEUE_SETTLED, queue, lsn);
            case RETURNED -> log(RecordType.QUEUE_RETURNED, queue, lsn);
            case UNKNOWN -> throw new IllegalStateException("a settlement that settles nothing");
        }
        member.bytesOnTheWay -= length;
        member.owedCredit++;
        balance(queue, member);
        mark(queue);
    }
}
