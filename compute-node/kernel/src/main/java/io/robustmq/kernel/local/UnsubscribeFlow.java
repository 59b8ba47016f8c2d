package io.robustmq.kernel.local;

import io.robustmq.kernel.Session.GroupPattern;
import java.util.List;

/** One unsubscribe call on its way. */
final class UnsubscribeFlow {
    private final Attachment attachment;
    private final long token;
    private final List<GroupPattern> patterns;
    private final Boolean[] existed;
    private int open;

    UnsubscribeFlow(Attachment attachment, long token, List<GroupPattern> patterns) {
        this.attachment = attachment;
        this.token = token;
        this.patterns = patterns;
        this.existed = new Boolean[patterns.size()];
    }

    void start() {
        open = 1;
        for (int i = 0; i < patterns.size(); i++) {
            GroupPattern pattern = patterns.get(i);
            boolean known;
            if (pattern.group().isEmpty()) {
                LocalSubscription subscription = attachment.subscriptions().remove(pattern.pattern());
                known = subscription != null;
                if (subscription != null) {
                    attachment.runtime().removeLocal(subscription);
                    attachment.lookups().removeIf(lookup -> lookup.isFor(subscription));
                }
            } else {
                GroupMember member = attachment.groups().remove(pattern);
                known = member != null;
                if (member != null) {
                    member.leave();
                }
            }
            existed[i] = known;
            if (attachment.isDurable()) {
                open++;
                int at = i;
                if (pattern.group().isEmpty()) {
                    // The way of a subscription, so that it cannot overtake one that was asked for before.
                    attachment.runtime().confirmRoutes(() -> inSessionShard(pattern, at));
                } else {
                    inSessionShard(pattern, at);
                }
            }
        }
        done();
    }

    private void inSessionShard(GroupPattern pattern, int at) {
        LoopRuntime runtime = attachment.runtime();
        int self = runtime.index();
        long session = attachment.sessionId();
        long epoch = attachment.epoch();
        runtime.shardTask(
                attachment.sessionShard(),
                home -> home.unsubscribe(
                        epoch,
                        session,
                        pattern,
                        found -> home.links().task(self, () -> {
                            existed[at] = existed[at] || found;
                            done();
                        })));
    }

    private void done() {
        if (--open > 0 || !attachment.isLive()) {
            return;
        }
        attachment.sink().unsubscribed(token, List.of(existed));
    }
}
