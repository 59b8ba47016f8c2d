package io.robustmq.transport;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoEventLoop;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ReflectiveChannelFactory;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerDomainSocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.ThreadPerTaskExecutor;
import io.robustmq.transport.tls.TlsEndpoint;
import io.robustmq.transport.tls.TlsException;
import io.robustmq.transport.tls.TlsSettings;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The home loops of a node, one per core, which own connections and shards alike, and one thread that accepts connections for them. Methods may be called from any thread
 * but a loop's; those that say so wait.
 */
// The outcome of what is asked of a channel or a group is told by its own events.
@SuppressWarnings("FutureReturnValueIgnored")
public final class HomeLoops {

    /** Which way of waiting for sockets to use. */
    public enum Polling {
        /** Linux epoll through Netty's native library; {@link HomeLoops#start} fails where it cannot be loaded. */
        EPOLL,
        /** What the JDK offers, on every system. */
        NIO;

        /** The better one that works here. */
        public static Polling best() {
            return Epoll.isAvailable() ? EPOLL : NIO;
        }
    }

    private final Polling polling;
    private final EventLoopGroup acceptGroup;
    private final EventLoopGroup homeGroup;
    private final List<NettyLoop> loops;
    private final List<Listener> listeners = new ArrayList<>();
    private final AtomicLong lastConnectionId = new AtomicLong();

    private HomeLoops(Polling polling, EventLoopGroup acceptGroup, EventLoopGroup homeGroup, List<NettyLoop> loops) {
        this.polling = polling;
        this.acceptGroup = acceptGroup;
        this.homeGroup = homeGroup;
        this.loops = loops;
    }

    /** Starts {@code loopCount} loops (1 or more). */
    public static HomeLoops start(int loopCount, Polling polling) {
        if (loopCount < 1) {
            throw new IllegalArgumentException("loopCount must be positive, not " + loopCount);
        }
        IoHandlerFactory ioHandlers = switch (polling) {
            case EPOLL -> EpollIoHandler.newFactory();
            case NIO -> NioIoHandler.newFactory();
        };
        EventLoopGroup acceptGroup =
                new MultiThreadIoEventLoopGroup(1, new DefaultThreadFactory("accept", true), ioHandlers);
        Executor threads = new ThreadPerTaskExecutor(new DefaultThreadFactory("home", true));
        EventLoopGroup homeGroup = new MultiThreadIoEventLoopGroup(loopCount, threads, ioHandlers) {
            @Override
            protected IoEventLoop newChild(Executor executor, IoHandlerFactory factory, Object... arguments) {
                return new HomeEventLoop(this, executor, factory, new LoopFigures());
            }
        };
        List<NettyLoop> loops = new ArrayList<>();
        for (EventExecutor eventLoop : homeGroup) {
            loops.add(new NettyLoop(loops.size(), (HomeEventLoop) eventLoop));
        }
        return new HomeLoops(polling, acceptGroup, homeGroup, List.copyOf(loops));
    }

    /** How the loops wait for sockets. */
    public Polling polling() {
        return polling;
    }

    /** The loops, in the order of their {@link NettyLoop#index}. */
    public List<NettyLoop> loops() {
        return loops;
    }

    /** The listeners bound so far, in that order. */
    public synchronized List<Listener> listeners() {
        return List.copyOf(listeners);
    }

    /** Binds a listener whose connections go to {@code acceptor} and lets them in. Waits until it is bound. */
    public Listener listen(ListenerSettings settings, ConnectionAcceptor acceptor) throws ListenException {
        Listener listener = bind(settings, acceptor);
        listener.startAccepting();
        return listener;
    }

    /**
     * Binds a listener whose connections will go to {@code acceptor}. Those that come wait in the backlog until {@link Listener#startAccepting}. Waits until it is bound.
     */
    public synchronized Listener bind(ListenerSettings settings, ConnectionAcceptor acceptor) throws ListenException {
        TlsSettings tlsSettings = settings.tls();
        TlsEndpoint tls = null;
        UnixSocketFile file = null;
        boolean bound = false;
        try {
            if (settings.address() instanceof ListenerAddress.Unix unix) {
                file = UnixSocketFile.claim(settings.name(), unix);
            }
            if (tlsSettings != null) {
                tls = TlsEndpoint.open(settings.name(), tlsSettings);
            }
            Listener listener = new Listener(settings, loops, acceptor, lastConnectionId::incrementAndGet, tls);
            listener.bound(bindServer(settings, listener), file);
            if (file != null) {
                file.bound();
            }
            listeners.add(listener);
            bound = true;
            return listener;
        } catch (TlsException unusable) {
            throw new ListenException("Listener " + settings.name() + ": " + unusable.getMessage(), unusable);
        } finally {
            if (!bound && tls != null) {
                tls.close();
            }
        }
    }

