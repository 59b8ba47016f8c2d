package io.robustmq.benchmarks.mqtt;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.robustmq.protocol.mqtt.codec.AckType;
import io.robustmq.protocol.mqtt.codec.BinaryData;
import io.robustmq.protocol.mqtt.codec.Connect;
import io.robustmq.protocol.mqtt.codec.DecodeFailure;
import io.robustmq.protocol.mqtt.codec.Packet;
import io.robustmq.protocol.mqtt.codec.PacketDecoder;
import io.robustmq.protocol.mqtt.codec.PacketEncoder;
import io.robustmq.protocol.mqtt.codec.PacketSink;
import io.robustmq.protocol.mqtt.codec.Properties;
import io.robustmq.protocol.mqtt.codec.ProtocolVersion;
import io.robustmq.protocol.mqtt.codec.PubAck;
import io.robustmq.protocol.mqtt.codec.Publish;
import io.robustmq.protocol.mqtt.codec.PublishView;
import io.robustmq.protocol.mqtt.codec.QualityOfService;
import io.robustmq.protocol.mqtt.codec.ReasonCode;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** One packet of the busy path through the codec: 27 bytes of topic, 64 of payload, batches as a read delivers them. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class PacketCodecBenchmark {
    private static final int BATCH = 64;
    private static final int BUFFER_BYTES = 64 * 1024;
    private static final String TOPIC = "plant/7/line/3/temperature1";

    /** The version spoken on both sides. */
    @Param({"MQTT_3_1_1", "MQTT_5"})
    public ProtocolVersion version = ProtocolVersion.MQTT_5;

    /** The quality of service of the messages. */
    @Param({"AT_MOST_ONCE", "AT_LEAST_ONCE"})
    public QualityOfService qos = QualityOfService.AT_MOST_ONCE;

    private final byte[] topicBytes = TOPIC.getBytes(StandardCharsets.UTF_8);
    private final CountingSink sink = new CountingSink();
    private PacketDecoder decoder = PacketDecoder.ofClientPackets(BUFFER_BYTES);
    private ByteBuf publishes = Unpooled.EMPTY_BUFFER;
    private ByteBuf acks = Unpooled.EMPTY_BUFFER;
    private ByteBuf topicAndPayload = Unpooled.EMPTY_BUFFER;
    private ByteBuf out = Unpooled.EMPTY_BUFFER;

    /** Fills the input buffers and opens the decoder. */
    @Setup
    public void open() throws DecodeFailure {
        PooledByteBufAllocator allocator = PooledByteBufAllocator.DEFAULT;
        publishes = allocator.directBuffer(BUFFER_BYTES);
        acks = allocator.directBuffer(BUFFER_BYTES);
        topicAndPayload = allocator.directBuffer(BUFFER_BYTES);
        out = allocator.directBuffer(BUFFER_BYTES);
        topicAndPayload.writeBytes(topicBytes).writeZero(64);
        int packetId = qos == QualityOfService.AT_MOST_ONCE ? 0 : 77;
        Packet publish =
                new Publish(false, qos, false, TOPIC, packetId, Properties.NONE, BinaryData.copyOf(new byte[64]));
        for (int i = 0; i < BATCH; i++) {
            PacketEncoder.encode(publish, version, publishes);
            PacketEncoder.encode(new PubAck(i + 1, ReasonCode.SUCCESS, Properties.NONE), version, acks);
        }
        decoder = PacketDecoder.ofClientPackets(BUFFER_BYTES);
        PacketEncoder.encode(new Connect(version, "c", true, 0, Properties.NONE, null, null, null), version, out);
        decoder.decode(out, sink);
    }

    /** Gives the buffers back. */
    @TearDown
    public void close() {
        publishes.release();
        acks.release();
        topicAndPayload.release();
        out.release();
    }

    /** PUBLISH to view, topic validated. */
    @Benchmark
    @OperationsPerInvocation(BATCH)
    public long decodePublish() throws DecodeFailure {
        decoder.decode(publishes.readerIndex(0), sink);
        return sink.sum;
    }

    /** PUBACK to arguments. */
    @Benchmark
    @OperationsPerInvocation(BATCH)
    public long decodeAck() throws DecodeFailure {
        decoder.decode(acks.readerIndex(0), sink);
        return sink.sum;
    }

    /** PUBLISH from a topic in another buffer, payload copied behind it. */
    @Benchmark
    @OperationsPerInvocation(BATCH)
    public int encodePublish() {
        out.clear();
        int firstByte = PacketEncoder.publishFirstByte(false, qos, false);
        for (int i = 0; i < BATCH; i++) {
            PacketEncoder.writePublishHeader(
                    out,
                    version,
                    firstByte,
                    topicAndPayload,
                    0,
                    topicBytes.length,
                    i + 1,
                    topicAndPayload,
                    0,
                    0,
                    0,
                    64);
            PacketEncoder.copy(topicAndPayload, topicBytes.length, 64, out);
        }
        return out.writerIndex();
    }

    /** The same with the topic in an array. */
    @Benchmark
    @OperationsPerInvocation(BATCH)
    public int encodePublishFromArray() {
        out.clear();
        int firstByte = PacketEncoder.publishFirstByte(false, qos, false);
        for (int i = 0; i < BATCH; i++) {
            PacketEncoder.writePublishHeader(out, version, firstByte, topicBytes, i + 1, topicAndPayload, 0, 0, 0, 64);
            PacketEncoder.copy(topicAndPayload, topicBytes.length, 64, out);
        }
        return out.writerIndex();
    }

    /** PUBACK to four bytes. */
    @Benchmark
    @OperationsPerInvocation(BATCH)
    public int encodeAck() {
        out.clear();
        for (int i = 0; i < BATCH; i++) {
            PacketEncoder.writeAck(out, version, AckType.PUBACK, i + 1, ReasonCode.SUCCESS);
        }
        return out.writerIndex();
    }

    private static final class CountingSink implements PacketSink {
        private long sum;

        @Override
        public void publish(PublishView view) throws DecodeFailure {
            view.validateTopic();
            sum += view.payloadLength() + view.packetId();
        }

        @Override
        public void ack(AckType type, int packetId, ReasonCode reason) {
            sum += packetId + type.packetType().code() + reason.value();
        }

        @Override
        public void packet(Packet packet) {
            sum += packet.type().code();
        }
    }
}
