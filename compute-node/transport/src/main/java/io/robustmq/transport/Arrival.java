package io.robustmq.transport;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.util.ReferenceCountUtil;
import io.robustmq.storage.Loop;
import io.robustmq.transport.proxy.ProxiedPeer;
import io.robustmq.transport.proxy.ProxyHeader;
import io.robustmq.transport.proxy.ProxyMode;
import io.robustmq.transport.proxy.ProxySettings;
import io.robustmq.transport.tls.TlsEndpoint;
import io.robustmq.transport.tls.TlsFacts;
import io.robustmq.transport.websocket.WebSocketOpened;
import io.robustmq.transport.websocket.WebSocketSettings;
import io.robustmq.transport.websocket.WebSocketUpgrade;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.channels.ClosedChannelException;
import java.security.cert.CertificateParsingException;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * A connection on its way from its socket to its protocol. Stands at the end of the pipeline behind what reads the PROXY header, does TLS and answers the WebSocket upgrade,
 * gathers what they find out, and makes way for the protocol when all are done. Belongs to the connection's loop.
 *
 * <pre>
 *   socket - [PROXY header] - [TLS] - [WebSocket upgrade] - arrival
 *   socket                  - [TLS] - [WebSocket frames]  - faults  - protocol
 * </pre>
 */
// How a close ends is told by the channel's own events.
@SuppressWarnings("FutureReturnValueIgnored")
final class Arrival extends ChannelInboundHandlerAdapter {

    private final Listener listener;
    private final ListenerSettings settings;
    private final NettyLoop loop;
    private final long connectionId;
    private final SocketAddress socketPeer;
    private final Loop.Timer deadline;
    private boolean awaitsHeader;
    private boolean awaitsTls;
    private boolean awaitsUpgrade;
    private boolean over;
    private SocketAddress localAddress;
    private SocketAddress client;
    private ProxiedPeer proxied = ProxiedPeer.ITSELF;
    private @Nullable TlsFacts tls;

    private Arrival(Listener listener, ListenerSettings settings, Channel channel, NettyLoop loop, long connectionId) {
        this.listener = listener;
        this.settings = settings;
        this.loop = loop;
        this.connectionId = connectionId;
        this.socketPeer = listener.peerOf(channel);
        this.client = socketPeer;
        this.localAddress = listener.localAddressOf(channel);
        this.deadline = loop.after(settings.handshakeTimeoutNanos(), () -> tooSlow(channel));
    }

    /** Whether connections with these settings have anything to settle before their protocol. */
    static boolean isNeeded(ListenerSettings settings) {
        return settings.transport().isSecured()
                || settings.transport().isWebSocket()
                || settings.proxy().mode() != ProxyMode.OFF;
    }

    /** Prepares a channel that is not registered yet. */
    static void install(
            Listener listener,
            ListenerSettings settings,
            @Nullable TlsEndpoint tls,
            Channel channel,
            NettyLoop loop,
            long connectionId) {
        Arrival arrival = new Arrival(listener, settings, channel, loop, connectionId);
        ChannelPipeline pipeline = channel.pipeline();
        ProxySettings proxy = settings.proxy();
        if (proxy.mode() != ProxyMode.OFF) {
            arrival.awaitsHeader = true;
            ProxyHeader.install(pipeline, proxy.mode(), arrival.isProxy(arrival.socketPeer));
        }
        if (tls != null) {
            arrival.awaitsTls = true;
            tls.install(pipeline);
        }
        WebSocketSettings webSocket = settings.webSocket();
        if (webSocket != null) {
            arrival.awaitsUpgrade = true;
            WebSocketUpgrade.install(pipeline, webSocket, arrival::refused);
        }
        pipeline.addLast(arrival);
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
        // The protocol is told when it is there.
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        // Only after the end was decided: before it, everything is for those in front.
        ReferenceCountUtil.release(message);
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (over) {
            return;
        }
        switch (event) {
            case ProxiedPeer peer -> {
                awaitsHeader = false;
                proxied = peer;
                if (peer.source() != null) {
                    client = peer.source();
                }
                if (peer.destination() != null) {
                    localAddress = peer.destination();
                }
                arriveIfComplete(context);
            }
            case SslHandshakeCompletionEvent done -> {
                if (done.isSuccess()) {
                    secured(context);
                } else if (done.cause() instanceof ClosedChannelException) {
                    left();
                } else {
                    refuse(context, "TLS: " + done.cause().getMessage());
                }
            }
            case WebSocketOpened opened -> {
                awaitsUpgrade = false;
                forwardedFor(opened.forwardedFor());
                arriveIfComplete(context);
            }
            case Farewell _ -> {
                over = true;
                context.close();
            }
            default -> {
                // Of those in front, for each other.
            }
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        if (!over) {
            left();
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        if (over) {
            context.close();
        } else if (cause instanceof IOException && !(cause instanceof SSLException)) {
            left();
            context.close();
        } else {
            refuse(context, String.valueOf(cause.getMessage()));
        }
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext context) {
        deadline.cancel();
    }

    private void secured(ChannelHandlerContext context) {
        awaitsTls = false;
        SslHandler handler = context.pipeline().get(SslHandler.class);
        try {
            tls = TlsFacts.of(handler.engine().getSession());
        } catch (CertificateParsingException unreadable) {
            refuse(context, "The names in the client's certificate cannot be read: " + unreadable.getMessage());
            return;
        }
        arriveIfComplete(context);
    }

    private void arriveIfComplete(ChannelHandlerContext context) {
        if (awaitsHeader || awaitsTls || awaitsUpgrade) {
            return;
        }
        over = true;
        ConnectionInfo connection = new ConnectionInfo(
                listener.info(),
                connectionId,
                localAddress,
                client,
                client.equals(socketPeer) ? null : socketPeer,
                tls,
                proxied.tls());
        ChannelPipeline pipeline = context.pipeline();
        if (settings.transport() != Transport.TCP && settings.transport() != Transport.UNIX) {
            pipeline.addLast(PeerFaults.INSTANCE);
        }
        listener.handOver(context.channel(), loop, connection);
        context.fireChannelActive();
        pipeline.remove(this);
    }

    /** The client is the last in the list that is not a proxy: what stands before it may have been made up by the client. */
    private void forwardedFor(@Nullable String header) {
        if (header == null || !settings.proxy().forwardedFor() || !isProxy(client)) {
            return;
        }
        String[] hops = header.split(",");
        for (int i = hops.length - 1; i >= 0; i--) {
            InetAddress hop;
            try {
                hop = InetAddress.ofLiteral(hops[i].strip());
            } catch (IllegalArgumentException _) {
                // Not an address: what stands further left is nothing that a proxy of ours wrote.
                return;
            }
            client = new InetSocketAddress(hop, 0);
            if (!settings.proxy().trusted().contain(hop)) {
                return;
            }
        }
    }

    /** On a Unix domain socket there is no address, and who may open it is a matter of the file system. */
    private boolean isProxy(SocketAddress peer) {
        return settings.transport() == Transport.UNIX
                || settings.proxy().trusted().contain(peer);
    }

    private void tooSlow(Channel channel) {
        if (!over) {
            refused("not ready in time");
            // Beginning behind TLS: whoever is slow to shake hands is slow to part as well.
            channel.pipeline().firstContext().close();
        }
    }

    private void refuse(ChannelHandlerContext context, String reason) {
        refused(reason);
        context.close();
    }

    private void refused(String reason) {
        if (!over) {
            over = true;
            listener.handshakes().refused(client, reason);
        }
    }

    private void left() {
        over = true;
        listener.handshakes().left(client);
    }
}
