package io.robustmq.protocol.mqtt.codec;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The path of a message through the codec allocates nothing once it is warm. */
class HotPathAllocationTest {
    private static final int WARM_UP_ROUNDS = 20_000;
    private static final int MEASURED_ROUNDS = 20_000;
    private static final int MESSAGES_PER_ROUND = 3;

    /** Leaves room for a stray allocation by the virtual machine itself, far below one object per message. */
    private static final double NOTHING_BYTES = 0.1;

    @ParameterizedTest
    @EnumSource
    void messageAndAcknowledgementAllocateNothing(ProtocolVersion version) throws DecodeFailure {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        // Direct buffers as connections use them, but without the leak detector, which notes down every access.
        UnpooledByteBufAllocator allocator = new UnpooledByteBufAllocator(true, true);
        ByteBuf in = allocator.directBuffer(4_096);
        ByteBuf out = allocator.directBuffer(4_096);
        try {
            writeInput(in, version);
            Forward forward = new Forward(version, out);
            PacketDecoder decoder = Wire.serverDecoder(version);
            for (int round = 0; round < WARM_UP_ROUNDS; round++) {
                decoder.decode(in.readerIndex(0), forward);
            }
            long before = threads.getCurrentThreadAllocatedBytes();
            for (int round = 0; round < MEASURED_ROUNDS; round++) {
                decoder.decode(in.readerIndex(0), forward);
            }
            long allocated = threads.getCurrentThreadAllocatedBytes() - before;

            assertThat(forward.messages).isEqualTo((WARM_UP_ROUNDS + MEASURED_ROUNDS) * MESSAGES_PER_ROUND);
            assertThat((double) allocated / (MEASURED_ROUNDS * MESSAGES_PER_ROUND))
                    .as("bytes per message")
                    .isLessThan(NOTHING_BYTES);
        } finally {
            in.release();
            out.release();
        }
    }

    /** A PUBLISH at QoS 0, one at QoS 1 with properties where there are any, and a PUBACK. */
    private static void writeInput(ByteBuf in, ProtocolVersion version) {
        byte[] none = version.hasProperties() ? new byte[1] : new byte[0];
        byte[] some = version.hasProperties()
                ? Wire.properties(0x01, 1, 0x02, Wire.fourBytes(30), 0x26, "name", "value", 0x23, Wire.twoBytes(4))
                : new byte[0];
        byte[] payload = new byte[64];
        in.writeBytes(Wire.packet(0x30, "plant/7/line/3/temperature", none, payload));
        in.writeBytes(Wire.packet(0x32, "plant/7/line/3/pressure", Wire.twoBytes(12), some, payload));
        in.writeBytes(Wire.packet(0x40, Wire.twoBytes(13)));
    }

    /** Sends each message on to a receiver and acknowledges it, as a connection would. */
    private static final class Forward implements PacketSink {
        private final ProtocolVersion version;
        private final ByteBuf out;
        private final byte[] topic = "plant/7/line/3/pressure".getBytes(StandardCharsets.US_ASCII);
        private int messages;

        private Forward(ProtocolVersion version, ByteBuf out) {
            this.version = version;
            this.out = out;
        }

        @Override
        public void publish(PublishView view) throws DecodeFailure {
            view.validateTopic();
            messages++;
            out.clear();
            int firstByte = PacketEncoder.publishFirstByte(false, view.qos(), view.retain());
            PacketEncoder.writePublishHeader(
                    out,
                    version,
                    firstByte,
                    view.buffer(),
                    view.topicOffset(),
                    view.topicLength(),
                    view.packetId(),
                    view.buffer(),
                    view.propertiesOffset(),
                    view.propertiesLength(),
                    0,
                    view.payloadLength());
            PacketEncoder.copy(view.buffer(), view.payloadOffset(), view.payloadLength(), out);
            view.writeForwardedProperties(out);
            PacketEncoder.writePublishHeader(
                    out, version, firstByte, topic, view.packetId(), Unpooled.EMPTY_BUFFER, 0, 0, 3, 0);
            if (view.packetId() != 0) {
                PacketEncoder.writeAck(out, version, AckType.PUBACK, view.packetId(), ReasonCode.SUCCESS);
            }
        }

        @Override
        public void ack(AckType type, int packetId, ReasonCode reason) {
            messages++;
            PacketEncoder.writeAck(out.clear(), version, type, packetId, ReasonCode.QUOTA_EXCEEDED);
        }

        @Override
        public void packet(Packet packet) {
            throw new AssertionError(packet);
        }
    }
}
