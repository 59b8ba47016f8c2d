package io.robustmq.kernel.shard;

import io.netty.buffer.ByteBuf;
import io.robustmq.kernel.Guarantee;
import io.robustmq.kernel.MessageView;
import io.robustmq.kernel.PublishOutcome;
import io.robustmq.kernel.link.Frame;
import io.robustmq.kernel.link.LoopLinks;
import io.robustmq.kernel.link.PublishOrigin;
import io.robustmq.kernel.link.ShardDirectory;
import io.robustmq.kernel.route.NameCache;
import io.robustmq.kernel.route.RouteMatch;
import io.robustmq.kernel.route.RouteTable;
import io.robustmq.kernel.session.MessageRow;
import io.robustmq.storage.Loop;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Forwards the committed entries of a shard's outbox, in order, and exactly once: a destination remembers the newest entry it applied from this shard. If anything fails or a
 * destination changes its epoch, nothing more is sent until all answers are in; then everything unresolved is sent again from the oldest on (go-back-N).
 *
 * <p>A shard that is not served is left out: the entry is withheld from it, goes to its other destinations, and those behind it go on. When the shard is served its epoch changes,
 * so everything unresolved, the withheld first among it, is sent again. Each destination so gets what is for it in order, and knows what it has seen.
 */
final class ShardOutbox {
    /** What the outbox needs of its shard. */
    interface Host {
        long committedLsn();

        /** Logs that every entry up to this one has arrived. */
        void arrived(long entryLsn);

        /** Logs that this entry has arrived, and perhaps not all before it. */
        void arrivedAhead(long entryLsn);

        void wake();
    }

    private static final long RETRY_NANOS = 20_000_000L;
    /** How often it looks whether a shard that something is withheld from is served again. */
    private static final long LOOK_NANOS = 200_000_000L;

    private final int shard;
    private final ShardState state;
    private final ShardLink link;
    private final ShardDirectory directory;
    private final RouteTable routes;
    private final Shard[] peers;
    private final RunBlocks blocks;
    private final Host host;
    private final MessageView view = new MessageView();
    private final long[] epochs;
    private final List<OutboxEntry> sent = new ArrayList<>();
    private ArrayDeque<OutboxEntry> unsent = new ArrayDeque<>();
    private int openAnswers;
    private boolean goBack;
    private boolean waiting;
    /** Entries since the last time everything was sent again that are withheld from somebody. */
    private int withheld;

    private boolean looking;
    /** The entry whose last value is on its way to its keeper; those behind it wait. */
    private @Nullable OutboxEntry keeping;

    ShardOutbox(
            int shard,
            ShardState state,
            ShardLink link,
            ShardDirectory directory,
            RouteTable routes,
            Shard[] peers,
            RunBlocks blocks,
            Host host) {
        this.shard = shard;
        this.state = state;
        this.link = link;
        this.directory = directory;
        this.routes = routes;
        this.peers = peers;
        this.blocks = blocks;
        this.host = host;
        this.epochs = new long[directory.shards()];
        this.unsent = new ArrayDeque<>(state.outbox());
        readEpochs();
    }

    private void readEpochs() {
        for (int i = 0; i < epochs.length; i++) {
            epochs[i] = directory.epoch(i);
        }
    }

    private boolean epochsHold() {
        for (int i = 0; i < epochs.length; i++) {
            if (epochs[i] != directory.epoch(i)) {
                return false;
            }
        }
        return true;
    }

    /** Sends what is committed and not sent. */
    void run() {
        if (!goBack) {
            settleArrived();
        }
        if (state.outbox().isEmpty() || waiting) {
            return;
        }
        if (goBack || !epochsHold()) {
            goBack = true;
            if (openAnswers > 0) {
                return;
            }
            readEpochs();
            goBack = false;
            unsent = new ArrayDeque<>(state.outbox());
            unsent.forEach(entry -> entry.kept = false);
            sent.clear();
            keeping = null;
            withheld = 0;
        }
        sendCommitted();
        if (withheld > 0) {
            lookAgain();
        }
    }

    private void sendCommitted() {
        OutboxEntry entry;
        while (!goBack && (entry = unsent.peekFirst()) != null && entry.lsn <= host.committedLsn()) {
            if (!inMemory(entry) || !keepFirst(entry)) {
                return;
            }
            unsent.removeFirst();
            send(entry);
        }
    }

