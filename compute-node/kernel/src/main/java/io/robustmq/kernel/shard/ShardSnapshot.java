package io.robustmq.kernel.shard;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.CompositeByteBuf;
import io.netty.buffer.Unpooled;
import io.robustmq.kernel.Guarantee;
import io.robustmq.kernel.SessionKey;
import io.robustmq.kernel.SubscribeRequest;
import io.robustmq.kernel.SubscribeRequest.LastValues;
import io.robustmq.kernel.link.Counter;
import io.robustmq.kernel.session.DeliveryWindow;
import io.robustmq.kernel.session.FilterStream;
import io.robustmq.kernel.session.KeptValues;
import io.robustmq.kernel.session.LsnMap;
import io.robustmq.kernel.session.MessageRow;
import io.robustmq.kernel.session.SessionState;
import io.robustmq.kernel.session.Subscription;
import io.robustmq.storage.Loop;
import io.robustmq.storage.RunId;
import io.robustmq.storage.RunReader;
import io.robustmq.storage.RunStore;
import io.robustmq.storage.ShardLog;
import io.robustmq.storage.StorageException;
import io.robustmq.storage.StorageFault;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * The state of a shard at one LSN without message bytes, written to a run and read at takeover. Format 3, in this order: header, sources seen, messages, streams, sessions with
 * their subscriptions and windows, queues, last values, outbox.
 */
final class ShardSnapshot {
    private static final int MAGIC = 0x524d5153; // RMQS
    private static final int FORMAT = 3;
    /** Has no delayed messages, and no identifiers of kept values in windows. */
    private static final int FORMAT_BEFORE = 2;

    private static final int PARALLEL_READS = 8;

    private ShardSnapshot() {}

    // ---- write
    // ----------------------------------------------------------------------------------------------------------

    /**
     * @param survivors messages that go to the run {@code newRun}; all others are in runs already
     */
    static void write(ShardState state, Survivors survivors, int newRun, long timeMillis, ByteBuf out) {
        out.writeInt(MAGIC).writeByte(FORMAT).writeLong(timeMillis);
        out.writeInt(state.lastSeen.length);
        for (long seen : state.lastSeen) {
            out.writeLong(seen);
        }
        writeRows(state, survivors, newRun, out);
        writeStreams(state, out);
        out.writeInt(state.sessions().size());
        for (SessionState session : state.sessions().values()) {
            writeSession(session, out);
        }
        out.writeInt(state.queues().size());
        for (GroupQueue queue : state.queues().values()) {
            out.writeLong(queue.id()).writeInt(queue.key().tenant());
            Texts.write(out, queue.key().group());
            Texts.write(out, queue.key().pattern());
            queue.engine().write(out);
        }
        writeLastValues(state, out);
        out.writeInt(state.outbox().size());
        for (OutboxEntry entry : state.outbox()) {
            writeOutbox(entry, out);
        }
        out.writeInt(state.delayed().size());
        for (Delayed one : state.delayed().values()) {
            out.writeLong(one.message().lsn).writeLong(one.dueAtMillis());
        }
        out.writeInt(MAGIC);
    }

    private static void writeRows(ShardState state, Survivors survivors, int newRun, ByteBuf out) {
        out.writeInt(state.rows().size());
        List<MessageRow> fresh = survivors.rows();
        for (int i = 0; i < fresh.size(); i++) {
            writeRow(fresh.get(i), newRun, survivors.block(i), survivors.offset(i), out);
        }
        for (MessageRow row : state.rows().values()) {
            if (!survivors.isNew(row)) {
                writeRow(row, row.run, row.block, row.blockOffset, out);
            }
        }
    }

    private static void writeRow(MessageRow row, int run, long block, int offset, ByteBuf out) {
        out.writeLong(row.lsn)
                .writeLong(row.publisher)
                .writeByte(row.guaranteeCode)
                .writeInt(row.length)
                .writeInt(row.references)
                .writeInt(run)
                .writeLong(block)
                .writeInt(offset);
    }

