package io.robustmq.kernel;

import java.util.List;

/**
 * An attachment at one moment.
 *
 * @param durable whether the session outlives the attachment
 * @param unsettled deliveries that the receiver has not settled
 * @param waiting messages that wait in memory for room in the window; what waits in the log is not counted
 * @param subscriptions of the session, with the group where one is shared
 */
public record AttachmentInfo(boolean durable, int unsettled, int waiting, List<SubscribeRequest> subscriptions) {
    public AttachmentInfo {
        subscriptions = List.copyOf(subscriptions);
    }
}
