package io.robustmq.kernel.local;

import io.robustmq.kernel.Session.GroupPattern;
import io.robustmq.kernel.SubscribeRequest;
import io.robustmq.kernel.SubscribeResult;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The membership of one attachment in one group: a consumer of the group's queue, which lives in the group's shard. */
final class GroupMember {
    private final Attachment attachment;
    private final GroupPattern key;
    private final SubscribeRequest request;
    private final int shard;
    private long epoch;
    private long consumer;
    private boolean left;
    /** The membership that this one replaces, until it is open. */
    private @Nullable GroupMember before;

    private GroupMember(Attachment attachment, GroupPattern key, SubscribeRequest request) {
        this.attachment = attachment;
        this.request = request;
        this.key = key;
        this.shard =
                attachment.runtime().directory().shardOfGroup(attachment.key().tenant(), key.group(), key.pattern());
    }

    /** Notes the membership; {@link #open} makes it, unless it was left by then. */
    static GroupMember enter(Attachment attachment, SubscribeRequest request) {
        GroupPattern key = new GroupPattern(request.pattern(), Objects.requireNonNull(request.group()));
        GroupMember member = new GroupMember(attachment, key, request);
        member.before = attachment.groups().put(key, member);
        return member;
    }

    /** What made it a member. */
    SubscribeRequest request() {
        return request;
    }

    /**
     * Opens the consumer; {@code done} hears on the attachment's loop whether it is open. An earlier membership in the same group ends behind it: the queue is never without a
     * member in between.
     */
    void open(SubscribeRequest request, Consumer<SubscribeResult> done) {
        if (left) {
            done.accept(new SubscribeResult.Granted(request.guarantee()));
            return;
        }
        LoopRuntime runtime = attachment.runtime();
        int self = runtime.index();
        runtime.shardTask(
                shard,
                home -> home.openConsumer(
                        attachment,
                        request,
                        (under, id, result) -> home.links().task(self, () -> {
                            opened(under, id);
                            done.accept(result);
                        })));
        leaveBefore();
    }

    private void leaveBefore() {
        GroupMember replaced = before;
        if (replaced != null) {
            before = null;
            replaced.leave();
        }
    }

    private void opened(long under, long id) {
        epoch = under;
        consumer = id;
        if (left && id != 0) {
            close();
        }
    }

    /** Ends the membership of this attachment; what it has unsettled goes back to the queue. */
    void leave() {
        left = true;
        leaveBefore();
        if (consumer != 0) {
            close();
        }
    }

    private void close() {
        long id = consumer;
        long under = epoch;
        consumer = 0;
        attachment.leftGroup(shard, id);
        attachment.runtime().shardTask(shard, home -> home.closeConsumer(under, attachment.key(), key, id));
    }
}
