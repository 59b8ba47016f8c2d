package io.robustmq.protocol.mqtt.connection;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.robustmq.kernel.EncodedMessage;
import io.robustmq.kernel.Guarantee;
import io.robustmq.kernel.PartingMessage;
import io.robustmq.kernel.PublishDraft;
import io.robustmq.protocol.mqtt.codec.Property;
import io.robustmq.protocol.mqtt.codec.Will;

/** A will (MQTT 5.0 §3.1.2.5, §3.1.3.2) as the kernel's parting message. */
final class WillMapping {
    private static final long ABSENT = -1;

    private WillMapping() {}

    /**
     * Copies the will. Its message expiry counts from when it is published (§3.1.3.2.4).
     *
     * @param profile its granted session expiry is as long as the will delay can be (MQTT 5.0 §3.1.3.2.2)
     */
    static PartingMessage toPartingMessage(Will will, ClientProfile profile, MqttLoop loop, MountPoint mountPoint) {
        long nowMillis = loop.kernel().loop().wallMillis();
        PublishDraft draft = new PublishDraft()
                .begin(
                        loop.kernel().intern(mountPoint.mounted(will.topic())),
                        Guarantee.of(will.qos().value()))
                .lastValue(will.retain());
        long messageExpirySeconds = will.properties().number(Property.MESSAGE_EXPIRY_INTERVAL, ABSENT);
        if (messageExpirySeconds != ABSENT) {
            draft.expiresAfterMillis(messageExpirySeconds * 1_000);
        }
        ByteBuf headers = Unpooled.buffer();
        HeaderTranslation.toHeaders(will.properties(), headers);
        draft.headers(headers, 0, headers.readableBytes());
        ByteBuf payload = Unpooled.wrappedBuffer(will.payload().toByteArray());
        draft.payload(payload, 0, payload.readableBytes());
        EncodedMessage message = EncodedMessage.of(draft, profile.key().hash64(), nowMillis);
        long delaySeconds =
                Math.min(will.properties().number(Property.WILL_DELAY_INTERVAL, 0), profile.expirySeconds());
        return new PartingMessage(message, delaySeconds * 1_000);
    }
}
