package io.robustmq.transport;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.DefaultMaxMessagesRecvByteBufAllocator;
import org.jspecify.annotations.Nullable;

/**
 * One large receive buffer for all connections of a loop. A read ends before the next begins, so connections need none of their own. Whoever keeps a part of what was
 * read retains it, as with any buffer; then the loop goes on with a new one.
 */
final class ReceiveBuffers extends DefaultMaxMessagesRecvByteBufAllocator {

    /** Large enough that a busy connection costs one system call for hundreds of packets. */
    private static final int BUFFER_BYTES = 64 * 1024;

    /** Reads of one connection in a row before the others have their turn. */
    private static final int READS_IN_A_ROW = 4;

    private final SharedHandle handle = new SharedHandle();
    private final LoopFigures figures;
    private @Nullable ByteBuf shared;

    ReceiveBuffers(LoopFigures figures) {
        super(READS_IN_A_ROW);
        this.figures = figures;
    }

    /** The same for all channels of the loop: Netty resets a handle at the start of each read and never reads two channels at once. */
    @Override
    public MaxMessageHandle newHandle() {
        return handle;
    }

    void release() {
        ByteBuf last = shared;
        if (last != null) {
            shared = null;
            last.release();
        }
    }

    private final class SharedHandle extends MaxMessageHandle {

        @Override
        public int guess() {
            return BUFFER_BYTES;
        }

        @Override
        public ByteBuf allocate(ByteBufAllocator allocator) {
            ByteBuf present = shared;
            if (present != null && present.refCnt() == 1) {
                present.clear();
                return present.retain();
            }
            if (present != null) {
                present.release();
            }
            ByteBuf fresh = allocator.directBuffer(BUFFER_BYTES, BUFFER_BYTES);
            shared = fresh;
            return fresh.retain();
        }

        @Override
        public void lastBytesRead(int bytes) {
            if (bytes > 0) {
                figures.reads().add(1);
                figures.readBytes().add(bytes);
            }
            super.lastBytesRead(bytes);
        }
    }
}
