package io.robustmq.protocol.mqtt.codec;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Whatever arrives ends in packets or in one {@link DecodeFailure}, and in nothing else. */
class DecoderFuzzTest {
    private static final int INPUTS_PER_VERSION = 70_000;
    private static final int LIMIT = 4_096;

    @ParameterizedTest
    @EnumSource
    void anyBytesEndInPacketsOrAFailure(ProtocolVersion version) {
        Random random = new Random(2026 + version.level());
        byte[][] samples = samples(version);
        byte[] connect = Wire.encode(Wire.connect(version), version);
        Touch touch = new Touch();
        int failures = 0;
        for (int input = 0; input < INPUTS_PER_VERSION; input++) {
            byte[] bytes = input % 4 == 0 ? noise(random) : mutation(random, samples);
            Sender sender = random.nextInt(4) == 0 ? Sender.SERVER : Sender.CLIENT;
            boolean connected = random.nextInt(8) != 0;
            if (feed(version, sender, connected ? connect : new byte[0], bytes, random, touch)) {
                failures++;
            }
        }
        assertThat(failures).isPositive().isLessThan(INPUTS_PER_VERSION);
        assertThat(touch.packets).isGreaterThan(INPUTS_PER_VERSION / 10);
    }

    /** Feeds the bytes in one or two pieces; whether they ended in a failure. */
    private static boolean feed(
            ProtocolVersion version, Sender sender, byte[] connect, byte[] bytes, Random random, Touch touch) {
        PacketDecoder decoder = switch (sender) {
            case CLIENT -> PacketDecoder.ofClientPackets(LIMIT);
            case SERVER -> PacketDecoder.ofServerPackets(version, LIMIT);
        };
        boolean records = random.nextBoolean();
        int split = random.nextInt(bytes.length + 1);
        ByteBuf in = Unpooled.buffer(connect.length + bytes.length);
        try {
            if (sender == Sender.CLIENT) {
                in.writeBytes(connect);
            }
            in.writeBytes(bytes, 0, split);
            decode(decoder, in, records, touch);
            in.writeBytes(bytes, split, bytes.length - split);
            decode(decoder, in, records, touch);
            return false;
        } catch (DecodeFailure failure) {
            assertThat(failure.getMessage()).isNotBlank();
            return true;
        } catch (RuntimeException | Error mistake) {
            throw new AssertionError("input " + HexFormat.of().formatHex(bytes) + " for " + version, mistake);
        } finally {
            requireSane(in);
            in.release();
        }
    }

    private static void requireSane(ByteBuf in) {
        if (in.readerIndex() > in.writerIndex() || in.refCnt() != 1) {
            throw new AssertionError("the buffer was mistreated: " + in);
        }
    }

    private static void decode(PacketDecoder decoder, ByteBuf in, boolean records, Touch touch) throws DecodeFailure {
        if (records) {
            touch.packets += decoder.decodeRecords(in).size();
        } else {
            decoder.decode(in, touch);
        }
    }

    private static byte[] noise(Random random) {
        byte[] bytes = new byte[random.nextInt(60)];
        random.nextBytes(bytes);
        if (bytes.length > 2 && random.nextBoolean()) {
            bytes[0] = (byte) PacketType.of(1 + random.nextInt(15)).firstByte();
            bytes[1] = (byte) (bytes.length - 2);
        }
        return bytes;
    }

    private static byte[] mutation(Random random, byte[][] samples) {
        byte[] bytes = samples[random.nextInt(samples.length)].clone();
        for (int change = random.nextInt(4); change > 0; change--) {
            int at = random.nextInt(bytes.length);
            switch (random.nextInt(3)) {
                case 0 -> bytes[at] = (byte) random.nextInt(256);
                case 1 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
                default -> bytes[at] = (byte) (random.nextBoolean() ? 0 : 0xFF);
            }
        }
        return bytes;
    }

    private static byte[][] samples(ProtocolVersion version) {
        byte[][] samples = new byte[400][];
        for (int i = 0; i < samples.length; i++) {
            byte[] sample;
            RandomPackets random = new RandomPackets(i);
            do {
                sample = Wire.encode(random.next(version), version);
            } while (sample.length > 400);
            samples[i] = sample;
        }
        return samples;
    }

    /** Reads all that a connection could read. */
    private static final class Touch implements PacketSink {
        private int packets;

        @Override
        public void publish(PublishView view) throws DecodeFailure {
            packets++;
            int end = view.payloadOffset() + view.payloadLength();
            if (end > view.buffer().readerIndex() || view.forwardedPropertiesLength() > view.propertiesLength()) {
                throw new AssertionError("the view reaches beyond its packet");
            }
            ByteBuf forwarded = Unpooled.buffer();
            try {
                view.writeForwardedProperties(forwarded);
                if (forwarded.readableBytes() != view.forwardedPropertiesLength()) {
                    throw new AssertionError("forwarded properties have another length than told");
                }
            } finally {
                forwarded.release();
            }
            view.toPacket();
        }

        @Override
        public void ack(AckType type, int packetId, ReasonCode reason) {
            packets++;
        }

        @Override
        public void packet(Packet packet) {
            packets++;
        }
    }
}
