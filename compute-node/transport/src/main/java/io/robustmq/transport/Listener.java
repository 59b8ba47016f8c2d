package io.robustmq.transport;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.WriteBufferWaterMark;
import io.robustmq.transport.tls.TlsEndpoint;
import io.robustmq.transport.tls.TlsReload;
import java.net.SocketAddress;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One bound address: accepts connections within its limits and gives them to the home loops in turn. Accepting runs on a thread of its own, so that a storm of connects
 * does not hold up one of the loops. The figures may be read by any thread.
 */
// The outcome of what is asked of a channel or a group is told by its own events.
@SuppressWarnings("FutureReturnValueIgnored")
public final class Listener {

    private static final Logger log = LoggerFactory.getLogger(Listener.class);

    /** After an accept failed, in practice for want of file descriptors, the next is tried after this time. */
    private static final long PAUSE_AFTER_FAILURE_MILLIS = 500;

    private final ListenerSettings settings;
    private final List<NettyLoop> loops;
    private final List<ChannelFutureListener> closings;
    private final ConnectionAcceptor acceptor;
    private final LongSupplier connectionIds;
    private final @Nullable TlsEndpoint tls;
    private final HandshakeLog handshakes;
    private final AtomicInteger open = new AtomicInteger();
    private final AtomicLong accepted = new AtomicLong();
    private final AtomicLong refusedByLimit = new AtomicLong();
    private final AtomicLong pausedByRate = new AtomicLong();
    private final AtomicLong failures = new AtomicLong();
    private volatile @Nullable Channel server;
    private volatile @Nullable ListenerInfo info;
    private volatile @Nullable UnixSocketFile socketFile;
    private int nextLoop;

    Listener(
            ListenerSettings settings,
            List<NettyLoop> loops,
            ConnectionAcceptor acceptor,
            LongSupplier connectionIds,
            @Nullable TlsEndpoint tls) {
        this.settings = settings;
        this.loops = loops;
        this.acceptor = acceptor;
        this.connectionIds = connectionIds;
        this.tls = tls;
        this.handshakes = new HandshakeLog(settings.name());
        this.closings = loops.stream().map(this::closingOn).toList();
    }

    /** The name, the bound address and what connections are told. */
    public ListenerInfo info() {
        ListenerInfo present = info;
        if (present == null) {
            throw new IllegalStateException("listener " + settings.name() + " is not bound");
        }
        return present;
    }

    /** Lets connections in, those first that came since binding. Harmless if called again. */
    public void startAccepting() {
        Channel present = server;
        if (present != null) {
            present.config().setAutoRead(true);
        }
    }

    /** Whether the address is bound. */
    public boolean isListening() {
        Channel present = server;
        return present != null && present.isActive();
    }

    /** Connections of this listener that are open now. */
    public int openConnections() {
        return open.get();
    }

    /** Connections let in since the start. */
    public long acceptedConnections() {
        return accepted.get();
    }

    /** Connections closed at once because {@link ListenerSettings#connectionsMax} were open. */
    public long refusedConnections() {
        return refusedByLimit.get();
    }

    /** Times that accepting paused to keep {@link ListenerSettings#acceptsPerSecondMax}. */
    public long acceptPauses() {
        return pausedByRate.get();
    }

    /** Accepts that failed, in practice for want of file descriptors. */
    public long failedAccepts() {
        return failures.get();
    }

    /** Connections that ended, or were refused, before PROXY header, TLS handshake and WebSocket upgrade were done. */
    public long failedHandshakes() {
        return handshakes.failures();
    }

    /** When the first of the certificates in use ends; empty without TLS. */
    public Optional<Instant> certificateExpires() {
        return tls == null ? Optional.empty() : Optional.of(tls.expires());
    }

    /** Reads the files of TLS anew for connections to come; those that are open go on. Reads from disk and waits: not for a loop. */
    public TlsReload reloadTls() {
        return tls == null ? new TlsReload.NoTls() : tls.reload();
    }

    /** Stops letting connections in; those that are open stay. Waits until the last one let in is with its loop; harmless if called again. */
    public void stopListening() {
        Channel present = server;
        if (present != null) {
            present.close().awaitUninterruptibly();
        }
        UnixSocketFile file = socketFile;
        if (file != null) {
            file.delete();
        }
    }

    /** Gives back what TLS holds. To be called when no connection comes any more. */
    void release() {
        if (tls != null) {
            tls.close();
        }
    }

    /** What the server channel does with accepted channels. */
    ChannelInboundHandlerAdapter newHandler() {
        return new AcceptHandler();
    }

