package io.robustmq.kernel;

import java.util.List;

/** A session as seen by the connection that is attached to it. Only on the connection's loop. After {@link #detach} or {@link SessionSink#closed} every call is ignored. */
public interface Session {

    SessionKey key();

    /**
     * Publishes. At-most-once: no answer. Otherwise {@link SessionSink#published} tells the outcome with {@code token}. Per session and name the order is kept.
     *
     * @param draft read during the call
     */
    void publish(long token, PublishDraft draft);

    /**
     * Publishes exactly once: a second call with a packet id that was not released in between publishes nothing and is answered as the first.
     * {@link SessionSink#publishedOnce} tells the outcome.
     *
     * @param packetId 1..65535
     */
    void publishOnce(int packetId, PublishDraft draft);

    /** Forgets the packet id of {@link #publishOnce}; answered by {@link SessionSink#releasedOnce}. */
    void releaseOnce(int packetId);

    void subscribe(long token, List<SubscribeRequest> requests);

    /** @param patterns as subscribed; a member of a group gives {@link GroupPattern} */
    void unsubscribe(long token, List<GroupPattern> patterns);

    /**
     * @param deliveryId as delivered; unknown or settled ones are ignored
     * <p>Frees room in the window: waiting messages may be delivered before this returns.
     *
     * @return false if the id names no unsettled delivery in a state that allows the step
     */
    boolean settle(long deliveryId, Settlement settlement);

    /**
     * Whether what this session publishes to is behind. The adapter then stops reading from the connection until {@link SessionSink#relieved}; what it hands over meanwhile is
     * still taken.
     */
    boolean pressed();

    /** Tells that the connection drains again after {@link SessionSink#deliver} returned false or its write buffer was full. */
    void drained();

    void detach(Detach how);

    /** Describes the attachment for an administrator; allocates, not for hot paths. After the end it is empty. */
    AttachmentInfo describe();

    /** A pattern and the group it is shared in, empty for a subscription of one's own. */
    record GroupPattern(String pattern, String group) {}
}
