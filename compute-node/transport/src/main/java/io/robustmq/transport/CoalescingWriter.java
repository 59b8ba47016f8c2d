package io.robustmq.transport;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.ssl.SslHandler;
import io.robustmq.storage.Loop;
import org.jspecify.annotations.Nullable;

/**
 * Collects what one connection has to say during a tick and hands it to the socket once, at the tick's end: a system call costs far more than the packets in it. Small
 * things are copied into one pooled buffer, large payloads are added by reference. When all is written the buffer goes back to the pool, so an idle connection keeps none.
 *
 * <p>Belongs to the connection's loop. The owner's handler passes on two events of its channel: {@code channelWritabilityChanged} to {@link #writabilityChanged} and
 * {@code channelInactive} to {@link #release}.
 */
// The outcome of what is asked of a channel or a group is told by its own events.
@SuppressWarnings("FutureReturnValueIgnored")
public final class CoalescingWriter {

    /** The connection that writes. */
    public interface Owner {
        /** Enough was drained after {@link CoalescingWriter#writable} had become false. Called on the loop, at a tick's end or from the channel's event. */
        void writableAgain();
    }

    private enum State {
        OPEN,
        /** What was collected is still to be written, then the connection ends. */
        CLOSING,
        RELEASED
    }

    private final Channel channel;
    private final Loop loop;
    private final LoopFigures figures;
    private final WriteLimits limits;
    private final Owner owner;
    private final Runnable flush = this::flush;
    private @Nullable ByteBuf buffer;
    private int bufferBytes;
    private boolean flushRegistered;
    private boolean handedOver;
    private boolean full;
    private State state = State.OPEN;

    /** A writer with nothing in it. {@code loop} is the one that the channel is registered with, {@code figures} are that loop's. */
    public CoalescingWriter(Channel channel, Loop loop, LoopFigures figures, WriteLimits limits, Owner owner) {
        this.channel = channel;
        this.loop = loop;
        this.figures = figures;
        this.limits = limits;
        this.owner = owner;
        this.bufferBytes = limits.bufferBytesMin();
    }

    /**
     * The buffer to append to, with room for at least {@code sizeBytes}. Write at its end at once and keep no reference: it belongs to this writer and is valid until its next
     * method is called. After {@link #closeWhenWritten} or {@link #release} what is written to it goes nowhere, so that a packet in the making needs no test.
     */
    public ByteBuf reserve(int sizeBytes) {
        registerFlush();
        ByteBuf current = buffer;
        if (current != null) {
            if (current.writableBytes() >= sizeBytes) {
                return current;
            }
            handOver(current);
            bufferBytes = Math.min(bufferBytes * 2, limits.bufferBytesMax());
        }
        current = channel.alloc().directBuffer(Math.max(sizeBytes, bufferBytes));
        buffer = current;
        return current;
    }

    /** Appends the readable bytes of {@code bytes} without moving its indices; the caller keeps its reference. Copies or shares by size. */
    public void append(ByteBuf bytes) {
        int sizeBytes = bytes.readableBytes();
        if (sizeBytes < limits.shareFromBytes()) {
            reserve(sizeBytes).writeBytes(bytes, bytes.readerIndex(), sizeBytes);
            return;
        }
        if (state != State.OPEN || !channel.isOpen()) {
            return;
        }
        registerFlush();
        ByteBuf current = buffer;
        if (current != null) {
            buffer = null;
            handOver(current);
        }
        handOver(bytes.retainedDuplicate());
    }

    /** Whether the connection drains what it is given. Writing on is possible, but the bytes stay in memory. */
    public boolean writable() {
        if (!full && pendingBytes() > limits.highWaterBytes()) {
            full = true;
        }
        return !full;
    }

    /** Bytes collected here and bytes that the socket did not take yet. */
    public long pendingBytes() {
        ByteBuf current = buffer;
        return outboundBytes() + (current == null ? 0 : current.readableBytes());
    }

    /** To be called when the channel's writability changed. */
    public void writabilityChanged() {
        if (channel.isWritable()) {
            tellIfDrained();
        }
    }

    /**
     * Writes what was collected, then ends the connection. The output side is shut first and the peer gets {@link WriteLimits#lingerNanos} to close its own: closing a socket
     * with unread input at once would reset it, and the reset may overtake the last packet, the one that says why. Harmless if called again. The caller discards
     * further input.
     */
    public void closeWhenWritten() {
        if (state != State.OPEN) {
            return;
        }
        registerFlush();
        ByteBuf current = buffer;
        if (current != null) {
            buffer = null;
            handOver(current);
        }
        state = State.CLOSING;
    }

    /** Returns the buffer; what was not handed over is lost. To be called once the channel is inactive. */
    public void release() {
        state = State.RELEASED;
        drop();
    }

    private void registerFlush() {
        if (!flushRegistered) {
            flushRegistered = true;
            loop.atTickEnd(flush);
        }
    }

    private void flush() {
        flushRegistered = false;
        if (state == State.RELEASED || !channel.isOpen()) {
            drop();
            return;
        }
        if (state == State.CLOSING) {
            drop();
        }
        ByteBuf current = buffer;
        if (current != null) {
            buffer = null;
            if (current.readableBytes() * 4 < bufferBytes) {
                bufferBytes = Math.max(bufferBytes / 2, limits.bufferBytesMin());
            }
            handOver(current);
        }
        if (handedOver) {
            handedOver = false;
            figures.flushes().add(1);
            channel.flush();
        }
        if (state == State.CLOSING) {
            part();
            return;
        }
        tellIfDrained();
    }

    private void handOver(ByteBuf bytes) {
        if (!bytes.isReadable() || !channel.isOpen()) {
            bytes.release();
            return;
        }
        handedOver = true;
        figures.writtenBytes().add(bytes.readableBytes());
        channel.write(bytes, channel.voidPromise());
    }

    private void tellIfDrained() {
        if (full && pendingBytes() <= limits.lowWaterBytes()) {
            full = false;
            owner.writableAgain();
        }
    }

    private void part() {
        state = State.RELEASED;
        Loop.Timer deadline = loop.after(limits.lingerNanos(), channel::close);
        channel.closeFuture().addListener(_ -> deadline.cancel());
        // An empty buffer is the end of what is said: where there are frames they say goodbye in their own way.
        channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener((ChannelFuture written) -> {
            SslHandler tls = channel.pipeline().get(SslHandler.class);
            if (written.isSuccess() && tls != null) {
                // Without its own end of output TLS looks cut off to the peer (RFC 8446 section 6.1).
                tls.closeOutbound().addListener((ChannelFuture ended) -> shutOutput(ended.isSuccess()));
            } else {
                shutOutput(written.isSuccess());
            }
        });
    }

    private void shutOutput(boolean written) {
        if (written && channel instanceof DuplexChannel duplex) {
            duplex.shutdownOutput();
        } else {
            channel.close();
        }
    }

    private long outboundBytes() {
        ChannelOutboundBuffer outbound = channel.unsafe().outboundBuffer();
        return outbound == null ? 0 : outbound.totalPendingWriteBytes();
    }

    private void drop() {
        ByteBuf current = buffer;
        if (current != null) {
            buffer = null;
            current.release();
        }
    }
}
