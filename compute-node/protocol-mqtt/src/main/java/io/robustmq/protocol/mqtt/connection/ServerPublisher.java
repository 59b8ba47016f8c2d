package io.robustmq.protocol.mqtt.connection;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.robustmq.kernel.AttachRequest;
import io.robustmq.kernel.CloseReason;
import io.robustmq.kernel.Delivery;
import io.robustmq.kernel.Guarantee;
import io.robustmq.kernel.KernelFault;
import io.robustmq.kernel.KernelLoop;
import io.robustmq.kernel.PublishDraft;
import io.robustmq.kernel.PublishOutcome;
import io.robustmq.kernel.Session;
import io.robustmq.kernel.SessionKey;
import io.robustmq.kernel.SessionSink;
import io.robustmq.kernel.SubscribeResult;
import io.robustmq.protocol.mqtt.codec.Property;
import io.robustmq.protocol.mqtt.codec.QualityOfService;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Publishes for the server itself: a kernel session without a connection, under a key that no client can have. It attaches when it is first needed and again when its attachment was
 * lost. Order is kept per topic.
 *
 * <p>{@link #publish} on any thread, all else on the loop it was made for.
 */
public final class ServerPublisher {
    /** Messages that may wait for their outcome; further ones are refused. */
    public static final int WAITING_MAX = 4_096;

    /** Clients have tenant 0 and above. */
    private static final int SERVER = -1;

    private static final int WINDOW = 1;
    private static final long ABSENT = -1;

    private final KernelLoop kernel;
    private final SessionKey key;
    private final AtomicInteger waiting = new AtomicInteger();
    private final PublishDraft draft = new PublishDraft();
    private final ByteBuf headers = Unpooled.buffer();
    private final ArrayDeque<Order> beforeAttached = new ArrayDeque<>();
    private final Map<Long, Order> unanswered = new HashMap<>();
    private @Nullable Attached attached;
    private boolean attaching;
    private long tokens;

    private record Order(ServerMessage message, CompletableFuture<PublishOutcome> outcome) {}

    /**
     * @param kernel the kernel as seen from a loop
     * @param name tells publishers of one server apart, each has its own order
     */
    public ServerPublisher(KernelLoop kernel, String name) {
        this.kernel = kernel;
        this.key = new SessionKey(SERVER, name);
    }

    /**
     * Publishes.
     *
     * @return what became of it, told on the loop; {@link PublishOutcome#OVERLOADED} also if {@link #WAITING_MAX} wait, and {@link PublishOutcome#UNKNOWN} if the shard that was
     *     to answer began anew
     */
    public CompletionStage<PublishOutcome> publish(ServerMessage message) {
        if (waiting.incrementAndGet() > WAITING_MAX) {
            waiting.decrementAndGet();
            return CompletableFuture.completedFuture(PublishOutcome.OVERLOADED);
        }
        Order order = new Order(message, new CompletableFuture<>());
        kernel.loop().execute(() -> take(order));
        return order.outcome;
    }

    /** Messages that wait for their outcome. Any thread. */
    public int waiting() {
        return waiting.get();
    }

    private void take(Order order) {
        Attached present = attached;
        if (present != null) {
            send(present.session, order);
            return;
        }
        beforeAttached.add(order);
        if (!attaching) {
            attaching = true;
            Attached next = new Attached();
            next.session = kernel.attach(new AttachRequest(key, true, 0, WINDOW, Long.MAX_VALUE, null), next);
        }
    }

    private void send(@Nullable Session session, Order order) {
        if (session == null) {
            throw new IllegalStateException("attached without a session");
        }
        ServerMessage message = order.message;
        Guarantee guarantee = Guarantee.of(message.qos().value());
        draft.begin(kernel.intern(message.topic()), guarantee).lastValue(message.retain());
        long expirySeconds = message.properties().number(Property.MESSAGE_EXPIRY_INTERVAL, ABSENT);
        if (expirySeconds != ABSENT) {
            draft.expiresAtMillis(kernel.loop().wallMillis() + expirySeconds * 1_000);
        }
        headers.clear();
        HeaderTranslation.toHeaders(message.properties(), headers);
        draft.headers(headers, 0, headers.readableBytes());
        ByteBuf payload = Unpooled.wrappedBuffer(message.payload().toByteArray());
        draft.payload(payload, 0, payload.readableBytes());
        if (message.qos() == QualityOfService.AT_MOST_ONCE) {
            session.publish(0, draft);
            answer(order, PublishOutcome.DONE);
            return;
        }
        long token = ++tokens;
        unanswered.put(token, order);
        session.publish(token, draft);
    }

    private void answer(Order order, PublishOutcome outcome) {
        waiting.decrementAndGet();
        order.outcome.complete(outcome);
    }

    /** What the kernel tells of one attachment. */
    private final class Attached implements SessionSink {
        private @Nullable Session session;

        @Override
        public void attached(Session established, boolean resumed) {
            attaching = false;
            attached = this;
            session = established;
            Order next;
            while ((next = beforeAttached.poll()) != null) {
                send(established, next);
            }
        }

        @Override
        public void refused(KernelFault fault) {
            attaching = false;
            Order next;
            while ((next = beforeAttached.poll()) != null) {
                answer(next, PublishOutcome.OVERLOADED);
            }
        }

        @Override
        public void published(long token, PublishOutcome outcome) {
            Order order = unanswered.remove(token);
            if (order != null) {
                answer(order, outcome);
            }
        }

        @Override
        public void closed(CloseReason reason) {
            if (attached == this) {
                attached = null;
            }
            List<Order> lost = List.copyOf(unanswered.values());
            unanswered.clear();
            lost.forEach(order -> answer(order, PublishOutcome.UNKNOWN));
        }

        @Override
        public boolean deliver(Delivery delivery) {
            throw unasked();
        }

        @Override
        public boolean writable() {
            return true;
        }

        @Override
        public void receivedLogged(long deliveryId) {
            throw unasked();
        }

        @Override
        public void publishedOnce(int packetId, PublishOutcome outcome) {
            throw unasked();
        }

        @Override
        public void releasedOnce(int packetId, boolean known) {
            throw unasked();
        }

        @Override
        public void subscribed(long token, List<SubscribeResult> results) {
            throw unasked();
        }

        @Override
        public void unsubscribed(long token, List<Boolean> existed) {
            throw unasked();
        }

        @Override
        public void relieved() {
            // It never asks whether it is pressed: WAITING_MAX bounds what it hands over.
        }

        private IllegalStateException unasked() {
            return new IllegalStateException("a session that only publishes was told something else");
        }
    }
}
