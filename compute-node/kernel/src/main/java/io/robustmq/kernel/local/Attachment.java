package io.robustmq.kernel.local;

import io.netty.buffer.ByteBuf;
import io.robustmq.kernel.AttachRequest;
import io.robustmq.kernel.AttachmentInfo;
import io.robustmq.kernel.CloseReason;
import io.robustmq.kernel.Delivery;
import io.robustmq.kernel.Detach;
import io.robustmq.kernel.EncodedMessage;
import io.robustmq.kernel.Guarantee;
import io.robustmq.kernel.KernelFault;
import io.robustmq.kernel.KernelRule;
import io.robustmq.kernel.PublishDraft;
import io.robustmq.kernel.PublishOutcome;
import io.robustmq.kernel.Session;
import io.robustmq.kernel.SessionKey;
import io.robustmq.kernel.SessionSink;
import io.robustmq.kernel.Settlement;
import io.robustmq.kernel.SubscribeRequest;
import io.robustmq.kernel.link.PublishOrigin;
import io.robustmq.kernel.link.ShardInbox;
import io.robustmq.kernel.shard.ShardClient;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A session as the connection's loop sees it: window, backlog, attached subscriptions, publishes under way. Owned by that loop.
 *
 * <pre>
 *   ATTACHING --shard answers--> LIVE --detach / taken over / state lost--> CLOSED
 *       '------------------------ detach, refused ---------------------------^
 * </pre>
 *
 * <p>A transient session lives here and nowhere else. Of a durable one only what dies with the connection is here: at-most-once messages come from this loop, all others
 * from the session's shard.
 */
public final class Attachment implements Session, ShardClient, PublishOrigin, ShardInbox.ReleaseOrigin {
    private enum Phase {
        ATTACHING,
        LIVE,
        CLOSED
    }

    private final LoopRuntime runtime;
    private final AttachRequest request;
    private final SessionSink sink;
    private final long publisher;
    private final int sessionShard;
    private final int windowMax;
    private final OnceOrigin onceOrigin = new OnceOrigin();
    private final OutboundWindow window = new OutboundWindow();
    private final Map<String, LocalSubscription> subscriptions = new LinkedHashMap<>();
    private final Map<GroupPattern, GroupMember> groups = new LinkedHashMap<>();
    private final List<LastValueLookup> lookups = new ArrayList<>();
    private @Nullable QueueSlots slots;
    private @Nullable Backlog backlog;
    private @Nullable BitSet receivedOnce;
    private Phase phase = Phase.ATTACHING;
    private long session;
    /** Of the session's shard when it attached. */
    private long epoch;

    private boolean durable;
    private int unresolved;
    /** Tokens of publishes that the publisher heard to be unknown while a shard has yet to answer. */
    private final List<Long> doubts = new ArrayList<>(0);

    /** Publishes of this attachment that went to the session's outbox and have not arrived everywhere. */
    private int inOutbox;
    /** Publishes that went to the shards that want them, by no outbox, and are not resolved. */
    private int straight;
    /** Publishes for the session's outbox that wait until nothing is under way straight. */
    private final List<Held> held = new ArrayList<>(0);

    private long usedShards;
    /** Deliveries from queues that hold a slot but wait in the backlog. */
    private int parkedQueued;

    private boolean paused;
    private final List<Runnable> whenResolved = new ArrayList<>(0);
    private @Nullable Detach pendingDetach;

    // What several matching subscriptions of one message add up to; valid for one serial.
    private long mergeSerial;
    private final List<LocalSubscription> merged = new ArrayList<>(0);

    Attachment(LoopRuntime runtime, AttachRequest request, SessionSink sink) {
        this.runtime = runtime;
        this.request = request;
        this.sink = sink;
        this.publisher = request.key().hash64();
        this.sessionShard = runtime.directory().shardOf(request.key());
        this.windowMax = Math.min(request.windowMax(), runtime.options().windowMax());
    }

    @Override
    public SessionKey key() {
        return request.key();
    }

    @Override
    public int loopIndex() {
        return runtime.index();
    }

    LoopRuntime runtime() {
        return runtime;
    }

    long publisher() {
        return publisher;
    }

    boolean isLive() {
        return phase == Phase.LIVE;
    }

