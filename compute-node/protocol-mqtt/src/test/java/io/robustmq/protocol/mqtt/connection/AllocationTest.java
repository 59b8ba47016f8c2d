package io.robustmq.protocol.mqtt.connection;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.robustmq.kernel.AttachRequest;
import io.robustmq.kernel.AttachmentInfo;
import io.robustmq.kernel.Delivery;
import io.robustmq.kernel.Detach;
import io.robustmq.kernel.Guarantee;
import io.robustmq.kernel.KernelLoop;
import io.robustmq.kernel.Name;
import io.robustmq.kernel.PublishDraft;
import io.robustmq.kernel.PublishOutcome;
import io.robustmq.kernel.Session;
import io.robustmq.kernel.SessionKey;
import io.robustmq.kernel.SessionSink;
import io.robustmq.kernel.Settlement;
import io.robustmq.kernel.SubscribeRequest;
import io.robustmq.protocol.mqtt.MqttSettings;
import io.robustmq.protocol.mqtt.codec.BinaryData;
import io.robustmq.protocol.mqtt.codec.PacketEncoder;
import io.robustmq.protocol.mqtt.codec.Properties;
import io.robustmq.protocol.mqtt.codec.Property;
import io.robustmq.protocol.mqtt.codec.ProtocolVersion;
import io.robustmq.protocol.mqtt.codec.PubAck;
import io.robustmq.protocol.mqtt.codec.Publish;
import io.robustmq.protocol.mqtt.codec.QualityOfService;
import io.robustmq.protocol.mqtt.codec.ReasonCode;
import io.robustmq.security.node.NodeSecurity;
import io.robustmq.storage.Loop;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Publishes and deliveries of QoS 0 and 1 allocate nothing in the adapter. */
class AllocationTest {
    private static final int WARM_UP = 20_000;
    private static final int MEASURED = 20_000;
    private static final int ROUNDS = 5;

    /** Less than one byte per message: what a counter of the JVM itself may cost. */
    private static final long TOLERATED_BYTES = 8_192;

    /** Direct memory as in production, but not watched for leaks: watching allocates. */
    private static final ByteBufAllocator DIRECT = new UnpooledByteBufAllocator(true, true);

    private final SilentKernel kernel = new SilentKernel();
    private final FakeWire wire = new FakeWire(
            DIRECT.directBuffer(64 << 10), MqttSettings.DEFAULTS.limits().packetBytesMax(), null);
    private final MqttConnection connection = new MqttConnection(
            new MqttLoop(kernel, MqttSettings.DEFAULTS, NodeSecurity.open(), new Random(1)),
            wire,
            ByteBufAllocator.DEFAULT);

    private void goLive(ProtocolVersion version) {
        connection.opened();
        connection.received(encoded(version, TestClient.connect(version, "c", true)));
        kernel.attached();
        connection.readingResumed();
    }

    private static ByteBuf encoded(ProtocolVersion version, io.robustmq.protocol.mqtt.codec.Packet... packets) {
        ByteBuf bytes = DIRECT.directBuffer();
        for (io.robustmq.protocol.mqtt.codec.Packet packet : packets) {
            PacketEncoder.encode(packet, version, bytes);
        }
        return bytes;
    }

    private static long allocatedBy(Runnable message) {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        for (int i = 0; i < WARM_UP; i++) {
            message.run();
        }
        // What is not compiled yet allocates for the JVM's sake, in some of the rounds; a message that allocates does
        // in all.
        long least = Long.MAX_VALUE;
        for (int round = 0; round < ROUNDS; round++) {
            long before = threads.getCurrentThreadAllocatedBytes();
            for (int i = 0; i < MEASURED; i++) {
                message.run();
            }
            least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
        }
        return least;
    }

    @ParameterizedTest
    @CsvSource({"MQTT_3_1_1, AT_MOST_ONCE", "MQTT_3_1_1, AT_LEAST_ONCE", "MQTT_5, AT_MOST_ONCE", "MQTT_5, AT_LEAST_ONCE"
    })
    void publishAndItsAcknowledgement(ProtocolVersion version, QualityOfService qos) {
        goLive(version);
        Properties properties = version.hasProperties()
                ? Properties.builder()
                        .set(Property.MESSAGE_EXPIRY_INTERVAL, 60)
                        .set(Property.CONTENT_TYPE, "text/plain")
                        .userProperty("a", "b")
                        .build()
                : Properties.NONE;
        ByteBuf bytes = encoded(
                version,
                new Publish(
                        false,
                        qos,
                        false,
                        SilentKernel.NAME.text(),
                        qos == QualityOfService.AT_MOST_ONCE ? 0 : 1,
                        properties,
                        BinaryData.ofUtf8("payload")));

        long allocated = allocatedBy(() -> {
            bytes.readerIndex(0);
            wire.written.clear();
            connection.received(bytes);
        });

        assertThat(kernel.session.published).isEqualTo(WARM_UP + ROUNDS * MEASURED);
        assertThat(allocated).isLessThan(TOLERATED_BYTES);
    }

