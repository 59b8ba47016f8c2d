package io.robustmq.kernel.testkit.platform;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.robustmq.kernel.AttachRequest;
import io.robustmq.kernel.CloseReason;
import io.robustmq.kernel.Delivery;
import io.robustmq.kernel.Detach;
import io.robustmq.kernel.EncodedMessage;
import io.robustmq.kernel.Guarantee;
import io.robustmq.kernel.KernelFault;
import io.robustmq.kernel.KernelLoop;
import io.robustmq.kernel.MessageView;
import io.robustmq.kernel.PartingMessage;
import io.robustmq.kernel.PublishDraft;
import io.robustmq.kernel.PublishOutcome;
import io.robustmq.kernel.Session;
import io.robustmq.kernel.SessionKey;
import io.robustmq.kernel.SessionSink;
import io.robustmq.kernel.Settlement;
import io.robustmq.kernel.SubscribeRequest;
import io.robustmq.kernel.SubscribeResult;
import io.robustmq.kernel.testkit.Invariant;
import io.robustmq.kernel.testkit.SimNode;
import io.robustmq.kernel.testkit.SimWorld;
import io.robustmq.kernel.testkit.schedule.SimLoop;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One connection between a client and a node, and the adapter at the node's end: what a protocol server does, without the bytes. Both directions keep their order; when it
 * breaks, what is under way is gone, and the two ends learn of it at different times.
 */
final class ClientConnection {
    /** Messages under way to a reader at which the node's end counts as full. */
    private static final int UNREAD_MAX = 64;

    /** By how much two nodes may differ about the time, and a little. */
    static final long CLOCKS_APART_NANOS = 1_200_000_000L;

    private final SimWorld world;
    private final VirtualClient client;
    private final SimNode node;
    private final KernelLoop door;
    private final SimLoop loop;
    private final int number;
    private final AdapterEnd adapter = new AdapterEnd();
    private boolean broken;
    private boolean lostOnTheWay;
    private int unread;
    private long leftInOrderAt = -1;
    private long eraAtEnd;

    ClientConnection(SimWorld world, VirtualClient client, SimNode node, KernelLoop door, SimLoop loop, int number) {
        this.world = world;
        this.client = client;
        this.node = node;
        this.door = door;
        this.loop = loop;
        this.number = number;
    }

    int number() {
        return number;
    }

    SimNode node() {
        return node;
    }

    boolean broken() {
        return broken;
    }

    long era() {
        return client.eraOf(node);
    }

    /** Whether the node's end still believes in the connection. */
    boolean liveAtNode() {
        return adapter.live();
    }

    /**
     * When the node took the orderly end, if nothing the node knew since then was lost: its shards are in the same hands; -1 if that is not certain.
     */
    long certainlyLeftInOrderAt() {
        return leftInOrderAt >= 0 && eraAtEnd >= 0 && eraAtEnd == client.eraOf(node) ? leftInOrderAt : -1;
    }

    // ---- the client's end

    /** @param parting published if the connection ends badly, so long after its end; null for none */
    void connect(AttachRequest request, @Nullable SentMessage parting, long delayMillis) {
        toNode(end -> end.attach(request, parting, delayMillis));
    }

    void publish(int packetId, SentMessage message) {
        toNode(end -> end.publish(packetId, message));
    }

    void release(int packetId) {
        toNode(end -> end.session().releaseOnce(packetId));
    }

    void settle(long deliveryId, Settlement settlement) {
        toNode(end -> end.settle(deliveryId, settlement));
    }

    void subscribe(long token, SubscribeRequest request) {
        toNode(end -> {
            if (request.group() != null) {
                end.changeMembership(token);
            }
            end.session().subscribe(token, List.of(request));
        });
    }

    void unsubscribe(long token, String pattern, String group) {
        toNode(end -> {
            if (!group.isEmpty()) {
                end.changeMembership(0);
            }
            end.session().unsubscribe(token, List.of(new Session.GroupPattern(pattern, group)));
        });
    }

    /** Ends the connection in good order. */
    void disconnect() {
        toNode(end -> {
            leftInOrderAt = world.scheduler().now();
            eraAtEnd = client.eraOf(node);
            end.leave(new Detach(true, Detach.KEEP_EXPIRY));
        });
        broken = true;
    }

    /** Breaks it: the client knows at once, the node after a while. */
    void sever(boolean loseWhatIsOnTheWay, long noticedAfterNanos) {
        if (broken) {
            return;
        }
        broken = true;
        lostOnTheWay = loseWhatIsOnTheWay;
        world.scheduler().after(noticedAfterNanos, () -> {
            if (node.process().alive()) {
                loop.execute(() -> adapter.leave(Detach.BROKEN));
            }
        });
    }