    boolean isDurable() {
        return durable;
    }

    long sessionId() {
        return session;
    }

    /** The tenure of the session's shard that this attachment belongs to. */
    long epoch() {
        return epoch;
    }

    int sessionShard() {
        return sessionShard;
    }

    SessionSink sink() {
        return sink;
    }

    Map<String, LocalSubscription> subscriptions() {
        return subscriptions;
    }

    Map<GroupPattern, GroupMember> groups() {
        return groups;
    }

    List<LastValueLookup> lookups() {
        return lookups;
    }

    // ---- attaching
    // ------------------------------------------------------------------------------------------------------

    @Override
    public void onAttached(long id, long under, boolean isDurable, boolean resumed, List<SubscribeRequest> held) {
        session = id;
        epoch = under;
        durable = isDurable;
        Detach given = pendingDetach;
        if (phase == Phase.CLOSED) {
            runtime.shardTask(sessionShard, home -> home.detach(this, given == null ? Detach.BROKEN : given));
            return;
        }
        phase = Phase.LIVE;
        for (SubscribeRequest one : held) {
            String group = one.group();
            if (group == null) {
                LocalSubscription subscription = new LocalSubscription(this, one);
                subscriptions.put(one.pattern(), subscription);
                runtime.addLocal(subscription, () -> {});
            } else {
                GroupMember.enter(this, one).open(one, _ -> {});
            }
        }
        sink.attached(this, resumed);
    }

    @Override
    public void onRefused(KernelFault fault) {
        boolean tell = phase == Phase.ATTACHING;
        phase = Phase.CLOSED;
        runtime.forget(this);
        if (tell) {
            sink.refused(fault);
        }
    }

    @Override
    public void release(CloseReason reason, Runnable released) {
        boolean attaching = phase == Phase.ATTACHING;
        if (phase != Phase.CLOSED) {
            close();
            if (attaching) {
                sink.refused(new KernelFault.Unavailable("the session was closed while it was being attached"));
            } else {
                sink.closed(reason);
            }
        }
        Detach given = pendingDetach;
        if (given != null) {
            // It left before it was attached: it leaves as it said, not as one whose connection broke.
            runtime.shardTask(sessionShard, home -> home.detach(this, given));
        }
        afterResolved(released);
    }

    @Override
    public void stateLost() {
        if (phase == Phase.LIVE) {
            detach(Detach.BROKEN);
            sink.closed(CloseReason.STATE_LOST);
        }
    }

    @Override
    public void detach(Detach how) {
        switch (phase) {
            case ATTACHING -> {
                pendingDetach = how;
                phase = Phase.CLOSED;
                runtime.forget(this);
            }
            case LIVE -> {
                close();
                afterResolved(() -> runtime.shardTask(sessionShard, home -> home.detach(this, how)));
            }
            case CLOSED -> {}
        }
    }

    @Override
    public AttachmentInfo describe() {
        List<SubscribeRequest> held = new ArrayList<>(subscriptions.size() + groups.size());
        for (LocalSubscription one : subscriptions.values()) {
            held.add(one.asRequest());
        }
        for (GroupMember one : groups.values()) {
            held.add(one.request());
        }
        Backlog waiting = backlog;
        return new AttachmentInfo(durable, window.unsettled(), waiting == null ? 0 : waiting.count(), held);
    }

    /** Ends everything that dies with the connection. */
    private void close() {
        phase = Phase.CLOSED;
        for (LocalSubscription subscription : subscriptions.values()) {
            runtime.removeLocal(subscription);
        }
        subscriptions.clear();
        for (GroupMember member : groups.values()) {
            member.leave();
        }
        groups.clear();
        lookups.clear();
        Backlog waiting = backlog;
        if (waiting != null) {
            waiting.clear();
        }
        runtime.forget(this);
    }

    /** Lets go of memory; nobody is told. */
    void drop() {
        phase = Phase.CLOSED;
        Backlog waiting = backlog;
        if (waiting != null) {
            waiting.clear();
        }
    }

    private void afterResolved(Runnable task) {
        if (unresolved == 0) {
            task.run();
        } else {
            whenResolved.add(task);
        }
    }

