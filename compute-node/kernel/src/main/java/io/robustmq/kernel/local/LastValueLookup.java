package io.robustmq.kernel.local;

import io.netty.buffer.ByteBuf;
import io.robustmq.kernel.MessageView;
import io.robustmq.kernel.link.LoopLinks;
import io.robustmq.kernel.link.ShardDirectory;
import io.robustmq.kernel.route.RouteTable;
import io.robustmq.kernel.shard.LookUp;
import io.robustmq.kernel.shard.Shard;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Reads the kept last values for a subscription that was just made. Every loop sends a marker to every shard that is asked, behind the publishes it matched before it knew the
 * route; a shard reads when all markers are in. So a value published before the route was known is in the shard's answer, and one published after it comes as a message.
 * Values of names that the subscription met as a message meanwhile are older than what it has and are dropped.
 */
public final class LastValueLookup {
    private final Attachment attachment;
    private final LocalSubscription subscription;
    private final Set<String> passed = new HashSet<>();
    private final List<Runnable> waiting = new ArrayList<>();
    private int openShards;

    LastValueLookup(Attachment attachment, LocalSubscription subscription) {
        this.attachment = attachment;
        this.subscription = subscription;
    }

    boolean isFor(LocalSubscription other) {
        return subscription == other;
    }

    /** A message is being delivered: a kept value of its name would be a step back. */
    void passed(MessageView message) {
        passed.add(message.name());
    }

    void start() {
        attachment.lookups().add(this);
        LoopRuntime runtime = attachment.runtime();
        ShardDirectory directory = runtime.directory();
        String pattern = subscription.pattern;
        int first = 0;
        int last = directory.shards() - 1;
        if (RouteTable.isExact(pattern)) {
            first = directory.shardOfName(runtime.intern(pattern).nameHash());
            last = first;
        }
        openShards = last - first + 1;
        LoopLinks links = runtime.links();
        int loops = links.loops();
        int from = first;
        int to = last;
        for (int shard = from; shard <= to; shard++) {
            Marker marker = new Marker(loops);
            int asked = shard;
            for (int loop = 0; loop < loops; loop++) {
                LoopLinks through = links.peer(loop);
                links.task(
                        loop,
                        () -> through.task(
                                directory.loopOf(asked),
                                () -> runtime.withShard(asked, home -> marker.arrived(home, this))));
            }
        }
    }

    /** Counts the markers of all loops at one shard; touched only there. */
    private static final class Marker {
        private int missing;

        Marker(int loops) {
            missing = loops;
        }

        void arrived(Shard home, LastValueLookup lookup) {
            if (--missing == 0) {
                int toLoop = lookup.attachment.loopIndex();
                home.lookUp(
                        lookup.subscription.pattern,
                        toLoop,
                        lookup,
                        (portion, more) -> home.links().task(toLoop, () -> lookup.sent(home, portion, more)));
            }
        }
    }

    /** One value; on the attachment's loop. */
    void found(ByteBuf buffer, int index) {
        if (!isWanted()) {
            return;
        }
        MessageView message = new MessageView().wrap(buffer, index);
        // A shard that starts anew looks from the start.
        if (passed.add(message.name())) {
            attachment.deliverLastValue(subscription, buffer, index);
        }
    }

    private boolean isWanted() {
        return attachment.isLive() && attachment.lookups().contains(this);
    }

    private void sent(Shard home, LookUp portion, boolean more) {
        if (!isWanted()) {
            return;
        }
        if (!more) {
            shardDone();
        } else if (attachment.takesMore()) {
            askForMore(home, portion);
        } else {
            waiting.add(() -> askForMore(home, portion));
        }
    }

    private void askForMore(Shard home, LookUp portion) {
        int to = home.links().index();
        attachment.runtime().links().task(to, () -> home.lookUpMore(portion));
    }

    /** The receiver takes more again. */
    void resume() {
        List<Runnable> due = List.copyOf(waiting);
        waiting.clear();
        due.forEach(Runnable::run);
    }

    private void shardDone() {
        if (--openShards == 0) {
            attachment.lookups().remove(this);
            if (attachment.isDurable()) {
                long session = attachment.sessionId();
                long epoch = attachment.epoch();
                String pattern = subscription.pattern;
                attachment
                        .runtime()
                        .shardTask(attachment.sessionShard(), home -> home.lookUpDone(epoch, session, pattern));
            }
        }
    }
}
