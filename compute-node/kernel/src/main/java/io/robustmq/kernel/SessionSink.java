package io.robustmq.kernel;

import java.util.List;

/**
 * What the kernel tells a connection. Implemented by adapters; called on the connection's loop, never from within a call into the kernel except where said. After {@link Session#detach} nothing is called any more.
 */
public interface SessionSink {

    /** The session is attached: deliveries may follow at once. {@code resumed}: state of an earlier attachment is in force (MQTT session present). */
    void attached(Session session, boolean resumed);

    /** Attaching was refused; nothing else will come. */
    void refused(KernelFault fault);

    /**
     * A message. Write it to the connection's buffer or drop it; everything in {@code delivery} is valid during the call only.
     *
     * @return false if an at-most-once message was dropped because the connection does not drain; true otherwise. Others are bounded by the window and are always taken
     */
    boolean deliver(Delivery delivery);

    /** Whether an at-most-once message would be taken now. While false nothing is sent that can wait; {@link Session#drained} ends the waiting. */
    boolean writable();

    /**
     * The RECEIVED step of an exactly-once delivery is logged: send what releases it (MQTT PUBREL). Also called after a resume for each delivery found in that state, in order
     * with {@link #deliver}. Possibly called before {@link Session#settle} returns.
     */
    void receivedLogged(long deliveryId);

    /** Outcome of a {@link Session#publish} of at-least-once or more; in any order, and possibly before that call returns. */
    void published(long token, PublishOutcome outcome);

    /** Outcome of a {@link Session#publishOnce}; possibly before that call returns. After {@link PublishOutcome#OVERLOADED} the packet id is free again. */
    void publishedOnce(int packetId, PublishOutcome outcome);

    /** Outcome of {@link Session#releaseOnce}: the publisher may be told that it is complete (MQTT PUBCOMP). Possibly called before that call returns. */
    void releasedOnce(int packetId, boolean known);

    /** Answer to {@link Session#subscribe}, one result per request. */
    void subscribed(long token, List<SubscribeResult> results);

    /** Answer to {@link Session#unsubscribe}: per pattern whether a subscription existed; empty if the shard could not take it and the connection should close. */
    void unsubscribed(long token, List<Boolean> existed);

    /** The attachment is over; stop reading, close the connection. No {@link Session#detach} is needed. */
    void closed(CloseReason reason);

    /** After {@link Session#pressed} said true: reading may go on. */
    void relieved();
}
