package io.robustmq.kernel.inspect;

import io.robustmq.kernel.SessionKey;
import io.robustmq.kernel.SubscribeRequest;
import java.util.List;

/**
 * A session that is kept in the log, as its shard had it at one moment.
 *
 * @param key which session
 * @param shard where it is kept
 * @param attached whether a connection is attached to it
 * @param detachedAtMillis when the last attachment ended, ms since the epoch; 0 while attached or if there was none
 * @param expiryMillis how long it outlives its attachment; {@link io.robustmq.kernel.AttachRequest#NEVER_EXPIRES} for ever
 * @param pendingMessages messages that it still needs
 * @param inFlightMessages from the oldest that was sent and is not settled to the newest that was sent
 * @param hasParting whether a parting message waits for its end
 * @param subscriptions what it is subscribed to, with the group where one is shared
 */
public record SessionInfo(
        SessionKey key,
        int shard,
        boolean attached,
        long detachedAtMillis,
        long expiryMillis,
        int pendingMessages,
        int inFlightMessages,
        boolean hasParting,
        List<SubscribeRequest> subscriptions) {
    public SessionInfo {
        subscriptions = List.copyOf(subscriptions);
    }
}
