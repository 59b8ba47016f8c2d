package io.robustmq.kernel.shard;

import io.netty.buffer.ByteBuf;
import io.robustmq.kernel.AttachRequest;
import io.robustmq.kernel.Guarantee;
import io.robustmq.kernel.KernelOptions;
import io.robustmq.kernel.KernelRule;
import io.robustmq.kernel.MessageView;
import io.robustmq.kernel.Session.GroupPattern;
import io.robustmq.kernel.SessionKey;
import io.robustmq.kernel.Settlement;
import io.robustmq.kernel.SubscribeRequest;
import io.robustmq.kernel.SubscribeRequest.LastValues;
import io.robustmq.kernel.link.Settlements;
import io.robustmq.kernel.queue.CheckoutMark;
import io.robustmq.kernel.route.NameCache;
import io.robustmq.kernel.route.PatternIndex;
import io.robustmq.kernel.schedule.DueTimers;
import io.robustmq.kernel.session.DeliveryWindow;
import io.robustmq.kernel.session.FilterStream;
import io.robustmq.kernel.session.LsnMap;
import io.robustmq.kernel.session.MessageRow;
import io.robustmq.kernel.session.SessionState;
import io.robustmq.kernel.session.Subscription;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedCollection;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Everything a shard knows, as a function of its log. {@link #apply} is the only place that changes it, in normal running and in replay alike; it reads no clock and decides
 * nothing. What must happen because of a change (routes, deliveries) is told to the {@link Observer}, which replay leaves out.
 */
final class ShardState {
    /** Hears of changes while the shard serves. */
    interface Observer {
        /** A pattern is now, or no longer, wanted by subscriptions (or, apart from that, by queues) of this shard. */
        void interestChanged(String pattern, boolean wanted, boolean queues);

        /** A session has a new reference. */
        void referenced(SessionState session);

        /** A queue has a new message. */
        void queued(GroupQueue queue);

        /** The outbox has a new entry. */
        void outgoing(OutboxEntry entry);
    }

    private static final Interest[] NOBODY = new Interest[0];
    private static final Observer SILENT = new Observer() {
        @Override
        public void interestChanged(String pattern, boolean wanted, boolean queues) {}

        @Override
        public void referenced(SessionState session) {}

        @Override
        public void queued(GroupQueue queue) {}

        @Override
        public void outgoing(OutboxEntry entry) {}
    };

    private final KernelOptions options;
    private final LsnMap<MessageRow> rows = new LsnMap<>();
    private final PatternIndex<Interest> interests = new PatternIndex<>();
    private final NameCache<ShardName> names;
    private final List<Interest> matchScratch = new ArrayList<>();
    private final LsnMap<SessionState> sessions = new LsnMap<>();
    private final Map<SessionKey, SessionState> sessionsByKey = new HashMap<>();
    private final io.robustmq.kernel.retained.LastValues<MessageRow> lastValues =
            new io.robustmq.kernel.retained.LastValues<>();
    private final LsnMap<GroupQueue> queues = new LsnMap<>();
    private final Map<GroupQueue.Key, GroupQueue> queuesByKey = new HashMap<>();
    private final LinkedHashMap<Long, OutboxEntry> outbox = new LinkedHashMap<>();
    private final LsnMap<Delayed> delayed = new LsnMap<>();
    private final DueTimers<Due> timers = new DueTimers<>();
    private final MessageView view = new MessageView();
    private final RunTable runs = new RunTable();
    final long[] lastSeen;
    private Observer observer = SILENT;
    private int subscriptions;

    ShardState(KernelOptions options, int shards) {
        this.options = options;
        this.names = new NameCache<>(ShardName::new, options.nameCacheEntries(), NameCache.BYTES_MAX);
        this.lastSeen = new long[shards];
    }

    /** From now on changes are observed. */
    void observe(Observer by) {
        observer = by;
    }

    LsnMap<MessageRow> rows() {
        return rows;
    }

    PatternIndex<Interest> interests() {
        return interests;
    }

    LsnMap<SessionState> sessions() {
        return sessions;
    }

    Map<SessionKey, SessionState> sessionsByKey() {
        return sessionsByKey;
    }

    io.robustmq.kernel.retained.LastValues<MessageRow> lastValues() {
        return lastValues;
    }

    LsnMap<GroupQueue> queues() {
        return queues;
    }

    Map<GroupQueue.Key, GroupQueue> queuesByKey() {
        return queuesByKey;
    }

    /** What is to be forwarded and has not arrived everywhere, oldest first; not to be changed by the caller. */
    SequencedCollection<OutboxEntry> outbox() {
        return outbox.sequencedValues();
    }

    /** Also used by the snapshot. */
    void addOutgoing(OutboxEntry entry) {
        outbox.put(entry.lsn, entry);
    }

    /** Messages that wait for their time. */
    LsnMap<Delayed> delayed() {
        return delayed;
    }

    DueTimers<Due> timers() {
        return timers;
    }

    RunTable runs() {
        return runs;
    }

    KernelOptions options() {
        return options;
    }

    int subscriptions() {
        return subscriptions;
    }

    SessionState session(long id) {
        SessionState found = sessions.get(id);
        if (found == null) {
            throw new IllegalStateException("the log names session " + id + ", which does not exist");
        }
        return found;
    }

    private GroupQueue queue(long id) {
        GroupQueue found = queues.get(id);
        if (found == null) {
            throw new IllegalStateException("the log names queue " + id + ", which does not exist");
        }
        return found;
    }

    /** Nobody else needs what one of those who counted needs no longer. */
    void release(MessageRow row) {
        if (--row.references == 0) {
            rows.remove(row.lsn);
            runs.died(row);
            row.unload();
        } else if (row.references < 0) {
            throw new IllegalStateException("message " + row.lsn + " is released more often than it is needed");
        }
    }

    private MessageRow keep(ByteBuf in, int at, long lsn) {
        view.wrap(in, at);
        MessageRow row = new MessageRow(lsn, view.publisher(), view.guarantee().code(), view.encodedLength());
        row.references = 1;
        row.load(in, at);
        rows.put(lsn, row);
        return row;
    }

    /** What matches the name of the message. */
    Interest[] matches(MessageView message) {
        ShardName name = names.intern(message.buffer(), message.nameIndex(), message.nameLength());
        Interest[] found = name.matches;
        long version = interests.version();
        if (found == null || name.version != version) {
            matchScratch.clear();
            interests.match(name.text(), matchScratch);
            found = matchScratch.isEmpty() ? NOBODY : matchScratch.toArray(NOBODY);
            name.matches = found;
            name.version = version;
        }
        return found;
    }

    // ---- apply
    // ----------------------------------------------------------------------------------------------------------

    /**
     * Applies the record at the reader index and moves behind it.
     *
     * @param timeMillis time of the entry it is in
     */
    void apply(ByteBuf in, long lsn, long timeMillis) {
        byte type = in.readByte();
        switch (type) {
            case RecordType.MESSAGE -> message(in, lsn);
            case RecordType.ATTACHED -> attached(in, lsn);
            case RecordType.DETACHED -> {
                SessionState session = session(in.readLong());
                session.assignThrough(rows, in.readLong());
                detached(session, in.readByte() != 0, in.readLong(), timeMillis);
            }
            case RecordType.ENDED -> ended(session(in.readLong()));
            case RecordType.SUBSCRIBED -> subscribed(in, lsn);
            case RecordType.UNSUBSCRIBED -> unsubscribed(in);
            case RecordType.SETTLED ->
                settled(session(in.readLong()), in.readLong(), Settlements.of(in.readByte()), lsn);
            case RecordType.RECEIVED_ONCE -> receivedOnce(in, lsn);
            case RecordType.RELEASED_ONCE ->
                session(in.readLong()).receivedOnceForChange().clear(in.readUnsignedShort());
            case RecordType.OUTBOX_DONE -> outboxDone(in.readLong());
            case RecordType.OUTBOX_ENTRY_DONE -> outboxEntryDone(outbox.remove(in.readLong()));
            case RecordType.PARTING_SENT -> partingSent(session(in.readLong()), lsn);
            case RecordType.KEPT_FOR_SESSION -> keptForSession(in, lsn);
            case RecordType.MEMBER_GONE -> memberGone(Texts.read(in), lsn, timeMillis);
            case RecordType.LAST_VALUE_EXPIRED -> lastValueExpired(in.readLong(), Texts.read(in));
            case RecordType.QUEUE_CREATED -> queueCreated(in, lsn);
            case RecordType.QUEUE_JOINED -> queueJoined(in);
            case RecordType.QUEUE_LEFT -> queueLeft(in);
            case RecordType.QUEUE_SETTLED -> queueSettled(queue(in.readLong()), in.readLong());
            case RecordType.QUEUE_RETURNED -> queue(in.readLong()).engine().applyReturned(in.readLong());
            case RecordType.QUEUE_MARKED ->
                queue(in.readLong()).engine().applyMark(new CheckoutMark(in.readLong(), in.readInt()));
            case RecordType.QUEUE_DELETED -> queueDeleted(queue(in.readLong()));
            case RecordType.MEMBERSHIP -> membership(in, lsn);
            case RecordType.DELAYED -> delayed(in, lsn);
            case RecordType.DELAYED_SENT -> delayedSent(in.readLong(), lsn);
            case RecordType.FORWARD_SEEN -> lastSeen[in.readInt()] = in.readLong();
            default -> throw new IllegalStateException("unknown record type " + type + " at LSN " + lsn);
        }
    }

    private void message(ByteBuf in, long lsn) {
        int flags = in.readByte();
        if ((flags & RecordType.FORWARDED) != 0) {
            lastSeen[in.readInt()] = in.readLong();
        }
        int at = in.readerIndex();
        view.wrap(in, at);
        int length = view.encodedLength();
        in.skipBytes(length);
        MessageRow row = new MessageRow(lsn, view.publisher(), view.guarantee().code(), length);
        if ((flags & RecordType.DELIVER) != 0) {
            for (Interest interest : matches(view)) {
                offer(interest, row);
            }
        }
        if ((flags & RecordType.KEEP) != 0) {
            keepLastValue(row);
        }
        if (row.references > 0) {
            row.load(in, at);
            rows.put(lsn, row);
        }
    }

    private void offer(Interest interest, MessageRow row) {
        FilterStream stream = interest.stream;
        if (stream != null) {
            List<Subscription> subscribers = stream.subscribers();
            boolean counted = false;
            for (int i = 0; i < subscribers.size(); i++) {
                Subscription one = subscribers.get(i);
                if (!one.counts(row)) {
                    continue;
                }
                counted = true;
                SessionState session = one.session;
                session.appending(one, stream, row.lsn);
                Set<String> passed = one.passedNames;
                if (passed != null) {
                    passed.add(view.name());
                }
                if (session.newestLsn != row.lsn) {
                    session.newestLsn = row.lsn;
                    session.pending++;
                    row.references++;
                    observer.referenced(session);
                }
            }
            if (counted) {
                stream.trim(rows);
                stream.append(row.lsn);
            }
        }
        for (int i = 0; i < interest.queues.size(); i++) {
            GroupQueue queue = interest.queues.get(i);
            row.references++;
            queue.engine().applyEnqueued(row.lsn);
            observer.queued(queue);
        }
    }

    private void keepLastValue(MessageRow row) {
        String name = view.name();
        MessageRow before;
        if (view.payloadLength() == 0) {
            before = lastValues.remove(name);
        } else {
            row.references++;
            row.expiresAtMillis = view.expiresAtMillis();
            before = putLastValue(name, row);
        }
        if (before != null) {
            timers.cancel(before.expiryTimer);
            release(before);
        }
    }

    /** Also used by the snapshot. Returns the one before. */
    @Nullable MessageRow putLastValue(String name, MessageRow row) {
        if (row.expiresAtMillis != Long.MAX_VALUE) {
            row.expiryTimer = timers.add(row.expiresAtMillis, new Due.LastValueExpiry(name, row.lsn));
        }
        return lastValues.put(name, row);
    }

    private void attached(ByteBuf in, long lsn) {
        long id = in.readLong();
        int tenant = in.readInt();
        String name = Texts.read(in);
        SessionState session;
        if (id == 0) {
            session = new SessionState(lsn, new SessionKey(tenant, name));
            sessions.put(lsn, session);
            sessionsByKey.put(session.key(), session);
        } else {
            session = session(id);
        }
        session.expiryMillis = in.readLong();
        session.incarnation = Texts.read(in);
        session.attached = true;
        cancelTimers(session);
        dropParting(session);
        if (in.readByte() != 0) {
            session.partingDelayMillis = in.readLong();
            int at = in.readerIndex();
            session.parting = keep(in, at, lsn);
            in.skipBytes(MessageView.encodedLength(in, at));
        }
    }

    private void cancelTimers(SessionState session) {
        if (session.expiryTimer != 0) {
            timers.cancel(session.expiryTimer);
            session.expiryTimer = 0;
        }
        if (session.partingTimer != 0) {
            timers.cancel(session.partingTimer);
            session.partingTimer = 0;
        }
    }

    private void dropParting(SessionState session) {
        MessageRow parting = session.parting;
        if (parting != null) {
            session.parting = null;
            release(parting);
        }
    }

    private void detached(SessionState session, boolean suppressParting, long expiryMillis, long timeMillis) {
        session.attached = false;
        session.incarnation = "";
        session.detachedAtMillis = timeMillis;
        if (expiryMillis >= 0) {
            session.expiryMillis = expiryMillis;
        }
        if (suppressParting) {
            dropParting(session);
        }
        for (Subscription subscription : session.streamed()) {
            subscription.forgetLookUps();
        }
        schedule(session);
    }

    /** Arms the timers of a detached session. */
    void schedule(SessionState session) {
        cancelTimers(session);
        if (session.attached) {
            return;
        }
        if (session.expiryMillis != AttachRequest.NEVER_EXPIRES) {
            session.expiryTimer =
                    timers.add(session.detachedAtMillis + session.expiryMillis, new Due.SessionExpiry(session.id()));
        }
        if (session.parting != null) {
            long delay = Math.min(session.partingDelayMillis, session.expiryMillis);
            session.partingTimer = timers.add(session.detachedAtMillis + delay, new Due.Parting(session.id()));
        }
    }

    private void memberGone(String incarnation, long lsn, long timeMillis) {
        for (SessionState session : sessions.values()) {
            if (session.attached && session.incarnation.equals(incarnation)) {
                session.perhapsSentLsn = lsn;
                detached(session, false, -1, timeMillis);
            }
        }
    }

    private void ended(SessionState session) {
        cancelTimers(session);
        dropParting(session);
        DeliveryWindow window = session.window();
        for (long s = window.base(); s < window.next(); s++) {
            if (window.isOpen(s)) {
                release(required(window.lsn(s)));
            }
        }
        MessageRow row;
        while ((row = session.peek(rows, Long.MAX_VALUE)) != null) {
            session.skip(row);
            release(row);
        }
        for (Subscription subscription : session.subscriptions().values()) {
            subscriptions--;
            FilterStream stream = subscription.stream;
            if (stream != null) {
                leave(stream, subscription);
            }
        }
        session.streamed().clear();
        session.subscriptions().clear();
        sessions.remove(session.id());
        sessionsByKey.remove(session.key());
    }

    private void leave(FilterStream stream, Subscription subscription) {
        stream.leave(subscription);
        if (stream.subscribers().isEmpty()) {
            Interest interest = interests.get(stream.pattern());
            if (interest != null) {
                interest.stream = null;
                forgetIfEmpty(interest);
            }
        }
    }

    private void forgetIfEmpty(Interest interest) {
        if (interest.isEmpty()) {
            interests.remove(interest.pattern);
            observer.interestChanged(interest.pattern, false, false);
        }
    }

    /** The interest in a pattern, made if there is none. */
    Interest interest(String pattern) {
        Interest interest = interests.get(pattern);
        if (interest == null) {
            interest = new Interest(pattern);
            interests.put(pattern, interest);
            observer.interestChanged(pattern, true, false);
        }
        return interest;
    }

    private void subscribed(ByteBuf in, long lsn) {
        SessionState session = session(in.readLong());
        assignBeforeChange(session, in.readLong());
        String pattern = Texts.read(in);
        String group = Texts.read(in);
        int options = in.readByte();
        int identifier = in.readInt();
        subscribe(
                session,
                new SubscribeRequest(
                        pattern,
                        Guarantee.of(options & 3),
                        (options & 4) != 0,
                        (options & 8) != 0,
                        LastValues.DO_NOT_SEND,
                        identifier,
                        group.isEmpty() ? null : group),
                lsn);
    }

    /** Makes or changes a subscription; also used by the snapshot. */
    Subscription subscribe(SessionState session, SubscribeRequest request, long lsn) {
        String group = request.group();
        GroupPattern key = new GroupPattern(request.pattern(), group == null ? "" : group);
        Subscription subscription = session.subscriptions().get(key);
        if (subscription == null) {
            subscription = new Subscription(session, request, lsn);
            session.subscriptions().put(key, subscription);
            subscriptions++;
        } else {
            changeNoLocal(session, subscription, request.noLocal(), lsn);
            subscription.change(request);
        }
        if (group == null) {
            boolean wanted = request.guarantee() != Guarantee.AT_MOST_ONCE;
            FilterStream stream = subscription.stream;
            if (wanted && stream == null) {
                Interest interest = interest(request.pattern());
                stream = interest.stream;
                if (stream == null) {
                    stream = new FilterStream(request.pattern());
                    interest.stream = stream;
                }
                stream.join(subscription);
                subscription.startLsn = lsn;
                session.streamed().add(subscription);
            } else if (!wanted && stream != null) {
                leaveStream(session, subscription, stream);
            }
        }
        return subscription;
    }

    /** What counted when it came in must be let go of when it counts no longer, and what did not count then never does. */
    private void changeNoLocal(SessionState session, Subscription subscription, boolean noLocal, long lsn) {
        if (noLocal == subscription.noLocal) {
            return;
        }
        FilterStream stream = subscription.stream;
        if (!noLocal) {
            subscription.ownFromLsn = lsn;
        } else if (stream != null) {
            letGo(session, subscription, stream, true);
        }
    }

    /** Releases the references that the subscription alone brings and has not passed; of {@code own}, those to what the session published. */
    private void letGo(SessionState session, Subscription subscription, FilterStream stream, boolean own) {
        for (long at = Math.max(subscription.position, stream.firstPosition()); at < stream.endPosition(); at++) {
            MessageRow row = rows.get(stream.lsnAt(at));
            if (row != null
                    && (!own || row.publisher == session.publisher())
                    && subscription.counts(row)
                    && !session.countsWithout(subscription, row)) {
                session.pending--;
                release(row);
            }
        }
    }

    private void leaveStream(SessionState session, Subscription subscription, FilterStream stream) {
        letGo(session, subscription, stream, false);
        session.streamed().remove(subscription);
        leave(stream, subscription);
    }

    /** What was sent, or may have been by a member that is gone, was sent under the subscriptions as they are before a change. */
    private void assignBeforeChange(SessionState session, long sequence) {
        session.assignThrough(rows, sequence);
        session.assignThroughLsn(rows, session.perhapsSentLsn);
    }

    private void unsubscribed(ByteBuf in) {
        SessionState session = session(in.readLong());
        assignBeforeChange(session, in.readLong());
        Subscription subscription = session.subscriptions().remove(new GroupPattern(Texts.read(in), Texts.read(in)));
        if (subscription != null) {
            subscriptions--;
            FilterStream stream = subscription.stream;
            if (stream != null) {
                leaveStream(session, subscription, stream);
            }
        }
    }

    private void settled(SessionState session, long sequence, Settlement settlement, long lsn) {
        session.assignThrough(rows, sequence);
        DeliveryWindow window = session.window();
        if (!window.isOpen(sequence)) {
            throw new IllegalStateException("sequence " + sequence + " of " + session.key() + " is settled twice");
        }
        if (settlement == Settlement.RECEIVED) {
            window.received(sequence);
            return;
        }
        MessageRow row = required(window.lsn(sequence));
        window.settled(sequence);
        session.lastSettledLsn = lsn;
        session.pending--;
        release(row);
    }

    private void receivedOnce(ByteBuf in, long lsn) {
        SessionState session = session(in.readLong());
        int packetId = in.readUnsignedShort();
        if (packetId != 0) {
            session.receivedOnceForChange().set(packetId);
        }
        int at = in.readerIndex();
        if (view.wrap(in, at).isDelayed()) {
            delayed(in, lsn);
            return;
        }
        MessageRow row = keep(in, at, lsn);
        in.skipBytes(row.length);
        send(new OutboxEntry(lsn, row, null, session.publisher()));
    }

    private void delayed(ByteBuf in, long lsn) {
        int at = in.readerIndex();
        MessageRow row = keep(in, at, lsn);
        in.skipBytes(row.length);
        delay(row, view.wrap(in, at).dueAtMillis());
    }

    /** Also used by the snapshot. */
    void delay(MessageRow row, long dueAtMillis) {
        delayed.put(row.lsn, new Delayed(row, dueAtMillis));
        timers.add(dueAtMillis, new Due.Delayed(row.lsn));
    }

    private void delayedSent(long delayedLsn, long lsn) {
        Delayed due = delayed.remove(delayedLsn);
        if (due == null) {
            throw new IllegalStateException("the log names delayed message " + delayedLsn + ", which does not exist");
        }
        MessageRow row = due.message();
        send(new OutboxEntry(lsn, row, null, row.publisher));
    }

    private void send(OutboxEntry entry) {
        addOutgoing(entry);
        observer.outgoing(entry);
    }

    private void outboxDone(long through) {
        Map.Entry<Long, OutboxEntry> first;
        while ((first = outbox.firstEntry()) != null && first.getKey() <= through) {
            outbox.pollFirstEntry();
            outboxEntryDone(first.getValue());
        }
    }

    private void outboxEntryDone(@Nullable OutboxEntry entry) {
        if (entry == null) {
            throw new IllegalStateException("the log names an outbox entry that does not exist");
        }
        MessageRow row = entry.message;
        if (row != null) {
            release(row);
        }
    }

    private void partingSent(SessionState session, long lsn) {
        MessageRow row = session.parting;
        if (row == null) {
            throw new IllegalStateException("session " + session.key() + " has no parting message");
        }
        if (options.obeys(KernelRule.PART_ONCE)) {
            session.parting = null;
        } else {
            row.references++;
        }
        if (session.partingTimer != 0) {
            timers.cancel(session.partingTimer);
            session.partingTimer = 0;
        }
        send(new OutboxEntry(lsn, row, null, session.publisher()));
    }

    private void keptForSession(ByteBuf in, long lsn) {
        SessionState session = session(in.readLong());
        Guarantee guarantee = Guarantee.of(in.readByte());
        int identifier = in.readInt();
        int at = in.readerIndex();
        MessageRow row = keep(in, at, lsn);
        in.skipBytes(row.length);
        session.keptForChange().add(lsn, guarantee, identifier);
        session.pending++;
        session.newestLsn = lsn;
        observer.referenced(session);
    }

    private void lastValueExpired(long lsn, String name) {
        MessageRow row = lastValues.get(name);
        if (row != null && row.lsn == lsn) {
            lastValues.remove(name);
            timers.cancel(row.expiryTimer);
            release(row);
        }
    }

    private void queueCreated(ByteBuf in, long lsn) {
        GroupQueue queue =
                new GroupQueue(lsn, new GroupQueue.Key(in.readInt(), Texts.read(in), Texts.read(in)), options);
        addQueue(queue);
    }

    /** Also used by the snapshot. */
    void addQueue(GroupQueue queue) {
        queues.put(queue.id(), queue);
        queuesByKey.put(queue.key(), queue);
        Interest interest = interest(queue.key().pattern());
        interest.queues.add(queue);
        if (interest.queues.size() == 1) {
            observer.interestChanged(interest.pattern, true, true);
        }
    }

    private void queueJoined(ByteBuf in) {
        GroupQueue queue = queue(in.readLong());
        queue.engine().applyJoin(Texts.read(in));
        seen(in.readInt(), in.readLong());
    }

    private void queueLeft(ByteBuf in) {
        GroupQueue queue = queue(in.readLong());
        queue.engine().applyLeave(Texts.read(in));
        seen(in.readInt(), in.readLong());
    }

    private void seen(int source, long lsn) {
        if (source >= 0) {
            lastSeen[source] = lsn;
        }
    }

    private void queueSettled(GroupQueue queue, long lsn) {
        queue.engine().applySettled(lsn);
        release(required(lsn));
    }

    private void queueDeleted(GroupQueue queue) {
        queue.engine().forEachUnsettled(lsn -> {
            MessageRow row = rows.get(lsn);
            if (row != null) {
                release(row);
            }
        });
        queues.remove(queue.id());
        queuesByKey.remove(queue.key());
        Interest interest = interests.get(queue.key().pattern());
        if (interest != null) {
            interest.queues.remove(queue);
            if (interest.queues.isEmpty()) {
                observer.interestChanged(interest.pattern, false, true);
            }
            forgetIfEmpty(interest);
        }
    }

    private void membership(ByteBuf in, long lsn) {
        SessionState session = session(in.readLong());
        boolean join = in.readByte() != 0;
        String pattern = Texts.read(in);
        String group = Texts.read(in);
        send(new OutboxEntry(
                lsn, null, new OutboxEntry.Membership(session.key(), join, pattern, group), session.publisher()));
    }

    /** Lets go of all memory; the state is not used any more. */
    void discard() {
        for (MessageRow row : rows.values()) {
            row.unload();
        }
        rows.clear();
    }

    private MessageRow required(long lsn) {
        MessageRow row = rows.get(lsn);
        if (row == null) {
            throw new IllegalStateException("message " + lsn + " is needed and does not exist");
        }
        return row;
    }

    @Nullable MessageRow row(long lsn) {
        return rows.get(lsn);
    }
}
