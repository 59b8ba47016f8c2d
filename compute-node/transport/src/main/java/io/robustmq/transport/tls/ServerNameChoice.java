package io.robustmq.transport.tls;

import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.ssl.AbstractSniHandler;
import io.netty.util.concurrent.Future;
import io.robustmq.transport.input.CopyingCumulator;
import org.jspecify.annotations.Nullable;

/** Reads the host name that a client asks for (RFC 6066 section 3) and makes way for TLS with the certificate of that host. */
final class ServerNameChoice extends AbstractSniHandler<Boolean> {

    /** A hello with a few certificates' worth of extensions; what is larger is no client of MQTT. */
    private static final int HELLO_BYTES_MAX = 16 * 1024;

    private final TlsEndpoint endpoint;

    ServerNameChoice(TlsEndpoint endpoint) {
        super(HELLO_BYTES_MAX, 0);
        this.endpoint = endpoint;
        setCumulator(CopyingCumulator.INSTANCE);
    }

    @Override
    protected Future<Boolean> lookup(ChannelHandlerContext context, @Nullable String host) {
        return context.executor().newSucceededFuture(true);
    }

    @Override
    protected void onLookupComplete(ChannelHandlerContext context, @Nullable String host, Future<Boolean> found) {
        context.pipeline().replace(this, null, endpoint.newHandler(host, context.alloc()));
    }
}