    private static void writeStreams(ShardState state, ByteBuf out) {
        int countAt = out.writerIndex();
        out.writeInt(0);
        Counter count = new Counter();
        LsnMap<MessageRow> rows = state.rows();
        state.interests().forEach((pattern, interest) -> {
            FilterStream stream = interest.stream;
            if (stream == null) {
                return;
            }
            count.increment();
            Texts.write(out, pattern);
            int sizeAt = out.writerIndex();
            out.writeInt(0);
            int size = 0;
            for (long at = stream.firstPosition(); at < stream.endPosition(); at++) {
                long lsn = stream.lsnAt(at);
                if (rows.containsKey(lsn)) {
                    out.writeLong(lsn);
                    size++;
                }
            }
            out.setInt(sizeAt, size);
        });
        out.setInt(countAt, (int) count.read());
    }

    private static void writeSession(SessionState session, ByteBuf out) {
        out.writeLong(session.id()).writeInt(session.key().tenant());
        Texts.write(out, session.key().name());
        out.writeLong(session.expiryMillis).writeByte(session.attached ? 1 : 0);
        Texts.write(out, session.incarnation);
        MessageRow parting = session.parting;
        out.writeLong(session.detachedAtMillis)
                .writeLong(parting == null ? 0 : parting.lsn)
                .writeLong(session.partingDelayMillis)
                .writeLong(session.perhapsSentLsn)
                .writeInt(session.pending)
                .writeLong(session.newestLsn);
        DeliveryWindow window = session.window();
        out.writeLong(window.base()).writeInt((int) (window.next() - window.base()));
        for (long s = window.base(); s < window.next(); s++) {
            out.writeLong(window.lsn(s)).writeByte(window.state(s));
            if ((window.state(s) & DeliveryWindow.KEPT) != 0) {
                out.writeInt(window.identifier(s));
            }
        }
        BitSet received = session.receivedOnce();
        long[] words = received == null ? new long[0] : received.toLongArray();
        out.writeInt(words.length);
        for (long word : words) {
            out.writeLong(word);
        }
        List<KeptValues.Kept> kept = new ArrayList<>();
        KeptValues own = session.kept();
        if (own != null) {
            own.waiting().forEach(kept::add);
        }
        out.writeInt(kept.size());
        for (KeptValues.Kept one : kept) {
            out.writeLong(one.lsn()).writeByte(one.guarantee().code()).writeInt(one.identifier());
        }
        out.writeInt(session.subscriptions().size());
        for (Subscription one : session.subscriptions().values()) {
            writeSubscription(one, out);
        }
    }

    private static void writeSubscription(Subscription one, ByteBuf out) {
        Texts.write(out, one.pattern);
        Texts.write(out, one.group == null ? "" : one.group);
        out.writeByte(one.guarantee.code() | (one.noLocal ? 4 : 0) | (one.keepLastValueFlag ? 8 : 0))
                .writeInt(one.identifier)
                .writeLong(one.startLsn)
                .writeLong(one.ownFromLsn);
        FilterStream stream = one.stream;
        // The first reference it has not passed; positions do not outlive the process.
        long next = Long.MAX_VALUE;
        if (stream != null) {
            long at = Math.max(one.position, stream.firstPosition());
            if (at < stream.endPosition()) {
                next = stream.lsnAt(at);
            }
        }
        out.writeLong(next);
    }

    private static void writeLastValues(ShardState state, ByteBuf out) {
        out.writeInt(state.lastValues().size());
        state.lastValues().forEach((name, row) -> {
            Texts.write(out, name);
            out.writeLong(row.lsn).writeLong(row.expiresAtMillis);
        });
    }

    private static void writeOutbox(OutboxEntry entry, ByteBuf out) {
        out.writeLong(entry.lsn).writeLong(entry.publisher);
        MessageRow row = entry.message;
        OutboxEntry.Membership membership = entry.membership;
        out.writeLong(row == null ? 0 : row.lsn);
        if (row == null && membership != null) {
            out.writeInt(membership.member().tenant());
            Texts.write(out, membership.member().name());
            out.writeByte(membership.join() ? 1 : 0);
            Texts.write(out, membership.pattern());
            Texts.write(out, membership.group());
        }
    }

    // ---- read
    // -----------------------------------------------------------------------------------------------------------