    private void resolved() {
        if (--unresolved == 0 && !whenResolved.isEmpty()) {
            List<Runnable> due = List.copyOf(whenResolved);
            whenResolved.clear();
            due.forEach(Runnable::run);
        }
    }

    // ---- publishing
    // -----------------------------------------------------------------------------------------------------

    @Override
    public void publish(long token, PublishDraft draft) {
        if (phase != Phase.LIVE) {
            return;
        }
        if (draft.guarantee() != Guarantee.AT_MOST_ONCE) {
            unresolved++;
            if (inOutbox > 0) {
                // What it published exactly once is on its way by the outbox, and must not be overtaken.
                sendByOutbox(0, new BehindOutbox(token), draft);
                return;
            }
            straight++;
        }
        runtime.publish(this, token, draft, publisher, this);
    }

    /**
     * Logs it in the session's shard, to be forwarded from there. Not before everything that went straight to its shards is resolved: a crash could lose that and keep this, which
     * would then come before the repetition.
     */
    private void sendByOutbox(int packetId, PublishOrigin origin, PublishDraft draft) {
        inOutbox++;
        if (straight > 0) {
            held.add(new Held(packetId, origin, runtime.encoded(draft, publisher)));
        } else {
            runtime.sendPublishOnce(sessionShard, epoch, session, packetId, origin, draft, publisher);
        }
    }

    private void resolvedStraight() {
        if (--straight == 0 && !held.isEmpty()) {
            List<Held> due = List.copyOf(held);
            held.clear();
            for (Held one : due) {
                if (phase == Phase.LIVE) {
                    runtime.sendPublishOnce(sessionShard, epoch, session, one.packetId, one.origin, one.message);
                } else {
                    resolved();
                }
            }
        }
    }

    @Override
    public void published(long token, PublishOutcome outcome) {
        if (phase == Phase.LIVE && (doubts.isEmpty() || !doubts.remove(Long.valueOf(token)))) {
            sink.published(token, outcome);
        }
        resolvedStraight();
        resolved();
    }

    @Override
    public void doubted(long token) {
        if (phase == Phase.LIVE) {
            doubts.add(token);
            sink.published(token, PublishOutcome.UNKNOWN);
        }
    }

    @Override
    public void publishOnce(int packetId, PublishDraft draft) {
        if (phase != Phase.LIVE) {
            return;
        }
        if (durable) {
            if (!runtime.roomOnDisk()) {
                sink.publishedOnce(packetId, PublishOutcome.OVERLOADED);
                return;
            }
            unresolved++;
            writesTo(sessionShard);
            sendByOutbox(packetId, onceOrigin, draft);
            return;
        }
        BitSet known = receivedOnce;
        if (known == null) {
            known = new BitSet();
            receivedOnce = known;
        }
        if (known.get(packetId)) {
            sink.publishedOnce(packetId, PublishOutcome.DONE);
            return;
        }
        known.set(packetId);
        unresolved++;
        runtime.publish(onceOrigin, packetId, draft, publisher, this);
    }

    @Override
    public void releaseOnce(int packetId) {
        if (phase != Phase.LIVE) {
            return;
        }
        if (durable) {
            runtime.sendReleaseOnce(sessionShard, epoch, session, packetId, this);
            return;
        }
        BitSet known = receivedOnce;
        boolean present = known != null && known.get(packetId);
        if (known != null) {
            known.clear(packetId);
        }
        sink.releasedOnce(packetId, present);
    }

    @Override
    public void releasedOnce(int packetId, boolean known) {
        if (phase == Phase.LIVE) {
            sink.releasedOnce(packetId, known);
        }
    }

    private record Held(int packetId, PublishOrigin origin, EncodedMessage message) {}

    /** Hears of an at-least-once publish that takes the way of the exactly-once ones before it. */
    private final class BehindOutbox implements PublishOrigin {
        private final long token;

        BehindOutbox(long token) {
            this.token = token;
        }

        @Override
        public int loopIndex() {
            return runtime.index();
        }

        @Override
        public void published(long packetId, PublishOutcome outcome) {
            if (phase == Phase.LIVE) {
                sink.published(token, outcome);
            }
            resolved();
        }

        @Override
        public void arrived() {
            inOutbox--;
        }
    }

