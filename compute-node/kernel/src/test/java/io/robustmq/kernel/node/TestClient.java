package io.robustmq.kernel.node;

import io.netty.buffer.Unpooled;
import io.robustmq.kernel.CloseReason;
import io.robustmq.kernel.Delivery;
import io.robustmq.kernel.Guarantee;
import io.robustmq.kernel.KernelFault;
import io.robustmq.kernel.KernelLoop;
import io.robustmq.kernel.PublishDraft;
import io.robustmq.kernel.PublishOutcome;
import io.robustmq.kernel.Session;
import io.robustmq.kernel.SessionSink;
import io.robustmq.kernel.Settlement;
import io.robustmq.kernel.SubscribeRequest;
import io.robustmq.kernel.SubscribeRequest.LastValues;
import io.robustmq.kernel.SubscribeResult;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A connection without a protocol: notes everything, settles when told or at once. */
final class TestClient implements SessionSink {
    private final KernelLoop door;
    final String name;
    final List<String> got = new ArrayList<>();
    final List<Long> ids = new ArrayList<>();
    /** Subscription identifiers of each delivery. */
    final List<List<Integer>> identifiers = new ArrayList<>();

    final List<String> events = new ArrayList<>();
    final List<List<SubscribeResult>> subscribed = new ArrayList<>();

    @Nullable Session session;

    boolean settlesAtOnce = true;
    boolean takes = true;
    boolean attached;
    boolean resumed;

    @Nullable CloseReason closed;

    private long token;

    TestClient(KernelLoop door, String name) {
        this.door = door;
        this.name = name;
    }

    Session session() {
        Session present = session;
        if (present == null) {
            throw new AssertionError(name + " is not attached");
        }
        return present;
    }

    void publish(String topic, String payload, Guarantee guarantee) {
        publish(topic, payload, guarantee, false);
    }

    void publish(String topic, String payload, Guarantee guarantee, boolean lastValue) {
        session().publish(++token, draft(topic, payload, guarantee).lastValue(lastValue));
    }

    PublishDraft draft(String topic, String payload, Guarantee guarantee) {
        byte[] bytes = payload.getBytes(StandardCharsets.UTF_8);
        return new PublishDraft()
                .begin(door.intern(topic), guarantee)
                .payload(Unpooled.wrappedBuffer(bytes), 0, bytes.length);
    }

    void subscribe(String pattern, Guarantee guarantee) {
        subscribe(new SubscribeRequest(pattern, guarantee, false, false, LastValues.SEND, 0, null));
    }

    void subscribe(SubscribeRequest request) {
        session().subscribe(++token, List.of(request));
    }

    void join(String group, String pattern) {
        subscribe(
                new SubscribeRequest(pattern, Guarantee.AT_LEAST_ONCE, false, false, LastValues.DO_NOT_SEND, 0, group));
    }

    @Override
    public void attached(Session given, boolean present) {
        attached = true;
        resumed = present;
    }

    @Override
    public void refused(KernelFault fault) {
        events.add("refused " + fault.reason());
    }

    @Override
    public boolean deliver(Delivery delivery) {
        String payload = delivery.message()
                .buffer()
                .toString(
                        delivery.message().payloadIndex(), delivery.message().payloadLength(), StandardCharsets.UTF_8);
        got.add(payload + (delivery.redelivered() ? " again" : "") + (delivery.lastValue() ? " kept" : ""));
        ids.add(delivery.id());
        List<Integer> under = new ArrayList<>();
        for (int i = 0; i < delivery.identifierCount(); i++) {
            under.add(delivery.identifier(i));
        }
        identifiers.add(under);
        if (settlesAtOnce && delivery.id() != 0) {
            session()
                    .settle(
                            delivery.id(),
                            delivery.guarantee() == Guarantee.EXACTLY_ONCE ? Settlement.RECEIVED : Settlement.ACCEPTED);
        }
        return true;
    }

    @Override
    public boolean writable() {
        return takes;
    }

    @Override
    public void receivedLogged(long deliveryId) {
        events.add("received " + deliveryId);
        if (settlesAtOnce) {
            session().settle(deliveryId, Settlement.COMPLETED);
        }
    }

    @Override
    public void published(long answered, PublishOutcome outcome) {
        events.add("published " + answered + " " + outcome);
    }

    @Override
    public void publishedOnce(int packetId, PublishOutcome outcome) {
        events.add("once " + packetId + " " + outcome);
    }

    @Override
    public void releasedOnce(int packetId, boolean known) {
        events.add("released " + packetId + " " + known);
    }

    @Override
    public void subscribed(long answered, List<SubscribeResult> results) {
        subscribed.add(results);
    }

    @Override
    public void unsubscribed(long answered, List<Boolean> existed) {
        events.add("unsubscribed " + existed);
    }

    @Override
    public void closed(CloseReason reason) {
        closed = reason;
    }

    @Override
    public void relieved() {
        events.add("relieved");
    }
}
