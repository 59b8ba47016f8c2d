package io.robustmq.protocol.mqtt.codec;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Bytes arrive in pieces of any size; packets come out whole and once. */
class FragmentationTest {
    private static final int SAMPLES = 8;

    @ParameterizedTest
    @EnumSource
    void everySplitOfEveryPacketGivesThePacket(ProtocolVersion version) throws DecodeFailure {
        for (PacketType type : PacketType.values()) {
            if (type == PacketType.AUTH && !version.hasProperties()) {
                continue;
            }
            RandomPackets random = new RandomPackets(type.code());
            for (int sample = 0; sample < SAMPLES; sample++) {
                Packet packet = random.next(type, version);
                byte[] bytes = Wire.encode(packet, version);
                // Long payloads add splits that differ in nothing.
                for (int split = 0; split <= bytes.length; split += bytes.length > 2_000 ? 97 : 1) {
                    assertThat(decodeInTwo(decoderFor(packet, version), bytes, split))
                            .as("%s of %s split at %d", packet, version, split)
                            .isEqualTo(List.of(packet));
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void packetsFedByteByByteComeOutInOrder(ProtocolVersion version) throws DecodeFailure {
        RandomPackets random = new RandomPackets(99);
        PacketDecoder decoder = Wire.serverDecoder(version);
        for (int round = 0; round < 40; round++) {
            Packet packet = random.next(round % 2 == 0 ? PacketType.SUBSCRIBE : PacketType.PUBLISH, version);
            byte[] bytes = Wire.encode(packet, version);
            ByteBuf in = Unpooled.buffer();
            try {
                for (int i = 0; i < bytes.length - 1; i++) {
                    in.writeByte(bytes[i]);
                    assertThat(decoder.decodeRecords(in)).isEmpty();
                    assertThat(in.readerIndex()).isZero();
                }
                in.writeByte(bytes[bytes.length - 1]);
                assertThat(decoder.decodeRecords(in)).isEqualTo(List.of(packet));
                assertThat(in.isReadable()).isFalse();
            } finally {
                in.release();
            }
        }
    }

    @Test
    void incompletePacketTellsItsSizeOnceItIsKnown() throws DecodeFailure {
        PacketDecoder decoder = Wire.serverDecoder(ProtocolVersion.MQTT_5);
        ByteBuf in = Unpooled.buffer();
        try {
            in.writeByte(0x30).writeByte(0xAC);
            decoder.decodeRecords(in);
            assertThat(decoder.pendingPacketBytes()).isZero();
            in.writeByte(0x02);
            decoder.decodeRecords(in);
            assertThat(decoder.pendingPacketBytes()).isEqualTo(303);
            in.writeShort(1).writeByte('t').writeByte(0).writeZero(296);
            assertThat(decoder.decodeRecords(in)).hasSize(1);
            assertThat(decoder.pendingPacketBytes()).isZero();
        } finally {
            in.release();
        }
    }

    @Test
    void pausedDecoderLeavesTheRestForTheNextCall() throws DecodeFailure {
        PacketDecoder decoder = Wire.serverDecoder(ProtocolVersion.MQTT_5);
        RecordingSink sink = new RecordingSink() {
            @Override
            public void ack(AckType type, int packetId, ReasonCode reason) {
                super.ack(type, packetId, reason);
                decoder.pause();
            }
        };
        ByteBuf in = Unpooled.wrappedBuffer(Wire.packet(0x40, 0, 1), Wire.packet(0x40, 0, 2), Wire.packet(0xC0));
        try {
            decoder.decode(in, sink);
            assertThat(sink.received).containsExactly(new RecordingSink.Ack(AckType.PUBACK, 1, ReasonCode.SUCCESS));
            assertThat(in.readerIndex()).isEqualTo(4);
            decoder.decode(in, sink);
            decoder.decode(in, sink);
            assertThat(sink.received).hasSize(3).endsWith(new PingReq());
            assertThat(in.isReadable()).isFalse();
        } finally {
            in.release();
        }
    }

    private static List<Packet> decodeInTwo(PacketDecoder decoder, byte[] bytes, int split) throws DecodeFailure {
        ByteBuf in = Unpooled.buffer(bytes.length);
        try {
            in.writeBytes(bytes, 0, split);
            List<Packet> early = decoder.decodeRecords(in);
            if (split == bytes.length) {
                return early;
            }
            assertThat(early).isEmpty();
            in.writeBytes(bytes, split, bytes.length - split);
            return decoder.decodeRecords(in);
        } finally {
            in.release();
        }
    }

    private static PacketDecoder decoderFor(Packet packet, ProtocolVersion version) {
        return packet instanceof Connect
                ? PacketDecoder.ofClientPackets(Wire.LIMIT)
                : Wire.decoder(Wire.senderOf(packet.type()), version);
    }
}