    private void toNode(Consumer<AdapterEnd> action) {
        if (!broken) {
            world.network().stream(
                    client.process().endpoint(),
                    node.process(),
                    () -> loop.execute(() -> {
                        if (!lostOnTheWay && adapter.open()) {
                            action.accept(adapter);
                        }
                    }));
        }
    }

    private void toClient(Runnable action) {
        unread++;
        world.network().stream(node.process().endpoint(), client.process(), () -> {
            if (--unread == UNREAD_MAX / 2) {
                toNode(AdapterEnd::drained);
            }
            if (!broken) {
                action.run();
            }
        });
    }

    // ---- the node's end

    private enum Stage {
        IDLE,
        ATTACHING,
        ATTACHED,
        OVER
    }

    private final class AdapterEnd implements SessionSink {
        private final PublishDraft draft = new PublishDraft();
        private final Map<Long, Integer> packetIds = new HashMap<>();
        /** Unsettled deliveries of a group. */
        private final Map<Long, SentMessage> shared = new HashMap<>();

        private boolean isMember;
        private long joining;

        private Stage stage = Stage.IDLE;
        private @Nullable Session session;

        boolean live() {
            return stage == Stage.ATTACHED && node.process().alive();
        }

        boolean open() {
            return stage != Stage.OVER;
        }

        Session session() {
            Session present = session;
            if (present == null) {
                throw new IllegalStateException("the client did not wait to be attached");
            }
            return present;
        }

        void attach(AttachRequest request, @Nullable SentMessage message, long delayMillis) {
            stage = Stage.ATTACHING;
            session = door.attach(message == null ? request : withParting(request, message, delayMillis), this);
        }

        void publish(int packetId, SentMessage message) {
            ByteBuf payload = client.payloadOf(message);
            draft.begin(door.intern(message.topic), message.guarantee)
                    .lastValue(message.lastValue)
                    .payload(payload, 0, payload.readableBytes());
            if (message.lifetimeNanos > 0) {
                message.handedOverAt = world.scheduler().now();
                draft.expiresAtMillis(loop.wallMillis() + message.lifetimeNanos / 1_000_000);
            }
            switch (message.guarantee) {
                case AT_MOST_ONCE -> session().publish(0, draft);
                case AT_LEAST_ONCE -> session().publish(packetId, draft);
                case EXACTLY_ONCE -> session().publishOnce(packetId, draft);
            }
            payload.release();
        }

        void settle(long deliveryId, Settlement settlement) {
            if (settlement != Settlement.RECEIVED) {
                packetIds.remove(deliveryId);
                letGo(deliveryId);
            }
            session().settle(deliveryId, settlement);
        }

        private void letGo(long deliveryId) {
            SentMessage message = shared.remove(deliveryId);
            if (message != null) {
                client.letGo(message, ClientConnection.this);
            }
        }

        /**
         * Its membership ends, or another takes its place: what it holds, or is still sent by the old one until the answer, may go to others.
         *
         * @param token of the request that makes it a member again; 0 for none
         */
        void changeMembership(long token) {
            isMember = false;
            joining = token;
            List.copyOf(shared.keySet()).forEach(this::letGo);
        }

        void drained() {
            if (stage == Stage.ATTACHED) {
                session().drained();
            }
        }

        void leave(Detach how) {
            if (stage == Stage.ATTACHING || stage == Stage.ATTACHED) {
                stage = Stage.OVER;
                session().detach(how);
            }
            stage = Stage.OVER;
        }

        private void hangUp() {
            stage = Stage.OVER;
            toClient(client::hungUp);
        }

        private boolean unexpected(String what) {
            if (stage == Stage.ATTACHED) {
                return false;
            }
            world.judge()
                    .broken(
                            Invariant.ONE_CLIENT,
                            client.name() + " connection " + number + " was told " + what + " while " + stage);
            return true;
        }

        @Override
        public void attached(Session given, boolean resumed) {
            if (stage != Stage.ATTACHING) {
                unexpected("attached");
                return;
            }
            stage = Stage.ATTACHED;
            client.attachedAtNode(ClientConnection.this);
            toClient(() -> client.connected(resumed));
        }

        @Override
        public void refused(KernelFault fault) {
            if (stage == Stage.ATTACHING) {
                hangUp();
            } else {
                unexpected("refused");
            }
        }

        @Override
        public boolean writable() {
            return unread <= UNREAD_MAX;
        }

