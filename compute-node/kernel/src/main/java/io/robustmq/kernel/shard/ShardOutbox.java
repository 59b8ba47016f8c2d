package io.robustmq.kernel.shard;

import io.netty.buffer.ByteBuf;
import io.robustmq.kernel.Guarantee;
import io.robustmq.kernel.MessageView;
import io.robustmq.kernel.PublishOutcome;
import io.robustmq.kernel.link.Frame;
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
 */
final class ShardOutbox {
    /** What the outbox needs of its shard. */
    interface Host {
        long committedLsn();

        /** Logs that every entry up to this one has arrived. */
        void arrived(long entryLsn);

        void wake();
    }

    private static final long RETRY_NANOS = 20_000_000L;

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
            if (epochs[i] == 0 || epochs[i] != directory.epoch(i)) {
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
            if (!epochsHold()) {
                retryLater();
                return;
            }
            goBack = false;
            unsent = new ArrayDeque<>(state.outbox());
            sent.clear();
        }
        OutboxEntry entry;
        while (!goBack && (entry = unsent.peekFirst()) != null && entry.lsn <= host.committedLsn()) {
            if (!inMemory(entry)) {
                return;
            }
            unsent.removeFirst();
            send(entry);
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
        ByteBuf bytes = row.buffer();
        if (bytes == null) {
            throw new IllegalStateException("message " + row.lsn + " is not in memory");
        }
        view.wrap(bytes, row.index());
        String name = view.name();
        RouteMatch match = routes.match(name);
        boolean logged = view.guarantee() != Guarantee.AT_MOST_ONCE;
        int keeper = view.lastValue()
                ? directory.shardOfName(NameCache.hash(bytes, view.nameIndex(), view.nameLength()))
                : -1;
        if (!again) {
            for (long left = match.loops(); left != 0; left &= left - 1) {
                link.message(Long.numberOfTrailingZeros(left), row);
            }
        }
        Answer answer = new Answer(entry);
        int[] shards = logged ? match.shards() : match.queueShards();
        for (int to : shards) {
            if (logged) {
                int flags = Frame.FORWARDED | Frame.DELIVER | (to == keeper ? Frame.KEEP : 0);
                forward(entry, row, to, flags, answer);
            } else if (!again) {
                link.forward(directory.loopOf(to), to, epochs[to], Frame.QUEUES_UNLOGGED, entry.lsn, null, row);
            }
            if (logged && to == keeper) {
                keeper = -1;
            }
        }
        if (keeper >= 0) {
            forward(entry, row, keeper, Frame.FORWARDED | Frame.KEEP, answer);
        }
    }

    private void forward(OutboxEntry entry, MessageRow row, int to, int flags, Answer answer) {
        entry.open++;
        openAnswers++;
        link.forward(directory.loopOf(to), to, epochs[to], flags, entry.lsn, answer, row);
    }

    private void membership(OutboxEntry entry, OutboxEntry.Membership membership) {
        int to = directory.shardOfGroup(membership.member().tenant(), membership.group(), membership.pattern());
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
        long through = -1;
        int done = 0;
        for (OutboxEntry entry : sent) {
            if (entry.open != 0) {
                break;
            }
            through = entry.lsn;
            done++;
        }
        if (done == 0) {
            return;
        }
        List<OutboxEntry> finished = List.copyOf(sent.subList(0, done));
        sent.subList(0, done).clear();
        host.arrived(through);
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
