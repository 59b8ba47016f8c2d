package io.robustmq.protocol.mqtt.connection;

import io.netty.buffer.ByteBuf;
import io.robustmq.kernel.Delivery;
import io.robustmq.kernel.Guarantee;
import io.robustmq.kernel.MessageView;
import io.robustmq.kernel.Session;
import io.robustmq.kernel.Settlement;
import io.robustmq.protocol.mqtt.MqttEvent;
import io.robustmq.protocol.mqtt.codec.AckType;
import io.robustmq.protocol.mqtt.codec.PacketEncoder;
import io.robustmq.protocol.mqtt.codec.ProtocolVersion;
import io.robustmq.protocol.mqtt.codec.QualityOfService;
import io.robustmq.protocol.mqtt.codec.ReasonCode;
import io.robustmq.protocol.mqtt.observe.ClientDescription;
import io.robustmq.protocol.mqtt.observe.TrafficObserver;
import org.jspecify.annotations.Nullable;

/**
 * Deliveries of the kernel as PUBLISH packets, encoded straight into the connection's buffer (MQTT 5.0 §3.3, §4.3).
 * Allocates nothing per message. Loop only.
 */
final class DeliveryOutbound {
    private final MqttLoop loop;
    private final ClientDescription client;
    private final Session session;
    private final ClientWriter writer;
    private final DeliveryIds ids;
    private final MountPoint mountPoint;

    /** Null where the client allows none. */
    private final @Nullable OutboundAliases aliases;

    /** @param topicAliasMaximum aliases to use, 0 for none */
    DeliveryOutbound(
            MqttLoop loop,
            ClientDescription client,
            Session session,
            ClientWriter writer,
            DeliveryIds ids,
            MountPoint mountPoint,
            int topicAliasMaximum) {
        this.loop = loop;
        this.client = client;
        this.session = session;
        this.writer = writer;
        this.ids = ids;
        this.mountPoint = mountPoint;
        this.aliases = topicAliasMaximum == 0 ? null : new OutboundAliases(topicAliasMaximum);
    }

    /** See {@link io.robustmq.kernel.SessionSink#deliver}. */
    boolean deliver(Delivery delivery) {
        boolean settled = delivery.guarantee() != Guarantee.AT_MOST_ONCE;
        Wire wire = writer.wire();
        if (!settled && !wire.writable()) {
            loop.counters().event(MqttEvent.DELIVERY_DROPPED_SLOW);
            observeDrop(delivery, TrafficObserver.Drop.SLOW);
            return false;
        }
        int packetId = settled ? ids.packetId(delivery.id()) : 0;
        MessageView message = delivery.message();
        ByteBuf source = message.buffer();
        ByteBuf properties = loop.properties();
        ProtocolVersion version = writer.version();
        if (version.hasProperties()) {
            writeProperties(delivery, message, properties);
        }
        int hidden = mountPoint.hiddenBytes(source, message.nameIndex(), message.nameLength());
        int nameIndex = message.nameIndex() + hidden;
        int nameLength = message.nameLength() - hidden;
        int firstByte = PacketEncoder.publishFirstByte(
                settled && delivery.redelivered(),
                QualityOfService.of(delivery.guarantee().code()),
                delivery.lastValue());
        int propertiesLength = properties.readableBytes();
        int payloadLength = message.payloadLength();
        int topicLength = nameLength;
        int alias = 0;
        OutboundAliases table = aliases;
        if (table != null && table.isAwake()) {
            alias = table.choose(loop.repeatedTopics().numberOf(source, nameIndex, topicLength));
            if (table.isKnownToClient()) {
                topicLength = 0;
            }
        }
        long length =
                PacketEncoder.publishLength(version, firstByte, topicLength, propertiesLength, alias, payloadLength);
        if (length > writer.maximumPacketBytes() && table != null && alias != 0 && topicLength != 0) {
            // The alias would not reach the client, and without it the packet may just fit.
            table.forget(alias);
            alias = 0;
            length = PacketEncoder.publishLength(version, firstByte, topicLength, propertiesLength, 0, payloadLength);
        }
        if (length > writer.maximumPacketBytes()) {
            skip(delivery.id(), settled);
            observeDrop(delivery, TrafficObserver.Drop.TOO_LARGE);
            return true;
        }
        // What the encoder asks for, and not the length alone: else it would enlarge a buffer that is nearly full.
        ByteBuf out =
                wire.reserve(PacketEncoder.maximumPublishHeaderBytes(topicLength, propertiesLength) + payloadLength);
        PacketEncoder.writePublishHeader(
                out,
                version,
                firstByte,
                source,
                nameIndex,
                topicLength,
                packetId,
                properties,
                0,
                propertiesLength,
                alias,
                payloadLength);
        // Copied whatever its size: the kernel uses its buffer again as soon as this returns.
        PacketEncoder.copy(source, message.payloadIndex(), payloadLength, out);
        loop.counters().publishSent(payloadLength);
        TrafficObserver observer = loop.observer();
        if (observer != null) {
            observer.delivered(client, delivery);
        }
        return true;
    }

    private void observeDrop(Delivery delivery, TrafficObserver.Drop why) {
        TrafficObserver observer = loop.observer();
        if (observer != null) {
            observer.dropped(client, delivery, why);
        }
    }

    /** See {@link io.robustmq.kernel.SessionSink#receivedLogged}. */
    void receivedLogged(long deliveryId) {
        writer.ack(AckType.PUBREL, ids.packetId(deliveryId), ReasonCode.SUCCESS);
    }

    private void writeProperties(Delivery delivery, MessageView message, ByteBuf properties) {
        if (message.headersLength() != 0) {
            HeaderTranslation.toProperties(
                    message.buffer(), message.headersIndex(), message.headersLength(), properties);
        }
        long expiresAtMillis = message.expiresAtMillis();
        if (expiresAtMillis != Long.MAX_VALUE) {
            long remainingMillis =
                    Math.max(0, expiresAtMillis - loop.kernel().loop().wallMillis());
            // Rounded up: a message that did not wait keeps the interval it came with [MQTT-3.3.2-6].
            PacketEncoder.writeMessageExpiry(properties, (remainingMillis + 999) / 1_000);
        }
        for (int i = 0; i < delivery.identifierCount(); i++) {
            PacketEncoder.writeSubscriptionIdentifier(properties, delivery.identifier(i));
        }
    }

    /**
     * A packet that is too large is not sent, and all goes on as if it had been, and had been acknowledged
     * [MQTT-3.1.2-25]. Told at the end of the tick, since the kernel is in the middle of handing over deliveries.
     */
    private void skip(long deliveryId, boolean settled) {
        loop.counters().event(MqttEvent.DELIVERY_TOO_LARGE);
        if (settled) {
            loop.kernel().loop().atTickEnd(() -> session.settle(deliveryId, Settlement.REJECTED));
        }
    }
}
