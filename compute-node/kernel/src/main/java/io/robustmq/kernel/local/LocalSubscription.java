package io.robustmq.kernel.local;

import io.robustmq.kernel.Guarantee;
import io.robustmq.kernel.SubscribeRequest;

/** One subscription of one attachment, in the table of its loop. */
final class LocalSubscription {
    final Attachment attachment;
    final String pattern;
    Guarantee guarantee;
    boolean noLocal;
    boolean keepLastValueFlag;
    int identifier;
    /** Where it stands in {@link LocalSubscriptions}. */
    int position = -1;

    LocalSubscription(Attachment attachment, SubscribeRequest request) {
        this.attachment = attachment;
        this.pattern = request.pattern();
        this.guarantee = request.guarantee();
        change(request);
    }

    /** The request that would make it what it is. */
    SubscribeRequest asRequest() {
        return new SubscribeRequest(
                pattern,
                guarantee,
                noLocal,
                keepLastValueFlag,
                SubscribeRequest.LastValues.DO_NOT_SEND,
                identifier,
                null);
    }

    final void change(SubscribeRequest request) {
        guarantee = request.guarantee();
        noLocal = request.noLocal();
        keepLastValueFlag = request.keepLastValueFlag();
        identifier = request.identifier();
    }
}
