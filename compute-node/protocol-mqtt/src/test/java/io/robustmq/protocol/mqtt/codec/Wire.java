package io.robustmq.protocol.mqtt.codec;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Packets spelled out field by field, right or wrong as the test wants them: an {@code Integer} or an ASCII
 * {@code Character} is one byte, a {@code String} is a counted UTF-8 string, an array is raw bytes.
 */
final class Wire {
    static final int LIMIT = 1 << 20;

    private Wire() {}

    /** A packet with the remaining length that its fields have. */
    static byte[] packet(int firstByte, Object... fields) {
        byte[] body = fields(fields);
        return fields(firstByte, variable(body.length), body);
    }

    /** The fields one after another. */
    static byte[] fields(Object... fields) {
        ByteBuf out = Unpooled.buffer();
        for (Object field : fields) {
            switch (field) {
                case Integer octet -> out.writeByte(octet);
                case Character letter -> out.writeByte(letter);
                case String text -> {
                    out.writeShort(ByteBufUtil.utf8Bytes(text));
                    ByteBufUtil.writeUtf8(out, text);
                }
                case byte[] raw -> out.writeBytes(raw);
                default -> throw new IllegalArgumentException("not a field: " + field);
            }
        }
        return drain(out);
    }

    /** Properties with the length that they have. */
    static byte[] properties(Object... fields) {
        byte[] content = fields(fields);
        return fields(variable(content.length), content);
    }

    static byte[] twoBytes(int value) {
        return new byte[] {(byte) (value >> 8), (byte) value};
    }

    static byte[] fourBytes(long value) {
        return new byte[] {(byte) (value >> 24), (byte) (value >> 16), (byte) (value >> 8), (byte) value};
    }

    static byte[] variable(int value) {
        ByteBuf out = Unpooled.buffer();
        VariableByteInteger.write(out, value);
        return drain(out);
    }

    static byte[] raw(int... octets) {
        byte[] bytes = new byte[octets.length];
        for (int i = 0; i < octets.length; i++) {
            bytes[i] = (byte) octets[i];
        }
        return bytes;
    }

    static byte[] encode(Packet packet, ProtocolVersion version) {
        ByteBuf out = Unpooled.buffer();
        PacketEncoder.encode(packet, version, out);
        return drain(out);
    }

    static byte[] drain(ByteBuf out) {
        try {
            return ByteBufUtil.getBytes(out);
        } finally {
            out.release();
        }
    }

    static Connect connect(ProtocolVersion version) {
        return new Connect(version, "c", true, 0, Properties.NONE, null, null, null);
    }

    /** A server's decoder that has read a CONNECT of the version. */
    static PacketDecoder serverDecoder(ProtocolVersion version) {
        PacketDecoder decoder = PacketDecoder.ofClientPackets(LIMIT);
        decode(decoder, encode(connect(version), version));
        return decoder;
    }

    static PacketDecoder decoder(Sender sender, ProtocolVersion version) {
        return switch (sender) {
            case CLIENT -> serverDecoder(version);
            case SERVER -> PacketDecoder.ofServerPackets(version, LIMIT);
        };
    }

    /** Who sends a packet; the client, when both do. */
    static Sender senderOf(PacketType type) {
        return switch (type) {
            case CONNACK, SUBACK, UNSUBACK, PINGRESP -> Sender.SERVER;
            case CONNECT, PUBLISH, PUBACK, PUBREC, PUBREL, PUBCOMP, SUBSCRIBE, UNSUBSCRIBE, PINGREQ, DISCONNECT, AUTH ->
                Sender.CLIENT;
        };
    }

    /** All packets in the bytes, which must be whole and legal. */
    static List<Packet> decode(PacketDecoder decoder, byte[] bytes) {
        List<Packet> packets = new ArrayList<>();
        DecodeFailure failure = tryDecode(decoder, bytes, packets);
        if (failure != null) {
            throw new AssertionError(failure.reason() + ": " + failure.getMessage(), failure);
        }
        return packets;
    }

    /** The failure that the bytes lead to, or null. */
    static @Nullable DecodeFailure failureOf(PacketDecoder decoder, byte[] bytes) {
        return tryDecode(decoder, bytes, new ArrayList<>());
    }

    private static @Nullable DecodeFailure tryDecode(PacketDecoder decoder, byte[] bytes, List<Packet> packets) {
        ByteBuf in = Unpooled.wrappedBuffer(bytes);
        try {
            packets.addAll(decoder.decodeRecords(in));
            return null;
        } catch (DecodeFailure failure) {
            return failure;
        } finally {
            in.release();
        }
    }
}