    /** Hears the outcomes of exactly-once publishes, whose tokens are packet ids. */
    private final class OnceOrigin implements PublishOrigin {
        private final List<Long> doubts = new ArrayList<>(0);

        @Override
        public int loopIndex() {
            return runtime.index();
        }

        @Override
        public void arrived() {
            inOutbox--;
        }

        @Override
        public void published(long token, PublishOutcome outcome) {
            int packetId = (int) token;
            BitSet known = receivedOnce;
            if (known != null && outcome == PublishOutcome.OVERLOADED) {
                known.clear(packetId);
            }
            if (phase == Phase.LIVE && (doubts.isEmpty() || !doubts.remove(Long.valueOf(token)))) {
                sink.publishedOnce(packetId, outcome);
            }
            resolved();
        }

        @Override
        public void doubted(long token) {
            if (phase == Phase.LIVE) {
                doubts.add(token);
                sink.publishedOnce((int) token, PublishOutcome.UNKNOWN);
            }
        }
    }

    void writesTo(int shard) {
        usedShards |= 1L << (shard & 63);
    }

    @Override
    public boolean pressed() {
        if (!stillPressed()) {
            usedShards = 0;
            return false;
        }
        if (!paused) {
            paused = true;
            runtime.pause(this);
        }
        return true;
    }

    boolean stillPressed() {
        if (runtime.links().pressed()) {
            return true;
        }
        if (usedShards != 0) {
            for (int shard = 0; shard < runtime.directory().shards(); shard++) {
                if ((usedShards & 1L << (shard & 63)) != 0
                        && runtime.directory().pressed(shard)) {
                    return true;
                }
            }
        }
        return false;
    }

    void relieved() {
        paused = false;
        usedShards = 0;
        if (phase == Phase.LIVE) {
            sink.relieved();
        }
    }

    // ---- subscribing
    // ----------------------------------------------------------------------------------------------------

    @Override
    public void subscribe(long token, List<SubscribeRequest> requests) {
        if (phase == Phase.LIVE) {
            new SubscribeFlow(this, token, requests).start();
        }
    }

    @Override
    public void unsubscribe(long token, List<GroupPattern> patterns) {
        if (phase == Phase.LIVE) {
            new UnsubscribeFlow(this, token, patterns).start();
        }
    }

    // ---- deliveries
    // -----------------------------------------------------------------------------------------------------

    /** Whether a message with this effective guarantee reaches the session through its shard and not through the loop. */
    boolean takesFromShard(Guarantee effective) {
        return durable && effective != Guarantee.AT_MOST_ONCE;
    }

    /** Notes one more matching subscription of the message with this serial; true if it is the first of this attachment. */
    boolean merge(long serial, LocalSubscription one) {
        boolean first = mergeSerial != serial;
        if (first) {
            mergeSerial = serial;
            merged.clear();
        }
        merged.add(one);
        return first;
    }

    void deliverMerged(Delivery delivery) {
        Guarantee granted = Guarantee.AT_MOST_ONCE;
        boolean keepFlag = false;
        for (int i = 0; i < merged.size(); i++) {
            LocalSubscription one = merged.get(i);
            if (one.guarantee.code() > granted.code()) {
                granted = one.guarantee;
            }
            keepFlag |= one.keepLastValueFlag;
        }
        Guarantee effective = delivery.message().guarantee().atMost(granted);
        if (takesFromShard(effective)) {
            return;
        }
        delivery.begin(0, effective, keepFlag && delivery.message().lastValue(), false);
        for (int i = 0; i < merged.size(); i++) {
            delivery.addIdentifier(merged.get(i).identifier);
        }
        deliver(delivery);
    }

    /** A message of this loop: at-most-once at once, others through the window of a transient session. */
    void deliver(Delivery delivery) {
        if (phase != Phase.LIVE) {
            return;
        }
        if (!lookups.isEmpty()) {
            for (LastValueLookup lookup : lookups) {
                lookup.passed(delivery.message());
            }
        }
        if (delivery.message().encodedLength() > request.messageBytesMax()) {
            runtime.figures().droppedTooLarge.increment();
            return;
        }
        if (delivery.guarantee() == Guarantee.AT_MOST_ONCE) {
            send(delivery);
        } else if (backlogCount() > 0 || !windowOpen()) {
            park(delivery);
        } else {
            sendSequenced(delivery);
        }
    }

