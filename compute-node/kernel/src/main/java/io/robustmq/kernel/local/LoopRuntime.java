package io.robustmq.kernel.local;

import io.netty.buffer.ByteBuf;
import io.robustmq.kernel.AttachRequest;
import io.robustmq.kernel.Delivery;
import io.robustmq.kernel.EncodedMessage;
import io.robustmq.kernel.Guarantee;
import io.robustmq.kernel.KernelLoop;
import io.robustmq.kernel.KernelOptions;
import io.robustmq.kernel.MessageView;
import io.robustmq.kernel.Name;
import io.robustmq.kernel.PublishDraft;
import io.robustmq.kernel.PublishOutcome;
import io.robustmq.kernel.Session;
import io.robustmq.kernel.SessionSink;
import io.robustmq.kernel.Settlement;
import io.robustmq.kernel.link.BatchReceiver;
import io.robustmq.kernel.link.Frame;
import io.robustmq.kernel.link.LoopBatch;
import io.robustmq.kernel.link.LoopLinks;
import io.robustmq.kernel.link.PublishOrigin;
import io.robustmq.kernel.link.PublishOutcomes;
import io.robustmq.kernel.link.Settlements;
import io.robustmq.kernel.link.ShardDirectory;
import io.robustmq.kernel.link.ShardInbox;
import io.robustmq.kernel.route.NameCache;
import io.robustmq.kernel.route.PatternIndex;
import io.robustmq.kernel.route.RouteMatch;
import io.robustmq.kernel.route.RouteTable;
import io.robustmq.kernel.route.Routes;
import io.robustmq.kernel.shard.Shard;
import io.robustmq.storage.Loop;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One home loop's side of the kernel: names, attached subscribers, and the dispatch of frames. Owned by that loop. */
public final class LoopRuntime implements KernelLoop, BatchReceiver {
    private static final Logger LOG = LoggerFactory.getLogger(LoopRuntime.class);
    private static final LocalSubscriptions[] NOBODY = new LocalSubscriptions[0];

    private final int index;
    private final Loop loop;
    private final LoopLinks links;
    private final ShardDirectory directory;
    private final Routes routes;
    private final KernelOptions options;
    private final BooleanSupplier roomOnDisk;
    private final Shard[] shards;
    private final NameCache<LoopName> names;
    private final PatternIndex<LocalSubscriptions> local = new PatternIndex<>();
    private final List<LocalSubscriptions> matchScratch = new ArrayList<>();
    private final List<Attachment> touched = new ArrayList<>();
    private final Delivery delivery = new Delivery();
    private final Set<Attachment> attachments = new LinkedHashSet<>();
    private final Set<Attachment> paused = new LinkedHashSet<>();
    private final LoopFigures figures = new LoopFigures();
    /** By shard: the newest entry of its outbox that this loop has taken. */
    private final long[] forwardedThrough;

    private long mergeSerial;
    private boolean reliefAwaited;

    /**
     * @param shards all shards of the node, by id; this runtime calls directly only those whose home is this loop
     * @param roomOnDisk false: publishes that would be logged are refused
     */
    public LoopRuntime(
            LoopLinks links,
            ShardDirectory directory,
            RouteTable table,
            Shard[] shards,
            KernelOptions options,
            BooleanSupplier roomOnDisk) {
        this.index = links.index();
        this.loop = links.loop();
        this.links = links;
        this.directory = directory;
        this.routes = new Routes(table, links);
        this.shards = shards;
        this.forwardedThrough = new long[shards.length];
        this.options = options;
        this.roomOnDisk = roomOnDisk;
        this.names = new NameCache<>(LoopName::new, options.nameCacheEntries(), NameCache.BYTES_MAX);
    }

    @Override
    public Loop loop() {
        return loop;
    }

    public LoopFigures figures() {
        return figures;
    }