    /** Loads what the checkpoint describes into an empty state. Completes on the loop with the time of the snapshot. */
    static CompletionStage<Long> load(ShardLog.Checkpoint checkpoint, RunStore runs, Loop loop, ShardState state) {
        Manifest manifest = Manifest.read(checkpoint.manifest().duplicate());
        manifest.messages().forEach((number, run) -> state.runs().add(run, number));
        state.runs().snapshot(manifest.snapshot());
        return runs.open(manifest.snapshot(), loop)
                .thenCompose(reader -> readAll(reader).whenComplete((_, _) -> reader.close()))
                .thenApply(bytes -> {
                    try {
                        return read(bytes, state);
                    } finally {
                        bytes.release();
                    }
                });
    }

    private static CompletionStage<ByteBuf> readAll(RunReader reader) {
        CompositeByteBuf all = Unpooled.compositeBuffer(Integer.MAX_VALUE);
        CompletableFuture<ByteBuf> done = new CompletableFuture<>();
        readFrom(reader, 0, all).whenComplete((_, failure) -> {
            if (failure == null) {
                done.complete(all);
            } else {
                all.release();
                done.completeExceptionally(failure);
            }
        });
        return done;
    }

    private static CompletionStage<Void> readFrom(RunReader reader, long first, CompositeByteBuf all) {
        if (first >= reader.blocks()) {
            return CompletableFuture.completedFuture(null);
        }
        long end = Math.min(first + PARALLEL_READS, reader.blocks());
        List<CompletableFuture<ByteBuf>> reads = new ArrayList<>();
        for (long block = first; block < end; block++) {
            reads.add(reader.read(block).toCompletableFuture());
        }
        return CompletableFuture.allOf(reads.toArray(new CompletableFuture<?>[0]))
                .whenComplete((_, failure) -> {
                    if (failure != null) {
                        for (CompletableFuture<ByteBuf> read : reads) {
                            var _ = read.thenAccept(ByteBuf::release);
                        }
                    }
                })
                .thenCompose(_ -> {
                    reads.forEach(read -> all.addComponent(true, read.resultNow()));
                    return readFrom(reader, end, all);
                });
    }

    private static long read(ByteBuf in, ShardState state) {
        check(in.readInt() == MAGIC, "the snapshot does not start as one");
        int format = in.readByte();
        check(format == FORMAT || format == FORMAT_BEFORE, "the snapshot is of format " + format);
        long timeMillis = in.readLong();
        int sources = in.readInt();
        check(sources == state.lastSeen.length, "the snapshot is of a platform with " + sources + " shards");
        for (int i = 0; i < sources; i++) {
            state.lastSeen[i] = in.readLong();
        }
        readRows(in, state);
        readStreams(in, state);
        int sessions = in.readInt();
        for (int i = 0; i < sessions; i++) {
            readSession(in, state, format);
        }
        int queues = in.readInt();
        for (int i = 0; i < queues; i++) {
            long id = in.readLong();
            GroupQueue.Key key = new GroupQueue.Key(in.readInt(), Texts.read(in), Texts.read(in));
            state.addQueue(GroupQueue.read(id, key, in, state.options()));
        }
        readLastValues(in, state);
        int outbox = in.readInt();
        for (int i = 0; i < outbox; i++) {
            readOutbox(in, state);
        }
        int delayed = format == FORMAT_BEFORE ? 0 : in.readInt();
        for (int i = 0; i < delayed; i++) {
            MessageRow row = rowOrNull(state, in.readLong());
            check(row != null, "a delayed message is not among the messages");
            long dueAtMillis = in.readLong();
            if (row != null) {
                state.delay(row, dueAtMillis);
            }
        }
        check(in.readInt() == MAGIC, "the snapshot does not end as one");
        return timeMillis;
    }

    private static void check(boolean holds, String what) {
        if (!holds) {
            throw new StorageException(new StorageFault.Damaged(what));
        }
    }

    private static void readRows(ByteBuf in, ShardState state) {
        int rows = in.readInt();
        for (int i = 0; i < rows; i++) {
            MessageRow row = new MessageRow(in.readLong(), in.readLong(), in.readByte(), in.readInt());
            row.references = in.readInt();
            row.run = in.readInt();
            row.block = in.readLong();
            row.blockOffset = in.readInt();
            state.rows().put(row.lsn, row);
            state.runs().get(row.run).live++;
        }
    }

    private static void readStreams(ByteBuf in, ShardState state) {
        int streams = in.readInt();
        for (int i = 0; i < streams; i++) {
            FilterStream stream = new FilterStream(Texts.read(in));
            int size = in.readInt();
            for (int j = 0; j < size; j++) {
                stream.append(in.readLong());
            }
            state.interest(stream.pattern()).stream = stream;
        }
    }

