package io.robustmq.protocol.mqtt.connection;

import io.netty.buffer.ByteBuf;
import io.robustmq.kernel.Guarantee;
import io.robustmq.kernel.Name;
import io.robustmq.kernel.PublishDraft;
import io.robustmq.kernel.PublishOutcome;
import io.robustmq.kernel.Session;
import io.robustmq.protocol.mqtt.MqttEvent;
import io.robustmq.protocol.mqtt.MqttLimits;
import io.robustmq.protocol.mqtt.MqttOffer;
import io.robustmq.protocol.mqtt.MqttSettings;
import io.robustmq.protocol.mqtt.codec.AckType;
import io.robustmq.protocol.mqtt.codec.DecodeFailure;
import io.robustmq.protocol.mqtt.codec.PublishView;
import io.robustmq.protocol.mqtt.codec.ReasonCode;
import io.robustmq.protocol.mqtt.codec.Utf8;
import io.robustmq.protocol.mqtt.observe.ClientDescription;
import io.robustmq.protocol.mqtt.observe.TrafficObserver;
import io.robustmq.security.access.AccessRequest;
import io.robustmq.security.access.ClientAccess;
import org.jspecify.annotations.Nullable;

/**
 * Publishes of one client on their way into the kernel, and their acknowledgements on the way back (MQTT 5.0 §3.3, §4.3,
 * §4.9). Allocates nothing per message. Loop only.
 *
 * <pre>
 *   QoS 1  PUBLISH ---> kernel ---> published ---> PUBACK, in order of arrival
 *   QoS 2  PUBLISH ---> kernel ---> published ---> PUBREC, in order of arrival
 *          PUBREL  ---> kernel ---> releasedOnce -> PUBCOMP
 * </pre>
 */
final class PublishInbound {
    private final MqttLoop loop;
    private final ClientDescription client;
    private final Session session;
    private final ClientWriter writer;
    private final Terminator terminator;
    private final ClientAccess access;
    private final MountPoint mountPoint;
    private final TopicAliases aliases;
    private final UnansweredPublishes unanswered = new UnansweredPublishes();

    /** QoS 2 exchanges that this connection began and that are not complete; each takes one of the receive maximum. */
    private final PacketIdSet begun = new PacketIdSet();

    private int unacknowledged;

    /** Why the publish at hand is not handed to the kernel; success if it is. */
    private ReasonCode refusal = ReasonCode.SUCCESS;

    PublishInbound(
            MqttLoop loop,
            ClientDescription client,
            Session session,
            ClientWriter writer,
            Terminator terminator,
            ClientAccess access,
            MountPoint mountPoint) {
        this.loop = loop;
        this.client = client;
        this.session = session;
        this.writer = writer;
        this.terminator = terminator;
        this.access = access;
        this.mountPoint = mountPoint;
        this.aliases = new TopicAliases(
                writer.hasProperties() ? loop.settings().limits().topicAliasMaximum() : 0);
    }

    /**
     * A PUBLISH arrived; the view is read during the call.
     *
     * @return null if it was taken; else what has to be asked before, and the packet has to come again
     */
    @Nullable AccessRequest publish(PublishView view) throws DecodeFailure {
        requireOffered(view);
        Name name = name(view);
        if (name != null && !hasPayloadOfItsFormat(view)) {
            refusal = ReasonCode.PAYLOAD_FORMAT_INVALID;
            name = null;
        }
        if (name != null) {
            switch (access.publish(name.text(), view.qos().value(), view.retain())) {
                case ALLOWED -> {}
                case DENIED -> {
                    loop.counters().event(MqttEvent.PUBLISH_DENIED);
                    refusal = ReasonCode.NOT_AUTHORIZED;
                    name = null;
                }
                case UNDECIDED -> {
                    return AccessRequest.publish(name.text(), view.qos().value(), view.retain());
                }
            }
        }
        take(view, name);
        return null;
    }

    private void take(PublishView view, @Nullable Name name) throws DecodeFailure {
        loop.counters().publishReceived(view.payloadLength());
        TrafficObserver observer = loop.observer();
        if (observer != null) {
            observer.published(client, name, view);
        }
        switch (view.qos()) {
            case AT_MOST_ONCE -> {
                if (name == null) {
                    refusedAtMostOnce();
                } else {
                    session.publish(0, draft(view, name, Guarantee.AT_MOST_ONCE));
                }
            }
            case AT_LEAST_ONCE -> {
                requireQuota();
                unacknowledged++;
                long token = unanswered.add(view.packetId(), false, view.payloadLength());
                if (name == null) {
                    refused(token);
                } else {
                    session.publish(token, draft(view, name, Guarantee.AT_LEAST_ONCE));
                }
            }
            case EXACTLY_ONCE -> {
                if (!begun.contains(view.packetId())) {
                    requireQuota();
                    begun.add(view.packetId());
                    unacknowledged++;
                }
                long token = unanswered.add(view.packetId(), true, view.payloadLength());
                if (name == null) {
                    refused(token);
                } else {
                    session.publishOnce(view.packetId(), draft(view, name, Guarantee.EXACTLY_ONCE));
                }
            }
        }
    }

