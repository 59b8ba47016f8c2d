package io.robustmq.protocol.mqtt.codec;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class PacketRoundTripTest {
    private static final int ROUNDS = 3_000;

    @ParameterizedTest
    @EnumSource
    void everyPacketComesBackAsItWentOut(ProtocolVersion version) {
        for (int seed = 0; seed < ROUNDS; seed++) {
            Packet packet = new RandomPackets(seed).next(version);
            byte[] bytes = Wire.encode(packet, version);

            assertThat(Wire.decode(freshDecoder(packet, version), bytes))
                    .as("seed %d of %s", seed, version)
                    .isEqualTo(List.of(packet));
            assertThat(PacketEncoder.encodedLength(packet, version))
                    .as("seed %d of %s", seed, version)
                    .isEqualTo(bytes.length);
        }
    }

    @ParameterizedTest
    @EnumSource
    void packetsInOneBufferComeOutInOrder(ProtocolVersion version) {
        RandomPackets random = new RandomPackets(17);
        ByteBuf out = Unpooled.buffer();
        PacketType[] fromClients = {
            PacketType.PUBLISH, PacketType.PUBACK, PacketType.SUBSCRIBE, PacketType.PINGREQ, PacketType.UNSUBSCRIBE
        };
        List<Packet> packets = IntStream.range(0, 500)
                .mapToObj(i -> random.next(fromClients[i % fromClients.length], version))
                .toList();
        packets.forEach(packet -> PacketEncoder.encode(packet, version, out));

        assertThat(Wire.decode(Wire.serverDecoder(version), Wire.drain(out))).isEqualTo(packets);
    }

    /** A CONNECT is the first packet of its connection, any other has one before it. */
    private static PacketDecoder freshDecoder(Packet packet, ProtocolVersion version) {
        return packet instanceof Connect
                ? PacketDecoder.ofClientPackets(Wire.LIMIT)
                : Wire.decoder(Wire.senderOf(packet.type()), version);
    }
}