    @Override
    public @Nullable Name known(ByteBuf buffer, int index, int length) {
        return names.find(buffer, index, length);
    }

    @Override
    public Name intern(ByteBuf buffer, int index, int length) {
        return names.intern(buffer, index, length);
    }

    @Override
    public Name intern(String text) {
        return names.intern(text.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public Session attach(AttachRequest request, SessionSink sink) {
        Attachment attachment = new Attachment(this, request, sink);
        attachments.add(attachment);
        figures.attachments.add(1);
        int shard = directory.shardOf(request.key());
        shardTask(shard, home -> home.attach(request, attachment));
        return attachment;
    }

    // ---- what attachments use
    // -------------------------------------------------------------------------------------------

    int index() {
        return index;
    }

    LoopLinks links() {
        return links;
    }

    ShardDirectory directory() {
        return directory;
    }

    KernelOptions options() {
        return options;
    }

    Delivery delivery() {
        return delivery;
    }

    /** Runs a task on a shard's home loop, in order with frames to it. */
    void shardTask(int shard, Consumer<Shard> task) {
        Shard home = shards[shard];
        links.task(directory.loopOf(shard), () -> task.accept(home));
    }

    /** Calls a shard whose home is the loop this runs on, whichever that is. */
    void withShard(int shard, Consumer<Shard> task) {
        task.accept(shards[shard]);
    }

    void forget(Attachment attachment) {
        if (attachments.remove(attachment)) {
            figures.attachments.add(-1);
        }
        paused.remove(attachment);
    }

    /** Everybody attached to this loop now. */
    public List<Attachment> attachments() {
        return List.copyOf(attachments);
    }

    /** Drops all attachments without a word. */
    public void drop() {
        List<Attachment> gone = attachments();
        attachments.clear();
        paused.clear();
        gone.forEach(Attachment::drop);
    }

    void pause(Attachment attachment) {
        paused.add(attachment);
        awaitRelief();
    }

    /** Never relieves before this returns: who is being paused must hear of it afterwards. */
    private void awaitRelief() {
        if (!reliefAwaited && links.pressed()) {
            reliefAwaited = true;
            links.whenRelieved(() -> {
                reliefAwaited = false;
                loop.execute(this::relieve);
            });
        }
    }

    /** Something that held publishers back has eased: lets those read on that are not held back by anything else. */
    public void relieve() {
        if (paused.isEmpty()) {
            return;
        }
        for (Attachment attachment : List.copyOf(paused)) {
            if (!attachment.stillPressed() && paused.remove(attachment)) {
                attachment.relieved();
            }
        }
        if (!paused.isEmpty()) {
            awaitRelief();
        }
    }

    void addLocal(LocalSubscription subscription, Runnable done) {
        String pattern = subscription.pattern;
        LocalSubscriptions all = local.get(pattern);
        boolean first = all == null;
        if (all == null) {
            all = new LocalSubscriptions();
            local.put(pattern, all);
        }
        all.add(subscription);
        int self = index;
        // Also an unchanged route is confirmed by the owner of the routes: an earlier change may still be on its way.
        routes.change(first ? table -> table.loop(pattern, self, true) : _ -> {}, done);
    }

    /** Runs {@code done} once every change of routes asked for so far is in force. */
    void confirmRoutes(Runnable done) {
        routes.change(_ -> {}, done);
    }

    void removeLocal(LocalSubscription subscription) {
        String pattern = subscription.pattern;
        LocalSubscriptions all = local.get(pattern);
        if (all == null) {
            return;
        }
        all.remove(subscription);
        if (all.size() == 0) {
            local.remove(pattern);
            int self = index;
            routes.change(table -> table.loop(pattern, self, false), () -> {});
        }
    }

    private RouteMatch routesOf(LoopName name) {
        RouteMatch match = name.routes;
        if (match == null || match.version() != routes.table().version()) {
            match = routes.table().match(name.text());
            name.routes = match;
        }
        return match;
    }

    /**
     * Sends a draft to everybody who wants it.
     *
     * @param origin hears the outcome if the guarantee is more than at-most-once; may be told before this returns
     * @param from notes which shards it wrote to
     */
    void publish(PublishOrigin origin, long token, PublishDraft draft, long publisher, Attachment from) {
        LoopName name = (LoopName) draft.name();
        RouteMatch match = routesOf(name);
        Guarantee guarantee = draft.guarantee();
        figures.messagesIn(guarantee).increment();
        long now = loop.wallMillis();
        if (draft.isDelayed()) {
            delay(origin, token, draft, publisher, from, now);
            return;
        }
        int keeper = draft.isLastValue() ? directory.shardOfName(name.nameHash()) : -1;
        if (guarantee == Guarantee.AT_MOST_ONCE) {
            sendToLoops(match.loops(), draft, publisher, now);
            for (int shard : match.queueShards()) {
                sendToShard(shard, Frame.QUEUES_UNLOGGED, 0, null, draft, publisher, now);
            }
            if (keeper >= 0 && directory.epoch(keeper) != 0 && roomOnDisk.getAsBoolean()) {
                sendToShard(keeper, Frame.KEEP, 0, null, draft, publisher, now);
            }
            if (match.isEmpty()) {
                figures.noRoute.increment();
            }
            return;
        }
        int[] durable = match.shards();
        int open = durable.length;
        boolean keeperApart = keeper >= 0;
        for (int shard : durable) {
            if (shard == keeper) {
                keeperApart = false;
            }
        }
        if (keeperApart) {
            open++;
        }
        if (open == 0) {
            sendToLoops(match.loops(), draft, publisher, now);
            if (match.isEmpty()) {
                figures.noRoute.increment();
            }
            origin.published(token, match.isEmpty() ? PublishOutcome.NO_ROUTE : PublishOutcome.DONE);
            return;
        }
        // Refused before the first append or not at all: afterwards nobody could say what is kept.
        if (!roomOnDisk.getAsBoolean() || !serving(durable) || (keeper >= 0 && directory.epoch(keeper) == 0)) {
            origin.published(token, PublishOutcome.OVERLOADED);
            return;
        }
        sendToLoops(match.loops(), draft, publisher, now);
        PublishOrigin listener = open == 1 ? origin : new PublishJoin(origin, open);
        for (int shard : durable) {
            from.writesTo(shard);
            sendToShard(
                    shard,
                    shard == keeper ? Frame.DELIVER | Frame.KEEP : Frame.DELIVER,
                    token,
                    listener,
                    draft,
                    publisher,
                    now);
        }
        if (keeperApart) {
            from.writesTo(keeper);
            sendToShard(keeper, Frame.KEEP, token, listener, draft, publisher, now);
        }
    }

    /** The shard of its name keeps it until it is due, and finds who wants it then. */
    private void delay(
            PublishOrigin origin, long token, PublishDraft draft, long publisher, Attachment from, long now) {
        int shard = directory.shardOfName(draft.name().nameHash());
        boolean answered = draft.guarantee() != Guarantee.AT_MOST_ONCE;
        if (!roomOnDisk.getAsBoolean() || directory.epoch(shard) == 0) {
            if (answered) {
                origin.published(token, PublishOutcome.OVERLOADED);
            }
            return;
        }
        from.writesTo(shard);
        sendToShard(shard, Frame.DELAY, token, answered ? origin : null, draft, publisher, now);
    }

    private boolean serving(int[] needed) {
        for (int shard : needed) {
            if (directory.epoch(shard) == 0) {
                return false;
            }
        }
        return true;
    }

    private void sendToLoops(long wanted, PublishDraft draft, long publisher, long now) {
        for (long left = wanted; left != 0; left &= left - 1) {
            LoopBatch batch = links.begin(Long.numberOfTrailingZeros(left), Frame.MESSAGE);
            draft.encode(batch.data(), publisher, now);
        }
    }

    private void sendToShard(
            int shard,
            int flags,
            long token,
            @Nullable PublishOrigin origin,
            PublishDraft draft,
            long publisher,
            long now) {
        LoopBatch batch = links.begin(directory.loopOf(shard), Frame.SHARD_MESSAGE);
        batch.data()
                .writeInt(shard)
                .writeLong(directory.epoch(shard))
                .writeByte(flags)
                .writeLong(token);
        batch.reference(origin);
        draft.encode(batch.data(), publisher, now);
    }

    // ---- frames
    // ---------------------------------------------------------------------------------------------------------

    @Override
    public void receive(LoopBatch batch) {
        ByteBuf in = batch.data();
        while (in.isReadable()) {
            try {
                frame(batch, in);
            } catch (RuntimeException failure) {
                // A programmer's mistake. A frame is read before it is acted on: the next ones are whole, and others
                // wait for them.
                LOG.error("loop={} could not handle a frame", index, failure);
            }
        }
    }

    private void frame(LoopBatch batch, ByteBuf in) {
        byte kind = in.readByte();
        switch (kind) {
            case Frame.MESSAGE -> {
                int at = in.readerIndex();
                in.skipBytes(MessageView.encodedLength(in, at));
                deliverLocal(in, at);
            }
            case Frame.FORWARDED_MESSAGE -> {
                int source = in.readInt();
                long entry = in.readLong();
                int at = in.readerIndex();
                in.skipBytes(MessageView.encodedLength(in, at));
                // A shard that started anew sends its outbox again.
                if (entry > forwardedThrough[source]) {
                    forwardedThrough[source] = entry;
                    deliverLocal(in, at);
                }
            }
            case Frame.SHARD_MESSAGE -> shardMessage(batch, in);
            case Frame.PUBLISHED -> {
                long token = in.readLong();
                PublishOutcome outcome = PublishOutcomes.of(in.readByte());
                ((PublishOrigin) required(batch.takeReference())).published(token, outcome);
            }
            case Frame.DELIVERY -> delivered(batch, in);
            case Frame.QUEUED_DELIVERY -> queuedDelivery(batch, in);
            case Frame.SETTLE -> {
                ShardInbox shard = shards[in.readInt()];
                shard.settle(in.readLong(), in.readLong(), in.readLong(), Settlements.of(in.readByte()));
            }
            case Frame.SETTLE_QUEUED -> {
                ShardInbox shard = shards[in.readInt()];
                shard.settleQueued(
                        in.readLong(), in.readLong(), in.readLong(), in.readLong(), Settlements.of(in.readByte()));
            }
            case Frame.PUBLISH_ONCE -> {
                ShardInbox shard = shards[in.readInt()];
                long epoch = in.readLong();
                long session = in.readLong();
                int packetId = in.readUnsignedShort();
                int at = in.readerIndex();
                in.skipBytes(MessageView.encodedLength(in, at));
                shard.publishOnce(epoch, session, packetId, (PublishOrigin) required(batch.takeReference()), in, at);
            }
            case Frame.RELEASE_ONCE -> {
                ShardInbox shard = shards[in.readInt()];
                shard.releaseOnce(in.readLong(), in.readLong(), in.readUnsignedShort(), (ShardInbox.ReleaseOrigin)
                        required(batch.takeReference()));
            }
            case Frame.RELEASED_ONCE -> {
                int packetId = in.readUnsignedShort();
                boolean known = in.readByte() != 0;
                ((ShardInbox.ReleaseOrigin) required(batch.takeReference())).releasedOnce(packetId, known);
            }
            case Frame.LAST_VALUE -> {
                int at = in.readerIndex();
                in.skipBytes(MessageView.encodedLength(in, at));
                ((LastValueLookup) required(batch.takeReference())).found(in, at);
            }
            case Frame.TASK -> ((Runnable) required(batch.takeReference())).run();
            default -> {
                in.readerIndex(in.writerIndex());
                throw new IllegalStateException("unknown frame kind " + kind + ": the rest of the batch is lost");
            }
        }
    }

    private static Object required(@Nullable Object reference) {
        return Objects.requireNonNull(reference, "frame without its reference");
    }

    private void shardMessage(LoopBatch batch, ByteBuf in) {
        ShardInbox shard = shards[in.readInt()];
        long epoch = in.readLong();
        int flags = in.readByte();
        long token = in.readLong();
        int sourceShard = -1;
        long sourceLsn = 0;
        if ((flags & Frame.FORWARDED) != 0) {
            sourceShard = in.readInt();
            sourceLsn = in.readLong();
        }
        int at = in.readerIndex();
        in.skipBytes(MessageView.encodedLength(in, at));
        shard.message(epoch, flags, token, (PublishOrigin) batch.takeReference(), sourceShard, sourceLsn, in, at);
    }

    private LocalSubscriptions[] localOf(ByteBuf buffer, MessageView message) {
        LoopName name = names.intern(buffer, message.nameIndex(), message.nameLength());
        LocalSubscriptions[] found = name.local;
        long version = local.version();
        if (found == null || name.localVersion != version) {
            matchScratch.clear();
            local.match(name.text(), matchScratch);
            found = matchScratch.isEmpty() ? NOBODY : matchScratch.toArray(NOBODY);
            name.local = found;
            name.localVersion = version;
        }
        return found;
    }

    private void deliverLocal(ByteBuf buffer, int at) {
        Delivery next = delivery;
        MessageView message = next.message().wrap(buffer, at);
        LocalSubscriptions[] found = localOf(buffer, message);
        if (found.length == 1) {
            LocalSubscriptions only = found[0];
            Guarantee guarantee = message.guarantee();
            boolean lastValue = message.lastValue();
            for (int i = only.size() - 1; i >= 0; i--) {
                if (i >= only.size()) {
                    continue;
                }
                LocalSubscription to = only.at(i);
                if (to.noLocal && message.publisher() == to.attachment.publisher()) {
                    continue;
                }
                Guarantee effective = guarantee.atMost(to.guarantee);
                if (to.attachment.takesFromShard(effective)) {
                    continue;
                }
                next.begin(0, effective, lastValue && to.keepLastValueFlag, false);
                next.addIdentifier(to.identifier);
                to.attachment.deliver(next);
                // An adapter may have looked at another message meanwhile.
                message.wrapAgain(buffer, at);
            }
        } else if (found.length > 1) {
            deliverMerged(found, message, buffer, at);
        }
    }

    /** Several patterns match: one copy per attachment, with the strongest guarantee and all identifiers (MQTT 5.0 §3.3.4). */
    private void deliverMerged(LocalSubscriptions[] found, MessageView message, ByteBuf buffer, int at) {
        long serial = ++mergeSerial;
        touched.clear();
        for (LocalSubscriptions all : found) {
            for (int i = 0; i < all.size(); i++) {
                LocalSubscription one = all.at(i);
                if (one.noLocal && message.publisher() == one.attachment.publisher()) {
                    continue;
                }
                if (one.attachment.merge(serial, one)) {
                    touched.add(one.attachment);
                }
            }
        }
        for (int i = 0; i < touched.size(); i++) {
            message.wrap(buffer, at);
            touched.get(i).deliverMerged(delivery);
        }
        touched.clear();
    }

    private void delivered(LoopBatch batch, ByteBuf in) {
        long id = in.readLong();
        int flags = in.readByte();
        int identifiers = in.readUnsignedShort();
        Delivery next = delivery.begin(
                id, Guarantee.of(flags & 3), (flags & Frame.LAST_VALUE_FLAG) != 0, (flags & Frame.REDELIVERED) != 0);
        for (int i = 0; i < identifiers; i++) {
            next.addIdentifier(in.readInt());
        }
        Attachment attachment = (Attachment) required(batch.takeReference());
        if ((flags & Frame.RELEASE_ONLY) != 0) {
            attachment.resumeReceived(id);
            return;
        }
        int at = in.readerIndex();
        next.message().wrap(in, at);
        in.skipBytes(next.message().encodedLength());
        attachment.deliverFromShard(next);
    }

    private void queuedDelivery(LoopBatch batch, ByteBuf in) {
        int shard = in.readInt();
        long epoch = in.readLong();
        long queue = in.readLong();
        long consumer = in.readLong();
        long lsn = in.readLong();
        int flags = in.readByte();
        int identifier = in.readInt();
        Delivery next = delivery.begin(
                0, Guarantee.of(flags & 3), (flags & Frame.LAST_VALUE_FLAG) != 0, (flags & Frame.REDELIVERED) != 0);
        next.addIdentifier(identifier);
        Attachment attachment = (Attachment) required(batch.takeReference());
        int at = in.readerIndex();
        next.message().wrap(in, at);
        in.skipBytes(next.message().encodedLength());
        attachment.deliverQueued(next, shard, epoch, queue, consumer, lsn);
    }

    void sendSettle(int shard, long epoch, long session, long sequence, Settlement settlement) {
        LoopBatch batch = links.begin(directory.loopOf(shard), Frame.SETTLE);
        batch.data()
                .writeInt(shard)
                .writeLong(epoch)
                .writeLong(session)
                .writeLong(sequence)
                .writeByte(Settlements.code(settlement));
    }

    void sendSettleQueued(int shard, long epoch, long queue, long consumer, long lsn, Settlement settlement) {
        LoopBatch batch = links.begin(directory.loopOf(shard), Frame.SETTLE_QUEUED);
        batch.data()
                .writeInt(shard)
                .writeLong(epoch)
                .writeLong(queue)
                .writeLong(consumer)
                .writeLong(lsn)
                .writeByte(Settlements.code(settlement));
    }

    /** @param packetId 0: takes the way of exactly-once publishes before it, and has no packet id */
    void sendPublishOnce(
            int shard,
            long epoch,
            long session,
            int packetId,
            PublishOrigin origin,
            PublishDraft draft,
            long publisher) {
        draft.encode(beginPublishOnce(shard, epoch, session, packetId, origin), publisher, loop.wallMillis());
    }

    /** The same for a message that was encoded when it was published. */
    void sendPublishOnce(
            int shard, long epoch, long session, int packetId, PublishOrigin origin, EncodedMessage message) {
        message.writeTo(beginPublishOnce(shard, epoch, session, packetId, origin));
    }

    private ByteBuf beginPublishOnce(int shard, long epoch, long session, int packetId, PublishOrigin origin) {
        figures.messagesIn(Guarantee.EXACTLY_ONCE).increment();
        LoopBatch batch = links.begin(directory.loopOf(shard), Frame.PUBLISH_ONCE);
        batch.data().writeInt(shard).writeLong(epoch).writeLong(session).writeShort(packetId);
        batch.reference(origin);
        return batch.data();
    }

    EncodedMessage encoded(PublishDraft draft, long publisher) {
        return EncodedMessage.of(draft, publisher, loop.wallMillis());
    }

    void sendReleaseOnce(int shard, long epoch, long session, int packetId, ShardInbox.ReleaseOrigin origin) {
        LoopBatch batch = links.begin(directory.loopOf(shard), Frame.RELEASE_ONCE);
        batch.data().writeInt(shard).writeLong(epoch).writeLong(session).writeShort(packetId);
        batch.reference(origin);
    }

    /** Whether publishes that are logged are taken now. */
    boolean roomOnDisk() {
        return roomOnDisk.getAsBoolean();
    }
}
