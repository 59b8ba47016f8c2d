package io.robustmq.kernel.local;

import io.robustmq.kernel.Delivery;
import io.robustmq.kernel.KernelFault;
import io.robustmq.kernel.Session.GroupPattern;
import io.robustmq.kernel.SubscribeRequest;
import io.robustmq.kernel.SubscribeRequest.LastValues;
import io.robustmq.kernel.SubscribeResult;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One subscribe call on its way: the loop's table and the route first, then the session's shard if it is durable, then the answer, then the kept last values. Whoever sends a
 * publish after the answer was received reaches the subscription.
 */
final class SubscribeFlow {
    private final Attachment attachment;
    private final long token;
    private final List<SubscribeRequest> requests;
    private final @Nullable SubscribeResult[] results;
    private final List<LocalSubscription> wantLastValues = new ArrayList<>();
    private int open;

    SubscribeFlow(Attachment attachment, long token, List<SubscribeRequest> requests) {
        this.attachment = attachment;
        this.token = token;
        this.requests = requests;
        this.results = new @Nullable SubscribeResult[requests.size()];
    }

    void start() {
        open = 1;
        for (int i = 0; i < requests.size(); i++) {
            SubscribeRequest request = requests.get(i);
            int at = i;
            if (request.group() != null) {
                open++;
                subscribeGroup(request, at);
                continue;
            }
            LocalSubscription known = attachment.subscriptions().get(request.pattern());
            if (known == null && full()) {
                results[at] = new SubscribeResult.Refused(new KernelFault.LimitReached("subscriptionsMax"));
                continue;
            }
            open++;
            boolean isNew = known == null;
            LocalSubscription subscription = known == null ? new LocalSubscription(attachment, request) : known;
            if (request.lastValues() == LastValues.SEND || (request.lastValues() == LastValues.SEND_IF_NEW && isNew)) {
                wantLastValues.add(subscription);
            }
            if (known == null) {
                attachment.subscriptions().put(request.pattern(), subscription);
                attachment.runtime().addLocal(subscription, () -> routed(request, at));
            } else {
                // Replaced in place: nothing is lost while the options change (MQTT-3.8.4-4).
                known.change(request);
                attachment.runtime().confirmRoutes(() -> routed(request, at));
            }
        }
        done();
    }

    private boolean full() {
        return attachment.subscriptions().size() + attachment.groups().size()
                >= attachment.runtime().options().subscriptionsMax();
    }

    private void subscribeGroup(SubscribeRequest request, int at) {
        String group = Objects.requireNonNull(request.group());
        boolean isNew = !attachment.groups().containsKey(new GroupPattern(request.pattern(), group));
        if (isNew && full()) {
            finish(at, new SubscribeResult.Refused(new KernelFault.LimitReached("subscriptionsMax")));
            return;
        }
        if (isNew && !creditIsLeft()) {
            finish(at, new SubscribeResult.Refused(new KernelFault.LimitReached("queueCredit")));
            return;
        }
        GroupMember member = GroupMember.enter(attachment, request);
        if (!attachment.isDurable()) {
            member.open(request, joined -> finish(at, joined));
            return;
        }
        // The session's shard tells the group's shard first, so that the membership outlives this connection.
        inSessionShard(request, result -> {
            if (result instanceof SubscribeResult.Granted && attachment.isLive()) {
                member.open(request, joined -> finish(at, joined));
            } else {
                finish(at, result);
            }
        });
    }

    /** Whether there are slots for what one more group may send. */
    private boolean creditIsLeft() {
        long groups = attachment.groups().size() + 1L;
        return groups * attachment.runtime().options().queueCredit() <= Delivery.QUEUE_SLOTS;
    }

    private void routed(SubscribeRequest request, int at) {
        if (attachment.isDurable()) {
            inSessionShard(request, result -> finish(at, result));
        } else {
            finish(at, new SubscribeResult.Granted(request.guarantee()));
        }
    }

    private void inSessionShard(SubscribeRequest request, Consumer<SubscribeResult> reply) {
        LoopRuntime runtime = attachment.runtime();
        int self = runtime.index();
        long session = attachment.sessionId();
        long epoch = attachment.epoch();
        runtime.shardTask(
                attachment.sessionShard(),
                home -> home.subscribe(
                        epoch, session, request, result -> home.links().task(self, () -> reply.accept(result))));
    }

    private void finish(int at, SubscribeResult result) {
        results[at] = result;
        if (result instanceof SubscribeResult.Refused && requests.get(at).group() == null) {
            LocalSubscription subscription =
                    attachment.subscriptions().remove(requests.get(at).pattern());
            if (subscription != null) {
                attachment.runtime().removeLocal(subscription);
                wantLastValues.remove(subscription);
            }
        }
        done();
    }

    private void done() {
        if (--open > 0 || !attachment.isLive()) {
            return;
        }
        List<SubscribeResult> answer = new ArrayList<>(results.length);
        for (SubscribeResult result : results) {
            if (result == null) {
                throw new IllegalStateException("a request was left unanswered");
            }
            answer.add(result);
        }
        attachment.sink().subscribed(token, List.copyOf(answer));
        for (LocalSubscription subscription : wantLastValues) {
            if (attachment.isLive()) {
                new LastValueLookup(attachment, subscription).start();
            }
        }
    }
}
