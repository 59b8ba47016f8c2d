package io.robustmq.kernel.session;

import io.robustmq.kernel.Guarantee;
import io.robustmq.kernel.SubscribeRequest;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** One subscription of a durable session. */
public final class Subscription {
    public final SessionState session;
    public final String pattern;
    /** The group it is shared in; then it has no stream, the group's queue delivers. */
    public final @Nullable String group;

    /** Null for a group, and while the guarantee is at-most-once: then nothing is kept for it. */
    public @Nullable FilterStream stream;

    public Guarantee guarantee;
    public boolean noLocal;
    public boolean keepLastValueFlag;
    public int identifier;
    /** References up to here are not its own. */
    public long startLsn;
    /** What the session published itself up to here does not count: it came in while {@link #noLocal} was set. */
    public long ownFromLsn;
    /** Position in the stream of the next reference to look at. */
    public long position;
    /** Whether the merge of the session has it, and under which LSN. */
    boolean filed;

    long filedLsn;
    /** Where it stands among the subscribers of its stream. */
    int slot = -1;
    /** Names met since the oldest look-up of its kept last values began, as long as one is under way; memory only. */
    public @Nullable Set<String> passedNames;

    private int lookUps;

    public Subscription(SessionState session, SubscribeRequest request, long startLsn) {
        this.session = session;
        this.pattern = request.pattern();
        this.group = request.group();
        this.guarantee = request.guarantee();
        this.startLsn = startLsn;
        change(request);
    }

    public final void change(SubscribeRequest request) {
        guarantee = request.guarantee();
        noLocal = request.noLocal();
        keepLastValueFlag = request.keepLastValueFlag();
        identifier = request.identifier();
    }

    /** The request that would make it what it is. */
    public SubscribeRequest asRequest() {
        return new SubscribeRequest(
                pattern,
                guarantee,
                noLocal,
                keepLastValueFlag,
                SubscribeRequest.LastValues.DO_NOT_SEND,
                identifier,
                group);
    }

    /** Starts noting the names of messages for a look-up of last values; several may be under way at once. */
    public void watchNames() {
        if (passedNames == null) {
            passedNames = new HashSet<>();
        }
        lookUps++;
    }

    /** One look-up is over. */
    public void lookUpDone() {
        if (lookUps > 0 && --lookUps == 0) {
            passedNames = null;
        }
    }

    /** Whoever looked up is gone; what is still on its way from there finds nobody. */
    public void forgetLookUps() {
        lookUps = 0;
        passedNames = null;
    }

    /** The next reference of its stream to look at; {@link Long#MAX_VALUE} if there is none. */
    long nextLsn() {
        FilterStream from = stream;
        if (from == null) {
            return Long.MAX_VALUE;
        }
        if (position < from.firstPosition()) {
            position = from.firstPosition();
        }
        return position < from.endPosition() ? from.lsnAt(position) : Long.MAX_VALUE;
    }

    /** Whether this subscription wants the message, which matches its pattern. */
    public boolean counts(MessageRow row) {
        return row.lsn > startLsn && (row.publisher != session.publisher() || (!noLocal && row.lsn > ownFromLsn));
    }
}
