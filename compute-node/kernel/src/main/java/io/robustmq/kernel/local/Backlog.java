package io.robustmq.kernel.local;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.robustmq.kernel.ByteCopy;
import io.robustmq.kernel.Delivery;
import io.robustmq.kernel.Guarantee;
import io.robustmq.kernel.MessageView;
import org.jspecify.annotations.Nullable;

/** Deliveries that wait for room in the window of an attachment, as bytes, first in first out. Bounded by its caller. */
final class Backlog {
    private static final int FIRST_BYTES = 1024;

    private @Nullable ByteBuf bytes;
    private int count;

    int count() {
        return count;
    }

    int bytes() {
        ByteBuf present = bytes;
        return present == null ? 0 : present.readableBytes();
    }

    /** Copies a delivery; id 0 means that a sequence is assigned when it leaves. */
    void add(ByteBufAllocator allocator, Delivery delivery) {
        ByteBuf out = bytes;
        if (out == null) {
            out = allocator.directBuffer(FIRST_BYTES);
            bytes = out;
        } else if (out.readerIndex() > out.capacity() / 2) {
            out.discardReadBytes();
        }
        out.writeLong(delivery.id());
        out.writeByte(delivery.guarantee().code() | (delivery.lastValue() ? 4 : 0) | (delivery.redelivered() ? 8 : 0));
        out.writeShort(delivery.identifierCount());
        for (int i = 0; i < delivery.identifierCount(); i++) {
            out.writeInt(delivery.identifier(i));
        }
        MessageView message = delivery.message();
        ByteCopy.append(message.buffer(), message.index(), message.encodedLength(), out);
        count++;
    }

    /** Describes the first delivery in {@code into} and removes it; valid until the next call. */
    void take(Delivery into) {
        ByteBuf in = bytes;
        if (in == null || count == 0) {
            throw new IllegalStateException("the backlog is empty");
        }
        long id = in.readLong();
        int flags = in.readByte();
        into.begin(id, Guarantee.of(flags & 3), (flags & 4) != 0, (flags & 8) != 0);
        int identifiers = in.readUnsignedShort();
        for (int i = 0; i < identifiers; i++) {
            into.addIdentifier(in.readInt());
        }
        into.message().wrap(in, in.readerIndex());
        in.skipBytes(into.message().encodedLength());
        count--;
    }

    void clear() {
        ByteBuf present = bytes;
        if (present != null) {
            present.release();
            bytes = null;
        }
        count = 0;
    }

    /** Gives the buffer back once nothing waits. */
    void releaseIfEmpty() {
        if (count == 0) {
            clear();
        }
    }
}
