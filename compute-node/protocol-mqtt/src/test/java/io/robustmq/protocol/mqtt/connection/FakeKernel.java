package io.robustmq.protocol.mqtt.connection;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.robustmq.kernel.AttachRequest;
import io.robustmq.kernel.AttachmentInfo;
import io.robustmq.kernel.Delivery;
import io.robustmq.kernel.Detach;
import io.robustmq.kernel.Guarantee;
import io.robustmq.kernel.KernelLoop;
import io.robustmq.kernel.MessageView;
import io.robustmq.kernel.Name;
import io.robustmq.kernel.PublishDraft;
import io.robustmq.kernel.PublishOutcome;
import io.robustmq.kernel.Session;
import io.robustmq.kernel.SessionKey;
import io.robustmq.kernel.SessionSink;
import io.robustmq.kernel.Settlement;
import io.robustmq.kernel.SubscribeRequest;
import io.robustmq.storage.Loop;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A kernel that writes down what it is asked and says what the test tells it to say. */
final class FakeKernel implements KernelLoop {
    final FakeLoop loop = new FakeLoop();
    final List<Attachment> attachments = new ArrayList<>();
    private final Map<String, Name> names = new HashMap<>();

    /** The attachment asked for last. */
    Attachment last() {
        return attachments.getLast();
    }

    @Override
    public Loop loop() {
        return loop;
    }

    @Override
    public @Nullable Name known(ByteBuf buffer, int index, int length) {
        return names.get(buffer.toString(index, length, StandardCharsets.UTF_8));
    }

    @Override
    public Name intern(ByteBuf buffer, int index, int length) {
        return intern(buffer.toString(index, length, StandardCharsets.UTF_8));
    }

    @Override
    public Name intern(String text) {
        return names.computeIfAbsent(text, FakeName::new);
    }

    @Override
    public Session attach(AttachRequest request, SessionSink sink) {
        Attachment attachment = new Attachment(request, sink);
        attachments.add(attachment);
        return attachment;
    }

    /** A name of the fake. */
    static final class FakeName extends Name {
        FakeName(String text) {
            super(text.getBytes(StandardCharsets.UTF_8), text.hashCode());
        }
    }

    /** A publish as the kernel saw it. */
    record Published(
            long token,
            String name,
            Guarantee guarantee,
            boolean lastValue,
            long expiresAtMillis,
            String headersHex,
            String payload) {}

    /** A settlement as the kernel saw it. */
    record Settled(long deliveryId, Settlement settlement) {}

    /** A request with its token. */
    record Asked<T>(long token, List<T> what) {}

    /** One attachment: what was asked of it. */
    static final class Attachment implements Session {
        final AttachRequest request;
        final SessionSink sink;
        final List<Published> published = new ArrayList<>();
        final List<Published> publishedOnce = new ArrayList<>();
        final List<Integer> released = new ArrayList<>();
        final List<Asked<SubscribeRequest>> subscribes = new ArrayList<>();
        final List<Asked<GroupPattern>> unsubscribes = new ArrayList<>();
        final List<Settled> settled = new ArrayList<>();
        final Set<Long> unsettled = new HashSet<>();
        final List<Detach> detached = new ArrayList<>();
        boolean pressed;
        boolean answerAtOnce;
        int drained;

        Attachment(AttachRequest request, SessionSink sink) {
            this.request = request;
            this.sink = sink;
        }

        void attached(boolean resumed) {
            sink.attached(this, resumed);
        }

        /** Delivers a message and, unless it is at most once, waits for its settlement. */
        boolean deliver(long id, Guarantee guarantee, PublishDraft draft, boolean redelivered, int... identifiers) {
            ByteBuf encoded = Unpooled.buffer();
            draft.encode(encoded, 0, 1);
            Delivery delivery = new Delivery().begin(id, guarantee, draft.isLastValue(), redelivered);
            delivery.message().wrap(encoded, 0);
            for (int identifier : identifiers) {
                delivery.addIdentifier(identifier);
            }
            if (guarantee != Guarantee.AT_MOST_ONCE) {
                unsettled.add(id);
            }
            return sink.deliver(delivery);
        }

        @Override
        public SessionKey key() {
            return request.key();
        }

        @Override
        public void publish(long token, PublishDraft draft) {
            published.add(read(token, draft));
            if (answerAtOnce && draft.guarantee() != Guarantee.AT_MOST_ONCE) {
                sink.published(token, PublishOutcome.DONE);
            }
        }

        @Override
        public void publishOnce(int packetId, PublishDraft draft) {
            publishedOnce.add(read(packetId, draft));
            if (answerAtOnce) {
                sink.publishedOnce(packetId, PublishOutcome.DONE);
            }
        }

        @Override
        public void releaseOnce(int packetId) {
            released.add(packetId);
        }

        @Override
        public void subscribe(long token, List<SubscribeRequest> requests) {
            subscribes.add(new Asked<>(token, List.copyOf(requests)));
        }

        @Override
        public void unsubscribe(long token, List<GroupPattern> patterns) {
            unsubscribes.add(new Asked<>(token, List.copyOf(patterns)));
        }

        @Override
        public boolean settle(long deliveryId, Settlement settlement) {
            settled.add(new Settled(deliveryId, settlement));
            return settlement == Settlement.RECEIVED ? unsettled.contains(deliveryId) : unsettled.remove(deliveryId);
        }

        @Override
        public boolean pressed() {
            return pressed;
        }

        @Override
        public void drained() {
            drained++;
        }

        @Override
        public void detach(Detach how) {
            detached.add(how);
        }

        @Override
        public AttachmentInfo describe() {
            return new AttachmentInfo(
                    request.expiryMillis() > 0,
                    unsettled.size(),
                    0,
                    subscribes.stream().flatMap(one -> one.what().stream()).toList());
        }

        private static Published read(long token, PublishDraft draft) {
            ByteBuf encoded = Unpooled.buffer();
            draft.encode(encoded, 0, 0);
            return read(token, new MessageView().wrap(encoded, 0));
        }

        static Published read(long token, MessageView view) {
            return new Published(
                    token,
                    view.name(),
                    view.guarantee(),
                    view.lastValue(),
                    view.expiresAtMillis(),
                    ByteBufUtil.hexDump(view.buffer(), view.headersIndex(), view.headersLength()),
                    view.buffer().toString(view.payloadIndex(), view.payloadLength(), StandardCharsets.UTF_8));
        }
    }
}
