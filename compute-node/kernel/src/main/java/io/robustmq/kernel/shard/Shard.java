package io.robustmq.kernel.shard;

import io.netty.buffer.ByteBuf;
import io.robustmq.kernel.AttachRequest;
import io.robustmq.kernel.ByteCopy;
import io.robustmq.kernel.CloseReason;
import io.robustmq.kernel.Detach;
import io.robustmq.kernel.EncodedMessage;
import io.robustmq.kernel.KernelFault;
import io.robustmq.kernel.KernelOptions;
import io.robustmq.kernel.KernelRule;
import io.robustmq.kernel.MessageView;
import io.robustmq.kernel.PartingMessage;
import io.robustmq.kernel.PublishOutcome;
import io.robustmq.kernel.Session.GroupPattern;
import io.robustmq.kernel.SessionKey;
import io.robustmq.kernel.Settlement;
import io.robustmq.kernel.SubscribeRequest;
import io.robustmq.kernel.SubscribeResult;
import io.robustmq.kernel.link.Frame;
import io.robustmq.kernel.link.LoopLinks;
import io.robustmq.kernel.link.PublishOrigin;
import io.robustmq.kernel.link.Settlements;
import io.robustmq.kernel.link.ShardDirectory;
import io.robustmq.kernel.link.ShardInbox;
import io.robustmq.kernel.route.RouteTable;
import io.robustmq.kernel.route.Routes;
import io.robustmq.kernel.session.DeliveryWindow;
import io.robustmq.kernel.session.MessageRow;
import io.robustmq.kernel.session.SessionState;
import io.robustmq.kernel.session.Subscription;
import io.robustmq.storage.AppendOutcome;
import io.robustmq.storage.Claim;
import io.robustmq.storage.LogStore;
import io.robustmq.storage.Loop;
import io.robustmq.storage.RunId;
import io.robustmq.storage.RunStore;
import io.robustmq.storage.ShardId;
import io.robustmq.storage.ShardLog;
import io.robustmq.storage.StorageException;
import io.robustmq.storage.StorageFault;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One shard in the hands of this node: decides commands, logs and applies their records, and lets replies and deliveries leave when they are committed.
 *
 * <pre>
 *   TAKING_OVER --replayed--> SERVING --outcome unknown--> TAKING_OVER (next sub-epoch)
 *        |                       |
 *        '---- not the owner ----'--> LOST        SERVING --stop--> STOPPED
 * </pre>
 *
 * <p>Everything runs on the home loop except {@link #start} and {@link #stop}, which hop there.
 */
public final class Shard implements ShardInbox {
    private enum Phase {
        TAKING_OVER,
        SERVING,
        LOST,
        STOPPED
    }

    private static final Logger LOG = LoggerFactory.getLogger(Shard.class);
    private static final long RETRY_NANOS = 200_000_000L;
    /** How long a record that nobody waits for may stay out of the log; after a crash its delivery is repeated. */
    private static final long RIDE_NANOS = 2_000_000L;

    /** At so many bytes such records go by themselves. */
    private static final long RIDE_BYTES = 16 << 10;

    private static final long TIMER_CHECK_MILLIS = 60_000;
    /** Things due that one tick deals with; the rest waits for the next, so that nobody else waits for all of it. */
    private static final int DUE_PER_TICK_MAX = 1_024;

    /** Upper bound of a record without its message. */
    private static final int RECORD_BYTES = 256;

    private final ShardId id;
    private final ShardDirectory directory;
    private final LoopLinks links;
    private final ShardLink link;
    private final Loop loop;
    private final Routes routes;
    private final Shard[] peers;
    private final LogStore logs;
    private final RunStore runs;
    private final KernelOptions options;
    private final String incarnation;
    private final boolean answersAfterCommit;
    private final ShardFigures figures = new ShardFigures();
    private final Runnable endOfTick = this::endOfTick;
    private final MessageView view = new MessageView();
    private final CompletableFuture<Void> started = new CompletableFuture<>();

    private Phase phase = Phase.TAKING_OVER;
    private @Nullable Claim claim;
    private @Nullable ShardLog log;
    private Tenure tenure;
    private boolean tickRegistered;
    private Loop.@Nullable Timer timer;
    private long timerAtMillis = Long.MAX_VALUE;
    private final List<Runnable> whenServing = new ArrayList<>();
    private final Map<SessionKey, Departing> departing = new HashMap<>();
    private @Nullable CompletableFuture<Void> stopping;
    private long servingSinceNanos;
    /** What the routes say this shard wants since a tenure that was dropped; the next one withdraws what it does not want itself. */
    private Wants announcedBefore = Wants.NOTHING;

    /** All that one takeover builds and the next one throws away. */
    private final class Tenure implements ShardState.Observer, SessionPumps.Host, ShardOutbox.Host, ShardQueues.Host {
        final ShardState state;
        final LogFeed feed;
        final Parked parked = new Parked();
        final RunBlocks blocks;
        final SessionPumps pumps;
        final ShardQueues queues;
        final Map<SessionKey, LiveClient> live = new HashMap<>();
        final List<SessionState> overLimit = new ArrayList<>();
        /** Look-ups that a portion is being sent to. */
        final Set<LookUp> lookUps = new LinkedHashSet<>();

        @Nullable ShardOutbox outbox;

        @Nullable Flusher flusher;

        /** Of the log that it serves with; 0 before. */
        long epoch;

        /** Its wants are in the routes. */
        boolean announced;

        long committedLsn;
        /** Somebody waits for a record that is not handed to the log. */
        boolean awaited;
        /** A timer will hand over what nobody waits for. */
        boolean rideArmed;
        /** Time of the newest entry or snapshot; records never go back behind it. */
        long lastTime;

        Tenure() {
            state = new ShardState(options, directory.shards());
            feed = new LogFeed(links.allocator(), options.entryTargetBytes(), figures.bytes);
            blocks = new RunBlocks(runs, state.runs(), loop, options.runCacheBytes());
            pumps = new SessionPumps(state, link, blocks, this, figures.droppedExpired, figures.droppedTooLarge);
            queues = new ShardQueues(state, link, blocks, this);
        }

        @Override
        public void interestChanged(String pattern, boolean wanted, boolean forQueues) {
            int shard = id.value();
            routes.change(
                    forQueues
                            ? table -> table.queueShard(pattern, shard, wanted)
                            : table -> table.shard(pattern, shard, wanted),
                    () -> {});
        }

        @Override
        public void referenced(SessionState session) {
            pumps.mark(session);
            if (session.pending > options.pendingMessagesMax()) {
                overLimit.add(session);
            }
        }

        @Override
        public void queued(GroupQueue queue) {
            queues.mark(queue);
        }

        @Override
        public void outgoing(OutboxEntry entry) {
            ShardOutbox present = outbox;
            if (present != null) {
                present.add(entry);
            }
        }

        @Override
        public long committedLsn() {
            return committedLsn;
        }

        @Override
        public long epoch() {
            return epoch;
        }

        @Override
        public long nowMillis() {
            return loop.wallMillis();
        }

        @Override
        public long settle(SessionState session, long sequence, Settlement settlement) {
            ByteBuf out = begin(RECORD_BYTES);
            int at = out.writerIndex();
            out.writeByte(RecordType.SETTLED)
                    .writeLong(session.id())
                    .writeLong(sequence)
                    .writeByte(Settlements.code(settlement));
            return record(out, at);
        }

        @Override
        public void arrived(long entryLsn) {
            ByteBuf out = begin(RECORD_BYTES);
            int at = out.writerIndex();
            out.writeByte(RecordType.OUTBOX_DONE).writeLong(entryLsn);
            record(out, at);
        }

        @Override
        public void arrivedAhead(long entryLsn) {
            ByteBuf out = begin(RECORD_BYTES);
            int at = out.writerIndex();
            out.writeByte(RecordType.OUTBOX_ENTRY_DONE).writeLong(entryLsn);
            record(out, at);
        }

        @Override
        public ByteBuf begin(int bytes) {
            return feed.begin(loop.wallMillis(), bytes);
        }

        /** Applies the record that starts at {@code at}. */
        @Override
        public long record(ByteBuf out, int at) {
            long lsn = feed.recorded();
            int reader = out.readerIndex();
            out.readerIndex(at);
            state.apply(out, lsn, feed.timeMillis());
            if (out.readerIndex() != out.writerIndex()) {
                throw new IllegalStateException("record " + lsn + " was not applied as it was written");
            }
            out.readerIndex(reader);
            figures.records.increment();
            awaited = true;
            Shard.this.wake();
            return lsn;
        }

        @Override
        public void park(Output output) {
            awaited = true;
            parked.add(lastLsn(), output, 0);
            Shard.this.wake();
        }

        long lastLsn() {
            return feed.nextLsn() - 1;
        }

        @Override
        public void wake() {
            Shard.this.wake();
        }
    }

    /** The attachment that holds a session key now, and those that wait to take it over. */
    private static final class LiveClient {
        final ShardClient client;
        final @Nullable SessionState session;
        final ArrayDeque<Waiting> waiting = new ArrayDeque<>(0);
        boolean releasing;

        LiveClient(ShardClient client, @Nullable SessionState session) {
            this.client = client;
            this.session = session;
        }
    }

    private record Waiting(AttachRequest request, ShardClient client) {}

    /** Attachments that were closed with the state they belonged to, until what they published is resolved; and who wants to follow them. */
    private static final class Departing {
        int open;
        final List<Runnable> next = new ArrayList<>(0);
    }

    /**
     * @param peers all shards of the node, this one included, by id
     * @param incarnation of this process
     */
    public Shard(
            ShardId id,
            ShardDirectory directory,
            LoopLinks links,
            RouteTable table,
            Shard[] peers,
            LogStore logs,
            RunStore runs,
            KernelOptions options,
            String incarnation) {
        this.id = id;
        this.directory = directory;
        this.links = links;
        this.link = new ShardLink(links, id.value());
        this.loop = links.loop();
        this.routes = new Routes(table, links);
        this.peers = peers;
        this.logs = logs;
        this.runs = runs;
        this.options = options;
        this.incarnation = incarnation;
        this.answersAfterCommit = options.obeys(KernelRule.ANSWER_AFTER_COMMIT);
        this.tenure = new Tenure();
    }

    /** The links of the home loop; to be used on that loop only. */
    public LoopLinks links() {
        return links;
    }

    public ShardFigures figures() {
        return figures;
    }

    // ---- life
    // -----------------------------------------------------------------------------------------------------------

    /** Takes the shard over; completes when it serves. Any thread. */
    public CompletionStage<Void> start() {
        logs.owner(id)
                .whenComplete((owner, failure) -> loop.execute(() -> {
                    if (owner == null) {
                        LOG.warn(
                                "shard={} cannot read its owner, trying again: {}",
                                id.value(),
                                StorageException.faultOf(cause(failure)));
                        loop.after(RETRY_NANOS, this::start);
                    } else {
                        takeOver(
                                new Claim(Claim.nextTerm(owner.map(Claim::epoch).orElse(0L)), incarnation));
                    }
                }));
        return started;
    }

    private static Throwable cause(@Nullable Throwable failure) {
        return failure == null ? new IllegalStateException("no answer") : failure;
    }

    private void takeOver(Claim with) {
        if (phase == Phase.STOPPED) {
            return;
        }
        claim = with;
        phase = Phase.TAKING_OVER;
        tenure = new Tenure();
        Tenure mine = tenure;
        logs.takeOver(id, with, loop, (lsn, outcome) -> appended(mine, lsn, outcome))
                .whenCompleteAsync((taken, failure) -> tookOver(mine, with, taken, failure), loop);
    }

    private void tookOver(Tenure mine, Claim with, @Nullable ShardLog taken, @Nullable Throwable failure) {
        if (taken == null) {
            failedTakeOver(with, cause(failure));
            return;
        }
        if (phase != Phase.TAKING_OVER || tenure != mine) {
            taken.abandon();
            return;
        }
        log = taken;
        load(mine, taken)
                .thenCompose(time -> {
                    mine.lastTime = time;
                    return taken.replay((records, firstLsn, count) -> replay(mine, records, firstLsn, count));
                })
                .whenCompleteAsync(
                        (next, broken) -> {
                            if (next == null) {
                                taken.abandon();
                                failedTakeOver(with, cause(broken));
                            } else {
                                guarded(() -> replayed(mine, taken, next));
                            }
                        },
                        loop);
    }

    /** A checkpoint that cannot be read fails the stage, never this call. */
    private CompletionStage<Long> load(Tenure mine, ShardLog taken) {
        return CompletableFuture.completedFuture(taken.checkpoint())
                .thenCompose(checkpoint -> checkpoint
                        .map(found -> ShardSnapshot.load(found, runs, loop, mine.state))
                        .orElseGet(() -> CompletableFuture.completedFuture(0L)));
    }

    private static void replay(Tenure mine, ByteBuf records, long firstLsn, int count) {
        long time = records.readLong();
        for (int i = 0; i < count; i++) {
            mine.state.apply(records, firstLsn + i, time);
        }
        mine.lastTime = time;
    }

    private void failedTakeOver(Claim with, Throwable failure) {
        discard(tenure);
        StorageFault fault = StorageException.faultOf(failure);
        if (phase != Phase.TAKING_OVER) {
            return;
        }
        if (fault instanceof StorageFault.NotOwner) {
            lose(fault);
            return;
        }
        if (fault instanceof StorageFault.Damaged) {
            phase = Phase.LOST;
            directory.lose(id.value());
            LOG.error("shard={} is damaged and stays closed: {}", id.value(), fault.reason());
            givenUp(fault);
            return;
        }
        LOG.warn("shard={} could not be taken over, trying again: {}", id.value(), fault.reason(), failure);
        loop.after(RETRY_NANOS, () -> {
            if (phase == Phase.TAKING_OVER) {
                takeOver(with.again());
            }
        });
    }

    private void lose(StorageFault why) {
        phase = Phase.LOST;
        directory.lose(id.value());
        LOG.warn("shard={} is lost: {}", id.value(), why.reason());
        givenUp(why);
    }

    /** Nobody waits for this shard any more. */
    private void givenUp(StorageFault why) {
        started.completeExceptionally(new StorageException(why));
        failWaiting();
        finishedStop();
    }

    private void finishedStop() {
        CompletableFuture<Void> done = stopping;
        if (done != null) {
            stopping = null;
            done.complete(null);
        }
    }

    private void failWaiting() {
        List<Runnable> due = List.copyOf(whenServing);
        whenServing.clear();
        due.forEach(Runnable::run);
    }

    private void replayed(Tenure mine, ShardLog taken, long nextLsn) {
        if (phase != Phase.TAKING_OVER || tenure != mine) {
            taken.abandon();
            discard(mine);
            return;
        }
        mine.epoch = taken.epoch();
        mine.feed.start(taken, nextLsn, mine.lastTime);
        mine.committedLsn = nextLsn - 1;
        taken.onSlotFree(this::wake);
        mine.state.observe(mine);
        mine.flusher = new Flusher(
                id,
                mine.state,
                mine.feed,
                taken,
                runs,
                mine.blocks,
                loop,
                links.allocator(),
                options,
                directory.shards(),
                figures,
                () -> mine.committedLsn,
                this::flushFailed);
        for (SessionState session : mine.state.sessions().values()) {
            mine.state.schedule(session);
        }
        forgetGoneMembers(mine);
        mine.queues.recovered();
        // The shard serves only once everybody meets its routes: nothing that is acknowledged then passes it by.
        announce(mine, () -> serve(mine, taken));
    }

    private void announce(Tenure mine, Runnable done) {
        Wants wanted = Wants.of(mine.state);
        Wants stale = announcedBefore.without(wanted);
        announcedBefore = Wants.NOTHING;
        mine.announced = true;
        int shard = id.value();
        routes.change(
                table -> {
                    wanted.patterns().forEach(pattern -> table.shard(pattern, shard, true));
                    wanted.queued().forEach(pattern -> table.queueShard(pattern, shard, true));
                    stale.patterns().forEach(pattern -> table.shard(pattern, shard, false));
                    stale.queued().forEach(pattern -> table.queueShard(pattern, shard, false));
                },
                done);
    }

    /** Sessions that an earlier incarnation or an earlier tenure held are attached to nobody. */
    private void forgetGoneMembers(Tenure mine) {
        Set<String> gone = new HashSet<>();
        for (SessionState session : mine.state.sessions().values()) {
            if (session.attached) {
                gone.add(session.incarnation);
            }
        }
        for (String one : gone) {
            ByteBuf out = mine.begin(RECORD_BYTES + one.length() * 3);
            int at = out.writerIndex();
            out.writeByte(RecordType.MEMBER_GONE);
            Texts.write(out, one);
            mine.record(out, at);
        }
    }

    private void serve(Tenure mine, ShardLog taken) {
        if (phase != Phase.TAKING_OVER || tenure != mine) {
            return;
        }
        phase = Phase.SERVING;
        servingSinceNanos = loop.nanoTime();
        mine.outbox =
                new ShardOutbox(id.value(), mine.state, link, directory, routes.table(), peers, mine.blocks, mine);
        directory.serve(id.value(), taken.epoch());
        figures.takeovers.increment();
        figures.serving.add(1 - figures.serving.read());
        LOG.info(
                "shard={} serves: epoch={} lsn={} sessions={} messages={} tailBytes={}",
                id.value(),
                taken.epoch(),
                mine.lastLsn(),
                mine.state.sessions().size(),
                mine.state.rows().size(),
                taken.tailBytes());
        Set<RunId> named = new HashSet<>(ShardSnapshot.runsOf(mine.state));
        runs.deleteOrphans(id, taken.epoch(), named).whenComplete((deleted, failure) -> {
            if (failure != null) {
                LOG.warn("shard={} orphaned runs could not be deleted: {}", id.value(), String.valueOf(failure));
            }
        });
        started.complete(null);
        wake();
        List<Runnable> due = List.copyOf(whenServing);
        whenServing.clear();
        due.forEach(Runnable::run);
    }

    private void appended(Tenure mine, long lastLsn, AppendOutcome outcome) {
        if (tenure != mine) {
            return;
        }
        switch (outcome) {
            case COMMITTED -> {
                mine.committedLsn = lastLsn;
                figures.entries.increment();
                guarded(() -> mine.parked.release(lastLsn, this::leave));
                wake();
            }
            case UNKNOWN -> abandonTenure("the outcome of an append is unknown");
        }
    }

    private void leave(Object what, long token) {
        if (what instanceof PublishOrigin origin) {
            link.published(origin, token, PublishOutcome.DONE);
        } else if (what instanceof Output output) {
            output.committed();
        }
    }

    private void leaveUnknown(Object what, long token) {
        if (what instanceof PublishOrigin origin) {
            link.published(origin, token, PublishOutcome.UNKNOWN);
        } else if (what instanceof Output output) {
            output.lost();
        }
    }

    private void flushFailed(StorageFault fault) {
        abandonTenure("a checkpoint failed: " + fault.reason());
    }

    /** Nothing in memory can be trusted any more: answer nobody, close everybody, start anew from the log. */
    private void abandonTenure(String why) {
        if (phase != Phase.SERVING && phase != Phase.TAKING_OVER) {
            return;
        }
        Claim held = claim;
        ShardLog broken = log;
        LOG.warn("shard={} starts anew: {}", id.value(), why);
        Tenure gone = tenure;
        close(gone, CloseReason.STATE_LOST);
        if (broken != null) {
            broken.abandon();
            log = null;
        }
        if (stopping != null) {
            // Nothing that is not answered by now is promised to anybody: the next owner replays what there is.
            phase = Phase.STOPPED;
            failWaiting();
            finishedStop();
        } else if (held != null) {
            takeOverAgain(held);
        }
    }

    /** At once, unless the last time was just now: a mistake that comes again must not turn as fast as the machine can. */
    private void takeOverAgain(Claim held) {
        long since = loop.nanoTime() - servingSinceNanos;
        if (since >= RETRY_NANOS) {
            takeOver(held.again());
            return;
        }
        loop.after(RETRY_NANOS, () -> {
            if (phase == Phase.TAKING_OVER) {
                takeOver(held.again());
            }
        });
    }

    private void close(Tenure gone, CloseReason reason) {
        directory.serve(id.value(), 0);
        directory.press(id.value(), false);
        figures.serving.add(-figures.serving.read());
        phase = Phase.TAKING_OVER;
        if (gone.announced) {
            announcedBefore = Wants.of(gone.state);
        }
        List<LiveClient> clients = List.copyOf(gone.live.values());
        gone.live.clear();
        tenure = new Tenure();
        gone.parked.drain(options.obeys(KernelRule.UNKNOWN_IS_NOT_DONE) ? this::leaveUnknown : this::leave);
        Set<ShardClient> consumers = gone.queues.clients();
        for (LiveClient client : clients) {
            consumers.remove(client.client);
            closeClient(client.client, reason);
            client.waiting.forEach(waiting -> refuse(waiting.client, "the state of the session is being recovered"));
        }
        // Their consumers exist no more: without a word they would wait for ever.
        consumers.forEach(client -> links.task(client.loopIndex(), client::stateLost));
        List<LookUp> lookUps = List.copyOf(gone.lookUps);
        gone.lookUps.clear();
        lookUps.forEach(this::lookUpMore);
        discard(gone);
    }

    private void closeClient(ShardClient client, CloseReason reason) {
        SessionKey key = client.key();
        Departing leaving = departing.computeIfAbsent(key, _ -> new Departing());
        leaving.open++;
        int home = links.index();
        LoopLinks theirs = links.peer(client.loopIndex());
        links.task(client.loopIndex(), () -> client.release(reason, () -> theirs.task(home, () -> departed(key))));
    }

    private void departed(SessionKey key) {
        Departing leaving = departing.get(key);
        if (leaving != null && --leaving.open == 0) {
            departing.remove(key);
            leaving.next.forEach(Runnable::run);
        }
    }

    private void discard(Tenure gone) {
        Flusher flusher = gone.flusher;
        if (flusher != null) {
            flusher.cancel();
        }
        gone.feed.discard();
        gone.blocks.close();
        gone.state.discard();
    }

    /** A programmer's mistake costs the shard its memory, not the process its life. False: it happened, and nobody was answered. */
    private boolean guarded(Runnable work) {
        try {
            work.run();
            return true;
        } catch (RuntimeException failure) {
            LOG.error("shard={} met a broken invariant", id.value(), failure);
            figures.invariantsBroken.increment();
            abandonTenure("an invariant is broken");
            return false;
        }
    }

    /** Flushes what is under way and closes the log; completes when closed. Attachments must be closed before. Any thread. */
    public CompletionStage<Void> stop() {
        CompletableFuture<Void> done = new CompletableFuture<>();
        loop.execute(() -> {
            if (phase == Phase.SERVING && stopping == null) {
                stopping = done;
                wake();
                return;
            }
            CompletableFuture<Void> earlier = stopping;
            if (earlier != null) {
                var _ = earlier.whenComplete((_, _) -> done.complete(null));
                return;
            }
            phase = Phase.STOPPED;
            failWaiting();
            done.complete(null);
        });
        return done;
    }

    /** Drops all memory without a word, as a kill would; the log stays open for the next owner to fence. Home loop. */
    public void drop() {
        phase = Phase.STOPPED;
        directory.serve(id.value(), 0);
        ShardLog open = log;
        if (open != null) {
            log = null;
            open.abandon();
        }
        Tenure gone = tenure;
        tenure = new Tenure();
        discard(gone);
    }

    private void finishStop(Tenure mine, ShardLog open, CompletableFuture<Void> done) {
        phase = Phase.STOPPED;
        directory.serve(id.value(), 0);
        open.close()
                .whenCompleteAsync(
                        (_, failure) -> {
                            if (failure != null) {
                                LOG.warn("shard={} was not closed cleanly: {}", id.value(), String.valueOf(failure));
                            }
                            discard(mine);
                            done.complete(null);
                        },
                        loop);
    }

    // ---- the tick
    // -------------------------------------------------------------------------------------------------------

    private void wake() {
        if (!tickRegistered) {
            tickRegistered = true;
            loop.atTickEnd(endOfTick);
        }
    }

    private void endOfTick() {
        tickRegistered = false;
        if (phase != Phase.SERVING) {
            return;
        }
        guarded(this::work);
    }

    private void work() {
        Tenure mine = tenure;
        ShardLog open = log;
        if (open == null) {
            return;
        }
        fireTimers(mine);
        dropOverLimit(mine);
        ShardOutbox outbox = mine.outbox;
        if (outbox != null) {
            outbox.run();
        }
        // What was decided without a record may rest on records that are committed already.
        mine.parked.release(mine.committedLsn, this::leave);
        mine.pumps.run();
        mine.queues.run();
        feedLog(mine);
        boolean behind = mine.feed.waitingBytes() > options.pressedBytes();
        if (behind != directory.pressed(id.value())) {
            directory.press(id.value(), behind);
        }
        Flusher flusher = mine.flusher;
        if (flusher != null) {
            flusher.maybeFlush();
        }
        figures.tailBytes(open.tailBytes());
        figures.state(mine.state);
        armTimer(mine);
        CompletableFuture<Void> done = stopping;
        if (done != null && mine.feed.waitingBytes() == 0 && mine.committedLsn == mine.lastLsn()) {
            stopping = null;
            finishStop(mine, open, done);
        }
    }

    /**
     * Hands entries to the log if somebody waits for them. Settlements that nobody waits for ride along with the next records, or go by themselves after {@link #RIDE_NANOS}: an
     * entry costs the same whatever is in it.
     */
    private void feedLog(Tenure mine) {
        if (mine.awaited || stopping != null || mine.feed.waitingBytes() >= RIDE_BYTES) {
            mine.feed.pump();
            mine.awaited = mine.feed.waitingBytes() > 0;
        } else if (mine.feed.waitingBytes() > 0 && !mine.rideArmed) {
            mine.rideArmed = true;
            loop.after(RIDE_NANOS, () -> {
                mine.rideArmed = false;
                mine.awaited = true;
                wake();
            });
        }
    }

    private void fireTimers(Tenure mine) {
        long now = Math.max(loop.wallMillis(), mine.feed.timeMillis());
        for (int done = 0; done < DUE_PER_TICK_MAX; done++) {
            Due due = mine.state.timers().poll(now);
            if (due == null) {
                return;
            }
            switch (due) {
                case Due.Delayed(long lsn) -> {
                    ByteBuf out = mine.begin(RECORD_BYTES);
                    int at = out.writerIndex();
                    out.writeByte(RecordType.DELAYED_SENT).writeLong(lsn);
                    mine.record(out, at);
                }
                case Due.SessionExpiry(long sessionId) -> {
                    SessionState session = mine.state.sessions().get(sessionId);
                    if (session != null && !session.attached && options.obeys(KernelRule.EXPIRE_SESSIONS)) {
                        session.expiryTimer = 0;
                        end(mine, session);
                    }
                }
                case Due.Parting(long sessionId) -> {
                    SessionState session = mine.state.sessions().get(sessionId);
                    if (session != null && !session.attached && session.parting != null) {
                        session.partingTimer = 0;
                        sendParting(mine, mine.begin(RECORD_BYTES), session);
                    }
                }
                case Due.LastValueExpiry(String name, long lsn) -> {
                    MessageRow row = mine.state.lastValues().get(name);
                    if (row != null && row.lsn == lsn) {
                        ByteBuf out = mine.begin(RECORD_BYTES + name.length() * 3);
                        int at = out.writerIndex();
                        out.writeByte(RecordType.LAST_VALUE_EXPIRED).writeLong(lsn);
                        Texts.write(out, name);
                        mine.record(out, at);
                    }
                }
            }
        }
        wake();
    }

    private void armTimer(Tenure mine) {
        long next = mine.state.timers().nextDueMillis();
        if (next == timerAtMillis && timer != null) {
            return;
        }
        Loop.Timer armed = timer;
        if (armed != null) {
            armed.cancel();
            timer = null;
        }
        timerAtMillis = next;
        if (next == Long.MAX_VALUE) {
            return;
        }
        // The wall clock may jump: look again at least once a minute.
        long delayMillis = Math.clamp(next - loop.wallMillis(), 1, TIMER_CHECK_MILLIS);
        timer = loop.after(delayMillis * 1_000_000L, () -> {
            timer = null;
            timerAtMillis = Long.MAX_VALUE;
            wake();
        });
    }

    private void dropOverLimit(Tenure mine) {
        for (int i = 0; i < mine.overLimit.size(); i++) {
            SessionState session = mine.overLimit.get(i);
            while (session.pending > options.pendingMessagesMax()
                    && mine.state.sessions().get(session.id()) == session) {
                // The oldest that was not sent yet; what the receiver may have stays until it settles.
                DeliveryWindow window = session.window();
                SessionPump pump = mine.pumps.of(session);
                long sequence = pump == null ? window.base() : Math.max(window.base(), pump.nextSequence);
                while (sequence < window.next() && !window.isOpen(sequence)) {
                    sequence++;
                }
                if (sequence == window.next() && session.peek(mine.state.rows(), Long.MAX_VALUE) == null) {
                    break; // all of them are with the receiver
                }
                mine.settle(session, sequence, Settlement.REJECTED);
                figures.droppedLimit.increment();
            }
        }
        mine.overLimit.clear();
    }

    // ---- messages
    // -------------------------------------------------------------------------------------------------------

    @Override
    public void message(
            long epoch,
            int flags,
            long token,
            @Nullable PublishOrigin origin,
            int sourceShard,
            long sourceLsn,
            ByteBuf buffer,
            int index) {
        ShardLog open = log;
        if (phase != Phase.SERVING || open == null || epoch != open.epoch()) {
            if (origin != null) {
                link.published(origin, token, PublishOutcome.UNKNOWN);
            }
            return;
        }
        if (!guarded(() -> append(open, flags, token, origin, sourceShard, sourceLsn, buffer, index))
                && origin != null) {
            link.published(origin, token, PublishOutcome.UNKNOWN);
        }
    }

    private void append(
            ShardLog open,
            int flags,
            long token,
            @Nullable PublishOrigin origin,
            int sourceShard,
            long sourceLsn,
            ByteBuf buffer,
            int index) {
        Tenure mine = tenure;
        view.wrap(buffer, index);
        if ((flags & Frame.QUEUES_UNLOGGED) != 0) {
            mine.queues.passUnlogged(mine.state.matches(view), view);
            return;
        }
        boolean forwarded = (flags & Frame.FORWARDED) != 0;
        if (forwarded
                && sourceLsn <= mine.state.lastSeen[sourceShard]
                && options.obeys(KernelRule.APPLY_FORWARDED_ONCE)) {
            answer(mine, origin, token);
            return;
        }
        int length = view.encodedLength();
        if (!forwarded && (tailIsFull(open) || !mine.feed.fits(RECORD_BYTES + length))) {
            if (origin != null) {
                link.published(origin, token, PublishOutcome.OVERLOADED);
            }
            return;
        }
        if ((flags & Frame.DELAY) != 0) {
            delay(mine, token, origin, buffer, index);
            return;
        }
        int recordFlags = 0;
        if ((flags & Frame.DELIVER) != 0 && mine.state.matches(view).length > 0) {
            recordFlags |= RecordType.DELIVER;
        }
        if ((flags & Frame.KEEP) != 0 && mayKeep(mine)) {
            recordFlags |= RecordType.KEEP;
        }
        if (forwarded) {
            recordFlags |= RecordType.FORWARDED;
        }
        if (recordFlags == 0) {
            answer(mine, origin, token);
            return;
        }
        ByteBuf out = mine.begin(RECORD_BYTES + length);
        int at = out.writerIndex();
        out.writeByte(RecordType.MESSAGE).writeByte(recordFlags);
        if (forwarded) {
            out.writeInt(sourceShard).writeLong(sourceLsn);
        }
        ByteCopy.append(buffer, index, length, out);
        mine.record(out, at);
        answer(mine, origin, token);
    }

    private void delay(Tenure mine, long token, @Nullable PublishOrigin origin, ByteBuf buffer, int index) {
        if (mine.state.delayed().size() >= options.delayedMax()) {
            figures.droppedLimit.increment();
            if (origin != null) {
                link.published(origin, token, PublishOutcome.OVERLOADED);
            }
            return;
        }
        int length = view.encodedLength();
        ByteBuf out = mine.begin(RECORD_BYTES + length);
        int at = out.writerIndex();
        out.writeByte(RecordType.DELAYED);
        ByteCopy.append(buffer, index, length, out);
        mine.record(out, at);
        answer(mine, origin, token);
    }

    /** Whether no flush has shortened the log for so long that publishes are refused, all before their first append. */
    private boolean tailIsFull(ShardLog open) {
        if (open.tailBytes() <= options.flushBytes() * options.tailFactor()) {
            return false;
        }
        // Where everything is refused nothing else would look whether the flush can be tried again.
        wake();
        return true;
    }

    /** Answers when everything applied so far is committed, also if nothing was written: the answer may rest on it. */
    private void answer(Tenure mine, @Nullable PublishOrigin origin, long token) {
        if (origin != null) {
            if (mine.lastLsn() <= mine.committedLsn || !answersAfterCommit) {
                link.published(origin, token, PublishOutcome.DONE);
            } else {
                mine.awaited = true;
                mine.parked.add(mine.lastLsn(), origin, token);
            }
        }
    }

    private boolean mayKeep(Tenure mine) {
        if (view.payloadLength() == 0) {
            return mine.state.lastValues().get(view.name()) != null;
        }
        if (mine.state.lastValues().size() >= options.retainedMax()
                && mine.state.lastValues().get(view.name()) == null) {
            figures.droppedLimit.increment();
            return false;
        }
        return true;
    }

    /** Whether what was asked of a tenure meets that tenure. */
    private boolean servesUnder(long epoch) {
        return phase == Phase.SERVING && tenure.epoch == epoch;
    }

    private @Nullable SessionState sessionUnder(long epoch, long sessionId) {
        return servesUnder(epoch) ? tenure.state.sessions().get(sessionId) : null;
    }

    @Override
    public void settle(long epoch, long sessionId, long sequence, Settlement settlement) {
        if (servesUnder(epoch)) {
            guarded(() -> settleSession(sessionId, sequence, settlement));
        }
    }

    /** Decides something whose records may ride along with later ones. */
    private static void unawaited(Tenure mine, Runnable decision) {
        boolean before = mine.awaited;
        decision.run();
        mine.awaited = before;
    }

    private void settleSession(long sessionId, long sequence, Settlement settlement) {
        Tenure mine = tenure;
        SessionState session = mine.state.sessions().get(sessionId);
        if (session == null || !session.window().isOpen(sequence)) {
            return;
        }
        SessionPump pump = mine.pumps.of(session);
        if (pump == null) {
            return;
        }
        int bytes = mine.pumps.bytesOnTheWay(pump, sequence);
        unawaited(mine, () -> mine.settle(session, sequence, settlement));
        if (settlement == Settlement.RECEIVED) {
            ShardClient client = pump.client;
            mine.park(() -> links.task(client.loopIndex(), () -> client.receivedLogged(sequence)));
        }
        mine.pumps.settled(pump, settlement, bytes);
    }

    @Override
    public void settleQueued(long epoch, long queue, long consumer, long lsn, Settlement settlement) {
        if (servesUnder(epoch)) {
            guarded(() -> unawaited(tenure, () -> tenure.queues.settle(queue, consumer, lsn, settlement)));
        }
    }

    @Override
    public void publishOnce(long epoch, long sessionId, int packetId, PublishOrigin origin, ByteBuf buffer, int index) {
        ShardLog open = log;
        if (open == null || !servesUnder(epoch)) {
            link.published(origin, packetId, PublishOutcome.UNKNOWN);
            return;
        }
        boolean decided = guarded(() -> {
            Tenure mine = tenure;
            SessionState session = mine.state.sessions().get(sessionId);
            if (session == null) {
                link.published(origin, packetId, PublishOutcome.UNKNOWN);
                return;
            }
            BitSet known = session.receivedOnce();
            if (packetId != 0 && known != null && known.get(packetId)) {
                links.task(origin.loopIndex(), origin::arrived);
            } else {
                int length = MessageView.encodedLength(buffer, index);
                boolean delayed = view.wrap(buffer, index).isDelayed();
                if (tailIsFull(open)
                        || !mine.feed.fits(RECORD_BYTES + length)
                        || (delayed && mine.state.delayed().size() >= options.delayedMax())) {
                    link.published(origin, packetId, PublishOutcome.OVERLOADED);
                    links.task(origin.loopIndex(), origin::arrived);
                    return;
                }
                ByteBuf out = mine.begin(RECORD_BYTES + length);
                int at = out.writerIndex();
                out.writeByte(RecordType.RECEIVED_ONCE).writeLong(sessionId).writeShort(packetId);
                out.writeBytes(buffer, index, length);
                mine.record(out, at);
                if (delayed) {
                    // Nothing of it is on its way that what is published next could overtake.
                    links.task(origin.loopIndex(), origin::arrived);
                } else {
                    mine.state.outbox().getLast().whenDone.add(() -> links.task(origin.loopIndex(), origin::arrived));
                }
            }
            answer(mine, origin, packetId);
        });
        if (!decided) {
            link.published(origin, packetId, PublishOutcome.UNKNOWN);
        }
    }

    @Override
    public void releaseOnce(long epoch, long sessionId, int packetId, ReleaseOrigin origin) {
        if (!servesUnder(epoch)) {
            return;
        }
        guarded(() -> {
            Tenure mine = tenure;
            SessionState session = mine.state.sessions().get(sessionId);
            if (session == null) {
                return;
            }
            BitSet known = session.receivedOnce();
            boolean present = known != null && known.get(packetId);
            if (present) {
                ByteBuf out = mine.begin(RECORD_BYTES);
                int at = out.writerIndex();
                out.writeByte(RecordType.RELEASED_ONCE).writeLong(sessionId).writeShort(packetId);
                mine.record(out, at);
            }
            mine.park(() -> link.released(origin, packetId, present));
        });
    }

    // ---- attachments
    // ----------------------------------------------------------------------------------------------------

    /** Makes the client the one attachment of its session; an earlier one is released first. */
    public void attach(AttachRequest request, ShardClient client) {
        switch (phase) {
            case SERVING -> {
                Departing before = departing.get(request.key());
                if (before == null) {
                    guarded(() -> attachNow(request, client));
                } else {
                    // What the client published on its old connection may still be under way.
                    before.next.add(() -> attach(request, client));
                }
            }
            case TAKING_OVER -> whenServing.add(() -> attach(request, client));
            case LOST, STOPPED -> refuse(client, "the shard of the session is not served by this node");
        }
    }

    private void refuse(ShardClient client, String why) {
        links.task(client.loopIndex(), () -> client.onRefused(new KernelFault.Unavailable(why)));
    }

    private void attachNow(AttachRequest request, ShardClient client) {
        Tenure mine = tenure;
        LiveClient before = mine.live.get(request.key());
        if (before != null) {
            before.waiting.addLast(new Waiting(request, client));
            release(before);
            return;
        }
        follow(mine, request, client, new ArrayDeque<>(0));
    }

    /** Nobody holds the key any more: the client may have it once everything published under it before has arrived, and what is published next cannot overtake it. */
    private void follow(Tenure mine, AttachRequest request, ShardClient client, ArrayDeque<Waiting> waiting) {
        PartingMessage parting = request.parting();
        if (parting != null && !mine.feed.fits(2 * RECORD_BYTES + recordBytes(request, parting))) {
            refuse(client, "the parting message is too long");
            Waiting next = waiting.pollFirst();
            if (next != null) {
                follow(mine, next.request, next.client, waiting);
            }
            return;
        }
        ShardOutbox outbox = mine.outbox;
        OutboxEntry onTheWay =
                outbox == null ? null : outbox.newestOf(request.key().hash64());
        if (outbox == null || onTheWay == null) {
            admit(mine, request, client, waiting);
            return;
        }
        LiveClient reserved = new LiveClient(client, null);
        reserved.waiting.addAll(waiting);
        mine.live.put(request.key(), reserved);
        admitOnceArrived(mine, outbox, onTheWay, request, reserved);
        if (!waiting.isEmpty()) {
            release(reserved);
        }
    }

    private void admitOnceArrived(
            Tenure mine, ShardOutbox outbox, OutboxEntry onTheWay, AttachRequest request, LiveClient reserved) {
        onTheWay.whenDone.add(() -> {
            if (tenure != mine || mine.live.get(request.key()) != reserved) {
                return;
            }
            // One that is held back by its destination does not hold back those behind it.
            OutboxEntry older = outbox.newestOf(request.key().hash64());
            if (older != null) {
                admitOnceArrived(mine, outbox, older, request, reserved);
            } else {
                mine.live.remove(request.key());
                admit(mine, request, reserved.client, reserved.waiting);
            }
        });
    }

    private int recordBytes(AttachRequest request, @Nullable PartingMessage parting) {
        int messageBytes = parting == null ? 0 : parting.message().length();
        return RECORD_BYTES + 3 * (request.key().name().length() + incarnation.length()) + messageBytes;
    }

    private void admit(Tenure mine, AttachRequest request, ShardClient client, ArrayDeque<Waiting> waiting) {
        SessionState session = mine.state.sessionsByKey().get(request.key());
        if (session != null && (request.fresh() || isOver(mine, session))) {
            end(mine, session);
            session = null;
        }
        if (session != null
                && session.parting != null
                && (isPartingDue(mine, session) || !options.obeys(KernelRule.RETURN_CANCELS_PARTING))) {
            sendParting(mine, mine.begin(RECORD_BYTES), session);
        }
        boolean resumed = session != null;
        boolean durable = resumed || request.expiryMillis() > 0;
        PartingMessage parting = request.parting();
        if (durable || parting != null) {
            session = logAttached(mine, request, session);
        }
        LiveClient live = new LiveClient(client, session);
        live.waiting.addAll(waiting);
        mine.live.put(request.key(), live);
        SessionState attached = session;
        mine.park(new Output() {
            @Override
            public void committed() {
                List<SubscribeRequest> held = new ArrayList<>();
                if (durable && attached != null) {
                    attached.subscriptions().values().forEach(one -> held.add(one.asRequest()));
                }
                long sessionId = attached == null ? 0 : attached.id();
                links.task(client.loopIndex(), () -> client.onAttached(sessionId, mine.epoch, durable, resumed, held));
                if (durable && attached != null && mine.live.get(request.key()) == live) {
                    mine.pumps.attach(new SessionPump(
                            attached,
                            client,
                            Math.min(request.windowMax(), options.windowMax()),
                            request.messageBytesMax()));
                }
                if (!live.waiting.isEmpty()) {
                    release(live);
                }
            }

            @Override
            public void lost() {
                refuse(client, "the state of the session is being recovered");
            }
        });
    }

    /** It may be due before a timer had its turn: a takeover detaches everybody and is followed by those who waited to attach. */
    private static boolean isPartingDue(Tenure mine, SessionState session) {
        return session.detachedAtMillis + Math.min(session.partingDelayMillis, session.expiryMillis)
                <= Math.max(mine.nowMillis(), mine.feed.timeMillis());
    }

    private boolean isOver(Tenure mine, SessionState session) {
        return !session.attached
                && options.obeys(KernelRule.EXPIRE_SESSIONS)
                && session.expiryMillis != AttachRequest.NEVER_EXPIRES
                && session.detachedAtMillis + session.expiryMillis
                        <= Math.max(mine.nowMillis(), mine.feed.timeMillis());
    }

    private SessionState logAttached(Tenure mine, AttachRequest request, @Nullable SessionState session) {
        PartingMessage parting = request.parting();
        ByteBuf out = mine.begin(recordBytes(request, parting));
        int at = out.writerIndex();
        out.writeByte(RecordType.ATTACHED)
                .writeLong(session == null ? 0 : session.id())
                .writeInt(request.key().tenant());
        Texts.write(out, request.key().name());
        out.writeLong(request.expiryMillis());
        Texts.write(out, incarnation);
        if (parting == null) {
            out.writeByte(0);
        } else {
            out.writeByte(1).writeLong(parting.delayMillis());
            parting.message().writeTo(out);
        }
        long lsn = mine.record(out, at);
        return session == null ? mine.state.session(lsn) : session;
    }

    /** Asks the present attachment to go; the first that waits follows it. */
    private void release(LiveClient live) {
        if (live.releasing) {
            return;
        }
        live.releasing = true;
        Tenure mine = tenure;
        int home = links.index();
        ShardClient client = live.client;
        LoopLinks theirs = links.peer(client.loopIndex());
        links.task(
                client.loopIndex(),
                () -> client.release(
                        CloseReason.TAKEN_OVER, () -> theirs.task(home, () -> gone(mine, client, Detach.BROKEN))));
    }

    /** The client's connection ended; everything it published is resolved. */
    public void detach(ShardClient client, Detach how) {
        gone(tenure, client, how);
    }

    private void gone(Tenure mine, ShardClient client, Detach how) {
        if (tenure != mine || phase != Phase.SERVING) {
            return;
        }
        LiveClient live = mine.live.get(client.key());
        if (live == null || !live.client.equals(client)) {
            return;
        }
        guarded(() -> {
            mine.live.remove(client.key());
            SessionState session = live.session;
            if (session != null) {
                mine.pumps.detach(session);
                logDetached(mine, session, how);
            }
            Waiting next = live.waiting.pollFirst();
            if (next != null) {
                follow(mine, next.request, next.client, live.waiting);
            }
        });
    }

    private void logDetached(Tenure mine, SessionState session, Detach how) {
        ByteBuf out = mine.begin(4 * RECORD_BYTES);
        int at = out.writerIndex();
        out.writeByte(RecordType.DETACHED)
                .writeLong(session.id())
                .writeLong(session.window().next() - 1)
                .writeByte(how.suppressParting() && options.obeys(KernelRule.HEED_ORDERLY_DETACH) ? 1 : 0)
                .writeLong(how.expiryMillis());
        mine.record(out, at);
        if (session.isTransient()) {
            end(mine, session);
        } else if (session.parting != null && session.partingDelayMillis == 0) {
            sendParting(mine, mine.begin(RECORD_BYTES), session);
        }
    }

    private static void sendParting(Tenure mine, ByteBuf out, SessionState session) {
        int at = out.writerIndex();
        out.writeByte(RecordType.PARTING_SENT).writeLong(session.id());
        mine.record(out, at);
    }

    /**
     * Ends a session: its memberships are withdrawn one by one (there may be more than a log entry holds), then, in one decision, its parting message is published and the rest is
     * forgotten.
     */
    private void end(Tenure mine, SessionState session) {
        for (GroupPattern key : List.copyOf(session.subscriptions().keySet())) {
            if (!key.group().isEmpty()) {
                logUnsubscribed(mine, session, key);
            }
        }
        ByteBuf out = mine.begin(2 * RECORD_BYTES);
        if (session.parting != null) {
            sendParting(mine, out, session);
        }
        int at = out.writerIndex();
        out.writeByte(RecordType.ENDED).writeLong(session.id());
        mine.record(out, at);
        mine.pumps.detach(session);
    }

    private static void logMembership(
            Tenure mine, ByteBuf out, SessionState session, GroupPattern group, boolean join) {
        int at = out.writerIndex();
        out.writeByte(RecordType.MEMBERSHIP).writeLong(session.id()).writeByte(join ? 1 : 0);
        Texts.write(out, group.pattern());
        Texts.write(out, group.group());
        mine.record(out, at);
    }

    // ---- subscriptions
    // --------------------------------------------------------------------------------------------------

    /** Makes a subscription of a durable session; {@code reply} runs on this loop once it is committed, routed and, for a group, joined. */
    public void subscribe(long epoch, long sessionId, SubscribeRequest request, Consumer<SubscribeResult> reply) {
        SessionState found = sessionUnder(epoch, sessionId);
        if (found == null) {
            reply.accept(new SubscribeResult.Refused(new KernelFault.Unavailable("the session is being recovered")));
            return;
        }
        guarded(() -> logSubscribed(tenure, found, request, reply));
    }

    private void logSubscribed(
            Tenure mine, SessionState session, SubscribeRequest request, Consumer<SubscribeResult> reply) {
        String group = request.group() == null ? "" : request.group();
        GroupPattern key = new GroupPattern(request.pattern(), group);
        boolean looksUp = switch (request.lastValues()) {
            case SEND -> true;
            case SEND_IF_NEW -> !session.subscriptions().containsKey(key);
            case DO_NOT_SEND -> false;
        };
        ByteBuf out = mine.begin(2 * RECORD_BYTES + 6 * (request.pattern().length() + group.length()));
        int at = out.writerIndex();
        out.writeByte(RecordType.SUBSCRIBED)
                .writeLong(session.id())
                .writeLong(session.window().next() - 1);
        Texts.write(out, request.pattern());
        Texts.write(out, group);
        out.writeByte(request.guarantee().code() | (request.noLocal() ? 4 : 0) | (request.keepLastValueFlag() ? 8 : 0))
                .writeInt(request.identifier());
        mine.pumps.hold(session, mine.record(out, at));
        Runnable granted = () -> reply.accept(new SubscribeResult.Granted(request.guarantee()));
        if (!group.isEmpty()) {
            logMembership(mine, out, session, key, true);
            OutboxEntry entry = mine.state.outbox().getLast();
            entry.whenDone.add(() -> routes.change(_ -> {}, granted));
            return;
        }
        Subscription made = session.subscriptions().get(key);
        if (made != null && looksUp) {
            made.watchNames();
        }
        mine.park(() -> routes.change(_ -> {}, granted));
    }

    /** Ends a subscription of a durable session; {@code reply} hears on this loop whether it existed. */
    public void unsubscribe(long epoch, long sessionId, GroupPattern pattern, Consumer<Boolean> reply) {
        SessionState found = sessionUnder(epoch, sessionId);
        if (found == null) {
            return;
        }
        guarded(() -> {
            Tenure mine = tenure;
            boolean existed = found.subscriptions().containsKey(pattern);
            if (existed) {
                logUnsubscribed(mine, found, pattern);
            }
            mine.park(() -> reply.accept(existed));
        });
    }

    private static void logUnsubscribed(Tenure mine, SessionState session, GroupPattern pattern) {
        ByteBuf out = mine.begin(2 * RECORD_BYTES
                + 6 * (pattern.pattern().length() + pattern.group().length()));
        int at = out.writerIndex();
        out.writeByte(RecordType.UNSUBSCRIBED)
                .writeLong(session.id())
                .writeLong(session.window().next() - 1);
        Texts.write(out, pattern.pattern());
        Texts.write(out, pattern.group());
        mine.pumps.hold(session, mine.record(out, at));
        if (!pattern.group().isEmpty()) {
            logMembership(mine, out, session, pattern, false);
        }
    }

    // ---- last values
    // ----------------------------------------------------------------------------------------------------

    private static final int LOOK_UP_PORTION = 64;

    /** Lets an administrator look; the inspection tells what it found. */
    public void inspect(ShardInspection<?> inspection) {
        switch (phase) {
            case SERVING -> tenure.park(inspection.over(id.value(), tenure.state, tenure.blocks, loop));
            case TAKING_OVER, LOST, STOPPED -> inspection.unavailable(id.value());
        }
    }

    /**
     * Sends the first portion of the last values that match to the loop, each as {@link Frame#LAST_VALUE} for {@code receiver}. It waits until everything decided so far is
     * committed. More is sent when asked for, so that a receiver is never given more than it takes.
     */
    public void lookUp(String pattern, int toLoop, Object receiver, LookUp.Portion portion) {
        lookUpMore(new LookUp(pattern, toLoop, receiver, portion));
    }

    /** Sends the next portion. */
    public void lookUpMore(LookUp lookUp) {
        switch (phase) {
            case TAKING_OVER -> whenServing.add(() -> lookUpMore(lookUp));
            case SERVING -> {
                Tenure mine = tenure;
                mine.lookUps.add(lookUp);
                mine.park(() -> sendPortion(mine, lookUp));
            }
            case LOST, STOPPED -> lookUp.portion.sent(lookUp, false);
        }
    }

    private void sendPortion(Tenure mine, LookUp lookUp) {
        io.robustmq.kernel.retained.LastValues<MessageRow>.Cursor cursor = lookUp.cursor;
        if (cursor == null || lookUp.of != mine) {
            // What another tenure had found is gone with it: from the start.
            cursor = mine.state.lastValues().scan(lookUp.pattern);
            lookUp.cursor = cursor;
            lookUp.of = mine;
        }
        List<MessageRow> found = new ArrayList<>();
        BiConsumer<String, MessageRow> collector = (_, row) -> found.add(row);
        boolean more = true;
        long bytes = 0;
        for (int i = 0; more && i < LOOK_UP_PORTION && bytes < options.windowBytesMax(); i++) {
            int before = found.size();
            more = cursor.next(1, collector);
            bytes += found.size() > before ? found.getLast().length : 0;
        }
        sendLastValues(mine, found, 0, lookUp, more);
    }

    private void sendLastValues(Tenure mine, List<MessageRow> found, int from, LookUp lookUp, boolean more) {
        if (tenure != mine || phase != Phase.SERVING) {
            // A block arrived for a tenure that is over, its rows are discarded. Who asked has asked the next one, or
            // is closed.
            return;
        }
        for (int i = from; i < found.size(); i++) {
            MessageRow row = found.get(i);
            if (row.references <= 0) {
                continue;
            }
            if (row.buffer() == null && !mine.blocks.load(row)) {
                int at = i;
                mine.blocks.fetch(row, failure -> {
                    if (failure == null) {
                        sendLastValues(mine, found, at, lookUp, more);
                    } else {
                        loop.after(RETRY_NANOS, () -> sendLastValues(mine, found, at, lookUp, more));
                    }
                });
                return;
            }
            ByteBuf bytes = row.buffer();
            if (bytes != null && view.wrap(bytes, row.index()).expiresAtMillis() > loop.wallMillis()) {
                link.lastValue(lookUp.toLoop, lookUp.receiver, row);
            }
            if (row.run != MessageRow.NO_RUN) {
                row.unload();
            }
        }
        mine.lookUps.remove(lookUp);
        lookUp.portion.sent(lookUp, more);
    }

    /** Logs a looked-up last value for a durable session, unless a message of its name came in since the subscription was made. */
    public void keepFor(long epoch, long sessionId, String pattern, EncodedMessage message) {
        SessionState session = sessionUnder(epoch, sessionId);
        Subscription subscription =
                session == null ? null : session.subscriptions().get(new GroupPattern(pattern, ""));
        if (session == null || subscription == null) {
            return;
        }
        Set<String> passed = subscription.passedNames;
        if (passed == null || passed.contains(message.view().name())) {
            return;
        }
        guarded(() -> {
            Tenure mine = tenure;
            ByteBuf out = mine.begin(RECORD_BYTES + message.length());
            int at = out.writerIndex();
            out.writeByte(RecordType.KEPT_FOR_SESSION)
                    .writeLong(sessionId)
                    .writeByte(subscription.guarantee.code())
                    .writeInt(subscription.identifier);
            message.writeTo(out);
            mine.record(out, at);
        });
    }

    /** The look-up for the subscription is over. */
    public void lookUpDone(long epoch, long sessionId, String pattern) {
        SessionState session = sessionUnder(epoch, sessionId);
        Subscription subscription =
                session == null ? null : session.subscriptions().get(new GroupPattern(pattern, ""));
        if (subscription != null) {
            subscription.lookUpDone();
        }
    }

    // ---- groups
    // ---------------------------------------------------------------------------------------------------------

    /** Opens a consumer of a group's queue; {@code reply} hears on this loop its id (0 if refused) and the epoch it belongs to. */
    public void openConsumer(ShardClient client, SubscribeRequest request, ConsumerReply reply) {
        switch (phase) {
            case SERVING -> {
                long epoch = tenure.epoch;
                guarded(() -> tenure.queues.open(
                        client,
                        request,
                        (consumer, result) -> routes.change(_ -> {}, () -> reply.opened(epoch, consumer, result))));
            }
            case TAKING_OVER -> whenServing.add(() -> openConsumer(client, request, reply));
            case LOST, STOPPED ->
                reply.opened(
                        0,
                        0,
                        new SubscribeResult.Refused(
                                new KernelFault.Unavailable("the group's shard is not served by this node")));
        }
    }

    /** Ends a consumer of the tenure with this epoch; what it has unsettled goes to others. */
    public void closeConsumer(long epoch, SessionKey member, GroupPattern group, long consumer) {
        if (servesUnder(epoch)) {
            guarded(() -> tenure.queues.close(member, group, consumer));
        }
    }

    /** Hears of a consumer. */
    @FunctionalInterface
    public interface ConsumerReply {
        void opened(long epoch, long consumer, SubscribeResult result);
    }

    /** A durable session of another shard joins or leaves a group of this one; an entry of that shard's outbox. */
    void membership(
            long epoch,
            int sourceShard,
            long sourceLsn,
            OutboxEntry.Membership membership,
            Consumer<PublishOutcome> reply) {
        ShardLog open = log;
        if (phase != Phase.SERVING || open == null || epoch != open.epoch()) {
            reply.accept(PublishOutcome.UNKNOWN);
            return;
        }
        boolean decided = guarded(() -> {
            Tenure mine = tenure;
            if (sourceLsn > mine.state.lastSeen[sourceShard]) {
                mine.queues.membership(sourceShard, sourceLsn, membership);
            }
            mine.park(new Output() {
                @Override
                public void committed() {
                    reply.accept(PublishOutcome.DONE);
                }

                @Override
                public void lost() {
                    reply.accept(PublishOutcome.UNKNOWN);
                }
            });
        });
        if (!decided) {
            reply.accept(PublishOutcome.UNKNOWN);
        }
    }
}