    void bound(Channel serverChannel, @Nullable UnixSocketFile file) {
        info = new ListenerInfo(
                settings.name(),
                settings.transport(),
                serverChannel.localAddress(),
                settings.packetBytesMax(),
                settings.writeLimits(),
                settings.mountPoint());
        socketFile = file;
        server = serverChannel;
    }

    /** Counts and tells of those that do not get as far as their protocol. */
    HandshakeLog handshakes() {
        return handshakes;
    }

    /** Gives a connection to its protocol. On the connection's loop. */
    void handOver(Channel connection, NettyLoop loop, ConnectionInfo facts) {
        acceptor.accepted(connection, loop, facts);
    }

    /** The other end of the socket. Clients of a Unix domain socket have no address of their own. */
    SocketAddress peerOf(Channel connection) {
        SocketAddress peer = connection.remoteAddress();
        return peer == null || settings.transport() == Transport.UNIX ? info().address() : peer;
    }

    /** This end of the socket. */
    SocketAddress localAddressOf(Channel connection) {
        SocketAddress local = connection.localAddress();
        return local == null ? info().address() : local;
    }

    private ChannelFutureListener closingOn(NettyLoop loop) {
        return closed -> {
            open.decrementAndGet();
            loop.closed(closed.channel());
        };
    }

    /** Runs on the accepting thread only. */
    private final class AcceptHandler extends ChannelInboundHandlerAdapter {

        private final AcceptBudget budget = new AcceptBudget(settings.acceptsPerSecondMax(), System.nanoTime());
        private boolean waiting;

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            Channel connection = (Channel) message;
            long waitNanos = budget.spend(System.nanoTime());
            if (waitNanos > 0) {
                pausedByRate.incrementAndGet();
                pause(context.channel(), waitNanos);
            }
            if (open.get() >= settings.connectionsMax()) {
                refusedByLimit.incrementAndGet();
                connection.unsafe().closeForcibly();
                return;
            }
            open.incrementAndGet();
            accepted.incrementAndGet();
            NettyLoop loop = loops.get(nextLoop);
            nextLoop = nextLoop + 1 == loops.size() ? 0 : nextLoop + 1;
            long connectionId = connectionIds.getAsLong();
            loop.execute(() -> admit(connection, loop, connectionId));
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            failures.incrementAndGet();
            log.warn("Accepting failed listener={} reason={}", settings.name(), cause.toString());
            pause(context.channel(), TimeUnit.MILLISECONDS.toNanos(PAUSE_AFTER_FAILURE_MILLIS));
        }

        private void pause(Channel serverChannel, long nanos) {
            if (!waiting) {
                waiting = true;
                serverChannel.config().setAutoRead(false);
                serverChannel.eventLoop().schedule(() -> resume(serverChannel), nanos, TimeUnit.NANOSECONDS);
            }
        }

        private void resume(Channel serverChannel) {
            waiting = false;
            // What came along with the accept that began the pause was let in on credit.
            long waitNanos = budget.waitNanos(System.nanoTime());
            if (waitNanos > 0) {
                pause(serverChannel, waitNanos);
            } else {
                serverChannel.config().setAutoRead(true);
            }
        }
    }

    /** Runs on {@code loop}. */
    private void admit(Channel connection, NettyLoop loop, long connectionId) {
        connection.closeFuture().addListener(closings.get(loop.index()));
        loop.opened(connection);
        try {
            if (settings.transport() != Transport.UNIX) {
                connection.config().setOption(ChannelOption.TCP_NODELAY, true);
                connection.config().setOption(ChannelOption.SO_KEEPALIVE, true);
            }
            connection.config().setRecvByteBufAllocator(loop.receiveBuffers());
            connection
                    .config()
                    .setWriteBufferWaterMark(new WriteBufferWaterMark(
                            settings.writeLimits().lowWaterBytes(),
                            settings.writeLimits().highWaterBytes()));
            if (Arrival.isNeeded(settings)) {
                Arrival.install(this, settings, tls, connection, loop, connectionId);
            } else {
                handOver(
                        connection,
                        loop,
                        new ConnectionInfo(
                                info(),
                                connectionId,
                                localAddressOf(connection),
                                peerOf(connection),
                                null,
                                null,
                                null));
            }
            loop.eventLoop().register(connection);
        } catch (RuntimeException mistake) {
            failures.incrementAndGet();
            log.error("A connection could not be set up listener={}", settings.name(), mistake);
            connection.unsafe().closeForcibly();
        }
    }
}
