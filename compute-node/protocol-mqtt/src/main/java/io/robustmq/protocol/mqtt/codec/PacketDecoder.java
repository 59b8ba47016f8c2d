package io.robustmq.protocol.mqtt.codec;

import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Turns the bytes that one peer sends into packets and refuses whatever the specification forbids (MQTT 5.0 §2, §3;
 * 3.1.1 §2, §3). Owned by one connection and used by its thread only.
 *
 * <pre>
 *   waiting for CONNECT --CONNECT--> open, version known --violation--> failed
 *            '---------------------- violation ------------------------^
 * </pre>
 *
 * <p>PUBLISH and the four acknowledgements reach the {@link PacketSink} without an allocation. A decoder that failed stays
 * failed and repeats its failure: behind a malformed packet nobody knows where the next one starts.
 *
 * <p>MQTT 3.1 declares many bits unused where the later versions declare them reserved; for its clients they are ignored.
 * Not judged here, because the answer is no failure or depends on the state of the connection: the form of the client
 * identifier, whether wildcards in topic filters are well placed ({@link TopicFilter}), the characters of the topic of a
 * PUBLISH ({@link PublishView#validateTopic}), a second CONNECT, and every limit that was announced to the peer, except
 * the maximum packet size.
 */
public final class PacketDecoder {
    /** The greatest packet that the format can express: a remaining length of four bytes behind the first byte. */
    public static final int MAXIMUM_PACKET_SIZE_BYTES = 5 + VariableByteInteger.MAXIMUM_VALUE;

    private static final int CLIENT_ONLY_TYPES =
            bit(PacketType.CONNECT) | bit(PacketType.SUBSCRIBE) | bit(PacketType.UNSUBSCRIBE) | bit(PacketType.PINGREQ);
    private static final int SERVER_ONLY_TYPES =
            bit(PacketType.CONNACK) | bit(PacketType.SUBACK) | bit(PacketType.UNSUBACK) | bit(PacketType.PINGRESP);

    private final int maximumPacketSizeBytes;
    private final Sender sender;
    private final PropertyScan scan = new PropertyScan();
    private final PublishView view = new PublishView(scan);
    private final PacketCursor cursor;
    private @Nullable ProtocolVersion version;
    private @Nullable DecodeFailure failure;
    private boolean pauseRequested;
    private boolean putBack;
    private boolean acksAsRecords;
    private int pendingPacketBytes;

    private PacketDecoder(Sender sender, @Nullable ProtocolVersion version, int maximumPacketSizeBytes) {
        if (maximumPacketSizeBytes < 1) {
            throw new IllegalArgumentException("maximum packet size " + maximumPacketSizeBytes + " is not positive");
        }
        this.sender = sender;
        this.version = version;
        this.maximumPacketSizeBytes = maximumPacketSizeBytes;
        this.cursor = new PacketCursor(sender, scan);
    }

    /**
     * The decoder of a server: reads what a client sends and learns the version from the CONNECT, which must come first
     * [MQTT-3.1.0-1].
     *
     * @param maximumPacketSizeBytes the greatest packet that is accepted, counted with its fixed header (MQTT 5.0 §2.1.4)
     */
    public static PacketDecoder ofClientPackets(int maximumPacketSizeBytes) {
        return new PacketDecoder(Sender.CLIENT, null, maximumPacketSizeBytes);
    }

    /**
     * The decoder of a client: reads what a server sends.
     *
     * @param version the version that the client named in its CONNECT
     * @param maximumPacketSizeBytes the greatest packet that is accepted, counted with its fixed header (MQTT 5.0 §2.1.4)
     */
    public static PacketDecoder ofServerPackets(ProtocolVersion version, int maximumPacketSizeBytes) {
        return new PacketDecoder(Sender.SERVER, version, maximumPacketSizeBytes);
    }

    /**
     * The version of the connection. Known from the moment the protocol name and version of a CONNECT were read, also
     * when the rest of that packet is refused, so that the refusal can be answered in the peer's own form; null before
     * that and when the peer named a version that is not spoken.
     */
    public @Nullable ProtocolVersion version() {
        return version;
    }

    /**
     * The size of the packet that the last {@link #decode} left incomplete, with its fixed header, or 0 when that is not
     * known yet. A hint for the size of the buffer that collects the rest.
     */
    public int pendingPacketBytes() {
        return pendingPacketBytes;
    }

    /** Called by a sink: the running {@link #decode} returns after the packet at hand and leaves the others unread. */
    public void pause() {
        pauseRequested = true;
    }

    /**
     * Called by a sink: as {@link #pause}, and the packet at hand stays unread too, so that the next {@link #decode} hands it
     * on once more. The sink must not have acted on it.
     */
    public void putBack() {
        pauseRequested = true;
        putBack = true;
    }

    /**
     * Hands every whole packet in the buffer to the sink and leaves an incomplete one unread. The reader index stands
     * behind a packet before the sink sees it, and before it again if the sink puts it back.
     *
     * @param in stays with the caller; must not be written to, compacted or released by the sink
     * @throws DecodeFailure at the first violation, and at every later call; packets before it were handed on
     */
    public void decode(ByteBuf in, PacketSink sink) throws DecodeFailure {
        if (failure != null) {
            throw failure;
        }
        pauseRequested = false;
        try {
            while (!pauseRequested && decodeNext(in, sink)) {
                // one packet per turn
            }
        } catch (DecodeFailure violation) {
            failure = violation;
            throw violation;
        } finally {
            view.clear();
        }
    }

    /**
     * Decodes all whole packets in the buffer as records, acknowledgements with their properties included. Allocates
     * freely: made for tests and tools.
     *
     * @param in stays with the caller
     */
    public List<Packet> decodeRecords(ByteBuf in) throws DecodeFailure {
        List<Packet> packets = new ArrayList<>();
        decodeRecords(in, packets);
        return packets;
    }

    private void decodeRecords(ByteBuf in, List<Packet> packets) throws DecodeFailure {
        acksAsRecords = true;
        try {
            decode(in, new PacketSink() {
                @Override
                public void publish(PublishView publish) throws DecodeFailure {
                    packets.add(publish.toPacket());
                }

                @Override
                public void ack(AckType type, int packetId, ReasonCode reason) {
                    throw new IllegalStateException("acknowledgements come as records here");
                }

                @Override
                public void packet(Packet packet) {
                    packets.add(packet);
                }
            });
        } finally {
            acksAsRecords = false;
        }
    }

    private boolean decodeNext(ByteBuf in, PacketSink sink) throws DecodeFailure {
        pendingPacketBytes = 0;
        int start = in.readerIndex();
        int available = in.readableBytes();
        if (available < 2) {
            return false;
        }
        int header = in.getUnsignedByte(start);
        ProtocolVersion known = version;
        if (known == null) {
            FirstPacket.requireConnect(header, in.getByte(start + 1));
        } else {
            requireLegalHeader(header, known);
        }
        int packed = VariableByteInteger.decode(in, start + 1, start + available);
        if (packed == VariableByteInteger.INCOMPLETE) {
            return false;
        }
        if (packed == VariableByteInteger.TOO_LONG) {
            throw DecodeFailure.malformed("The remaining length takes more than four bytes [MQTT-1.5.5-1].");
        }
        int body = start + 1 + VariableByteInteger.length(packed);
        int end = body + VariableByteInteger.value(packed);
        int size = end - start;
        if (size > maximumPacketSizeBytes) {
            throw DecodeFailure.of(
                    ReasonCode.PACKET_TOO_LARGE,
                    "A packet of " + size + " bytes is above the limit of " + maximumPacketSizeBytes + ".");
        }
        if (known != null) {
            requireMinimal(packed, known);
        }
        if (size > available) {
            pendingPacketBytes = size;
            return false;
        }
        in.readerIndex(end);
        if (known == null) {
            cursor.reset(in, body, end);
            ProtocolVersion named = ConnectReader.readVersion(cursor);
            version = named;
            requireMinimal(packed, named);
            sink.packet(ConnectReader.read(cursor, named));
        } else {
            dispatch(in, header, body, end, known, sink);
        }
        if (putBack) {
            putBack = false;
            in.readerIndex(start);
        }
        return true;
    }

    private void dispatch(ByteBuf in, int header, int body, int end, ProtocolVersion known, PacketSink sink)
            throws DecodeFailure {
        PacketType type = PacketType.of(header >> 4);
        switch (type) {
            case PUBLISH -> publish(in, header, body, end, known, sink);
            case PUBACK, PUBREC, PUBREL, PUBCOMP -> ack(in, AckType.of(header >> 4), body, end, known, sink);
            case CONNECT, CONNACK, SUBSCRIBE, SUBACK, UNSUBSCRIBE, UNSUBACK, PINGREQ, PINGRESP, DISCONNECT, AUTH -> {
                cursor.reset(in, body, end);
                sink.packet(record(type, known));
            }
        }
    }

    private Packet record(PacketType type, ProtocolVersion known) throws DecodeFailure {
        return switch (type) {
            case CONNECT -> ConnectReader.read(cursor, ConnectReader.readVersion(cursor));
            case CONNACK -> PacketReader.readConnAck(cursor, known);
            case PUBLISH -> throw new IllegalStateException("PUBLISH is handed on as a view");
            case PUBACK, PUBREC, PUBREL, PUBCOMP -> PacketReader.readAck(AckType.of(type.code()), cursor, known);
            case SUBSCRIBE -> PacketReader.readSubscribe(cursor, known);
            case SUBACK -> PacketReader.readSubAck(cursor, known);
            case UNSUBSCRIBE -> PacketReader.readUnsubscribe(cursor, known);
            case UNSUBACK -> PacketReader.readUnsubAck(cursor, known);
            case PINGREQ -> PacketReader.readPingReq(cursor);
            case PINGRESP -> PacketReader.readPingResp(cursor);
            case DISCONNECT -> PacketReader.readDisconnect(cursor, known);
            case AUTH -> PacketReader.readAuth(cursor);
        };
    }

    private void publish(ByteBuf in, int header, int body, int end, ProtocolVersion known, PacketSink sink)
            throws DecodeFailure {
        int topicOffset = body + 2;
        if (topicOffset > end) {
            throw DecodeFailure.malformed("The packet ends within its topic name.");
        }
        int topicLength = in.getUnsignedShort(body);
        int at = topicOffset + topicLength;
        if (at > end) {
            throw DecodeFailure.malformed("The packet ends within its topic name.");
        }
        int packetId = 0;
        if ((header & 0b0110) != 0) {
            if (at + 2 > end) {
                throw DecodeFailure.malformed("The packet ends within its packet identifier.");
            }
            packetId = in.getUnsignedShort(at);
            if (packetId == 0) {
                throw PacketCursor.zeroPacketId();
            }
            at += 2;
        }
        if (known.hasProperties()) {
            scan.scan(in, at, end, PropertyScope.PUBLISH, sender);
            at = scan.end();
        } else {
            scan.clear(at);
        }
        if (topicLength == 0 && scan.topicAlias() == 0) {
            throw known.hasProperties()
                    ? DecodeFailure.protocolError("Neither topic name nor topic alias (MQTT 5.0 section 3.3.2.1).")
                    : DecodeFailure.malformed("The topic name is empty [MQTT-4.7.3-1].");
        }
        view.set(in, header, topicOffset, topicLength, packetId, at, end);
        sink.publish(view);
    }

    private void ack(ByteBuf in, AckType type, int body, int end, ProtocolVersion known, PacketSink sink)
            throws DecodeFailure {
        if (acksAsRecords) {
            cursor.reset(in, body, end);
            sink.packet(PacketReader.readAck(type, cursor, known));
            return;
        }
        int at = body + 2;
        if (at > end) {
            throw DecodeFailure.malformed("The packet ends within its packet identifier.");
        }
        int packetId = in.getUnsignedShort(body);
        if (packetId == 0) {
            throw PacketCursor.zeroPacketId();
        }
        ReasonCode reason = ReasonCode.SUCCESS;
        if (known.hasProperties() && at < end) {
            reason = PacketCursor.requireReason(in.getUnsignedByte(at), type.packetType(), sender);
            at++;
            if (at < end) {
                scan.scan(in, at, end, type.scope(), sender);
                at = scan.end();
            }
        }
        if (at != end) {
            throw DecodeFailure.malformed("The packet goes on behind its last field by " + (end - at) + " bytes.");
        }
        sink.ack(type, packetId, reason);
    }

    private void requireLegalHeader(int header, ProtocolVersion known) throws DecodeFailure {
        int code = header >> 4;
        if (code == PacketType.PUBLISH.code()) {
            requireLegalPublishFlags(header, known);
            return;
        }
        if (code == 0 || (code == PacketType.AUTH.code() && !known.hasProperties())) {
            throw DecodeFailure.malformed("The packet type " + code + " is reserved (MQTT 5.0 section 2.1.2).");
        }
        PacketType type = PacketType.of(code);
        if (header != type.firstByte() && known != ProtocolVersion.MQTT_3_1) {
            throw DecodeFailure.malformed("The reserved flags of " + type + " are wrong [MQTT-2.1.3-1].");
        }
        if ((forbiddenTypes(known) & bit(type)) != 0) {
            throw DecodeFailure.protocolError("The " + sender + " must not send " + type + ".");
        }
    }

    private static void requireLegalPublishFlags(int header, ProtocolVersion known) throws DecodeFailure {
        int qosBits = header & 0b0110;
        if (qosBits == 0b0110) {
            throw DecodeFailure.malformed("The QoS of a PUBLISH is 3 [MQTT-3.3.1-4].");
        }
        // MQTT 3.1 gives the flag no meaning at QoS 0 and does not forbid it.
        if (qosBits == 0 && (header & 0b1000) != 0 && known != ProtocolVersion.MQTT_3_1) {
            throw DecodeFailure.protocolError("A PUBLISH at QoS 0 is marked as a duplicate [MQTT-3.3.1-2].");
        }
    }

    private int forbiddenTypes(ProtocolVersion known) {
        return switch (sender) {
            case CLIENT -> SERVER_ONLY_TYPES;
            case SERVER -> known.hasProperties() ? CLIENT_ONLY_TYPES : CLIENT_ONLY_TYPES | bit(PacketType.DISCONNECT);
        };
    }

    /** Only MQTT 5.0 demands the shortest form of the remaining length [MQTT-1.5.5-1]. */
    private static void requireMinimal(int packed, ProtocolVersion known) throws DecodeFailure {
        if (known.hasProperties() && !VariableByteInteger.isMinimal(packed)) {
            throw DecodeFailure.malformed("The remaining length takes more bytes than it needs [MQTT-1.5.5-1].");
        }
    }

    private static int bit(PacketType type) {
        return 1 << type.code();
    }
}
