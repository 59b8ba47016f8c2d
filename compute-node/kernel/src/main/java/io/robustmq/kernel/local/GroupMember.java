package io.robustmq.kernel.local;

import io.robustmq.kernel.Session.GroupPattern;
import io.robustmq.kernel.SubscribeRequest;
import io.robustmq.kernel.SubscribeResult;
import java.util.Objects;
import java.util.function.Consumer;

/** The membership of one attachment in one group: a consumer of the group's queue, which lives in the group's shard. */
final class GroupMember {
    private final Attachment attachment;
    private final GroupPattern key;
    private final int shard;
    private long consumer;
    private boolean left;

    private GroupMember(Attachment attachment, GroupPattern key) {
        this.attachment = attachment;
        this.key = key;
        this.shard =
                attachment.runtime().directory().shardOfGroup(attachment.key().tenant(), key.group(), key.pattern());
    }

    /** Opens the consumer; {@code done} hears on the attachment's loop whether it is open. An earlier membership in the same group is replaced. */
    static void join(Attachment attachment, SubscribeRequest request, Consumer<SubscribeResult> done) {
        GroupPattern key = new GroupPattern(request.pattern(), Objects.requireNonNull(request.group()));
        GroupMember before = attachment.groups().remove(key);
        if (before != null) {
            before.leave();
        }
        GroupMember member = new GroupMember(attachment, key);
        attachment.groups().put(key, member);
        LoopRuntime runtime = attachment.runtime();
        int self = runtime.index();
        runtime.shardTask(
                member.shard,
                home -> home.openConsumer(
                        attachment,
                        request,
                        (id, result) -> home.links().task(self, () -> {
                            member.opened(id);
                            done.accept(result);
                        })));
    }

    private void opened(long id) {
        consumer = id;
        if (left && id != 0) {
            close();
        }
    }

    /** Ends the membership of this attachment; what it has unsettled goes back to the queue. */
    void leave() {
        left = true;
        if (consumer != 0) {
            close();
        }
    }

    private void close() {
        long id = consumer;
        consumer = 0;
        attachment.runtime().shardTask(shard, home -> home.closeConsumer(attachment.key(), key, id));
    }
}
