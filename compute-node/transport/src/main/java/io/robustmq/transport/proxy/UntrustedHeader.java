package io.robustmq.transport.proxy;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.handler.codec.haproxy.HAProxyProtocolException;
import io.robustmq.transport.input.CopyingCumulator;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Refuses a PROXY header from a peer that is not trusted: believed, it would let anybody choose the address that access rules and logs see. Any other first bytes are
 * passed on and this leaves the pipeline.
 */
final class UntrustedHeader extends ByteToMessageDecoder {

    private static final byte[] TEXT = "PROXY ".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] BINARY = {13, 10, 13, 10, 0, 13, 10, 'Q', 'U', 'I', 'T', 10};

    UntrustedHeader() {
        setCumulator(CopyingCumulator.INSTANCE);
    }

    @Override
    protected void decode(ChannelHandlerContext context, ByteBuf in, List<Object> out) {
        boolean text = begins(in, TEXT);
        boolean binary = begins(in, BINARY);
        if ((text && in.readableBytes() >= TEXT.length) || (binary && in.readableBytes() >= BINARY.length)) {
            in.skipBytes(in.readableBytes());
            throw new HAProxyProtocolException("a PROXY header from an address that is not trusted");
        }
        if (!text && !binary) {
            context.fireUserEventTriggered(ProxiedPeer.ITSELF);
            context.pipeline().remove(this);
        }
    }

    /** As far as there are bytes. */
    private static boolean begins(ByteBuf in, byte[] prefix) {
        int length = Math.min(in.readableBytes(), prefix.length);
        for (int i = 0; i < length; i++) {
            if (in.getByte(in.readerIndex() + i) != prefix[i]) {
                return false;
            }
        }
        return true;
    }
}
