package io.robustmq.protocol.mqtt.connection;

import io.robustmq.kernel.AttachRequest;
import io.robustmq.kernel.CloseReason;
import io.robustmq.kernel.Delivery;
import io.robustmq.kernel.Detach;
import io.robustmq.kernel.KernelFault;
import io.robustmq.kernel.KernelLoop;
import io.robustmq.kernel.PublishOutcome;
import io.robustmq.kernel.Session;
import io.robustmq.kernel.SessionKey;
import io.robustmq.kernel.SessionSink;
import io.robustmq.kernel.SubscribeResult;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Ends a session for an administrator, the way a client does that connects with a clean start and leaves: whoever is attached is told that the session was taken over, its will is
 * published, and what waited for it is forgotten. Loop only.
 */
final class SessionEnding implements SessionSink {
    private final CompletableFuture<@Nullable String> done = new CompletableFuture<>();

    private SessionEnding() {}

    /** @return null when it is over, else why it cannot be ended now; told on the loop */
    static CompletionStage<@Nullable String> begin(KernelLoop kernel, SessionKey key) {
        SessionEnding ending = new SessionEnding();
        Session unattached = kernel.attach(new AttachRequest(key, true, 0, 1, Long.MAX_VALUE, null), ending);
        if (!unattached.key().equals(key)) {
            throw new IllegalStateException("attaching to " + unattached.key() + " instead of " + key);
        }
        return ending.done;
    }

    @Override
    public void attached(Session session, boolean resumed) {
        session.detach(Detach.BROKEN);
        done.complete(null);
    }

    @Override
    public void refused(KernelFault fault) {
        done.complete(fault.reason());
    }

    @Override
    public void closed(CloseReason reason) {
        done.complete("the session was " + reason);
    }

    @Override
    public boolean deliver(Delivery delivery) {
        return true;
    }

    @Override
    public boolean writable() {
        return true;
    }

    @Override
    public void receivedLogged(long deliveryId) {
        // Only of what was delivered, and a fresh session has nothing.
    }

    @Override
    public void published(long token, PublishOutcome outcome) {
        // Nothing is published.
    }

    @Override
    public void publishedOnce(int packetId, PublishOutcome outcome) {
        // Nothing is published.
    }

    @Override
    public void releasedOnce(int packetId, boolean known) {
        // Nothing is published.
    }

    @Override
    public void subscribed(long token, List<SubscribeResult> results) {
        // Nothing is subscribed to.
    }

    @Override
    public void unsubscribed(long token, List<Boolean> existed) {
        // Nothing is subscribed to.
    }

    @Override
    public void relieved() {
        // Nothing is published.
    }
}