    private static void readSession(ByteBuf in, ShardState state, int format) {
        SessionState session = new SessionState(in.readLong(), new SessionKey(in.readInt(), Texts.read(in)));
        session.expiryMillis = in.readLong();
        session.attached = in.readByte() != 0;
        session.incarnation = Texts.read(in);
        session.detachedAtMillis = in.readLong();
        session.parting = rowOrNull(state, in.readLong());
        session.partingDelayMillis = in.readLong();
        session.perhapsSentLsn = in.readLong();
        session.pending = in.readInt();
        session.newestLsn = in.readLong();
        DeliveryWindow window = session.window();
        window.restart(in.readLong());
        int assigned = in.readInt();
        for (int i = 0; i < assigned; i++) {
            long lsn = in.readLong();
            int windowState = in.readByte();
            boolean identified = format != FORMAT_BEFORE && (windowState & DeliveryWindow.KEPT) != 0;
            window.assign(lsn, windowState, identified ? in.readInt() : 0);
        }
        int words = in.readInt();
        if (words > 0) {
            long[] bits = new long[words];
            for (int i = 0; i < words; i++) {
                bits[i] = in.readLong();
            }
            session.receivedOnceForChange().or(BitSet.valueOf(bits));
        }
        int kept = in.readInt();
        for (int i = 0; i < kept; i++) {
            session.keptForChange().add(in.readLong(), Guarantee.of(in.readByte()), in.readInt());
        }
        state.sessions().put(session.id(), session);
        state.sessionsByKey().put(session.key(), session);
        int subscriptions = in.readInt();
        for (int i = 0; i < subscriptions; i++) {
            readSubscription(in, state, session);
        }
    }

    private static void readSubscription(ByteBuf in, ShardState state, SessionState session) {
        String pattern = Texts.read(in);
        String group = Texts.read(in);
        int options = in.readByte();
        int identifier = in.readInt();
        long startLsn = in.readLong();
        long ownFromLsn = in.readLong();
        long next = in.readLong();
        Subscription subscription = state.subscribe(
                session,
                new SubscribeRequest(
                        pattern,
                        Guarantee.of(options & 3),
                        (options & 4) != 0,
                        (options & 8) != 0,
                        LastValues.DO_NOT_SEND,
                        identifier,
                        group.isEmpty() ? null : group),
                startLsn);
        subscription.ownFromLsn = ownFromLsn;
        FilterStream stream = subscription.stream;
        if (stream != null) {
            subscription.position = next == Long.MAX_VALUE ? stream.endPosition() : stream.positionAfter(next - 1);
            session.resume(subscription);
        }
    }

    private static void readLastValues(ByteBuf in, ShardState state) {
        int values = in.readInt();
        for (int i = 0; i < values; i++) {
            String name = Texts.read(in);
            MessageRow row = rowOrNull(state, in.readLong());
            check(row != null, "the last value of a name is not among the messages");
            long expiresAtMillis = in.readLong();
            if (row != null) {
                row.expiresAtMillis = expiresAtMillis;
                state.putLastValue(name, row);
            }
        }
    }

    private static void readOutbox(ByteBuf in, ShardState state) {
        long lsn = in.readLong();
        long publisher = in.readLong();
        long message = in.readLong();
        OutboxEntry.Membership membership = null;
        if (message == 0) {
            SessionKey member = new SessionKey(in.readInt(), Texts.read(in));
            membership = new OutboxEntry.Membership(member, in.readByte() != 0, Texts.read(in), Texts.read(in));
        }
        state.addOutgoing(new OutboxEntry(lsn, rowOrNull(state, message), membership, publisher));
    }

    private static @Nullable MessageRow rowOrNull(ShardState state, long lsn) {
        if (lsn == 0) {
            return null;
        }
        MessageRow row = state.row(lsn);
        check(row != null, "message " + lsn + " is named by the snapshot and not in it");
        return row;
    }

    /** Every run that must not be deleted. */
    static List<RunId> runsOf(ShardState state) {
        List<RunId> named = new ArrayList<>();
        RunId snapshot = state.runs().snapshot();
        if (snapshot != null) {
            named.add(snapshot);
        }
        state.runs().all().forEach(run -> named.add(run.id));
        return named;
    }
}