    /** A PUBREL arrived, whatever its reason code: the exchange is over for the client (MQTT 5.0 §4.3.3). */
    void release(int packetId) {
        session.releaseOnce(packetId);
    }

    /** The kernel says what became of a publish. */
    void published(long token, PublishOutcome outcome) {
        ReasonCode reason = reason(outcome);
        if (reason != null) {
            unanswered.answer(token, reason);
            acknowledge();
        }
    }

    /** The kernel says what became of an exactly-once publish. */
    void publishedOnce(int packetId, PublishOutcome outcome) {
        ReasonCode reason = reason(outcome);
        if (reason == null) {
            return;
        }
        if (!unanswered.answerOnce(packetId, reason)) {
            throw new IllegalStateException("an answer to a publish that does not wait for one: " + packetId);
        }
        acknowledge();
    }

    /** What to answer; null if the connection was closed instead, so that the client sends again on another. */
    private @Nullable ReasonCode reason(PublishOutcome outcome) {
        ReasonCode reason = ReasonCodes.ofPublish(outcome);
        if (reason == null) {
            terminator.terminate(
                    ReasonCode.UNSPECIFIED_ERROR,
                    "Nobody can tell whether a publish was kept; it is to be sent again.");
            return null;
        }
        if (reason.isError() && !writer.hasProperties()) {
            terminator.terminate(reason, "A publish was refused, which this version cannot be told otherwise.");
            return null;
        }
        return reason;
    }

    /** The kernel forgot the packet identifier. */
    void releasedOnce(int packetId, boolean known) {
        if (begun.remove(packetId)) {
            unacknowledged--;
        }
        if (!known) {
            loop.counters().event(MqttEvent.ACK_UNKNOWN);
        }
        writer.ack(AckType.PUBCOMP, packetId, known ? ReasonCode.SUCCESS : ReasonCode.PACKET_IDENTIFIER_NOT_FOUND);
    }

    /** Whether so much is unanswered that reading should pause; more is still taken. */
    boolean isBacklogged() {
        MqttLimits limits = loop.settings().limits();
        return unanswered.bytes() >= limits.unansweredBytesMax()
                || (!writer.hasProperties() && unanswered.size() >= limits.unansweredPublishesMax());
    }

    /** Whether half of what makes {@link #isBacklogged} is gone, so that reading may go on. */
    boolean isEased() {
        MqttLimits limits = loop.settings().limits();
        return unanswered.bytes() <= limits.unansweredBytesMax() / 2
                && (writer.hasProperties() || unanswered.size() <= limits.unansweredPublishesMax() / 2);
    }

    /** The name to publish under; null if the publish is refused, for the reason in {@link #refusal}. */
    private @Nullable Name name(PublishView view) throws DecodeFailure {
        refusal = ReasonCode.SUCCESS;
        int alias = view.topicAlias();
        if (alias == 0) {
            return nameOfTopic(view);
        }
        aliases.requireAllowed(alias);
        if (view.topicLength() == 0) {
            return aliases.get(alias);
        }
        Name name = nameOfTopic(view);
        // A refused topic still replaces what the alias meant before.
        aliases.set(alias, name);
        return name;
    }

    private @Nullable Name nameOfTopic(PublishView view) throws DecodeFailure {
        ByteBuf buffer = view.buffer();
        if (TopicRules.isReserved(buffer, view.topicOffset())) {
            view.validateTopic();
            refusal = ReasonCode.NOT_AUTHORIZED;
            return null;
        }
        if (!mountPoint.isNone()) {
            return mountedName(view);
        }
        Name known = loop.kernel().known(buffer, view.topicOffset(), view.topicLength());
        if (known != null) {
            return known;
        }
        view.validateTopic();
        if (!loop.topics().isWithinLimits(buffer, view.topicOffset(), view.topicLength())) {
            refusal = ReasonCode.TOPIC_NAME_INVALID;
            return null;
        }
        return loop.kernel().intern(buffer, view.topicOffset(), view.topicLength());
    }