    /**
     * A last value goes to its keeper before anybody else: a subscription that comes too late for the message finds the value. True once it is there, or if there is none.
     */
    private boolean keepFirst(OutboxEntry entry) {
        MessageRow row = entry.message;
        if (row == null || entry.kept) {
            return true;
        }
        int keeper = keeperOf(row);
        if (keeper < 0 || directory.lost(keeper)) {
            return true;
        }
        if (epochs[keeper] == 0) {
            // It will serve soon. Whoever looks the value up there by then must find it, or meet the message.
            lookAgain();
            return false;
        }
        if (keeping == null) {
            keeping = entry;
            openAnswers++;
            int flags = Frame.FORWARDED | Frame.KEEP | (row.guaranteeCode == 0 ? 0 : Frame.DELIVER);
            link.forward(
                    directory.loopOf(keeper), keeper, epochs[keeper], flags, entry.lsn, new KeptAnswer(entry), row);
        }
        return false;
    }

    private int keeperOf(MessageRow row) {
        ByteBuf bytes = row.buffer();
        if (bytes == null) {
            throw new IllegalStateException("message " + row.lsn + " is not in memory");
        }
        view.wrap(bytes, row.index());
        return view.lastValue()
                ? directory.shardOfName(NameCache.hash(bytes, view.nameIndex(), view.nameLength()))
                : -1;
    }

    /** The keeper's answer. */
    private final class KeptAnswer implements PublishOrigin {
        private final OutboxEntry entry;

        KeptAnswer(OutboxEntry entry) {
            this.entry = entry;
        }

        @Override
        public int loopIndex() {
            return link.links().index();
        }

        @Override
        public void published(long token, PublishOutcome outcome) {
            openAnswers--;
            keeping = null;
            entry.kept = outcome == PublishOutcome.DONE;
            goBack |= !entry.kept;
            if (openAnswers == 0 && goBack) {
                retryLater();
            } else {
                host.wake();
            }
        }
    }

    /** A new entry; it is sent once committed. */
    void add(OutboxEntry entry) {
        unsent.addLast(entry);
        host.wake();
    }

    private void retryLater() {
        waiting = true;
        Loop loop = link.links().loop();
        loop.after(RETRY_NANOS, () -> {
            waiting = false;
            host.wake();
        });
    }

    private void lookAgain() {
        if (!looking) {
            looking = true;
            link.links().loop().after(LOOK_NANOS, () -> {
                looking = false;
                host.wake();
            });
        }
    }

    private void withhold(OutboxEntry entry) {
        entry.open++;
        entry.withheld++;
        withheld++;
    }

    private boolean inMemory(OutboxEntry entry) {
        MessageRow row = entry.message;
        if (row == null || row.buffer() != null || blocks.load(row)) {
            return true;
        }
        waiting = true;
        blocks.fetch(row, failure -> {
            waiting = false;
            if (failure == null) {
                host.wake();
            } else {
                retryLater();
            }
        });
        return false;
    }

    private void send(OutboxEntry entry) {
        MessageRow row = entry.message;
        boolean again = entry.open >= 0;
        entry.open = 1;
        entry.withheld = 0;
        openAnswers++;
        sent.add(entry);
        if (row != null) {
            message(entry, row, again);
        }
        OutboxEntry.Membership membership = entry.membership;
        if (membership != null) {
            membership(entry, membership);
        }
        answered(entry, PublishOutcome.DONE);
    }

    private void message(OutboxEntry entry, MessageRow row, boolean again) {
        int keeper = keeperOf(row);
        RouteMatch match = routes.match(view.name());
        boolean logged = view.guarantee() != Guarantee.AT_MOST_ONCE;
        for (long left = match.loops(); left != 0; left &= left - 1) {
            toLoop(entry, row, Long.numberOfTrailingZeros(left));
        }
        if (keeper >= 0 && !entry.kept) {
            withhold(entry);
        }
        for (int i = 0; logged && i < epochs.length; i++) {
            if (epochs[i] == 0 && !directory.routed(i)) {
                withhold(entry); // nobody knows yet whether it is for that shard
            }
        }
        Answer answer = new Answer(entry);
        int[] shards = logged ? match.shards() : match.queueShards();
        for (int to : shards) {
            // The keeper has it already, with what it delivers itself.
            if (logged && to != keeper && epochs[to] == 0) {
                withhold(entry);
            } else if (logged && to != keeper) {
                forward(entry, row, to, Frame.FORWARDED | Frame.DELIVER, answer);
            } else if (!logged && !again) {
                link.forward(directory.loopOf(to), to, epochs[to], Frame.QUEUES_UNLOGGED, entry.lsn, null, row);
            }
        }
    }