    /** A message of the session's shard; it has its sequence already and fits the window the shard keeps. */
    void deliverFromShard(Delivery delivery) {
        if (phase != Phase.LIVE) {
            return;
        }
        if (backlogCount() > 0 || !windowOpen()) {
            backlog().add(runtime.links().allocator(), delivery);
        } else {
            window.sent(delivery.id(), false);
            send(delivery);
        }
    }

    /** After a resume: the receiver has it, only the release is open. */
    void resumeReceived(long id) {
        if (phase == Phase.LIVE) {
            window.sent(id, true);
            sink.receivedLogged(id);
        }
    }

    void deliverQueued(Delivery delivery, int shard, long under, long queue, long consumer, long lsn) {
        if (phase != Phase.LIVE) {
            return; // the consumer is being removed: the queue takes back what it handed out
        }
        if (delivery.guarantee() == Guarantee.AT_MOST_ONCE) {
            send(delivery);
            return;
        }
        QueueSlots table = slots;
        if (table == null) {
            table = new QueueSlots();
            slots = table;
        }
        int slot = table.take(shard, under, queue, consumer, lsn);
        if (slot < 0) {
            // It joined and left so often without settling that no slot is left: what it holds goes back to the queues.
            stateLost();
            return;
        }
        delivery.id(Delivery.QUEUE + slot);
        if (backlogCount() > 0 || !windowOpen(-1)) {
            parkedQueued++;
            backlog().add(runtime.links().allocator(), delivery);
        } else {
            send(delivery);
        }
    }

    /** A membership ends: its queue takes back what is unsettled, so what still waits for the window is not sent. */
    void leftGroup(int shard, long consumer) {
        QueueSlots table = slots;
        if (table != null) {
            table.abandon(shard, consumer);
        }
    }

    private void send(Delivery delivery) {
        Guarantee guarantee = delivery.guarantee();
        if (sink.deliver(delivery)) {
            runtime.figures().messagesOut(guarantee).increment();
        } else {
            runtime.figures().droppedSlow.increment();
        }
    }

    private void sendSequenced(Delivery delivery) {
        delivery.id(window.next());
        window.sent(delivery.id(), false);
        send(delivery);
    }

    private boolean windowOpen() {
        return windowOpen(0);
    }

    /** @param allowance added to the deliveries under way: -1 when one of them is the one to be sent */
    private boolean windowOpen(int allowance) {
        QueueSlots table = slots;
        int queued = table == null ? 0 : table.used() - parkedQueued;
        return window.unsettled() + queued + allowance < windowMax && window.spans(Delivery.SEQUENCE_MODULUS - 1);
    }

    private int backlogCount() {
        Backlog waiting = backlog;
        return waiting == null ? 0 : waiting.count();
    }

    private Backlog backlog() {
        Backlog waiting = backlog;
        if (waiting == null) {
            waiting = new Backlog();
            backlog = waiting;
        }
        return waiting;
    }

    private void park(Delivery delivery) {
        Backlog waiting = backlog();
        if (waiting.count() >= runtime.options().backlogMessagesMax()
                || waiting.bytes() >= runtime.options().backlogBytesMax()) {
            runtime.figures().droppedSlow.increment();
            return;
        }
        waiting.add(runtime.links().allocator(), delivery);
    }

    private void drainBacklog() {
        Backlog waiting = backlog;
        if (waiting == null) {
            return;
        }
        Delivery next = runtime.delivery();
        while (phase == Phase.LIVE && waiting.count() > 0 && windowOpen()) {
            waiting.take(next);
            if (next.id() >= Delivery.QUEUE && dropAbandoned((int) (next.id() - Delivery.QUEUE))) {
                continue;
            }
            boolean expired = next.message().expiresAtMillis() <= runtime.loop().wallMillis()
                    && runtime.options().obeys(KernelRule.EXPIRE_MESSAGES);
            if (expired && dropExpired(next)) {
                runtime.figures().droppedExpired.increment();
            } else if (next.id() == 0) {
                sendSequenced(next);
            } else if (next.id() >= Delivery.QUEUE) {
                parkedQueued--;
                send(next);
            } else {
                window.sent(next.id(), false);
                send(next);
            }
        }
        waiting.releaseIfEmpty();
    }

