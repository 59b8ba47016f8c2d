package io.robustmq.protocol.mqtt.connection;

import io.robustmq.kernel.Session;
import io.robustmq.protocol.mqtt.MqttLimits;
import io.robustmq.protocol.mqtt.codec.AckType;
import io.robustmq.protocol.mqtt.codec.ReasonCode;
import io.robustmq.protocol.mqtt.observe.ClientDescription;
import io.robustmq.security.SecurityEvent;
import io.robustmq.security.access.ClientAccess;
import io.robustmq.security.authentication.AuthenticationExchange;
import io.robustmq.security.authentication.Verdict;
import io.robustmq.security.rate.ClientRates;
import io.robustmq.storage.Loop;
import io.robustmq.transport.PauseReason;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

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
    private final ClientAccess access;
    private final Terminator terminator;
    private final MqttLoop loop;
    private final @Nullable PublishRate rate;

    /** The method of extended authentication it used at CONNECT; null if none. */
    private final @Nullable String method;

    /** A new proof that is under way (MQTT 5.0 §4.12.1). */
    private @Nullable AuthenticationExchange exchange;

    /** Ends the connection when the proof of identity does. */
    private Loop.@Nullable Timer expiry;

    private boolean heldBackForRate;

    LiveClient(
            ClientProfile profile,
            ClientDescription description,
            Session session,
            ClientWriter writer,
            MqttLoop loop,
            Terminator terminator,
            Admission admission,
            MountPoint mountPoint) {
        this.profile = profile;
        this.description = description;
        this.session = session;
        this.writer = writer;
        this.limits = loop.settings().limits();
        DeliveryIds ids = new DeliveryIds();
        this.access = admission.access();
        this.terminator = terminator;
        this.loop = loop;
        Proof proof = admission.proof();
        this.method = proof == null ? null : proof.method();
        ClientRates rates = loop.security().rates();
        this.rate =
                rates.limited() ? new PublishRate(rates, loop.kernel().loop().nanoTime()) : null;
        this.inbound = new PublishInbound(loop, description, session, writer, terminator, access, mountPoint);
        this.outbound =
                new DeliveryOutbound(loop, description, session, writer, ids, mountPoint, profile.topicAliasMaximum());
        this.acknowledgements = new Acknowledgements(session, writer, ids);
        this.subscriptions = new SubscribeFlow(loop, session, writer, terminator, access, mountPoint);
        expireAt(admission.expiresAtMillis());
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

    ClientAccess access() {
        return access;
    }

    @Nullable String method() {
        return method;
    }

    @Nullable AuthenticationExchange exchange() {
        return exchange;
    }

    void exchange(@Nullable AuthenticationExchange underWay) {
        exchange = underWay;
    }

    /** Ends the connection. */
    void terminate(ReasonCode reason, String sentence) {
        terminator.terminate(reason, sentence);
    }

    /** The proof of identity ends then; replaces what held before. */
    void expireAt(long expiresAtMillis) {
        stopExpiry();
        if (expiresAtMillis == Verdict.NEVER || !loop.security().endsExpired()) {
            return;
        }
        long delayMillis = Math.max(0, expiresAtMillis - loop.kernel().loop().wallMillis());
        expiry = loop.kernel().loop().after(TimeUnit.MILLISECONDS.toNanos(delayMillis), () -> {
            loop.security().counters().count(SecurityEvent.EXPIRED);
            terminate(ReasonCode.MAXIMUM_CONNECT_TIME, "The proof of identity expired.");
        });
    }

    /** To be called once the connection is over. */
    void stopExpiry() {
        Loop.Timer timer = expiry;
        if (timer != null) {
            timer.cancel();
            expiry = null;
        }
    }

    /** A publish was taken: pauses reading if it was more than the client may send in this time. */
    void spend(int payloadBytes) {
        PublishRate limit = rate;
        if (limit == null) {
            return;
        }
        long waitNanos = limit.take(payloadBytes, loop.kernel().loop().nanoTime());
        if (waitNanos > 0 && !heldBackForRate) {
            heldBackForRate = true;
            loop.security().counters().count(SecurityEvent.RATE_PAUSED);
            writer.wire().shut(PauseReason.LIMIT);
            // The connection may be over by then, and opening its wire once more does no harm.
            Loop.Timer _ = loop.kernel().loop().after(waitNanos, () -> {
                heldBackForRate = false;
                letGoIfEased();
            });
        }
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
        if (!heldBackForRate && inbound.isEased() && subscriptions.pending() < limits.requestsPendingMax()) {
            writer.wire().open(PauseReason.LIMIT);
        }
    }
}
