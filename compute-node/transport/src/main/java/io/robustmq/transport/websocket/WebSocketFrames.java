package io.robustmq.transport.websocket;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.ContinuationWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CorruptedWebSocketFrameException;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PongWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketCloseStatus;
import io.netty.util.ReferenceCountUtil;
import java.nio.channels.ClosedChannelException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Turns binary frames into bytes and bytes into binary frames. Where frames begin and end says nothing about packets (MQTT 5.0 section 6.0): what comes in is a stream, and
 * each buffer that goes out is one frame, so what was collected during a tick is one.
 *
 * <pre>
 *   OPEN ------- empty buffer written: close frame sent -----> CLOSING ---- close frame received, or too late ---> closed
 *    |---------- text or broken frame received: close frame sent --^  (what still comes is discarded)
 *    |---------- close frame received: answered -------------------------------------------------------------------> closed
 * </pre>
 */
// How a write or a close ends is told by the channel's own events.
@SuppressWarnings("FutureReturnValueIgnored")
final class WebSocketFrames extends ChannelDuplexHandler {

    private static final Logger log = LoggerFactory.getLogger(WebSocketFrames.class);

    private final long lingerNanos;
    private boolean closing;
    private boolean pongWritten;

    /** Of the empty buffer that ended the output: kept until the peer has answered. */
    private @Nullable ChannelPromise parting;

    WebSocketFrames(long lingerNanos) {
        this.lingerNanos = lingerNanos;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        switch (message) {
            case CloseWebSocketFrame close -> received(context, close);
            case Object _ when closing -> ReferenceCountUtil.release(message);
            case BinaryWebSocketFrame binary -> pass(context, binary.content());
            // The decoder lets a continuation pass only after a first frame, and that was binary.
            case ContinuationWebSocketFrame continuation -> pass(context, continuation.content());
            case PingWebSocketFrame ping -> pong(context, ping.content());
            case PongWebSocketFrame pong -> pong.release();
            case TextWebSocketFrame text -> {
                text.release();
                // [MQTT-6.0.0-1]
                part(context, WebSocketCloseStatus.INVALID_MESSAGE_TYPE);
            }
            default -> {
                // Bytes that were sent before the upgrade was answered.
                ReferenceCountUtil.release(message);
                part(context, WebSocketCloseStatus.PROTOCOL_ERROR);
            }
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        if (pongWritten) {
            pongWritten = false;
            context.flush();
        }
        context.fireChannelReadComplete();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        if (!(cause instanceof CorruptedWebSocketFrameException broken)) {
            context.fireExceptionCaught(cause);
        } else if (!closing) {
            log.debug("Frames of {} broke the rules", context.channel().remoteAddress(), broken);
            part(context, broken.closeStatus());
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        ChannelPromise waiting = parting;
        if (waiting != null) {
            parting = null;
            waiting.tryFailure(new ClosedChannelException());
        }
        context.fireChannelInactive();
    }

    @Override
    public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
        if (!(message instanceof ByteBuf bytes)) {
            context.write(message, promise);
            return;
        }
        if (closing) {
            bytes.release();
            if (!promise.isVoid()) {
                promise.tryFailure(new ClosedChannelException());
            }
        } else if (bytes.isReadable()) {
            context.write(new BinaryWebSocketFrame(bytes), promise);
        } else {
            // The protocol has said all it had to say.
            bytes.release();
            parting = promise.isVoid() ? null : promise;
            part(context, WebSocketCloseStatus.NORMAL_CLOSURE);
        }
    }

    private static void pass(ChannelHandlerContext context, ByteBuf content) {
        if (content.isReadable()) {
            context.fireChannelRead(content);
        } else {
            content.release();
        }
    }

    private void pong(ChannelHandlerContext context, ByteBuf content) {
        // A peer that does not read its answers gets no more of them (RFC 6455 section 5.5.3 asks for the last only).
        if (context.channel().isWritable()) {
            context.write(new PongWebSocketFrame(content), context.voidPromise());
            pongWritten = true;
        } else {
            content.release();
        }
    }

    /** RFC 6455 section 5.5.1: answered with the same status. */
    private void received(ChannelHandlerContext context, CloseWebSocketFrame close) {
        if (closing) {
            close.release();
            ChannelPromise waiting = parting;
            if (waiting == null) {
                context.close();
            } else {
                parting = null;
                waiting.trySuccess();
            }
            return;
        }
        closing = true;
        context.writeAndFlush(close).addListener(_ -> context.close());
    }

    private void part(ChannelHandlerContext context, WebSocketCloseStatus status) {
        closing = true;
        context.writeAndFlush(new CloseWebSocketFrame(status)).addListener(sent -> {
            if (!sent.isSuccess()) {
                context.close();
            }
        });
        context.executor().schedule(() -> context.close(), lingerNanos, TimeUnit.NANOSECONDS);
    }
}
