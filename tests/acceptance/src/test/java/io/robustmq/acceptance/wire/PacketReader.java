package io.robustmq.acceptance.wire;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/** Takes a packet's body apart, strictly: what is left over, repeated or out of range is an error. */
final class PacketReader {
    private final ByteBuffer body;
    private final Version version;

    PacketReader(byte[] body, Version version) {
        this.body = ByteBuffer.wrap(body);
        this.version = version;
    }

    /** The packet with that first byte. */
    Packet read(int firstByte) {
        int flags = firstByte & 0x0F;
        Packet packet = switch (firstByte >>> 4) {
            case 2 -> connAck(flags);
            case 3 -> publish(flags);
            case 4 -> ack(Ack.Kind.PUBACK, flags);
            case 5 -> ack(Ack.Kind.PUBREC, flags);
            case 6 -> ack(Ack.Kind.PUBREL, flags);
            case 7 -> ack(Ack.Kind.PUBCOMP, flags);
            case 9 -> {
                demand(flags == 0, "SUBACK flags " + flags);
                yield new SubAck(packetId(), properties(), reasons());
            }
            case 11 -> {
                demand(flags == 0, "UNSUBACK flags " + flags);
                yield new UnsubAck(packetId(), properties(), version.hasProperties() ? reasons() : List.of());
            }
            case 13 -> {
                demand(flags == 0, "PINGRESP flags " + flags);
                yield new PingResp();
            }
            case 14 -> {
                demand(version.hasProperties(), "DISCONNECT from a server before MQTT 5");
                demand(flags == 0, "DISCONNECT flags " + flags);
                yield new Disconnect(body.hasRemaining() ? u8() : 0, trailingProperties());
            }
            case 15 -> {
                demand(version.hasProperties(), "AUTH before MQTT 5");
                demand(flags == 0, "AUTH flags " + flags);
                yield new Auth(body.hasRemaining() ? u8() : 0, trailingProperties());
            }
            default -> throw new MalformedPacketException("a server must not send type " + (firstByte >>> 4));
        };
        demand(!body.hasRemaining(), body.remaining() + " bytes too many in " + packet);
        return packet;
    }

    private ConnAck connAck(int flags) {
        demand(flags == 0, "CONNACK flags " + flags);
        int acknowledge = u8();
        demand((acknowledge & 0xFE) == 0, "reserved CONNACK bits " + acknowledge);
        return new ConnAck(acknowledge == 1, u8(), properties());
    }

    private Publish publish(int flags) {
        int qos = (flags >>> 1) & 3;
        boolean dup = (flags & 8) != 0;
        demand(qos != 3, "QoS 3");
        demand(qos > 0 || !dup, "DUP with QoS 0");
        String topic = text();
        demand(!topic.contains("#") && !topic.contains("+"), "wildcard in topic " + topic);
        int packetId = qos > 0 ? packetId() : 0;
        Properties properties = properties();
        byte[] payload = new byte[body.remaining()];
        body.get(payload);
        return new Publish(
                topic,
                new String(payload, StandardCharsets.ISO_8859_1),
                qos,
                (flags & 1) != 0,
                dup,
                packetId,
                properties);
    }

    private Ack ack(Ack.Kind kind, int flags) {
        demand(flags == kind.flags(), kind + " flags " + flags);
        int packetId = packetId();
        if (!version.hasProperties()) {
            return new Ack(kind, packetId, 0, Properties.NONE);
        }
        int reason = body.hasRemaining() ? u8() : 0;
        return new Ack(kind, packetId, reason, trailingProperties());
    }

    private List<Integer> reasons() {
        List<Integer> reasons = new ArrayList<>();
        while (body.hasRemaining()) {
            reasons.add(u8());
        }
        demand(!reasons.isEmpty(), "no reason codes");
        return reasons;
    }

    /** Properties of a packet that may end before them. */
    private Properties trailingProperties() {
        return body.hasRemaining() ? properties() : Properties.NONE;
    }

    private Properties properties() {
        if (!version.hasProperties()) {
            return Properties.NONE;
        }
        int length = variable();
        demand(length <= body.remaining(), "property length " + length + " beyond the packet");
        int end = body.position() + length;
        List<Property> properties = new ArrayList<>();
        BitSet seen = new BitSet();
        while (body.position() < end) {
            int id = variable();
            Property property = switch (Property.form(id)) {
                case BYTE -> Property.of(id, u8());
                case TWO_BYTES -> Property.of(id, u16());
                case FOUR_BYTES -> Property.of(id, ((long) u16() << 16) | u16());
                case VARIABLE -> Property.of(id, variable());
                case TEXT -> Property.of(id, text());
                case BINARY -> Property.of(id, new String(counted(), StandardCharsets.ISO_8859_1));
                case PAIR -> new Property(id, 0, text(), text());
            };
            boolean mayRepeat = id == Property.USER_PROPERTY || id == Property.SUBSCRIPTION_IDENTIFIER;
            demand(mayRepeat || !seen.get(id), "property 0x" + Integer.toHexString(id) + " twice");
            seen.set(id);
            properties.add(property);
        }
        demand(body.position() == end, "a property crosses the end of the properties");
        return new Properties(properties);
    }

    private int packetId() {
        int packetId = u16();
        demand(packetId != 0, "packet identifier 0");
        return packetId;
    }

    private int u8() {
        demand(body.remaining() >= 1, "packet too short");
        return body.get() & 0xFF;
    }

    private int u16() {
        return (u8() << 8) | u8();
    }

    private int variable() {
        int value = 0;
        for (int shift = 0; shift < 28; shift += 7) {
            int digit = u8();
            value |= (digit & 0x7F) << shift;
            if ((digit & 0x80) == 0) {
                demand(shift == 0 || digit != 0, "variable byte integer longer than needed");
                return value;
            }
        }
        throw new MalformedPacketException("variable byte integer of five bytes");
    }

    private byte[] counted() {
        int length = u16();
        demand(body.remaining() >= length, "length " + length + " beyond the packet");
        byte[] bytes = new byte[length];
        body.get(bytes);
        return bytes;
    }

    private String text() {
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .onMalformedInput(CodingErrorAction.REPORT)
                    .onUnmappableCharacter(CodingErrorAction.REPORT)
                    .decode(ByteBuffer.wrap(counted()))
                    .toString();
            demand(text.indexOf(0) < 0, "U+0000 in a text");
            return text;
        } catch (CharacterCodingException e) {
            throw new MalformedPacketException("text is not UTF-8: " + e.getMessage());
        }
    }

    private static void demand(boolean holds, String otherwise) {
        if (!holds) {
            throw new MalformedPacketException(otherwise);
        }
    }
}
