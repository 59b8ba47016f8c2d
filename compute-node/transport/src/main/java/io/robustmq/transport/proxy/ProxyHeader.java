package io.robustmq.transport.proxy;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.haproxy.HAProxyCommand;
import io.netty.handler.codec.haproxy.HAProxyMessage;
import io.netty.handler.codec.haproxy.HAProxyMessageDecoder;
import io.netty.handler.codec.haproxy.HAProxyProtocolException;
import io.netty.handler.codec.haproxy.HAProxyProtocolVersion;
import io.netty.handler.codec.haproxy.HAProxySSLTLV;
import io.netty.handler.codec.haproxy.HAProxyTLV;
import io.robustmq.transport.input.CopyingCumulator;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Reads the one header of a connection from a trusted proxy, tells it as a {@link ProxiedPeer} and leaves the pipeline. */
public final class ProxyHeader extends ChannelInboundHandlerAdapter {

    /** Room for what proxies tell beside addresses, a certificate's names included. */
    private static final int TLV_BYTES_MAX = 4096;

    private static final byte SSL_CIPHER = 0x23;

    private final ProxyMode mode;

    private ProxyHeader(ProxyMode mode) {
        this.mode = mode;
    }

    /** Adds what reads the header of a trusted proxy ({@code trusted}), or refuses that of anybody else, to the end of the pipeline. */
    public static void install(ChannelPipeline pipeline, ProxyMode mode, boolean trusted) {
        if (!trusted) {
            pipeline.addLast(new UntrustedHeader());
            return;
        }
        HAProxyMessageDecoder decoder = new HAProxyMessageDecoder(TLV_BYTES_MAX, true);
        decoder.setCumulator(CopyingCumulator.INSTANCE);
        pipeline.addLast(decoder, new ProxyHeader(mode));
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (!(message instanceof HAProxyMessage header)) {
            context.fireChannelRead(message);
            return;
        }
        ProxiedPeer peer;
        try {
            peer = read(header);
        } finally {
            header.release();
        }
        context.pipeline().remove(this);
        context.fireUserEventTriggered(peer);
    }

    private ProxiedPeer read(HAProxyMessage header) {
        boolean wanted = switch (mode) {
            case OFF -> false;
            case V1 -> header.protocolVersion() == HAProxyProtocolVersion.V1;
            case V2 -> header.protocolVersion() == HAProxyProtocolVersion.V2;
            case ANY -> true;
        };
        if (!wanted) {
            throw new HAProxyProtocolException(
                    "a PROXY header of version " + header.protocolVersion() + " where the listener takes " + mode);
        }
        if (header.command() == HAProxyCommand.LOCAL) {
            return ProxiedPeer.ITSELF;
        }
        ProxiedTls tls = tls(header);
        return switch (header.proxiedProtocol()) {
            case TCP4, TCP6 ->
                new ProxiedPeer(
                        address(header.sourceAddress(), header.sourcePort()),
                        address(header.destinationAddress(), header.destinationPort()),
                        tls);
            case UNKNOWN, UNIX_STREAM -> new ProxiedPeer(null, null, tls);
            case UDP4, UDP6, UNIX_DGRAM ->
                throw new HAProxyProtocolException("a PROXY header for datagrams: " + header.proxiedProtocol());
        };
    }

    private static InetSocketAddress address(String text, int port) {
        try {
            return new InetSocketAddress(InetAddress.ofLiteral(text), port);
        } catch (IllegalArgumentException notAnAddress) {
            throw new HAProxyProtocolException("a PROXY header with a bad address", notAnAddress);
        }
    }

    private static @Nullable ProxiedTls tls(HAProxyMessage header) {
        for (HAProxyTLV entry : header.tlvs()) {
            if (entry instanceof HAProxySSLTLV ssl && ssl.isPP2ClientSSL()) {
                String version = null;
                String cipher = null;
                String commonName = null;
                for (HAProxyTLV inside : ssl.encapsulatedTLVs()) {
                    switch (inside.type()) {
                        case PP2_TYPE_SSL_VERSION -> version = inside.content().toString(StandardCharsets.US_ASCII);
                        case PP2_TYPE_SSL_CN -> commonName = inside.content().toString(StandardCharsets.UTF_8);
                        case OTHER -> {
                            if (inside.typeByteValue() == SSL_CIPHER) {
                                cipher = inside.content().toString(StandardCharsets.US_ASCII);
                            }
                        }
                        case PP2_TYPE_ALPN, PP2_TYPE_AUTHORITY, PP2_TYPE_SSL, PP2_TYPE_NETNS -> {
                            // Nobody here asks for it.
                        }
                    }
                }
                boolean shown = ssl.isPP2ClientCertConn() || ssl.isPP2ClientCertSess();
                return new ProxiedTls(version, cipher, commonName, shown && ssl.verify() == 0);
            }
        }
        return null;
    }
}
