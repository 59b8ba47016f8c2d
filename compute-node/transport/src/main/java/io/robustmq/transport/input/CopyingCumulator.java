package io.robustmq.transport.input;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.codec.ByteToMessageDecoder;

/**
 * Copies what a decoder collects into a buffer of its own size. The receive buffer of a loop is large and shared by its connections; a decoder that held on to it would let
 * a peer that sends half a record keep all of it, and one that sends a record byte by byte keep one for each byte.
 */
public final class CopyingCumulator implements ByteToMessageDecoder.Cumulator {

    /** The only one; without state. */
    public static final CopyingCumulator INSTANCE = new CopyingCumulator();

    private CopyingCumulator() {}

    @Override
    public ByteBuf cumulate(ByteBufAllocator allocator, ByteBuf collected, ByteBuf in) {
        if (collected.isReadable()) {
            return ByteToMessageDecoder.MERGE_CUMULATOR.cumulate(allocator, collected, in);
        }
        try {
            ByteBuf own = allocator.directBuffer(in.readableBytes());
            own.writeBytes(in);
            return own;
        } finally {
            collected.release();
            in.release();
        }
    }
}