    private boolean dropAbandoned(int slot) {
        QueueSlots table = Objects.requireNonNull(slots, "slots of parked deliveries");
        if (!table.isAbandoned(slot)) {
            return false;
        }
        parkedQueued--;
        table.release(slot);
        return true;
    }

    /** Its time passed while it waited for the window (MQTT-3.3.2-5). False if the receiver may have it already from an earlier connection: then it is sent again. */
    private boolean dropExpired(Delivery delivery) {
        long id = delivery.id();
        if (id >= Delivery.QUEUE) {
            parkedQueued--;
            settleQueued((int) (id - Delivery.QUEUE), Settlement.ACCEPTED);
        } else if (id != 0) {
            if (delivery.redelivered()) {
                return false;
            }
            window.sent(id, false);
            settleSequenced(id, Settlement.REJECTED);
        }
        return true;
    }

    @Override
    public boolean settle(long deliveryId, Settlement settlement) {
        if (phase != Phase.LIVE) {
            return false;
        }
        boolean known = deliveryId >= Delivery.QUEUE
                ? settleQueued((int) (deliveryId - Delivery.QUEUE), settlement)
                : settleSequenced(deliveryId, settlement);
        if (known && backlogCount() > 0) {
            drainBacklog();
            resumeLookups();
        }
        return known;
    }

    private boolean settleSequenced(long sequence, Settlement settlement) {
        boolean known = switch (settlement) {
            case ACCEPTED, REJECTED -> window.accept(sequence);
            case RECEIVED -> window.receive(sequence);
            case COMPLETED -> window.complete(sequence);
        };
        if (!known) {
            return false;
        }
        if (durable) {
            runtime.sendSettle(sessionShard, epoch, session, sequence, settlement);
        } else if (settlement == Settlement.RECEIVED) {
            sink.receivedLogged(sequence);
        }
        return true;
    }

    private boolean settleQueued(int slot, Settlement settlement) {
        QueueSlots table = slots;
        if (table == null || !table.isTaken(slot) || settlement == Settlement.RECEIVED) {
            return false;
        }
        runtime.sendSettleQueued(
                table.shard(slot),
                table.epoch(slot),
                table.queue(slot),
                table.consumer(slot),
                table.lsn(slot),
                settlement);
        table.release(slot);
        return true;
    }

    @Override
    public void receivedLogged(long sequence) {
        if (phase == Phase.LIVE) {
            sink.receivedLogged(sequence);
        }
    }

    @Override
    public void drained() {
        if (phase == Phase.LIVE) {
            if (backlogCount() > 0) {
                drainBacklog();
            }
            resumeLookups();
        }
    }

    /** Whether kept last values may be sent on: the connection drains and nothing waits for the window. */
    boolean takesMore() {
        return backlogCount() == 0 && sink.writable();
    }

    private void resumeLookups() {
        if (!lookups.isEmpty() && takesMore()) {
            for (LastValueLookup lookup : List.copyOf(lookups)) {
                lookup.resume();
            }
        }
    }

    /** The kept last value of a name, for a subscription made now. */
    void deliverLastValue(LocalSubscription to, ByteBuf buffer, int index) {
        Delivery next = runtime.delivery();
        next.message().wrap(buffer, index);
        if (to.noLocal && next.message().publisher() == publisher) {
            return;
        }
        Guarantee effective = next.message().guarantee().atMost(to.guarantee);
        if (takesFromShard(effective)) {
            EncodedMessage copy = EncodedMessage.copyOf(buffer, index);
            String pattern = to.pattern;
            runtime.shardTask(sessionShard, home -> home.keepFor(epoch, session, pattern, copy));
            return;
        }
        next.begin(0, effective, true, false);
        next.addIdentifier(to.identifier);
        if (next.message().encodedLength() > request.messageBytesMax()) {
            runtime.figures().droppedTooLarge.increment();
        } else if (effective == Guarantee.AT_MOST_ONCE) {
            send(next);
        } else if (backlogCount() > 0 || !windowOpen()) {
            // Bounded by the credit of the look-up, not by the limits for a slow receiver.
            backlog().add(runtime.links().allocator(), next);
        } else {
            sendSequenced(next);
        }
    }
}
