package io.robustmq.kernel.shard;

import io.robustmq.kernel.CloseReason;
import io.robustmq.kernel.KernelFault;
import io.robustmq.kernel.SessionKey;
import io.robustmq.kernel.SubscribeRequest;
import java.util.List;

/** An attachment as its session's shard sees it. Key and loop may be read by the shard; the other methods run on the client's own loop, as tasks of the shard. */
public interface ShardClient {
    SessionKey key();

    int loopIndex();

    /**
     * @param session id of the session's row in the shard, 0 if it has none
     * @param epoch of the shard; what the attachment asks of the shard is asked of this tenure only
     * @param durable whether subscriptions and deliveries are kept by the shard
     * @param held subscriptions in force from earlier attachments
     */
    void onAttached(long session, long epoch, boolean durable, boolean resumed, List<SubscribeRequest> held);

    void onRefused(KernelFault fault);

    /** Stop reading and writing at once; run {@code released} (on this client's loop) when everything it published is resolved. */
    void release(CloseReason reason, Runnable released);

    /** A shard that is not the session's lost what it kept for this client: stop, and detach from the session's shard as a broken connection would. */
    void stateLost();

    /** The RECEIVED step of a delivery is logged. */
    void receivedLogged(long sequence);
}