    private ServerChannel bindServer(ListenerSettings settings, Listener listener) throws ListenException {
        ServerChannel server = new ReflectiveChannelFactory<>(serverClass(settings.address())).newChannel();
        server.config().setOption(ChannelOption.SO_BACKLOG, settings.backlogMax());
        if (settings.transport() != Transport.UNIX) {
            server.config().setOption(ChannelOption.SO_REUSEADDR, true);
        }
        server.config().setAutoRead(false);
        server.pipeline().addLast(listener.newHandler());
        ChannelFuture done = acceptGroup.register(server).awaitUninterruptibly();
        if (done.isSuccess()) {
            done = server.bind(socketAddress(settings.address())).awaitUninterruptibly();
        }
        Throwable cause = done.cause();
        if (cause != null) {
            server.close();
            throw new ListenException(
                    "Listener " + settings.name() + " cannot use " + settings.address() + ": " + cause.getMessage(),
                    cause);
        }
        return server;
    }

    private Class<? extends ServerChannel> serverClass(ListenerAddress address) {
        return switch (address) {
            case ListenerAddress.Internet _ ->
                switch (polling) {
                    case EPOLL -> EpollServerSocketChannel.class;
                    case NIO -> NioServerSocketChannel.class;
                };
            case ListenerAddress.Unix _ ->
                switch (polling) {
                    case EPOLL -> EpollServerDomainSocketChannel.class;
                    case NIO -> NioServerDomainSocketChannel.class;
                };
        };
    }

    private SocketAddress socketAddress(ListenerAddress address) {
        return switch (address) {
            case ListenerAddress.Internet internet -> new InetSocketAddress(internet.host(), internet.port());
            case ListenerAddress.Unix unix ->
                switch (polling) {
                    case EPOLL -> new DomainSocketAddress(unix.path().toString());
                    case NIO -> UnixDomainSocketAddress.of(unix.path());
                };
        };
    }

    /**
     * Takes leave of all connections: stops listening, then sends {@link Farewell} events at {@code connectionsPerSecond}, and closes what is left after {@code limit}. The
     * result completes when no connection is open.
     */
    public CompletableFuture<Void> drain(int connectionsPerSecond, Duration limit) {
        if (connectionsPerSecond < 1) {
            throw new IllegalArgumentException("connectionsPerSecond must be positive, not " + connectionsPerSecond);
        }
        for (Listener listener : listeners()) {
            listener.stopListening();
        }
        int perLoopAndSecond = Math.max(1, connectionsPerSecond / loops.size());
        return CompletableFuture.allOf(loops.stream()
                .map(loop -> LoopDrain.start(loop, perLoopAndSecond, limit))
                .toArray(CompletableFuture<?>[]::new));
    }

    /** Stops listening, closes all connections and ends the threads. Waits at most {@code limit}. */
    public void close(Duration limit) {
        long limitNanos = limit.toNanos();
        long startedNanos = System.nanoTime();
        for (Listener listener : listeners()) {
            listener.stopListening();
        }
        acceptGroup.shutdownGracefully(0, limitNanos, TimeUnit.NANOSECONDS);
        for (NettyLoop loop : loops) {
            loop.execute(() -> {
                for (Channel connection : loop.connections()) {
                    connection.close();
                }
                loop.releaseBuffers();
            });
        }
        homeGroup.shutdownGracefully(0, limitNanos, TimeUnit.NANOSECONDS);
        homeGroup.terminationFuture().awaitUninterruptibly(limitNanos, TimeUnit.NANOSECONDS);
        long leftNanos = Math.max(0, limitNanos - (System.nanoTime() - startedNanos));
        acceptGroup.terminationFuture().awaitUninterruptibly(leftNanos, TimeUnit.NANOSECONDS);
        for (Listener listener : listeners()) {
            listener.release();
        }
    }
}
