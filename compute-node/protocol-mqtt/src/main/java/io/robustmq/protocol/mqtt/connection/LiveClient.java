package io.robustmq.protocol.mqtt.connection;

import io.robustmq.kernel.Session;
import io.robustmq.protocol.mqtt.MqttLimits;
import io.robustmq.protocol.mqtt.codec.AckType;
import io.robustmq.protocol.mqtt.codec.ReasonCode;
import io.robustmq.protocol.mqtt.observe.ClientDescription;
import io.robustmq.transport.PauseReason;

/**
 * All that a welcomed client has on its connection: the flows of both directions around one kernel session. Loop only.
 */
final class LiveClient {
    private final ClientProfile profile;
    private final ClientDescription description;
    private final Session session;
    private final ClientWriter writer;
    private final MqttLimits limits;
    private final PublishInbound inbound;
    private final DeliveryOutbound outbound;
    private final Acknowledgements acknowledgements;
    private final SubscribeFlow subscriptions;

    LiveClient(
            ClientProfile profile,
            ClientDescription description,
            Session session,
            ClientWriter writer,
            MqttLoop loop,
            Terminator terminator) {
        this.profile = profile;
        this.description = description;
        this.session = session;
        this.writer = writer;
        this.limits = loop.settings().limits();
        DeliveryIds ids = new DeliveryIds();
        this.inbound = new PublishInbound(loop, description, session, writer, terminator);
        this.outbound = new DeliveryOutbound(loop, description, session, writer, ids);
        this.acknowledgements = new Acknowledgements(session, writer, ids);
        this.subscriptions = new SubscribeFlow(loop, session, writer, terminator);
    }

    ClientProfile profile() {
        return profile;
    }

    ClientDescription description() {
        return description;
    }

    Session session() {
        return session;
    }

    ClientWriter writer() {
        return writer;
    }

    PublishInbound inbound() {
        return inbound;
    }

    DeliveryOutbound outbound() {
        return outbound;
    }

    SubscribeFlow subscriptions() {
        return subscriptions;
    }

    /** An acknowledgement arrived, of whichever direction. */
    void ack(AckType type, int packetId, ReasonCode reason) {
        switch (type) {
            case PUBACK -> acknowledgements.accepted(packetId, reason);
            case PUBREC -> acknowledgements.received(packetId, reason);
            case PUBREL -> inbound.release(packetId);
            case PUBCOMP -> acknowledgements.completed(packetId);
        }
    }

    /** Pauses reading while more is unanswered than the limits allow. To be called when that may have begun. */
    void holdBackIfBacklogged() {
        if (inbound.isBacklogged() || subscriptions.pending() >= limits.requestsPendingMax()) {
            writer.wire().shut(PauseReason.LIMIT);
        }
    }

    /** Lets reading go on. To be called when something was answered. */
    void letGoIfEased() {
        if (inbound.isEased() && subscriptions.pending() < limits.requestsPendingMax()) {
            writer.wire().open(PauseReason.LIMIT);
        }
    }
}