    @ParameterizedTest
    @EnumSource(ProtocolVersion.class)
    void deliveryAndItsAcknowledgement(ProtocolVersion version) {
        goLive(version);
        ByteBuf payload = Unpooled.copiedBuffer(new byte[64]);
        ByteBuf headers = Unpooled.buffer();
        headers.writeByte(1).writeShort(1).writeByte('x');
        ByteBuf message = DIRECT.directBuffer();
        new PublishDraft()
                .begin(SilentKernel.NAME, Guarantee.AT_LEAST_ONCE)
                .headers(headers, 0, headers.readableBytes())
                .payload(payload, 0, 64)
                .expiresAtMillis(Long.MAX_VALUE - 1)
                .encode(message, 0, 0);
        Delivery delivery = new Delivery();
        ByteBuf ack = encoded(version, new PubAck(1, ReasonCode.SUCCESS, Properties.NONE));

        long allocated = allocatedBy(() -> {
            wire.written.clear();
            delivery.begin(0, Guarantee.AT_MOST_ONCE, false, false).addIdentifier(7);
            delivery.message().wrap(message, 0);
            connection.deliver(delivery);
            delivery.begin(1, Guarantee.AT_LEAST_ONCE, false, false);
            delivery.message().wrap(message, 0);
            connection.deliver(delivery);
            ack.readerIndex(0);
            connection.received(ack);
        });

        assertThat(kernel.session.settled).isEqualTo(WARM_UP + ROUNDS * MEASURED);
        assertThat(allocated).isLessThan(TOLERATED_BYTES);
    }

    @Test
    void measureSeesAnAllocation() {
        Object[] kept = new Object[1];

        assertThat(allocatedBy(() -> kept[0] = new byte[16])).isGreaterThan(TOLERATED_BYTES);
    }

    /** A kernel that allocates nothing and answers every publish at once. */
    private static final class SilentKernel implements KernelLoop {
        static final Name NAME = new FakeKernel.FakeName("some/topic");
        final FakeLoop loop = new FakeLoop();
        final SilentSession session = new SilentSession();

        @Nullable SessionSink sink;

        void attached() {
            SessionSink present = sink;
            assertThat(present).isNotNull();
            session.sink = present;
            present.attached(session, false);
        }

        @Override
        public Loop loop() {
            return loop;
        }

        @Override
        public Name known(ByteBuf buffer, int index, int length) {
            if (length != NAME.utf8().length) {
                throw new AssertionError("another name");
            }
            return NAME;
        }

        @Override
        public Name intern(ByteBuf buffer, int index, int length) {
            return NAME;
        }

        @Override
        public Name intern(String text) {
            return NAME;
        }

        @Override
        public Session attach(AttachRequest request, SessionSink attaching) {
            sink = attaching;
            return session;
        }
    }

    private static final class SilentSession implements Session {
        @Nullable SessionSink sink;

        int published;
        int settled;

        @Override
        public SessionKey key() {
            return new SessionKey(0, "c");
        }

        @Override
        public void publish(long token, PublishDraft draft) {
            published++;
            SessionSink present = sink;
            if (present != null && draft.guarantee() != Guarantee.AT_MOST_ONCE) {
                present.published(token, PublishOutcome.DONE);
            }
        }

        @Override
        public void publishOnce(int packetId, PublishDraft draft) {
            throw new AssertionError("not part of the measure");
        }

        @Override
        public void releaseOnce(int packetId) {
            throw new AssertionError("not part of the measure");
        }

        @Override
        public void subscribe(long token, List<SubscribeRequest> requests) {
            throw new AssertionError("not part of the measure");
        }

        @Override
        public void unsubscribe(long token, List<GroupPattern> patterns) {
            throw new AssertionError("not part of the measure");
        }

        @Override
        public boolean settle(long deliveryId, Settlement settlement) {
            settled++;
            return true;
        }

        @Override
        public boolean pressed() {
            return false;
        }

        @Override
        public void drained() {
            throw new AssertionError("not part of the measure");
        }

        @Override
        public void detach(Detach how) {
            throw new AssertionError("not part of the measure");
        }

        @Override
        public AttachmentInfo describe() {
            return new AttachmentInfo(false, 0, 0, List.of());
        }
    }
}