        @Override
        public boolean deliver(Delivery delivery) {
            if (unexpected("a delivery")) {
                return true;
            }
            if (delivery.guarantee() == Guarantee.AT_MOST_ONCE && !writable()) {
                return false;
            }
            MessageView view = delivery.message();
            long messageNumber =
                    view.payloadLength() >= Long.BYTES ? view.buffer().getLong(view.payloadIndex()) : 0;
            String topic = view.name();
            long id = delivery.id();
            int packetId = 0;
            if (delivery.guarantee() != Guarantee.AT_MOST_ONCE) {
                packetId = packetIdOf(id);
                Integer before = packetIds.putIfAbsent(id, packetId);
                if (before != null) {
                    world.judge()
                            .broken(
                                    Invariant.PACKET_IDS,
                                    client.name() + " got delivery " + id + " twice on connection " + number);
                }
            }
            int wireId = packetId;
            Guarantee guarantee = delivery.guarantee();
            boolean again = delivery.redelivered();
            boolean lookedUp = delivery.lastValue();
            SentMessage message = client.messageOf(messageNumber);
            if (message != null) {
                checkLifetime(message, again);
                if (id >= Delivery.QUEUE && isMember) {
                    shared.put(id, message);
                    client.hold(message, ClientConnection.this);
                }
            }
            toClient(() -> client.received(id, wireId, messageNumber, topic, guarantee, again, lookedUp));
            return true;
        }

        /** The clocks of two nodes may be a second apart, and what a node decided before it stood still may leave when it goes on. */
        private void checkLifetime(SentMessage message, boolean again) {
            long now = world.scheduler().now();
            long resumedAt = node.process().resumedAt();
            if (message.lifetimeNanos > 0
                    && !again
                    && now > message.handedOverAt + message.lifetimeNanos + CLOCKS_APART_NANOS
                    && (resumedAt < 0 || now - resumedAt > CLOCKS_APART_NANOS)) {
                world.judge()
                        .broken(
                                Invariant.COUNTS,
                                client.name() + " was sent " + message + " when it had expired for "
                                        + (now - message.handedOverAt - message.lifetimeNanos) / 1_000_000 + " ms");
            }
        }

        private int packetIdOf(long id) {
            return id >= Delivery.QUEUE
                    ? Delivery.SEQUENCE_MODULUS + 1 + (int) (id - Delivery.QUEUE)
                    : 1 + (int) ((id - 1) % Delivery.SEQUENCE_MODULUS);
        }

        @Override
        public void receivedLogged(long deliveryId) {
            if (!unexpected("a logged receipt")) {
                int packetId = packetIdOf(deliveryId);
                packetIds.put(deliveryId, packetId);
                toClient(() -> client.releaseReceived(deliveryId, packetId));
            }
        }

        @Override
        public void published(long token, PublishOutcome outcome) {
            if (unexpected("an outcome")) {
                return;
            }
            switch (outcome) {
                case DONE, NO_ROUTE -> toClient(() -> client.acknowledged((int) token));
                case OVERLOADED -> toClient(() -> client.publishRefused((int) token));
                case UNKNOWN -> {
                    leave(Detach.BROKEN);
                    hangUp();
                }
            }
        }

        @Override
        public void publishedOnce(int packetId, PublishOutcome outcome) {
            if (unexpected("an exactly-once outcome")) {
                return;
            }
            switch (outcome) {
                case DONE, NO_ROUTE -> toClient(() -> client.takenOnce(packetId));
                case OVERLOADED -> toClient(() -> client.publishRefused(packetId));
                case UNKNOWN -> {
                    leave(Detach.BROKEN);
                    hangUp();
                }
            }
        }

        @Override
        public void releasedOnce(int packetId, boolean known) {
            if (!unexpected("a release")) {
                toClient(() -> client.completed(packetId));
            }
        }

        @Override
        public void subscribed(long token, List<SubscribeResult> results) {
            isMember |= token == joining;
            if (!unexpected("an answer to subscribe")) {
                toClient(() -> client.subscribed(token, results.getFirst()));
            }
        }

        @Override
        public void unsubscribed(long token, List<Boolean> existed) {
            if (unexpected("an answer to unsubscribe")) {
                return;
            }
            if (existed.isEmpty()) {
                leave(Detach.BROKEN);
                hangUp();
            } else {
                toClient(() -> client.unsubscribed(token));
            }
        }

        @Override
        public void closed(CloseReason reason) {
            if (stage == Stage.ATTACHING || !unexpected("the end: " + reason)) {
                hangUp();
            }
        }

        @Override
        public void relieved() {
            unexpected("relief");
        }
    }

    private AttachRequest withParting(AttachRequest request, SentMessage message, long delayMillis) {
        ByteBuf payload = client.payloadOf(message);
        PublishDraft draft = new PublishDraft()
                .begin(door.intern(message.topic), message.guarantee)
                .payload(payload, 0, payload.readableBytes());
        EncodedMessage encoded = EncodedMessage.of(draft, new SessionKey(0, client.name()).hash64(), loop.wallMillis());
        payload.release();
        return new AttachRequest(
                request.key(),
                request.fresh(),
                request.expiryMillis(),
                request.windowMax(),
                request.messageBytesMax(),
                new PartingMessage(encoded, delayMillis));
    }

    static ByteBuf buffer(int bytes) {
        return Unpooled.buffer(bytes);
    }
}