    private @Nullable Name mountedName(PublishView view) throws DecodeFailure {
        ByteBuf mounted = loop.names();
        mountPoint.writeMounted(view.buffer(), view.topicOffset(), view.topicLength(), mounted);
        Name known = loop.kernel().known(mounted, 0, mounted.readableBytes());
        if (known != null) {
            return known;
        }
        view.validateTopic();
        if (!mountPoint.hasRoomFor(view.topicLength())
                || !loop.topics().isWithinLimits(view.buffer(), view.topicOffset(), view.topicLength())) {
            refusal = ReasonCode.TOPIC_NAME_INVALID;
            return null;
        }
        return loop.kernel().intern(mounted, 0, mounted.readableBytes());
    }

    /** MQTT 5.0 §3.2.2.3.4 and §3.2.2.3.5: what was not announced is a protocol error with a code of its own. */
    private void requireOffered(PublishView view) throws DecodeFailure {
        MqttOffer offer = loop.settings().offer();
        if (view.qos().value() > offer.maximumQos().value()) {
            throw DecodeFailure.of(
                    ReasonCode.QOS_NOT_SUPPORTED, "A publish has a quality of service that is not offered.");
        }
        if (view.retain() && !offer.retainedMessages()) {
            throw DecodeFailure.of(
                    ReasonCode.RETAIN_NOT_SUPPORTED, "A publish is to be retained, which is not offered.");
        }
    }

    private boolean hasPayloadOfItsFormat(PublishView view) {
        return view.payloadFormat() == 0
                || !loop.settings().validatePayloadFormat()
                || Utf8.isWellFormed(view.buffer(), view.payloadOffset(), view.payloadLength());
    }

    private PublishDraft draft(PublishView view, Name name, Guarantee guarantee) {
        PublishDraft draft = loop.draft().begin(name, guarantee).lastValue(view.retain());
        long expirySeconds = view.messageExpirySeconds();
        if (expirySeconds != PublishView.NO_EXPIRY) {
            draft.expiresAtMillis(loop.kernel().loop().wallMillis() + expirySeconds * 1_000);
        }
        if (view.payloadFormat() != 0 || view.hasOtherProperties()) {
            ByteBuf headers = loop.headers();
            HeaderTranslation.toHeaders(view.buffer(), view.propertiesOffset(), view.propertiesLength(), headers);
            draft.headers(headers, 0, headers.readableBytes());
        }
        return draft.payload(view.buffer(), view.payloadOffset(), view.payloadLength());
    }

    /** The receive maximum was announced to v5 clients only; the others are held back by {@link #isBacklogged}. */
    private void requireQuota() throws DecodeFailure {
        if (writer.hasProperties() && unacknowledged >= loop.settings().limits().receiveMaximum()) {
            throw DecodeFailure.of(
                    ReasonCode.RECEIVE_MAXIMUM_EXCEEDED,
                    "More than " + loop.settings().limits().receiveMaximum()
                            + " publishes are under way [MQTT-3.3.4-7].");
        }
    }

    /** Without an acknowledgement to carry the reason, a topic that is not allowed can be told by DISCONNECT only. */
    private void refusedAtMostOnce() throws DecodeFailure {
        loop.counters().event(MqttEvent.PUBLISH_REFUSED);
        if (refusal == ReasonCode.TOPIC_NAME_INVALID) {
            throw DecodeFailure.of(refusal, "A topic name is longer or deeper than allowed.");
        }
        if (refusal == ReasonCode.PAYLOAD_FORMAT_INVALID) {
            throw DecodeFailure.of(refusal, "A payload is said to be text and is not UTF-8.");
        }
        if (!writer.hasProperties() && loop.settings().refusedPublish() == MqttSettings.RefusedPublish.DISCONNECT) {
            throw DecodeFailure.of(refusal, "The topic is not writable for clients.");
        }
    }

    private void refused(long token) throws DecodeFailure {
        loop.counters().event(MqttEvent.PUBLISH_REFUSED);
        if (!writer.hasProperties() && loop.settings().refusedPublish() == MqttSettings.RefusedPublish.DISCONNECT) {
            throw DecodeFailure.of(refusal, "The topic is not writable for clients, or longer or deeper than allowed.");
        }
        unanswered.answer(token, refusal);
        acknowledge();
    }

    private void acknowledge() {
        while (unanswered.hasNext()) {
            int packetId = unanswered.packetId();
            ReasonCode reason = unanswered.reason();
            boolean once = unanswered.once();
            unanswered.remove();
            if (!once) {
                unacknowledged--;
                writer.ack(AckType.PUBACK, packetId, reason);
                continue;
            }
            // A PUBREC with an error ends the exchange; no PUBREL will come (MQTT 5.0 §4.3.3).
            if (reason.isError() && writer.hasProperties() && begun.remove(packetId)) {
                unacknowledged--;
            }
            writer.ack(AckType.PUBREC, packetId, reason);
        }
    }
}
