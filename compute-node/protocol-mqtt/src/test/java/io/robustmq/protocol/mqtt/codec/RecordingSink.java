package io.robustmq.protocol.mqtt.codec;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Keeps what a connection would get, in order: publishes and packets as records, acknowledgements as {@link Ack}. */
class RecordingSink implements PacketSink {
    /** What {@link PacketSink#ack} was called with. */
    record Ack(AckType type, int packetId, ReasonCode reason) {}

    final List<Object> received = new ArrayList<>();

    @Override
    public void publish(PublishView view) throws DecodeFailure {
        received.add(view.toPacket());
    }

    @Override
    public void ack(AckType type, int packetId, ReasonCode reason) {
        received.add(new Ack(type, packetId, reason));
    }

    @Override
    public void packet(Packet packet) {
        received.add(packet);
    }

    @Nullable DecodeFailure failureOf(PacketDecoder decoder, byte[] bytes) {
        ByteBuf in = Unpooled.wrappedBuffer(bytes);
        try {
            decoder.decode(in, this);
            return null;
        } catch (DecodeFailure failure) {
            return failure;
        } finally {
            in.release();
        }
    }
}