    /** Hands it to the subscribers of a loop, which says when it has it: what the publisher sends next may come another way. */
    private void toLoop(OutboxEntry entry, MessageRow row, int loop) {
        entry.open++;
        openAnswers++;
        link.message(loop, entry.lsn, row);
        LoopLinks theirs = link.links().peer(loop);
        int self = link.links().index();
        link.links().task(loop, () -> theirs.task(self, () -> answered(entry, PublishOutcome.DONE)));
    }

    private void forward(OutboxEntry entry, MessageRow row, int to, int flags, Answer answer) {
        entry.open++;
        openAnswers++;
        link.forward(directory.loopOf(to), to, epochs[to], flags, entry.lsn, answer, row);
    }

    private void membership(OutboxEntry entry, OutboxEntry.Membership membership) {
        int to = directory.shardOfGroup(membership.member().tenant(), membership.group(), membership.pattern());
        if (epochs[to] == 0) {
            withhold(entry);
            return;
        }
        entry.open++;
        openAnswers++;
        Shard target = peers[to];
        long epoch = epochs[to];
        int self = link.links().index();
        int source = shard;
        link.links()
                .task(
                        directory.loopOf(to),
                        () -> target.membership(
                                epoch,
                                source,
                                entry.lsn,
                                membership,
                                outcome -> target.links().task(self, () -> answered(entry, outcome))));
    }

    /** One answer to one entry; the generation of its sending is known by the entry being in {@link #sent}. */
    private final class Answer implements PublishOrigin {
        private final OutboxEntry entry;

        Answer(OutboxEntry entry) {
            this.entry = entry;
        }

        @Override
        public int loopIndex() {
            return link.links().index();
        }

        @Override
        public void published(long token, PublishOutcome outcome) {
            answered(entry, outcome);
        }
    }

    private void answered(OutboxEntry entry, PublishOutcome outcome) {
        openAnswers--;
        entry.open--;
        if (outcome == PublishOutcome.UNKNOWN || outcome == PublishOutcome.OVERLOADED) {
            goBack = true;
        }
        if (openAnswers == 0 && goBack) {
            retryLater();
        } else {
            // What has arrived is logged at the end of the tick, with all that the tick brings.
            host.wake();
        }
    }

    private void settleArrived() {
        List<OutboxEntry> finished = new ArrayList<>(0);
        int passed = 0;
        for (OutboxEntry entry : sent) {
            if (entry.open == 0) {
                finished.add(entry);
            } else if (entry.open != entry.withheld) {
                break;
            }
            // Else nobody is left to answer: it stays in the outbox until everything is sent again.
            passed++;
        }
        sent.subList(0, passed).clear();
        if (finished.isEmpty()) {
            return;
        }
        int inOrder = 0;
        for (OutboxEntry oldest : state.outbox()) {
            if (inOrder == finished.size() || oldest != finished.get(inOrder)) {
                break;
            }
            inOrder++;
        }
        if (inOrder > 0) {
            host.arrived(finished.get(inOrder - 1).lsn);
        }
        for (int i = inOrder; i < finished.size(); i++) {
            host.arrivedAhead(finished.get(i).lsn);
        }
        for (OutboxEntry entry : finished) {
            entry.whenDone.forEach(Runnable::run);
        }
    }

    /** The newest entry in this publisher's name that has not arrived, or null. */
    @Nullable OutboxEntry newestOf(long publisher) {
        OutboxEntry newest = null;
        for (OutboxEntry entry : state.outbox()) {
            if (entry.publisher == publisher && entry.message != null) {
                newest = entry;
            }
        }
        return newest;
    }
}
