package io.robustmq.transport;

import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import javax.net.ssl.SSLException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a peer does wrong below its protocol, and the end of TLS, close the connection: protocols hear of them as of any lost connection. */
// How a close ends is told by the channel's own events.
@SuppressWarnings("FutureReturnValueIgnored")
@ChannelHandler.Sharable
final class PeerFaults extends ChannelInboundHandlerAdapter {

    static final PeerFaults INSTANCE = new PeerFaults();

    private static final Logger log = LoggerFactory.getLogger(PeerFaults.class);

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (event instanceof SslCloseCompletionEvent) {
            context.close();
        } else {
            context.fireUserEventTriggered(event);
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        if (cause instanceof DecoderException || cause instanceof SSLException) {
            log.debug("The transport of {} was violated", context.channel().remoteAddress(), cause);
            context.close();
        } else {
            context.fireExceptionCaught(cause);
        }
    }
}
