package io.robustmq.benchmarks.kernel.shard;

import io.robustmq.kernel.CloseReason;
import io.robustmq.kernel.Delivery;
import io.robustmq.kernel.Guarantee;
import io.robustmq.kernel.KernelFault;
import io.robustmq.kernel.PublishOutcome;
import io.robustmq.kernel.Session;
import io.robustmq.kernel.SessionSink;
import io.robustmq.kernel.Settlement;
import io.robustmq.kernel.SubscribeResult;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A connection that settles what it gets at once and counts. */
final class Echo implements SessionSink {
    @Nullable Session session;

    long delivered;
    long answered;

    Session session() {
        Session present = session;
        if (present == null) {
            throw new IllegalStateException("not attached");
        }
        return present;
    }

    @Override
    public void attached(Session given, boolean resumed) {
        session = given;
    }

    @Override
    public void refused(KernelFault fault) {
        throw new IllegalStateException(fault.reason());
    }

    @Override
    public boolean deliver(Delivery delivery) {
        delivered++;
        if (delivery.guarantee() == Guarantee.AT_LEAST_ONCE) {
            session().settle(delivery.id(), Settlement.ACCEPTED);
        } else if (delivery.guarantee() == Guarantee.EXACTLY_ONCE) {
            session().settle(delivery.id(), Settlement.RECEIVED);
        }
        return true;
    }

    @Override
    public boolean writable() {
        return true;
    }

    @Override
    public void receivedLogged(long deliveryId) {
        session().settle(deliveryId, Settlement.COMPLETED);
    }

    @Override
    public void published(long token, PublishOutcome outcome) {
        answered++;
    }

    @Override
    public void publishedOnce(int packetId, PublishOutcome outcome) {
        answered++;
        session().releaseOnce(packetId);
    }

    @Override
    public void releasedOnce(int packetId, boolean known) {}

    @Override
    public void subscribed(long token, List<SubscribeResult> results) {}

    @Override
    public void unsubscribed(long token, List<Boolean> existed) {}

    @Override
    public void closed(CloseReason reason) {}

    @Override
    public void relieved() {}
}
