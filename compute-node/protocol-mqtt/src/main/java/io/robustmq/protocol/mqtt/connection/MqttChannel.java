package io.robustmq.protocol.mqtt.connection;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.robustmq.transport.CoalescingWriter;
import io.robustmq.transport.Farewell;
import io.robustmq.transport.KeepAliveWheel;
import io.robustmq.transport.NettyLoop;
import io.robustmq.transport.PauseReason;
import io.robustmq.transport.ReadGate;
import io.robustmq.transport.WriteLimits;
import java.io.IOException;
import java.net.InetSocketAddress;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Ties an {@link MqttConnection} to a Netty channel. Loop only. */
// How a close ends is told by channelInactive.
@SuppressWarnings("FutureReturnValueIgnored")
final class MqttChannel extends ChannelInboundHandlerAdapter
        implements Wire, CoalescingWriter.Owner, ReadGate.Owner, KeepAliveWheel.Owner {
    private static final Logger log = LoggerFactory.getLogger(MqttChannel.class);

    private static final InetSocketAddress NO_ADDRESS = InetSocketAddress.createUnresolved("unknown", 0);

    private final Channel channel;
    private final CoalescingWriter writer;
    private final ReadGate gate;
    private final KeepAliveWheel.Watch watch;
    private final MqttConnection connection;

    MqttChannel(MqttLoop loop, Channel channel, NettyLoop nettyLoop, WriteLimits writeLimits) {
        this.channel = channel;
        this.writer = new CoalescingWriter(channel, nettyLoop, nettyLoop.figures(), writeLimits, this);
        this.gate = new ReadGate(channel, nettyLoop, nettyLoop.figures(), this);
        this.watch = nettyLoop.keepAlive().watch(this);
        this.connection = new MqttConnection(loop, this, channel.alloc());
    }

    // From Netty.

    @Override
    public void channelActive(ChannelHandlerContext context) {
        connection.opened();
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (!(message instanceof ByteBuf bytes)) {
            throw new IllegalStateException("a socket gave something other than bytes: " + message.getClass());
        }
        try {
            if (connection.isLive()) {
                watch.touch();
            }
            connection.received(bytes);
        } finally {
            bytes.release();
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        writer.writabilityChanged();
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (event == Farewell.SERVER_SHUTTING_DOWN) {
            connection.farewell();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        connection.lost();
        gate.release();
        writer.release();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        if (cause instanceof IOException) {
            log.debug("The connection of {} broke", peer(), cause);
        } else {
            log.atError().addKeyValue("peer", peer()).setCause(cause).log("A connection failed by a mistake in here");
        }
        context.close();
    }

    // To the connection.

    @Override
    public void readingResumed() {
        connection.readingResumed();
    }

    @Override
    public void writableAgain() {
        connection.writableAgain();
    }

    @Override
    public void silentTooLong() {
        connection.silentTooLong();
    }

    // Wire.

    @Override
    public ByteBuf reserve(int sizeBytes) {
        return writer.reserve(sizeBytes);
    }

    @Override
    public boolean writable() {
        return writer.writable();
    }

    @Override
    public void shut(PauseReason reason) {
        gate.shut(reason);
    }

    @Override
    public void open(PauseReason reason) {
        gate.open(reason);
    }

    @Override
    public boolean isOpen() {
        return gate.isOpen();
    }

    @Override
    public void watchSilence(long silenceNanos) {
        watch.start(silenceNanos);
    }

    @Override
    public void stopWatching() {
        watch.stop();
    }

    @Override
    public void closeWhenWritten() {
        writer.closeWhenWritten();
        // What still comes is read and discarded: unread input would turn the close into a reset, which may overtake
        // the last packet.
        for (PauseReason reason : PauseReason.values()) {
            gate.open(reason);
        }
    }

    @Override
    public InetSocketAddress address() {
        // A connection that broke while it was welcomed has no address any more.
        return channel.remoteAddress() instanceof InetSocketAddress address ? address : NO_ADDRESS;
    }

    @Override
    public String peer() {
        return String.valueOf(channel.remoteAddress());
    }
}
