package io.robustmq.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** Loops whose connections send back what they get, and end after an 'X'. */
final class EchoNode implements AutoCloseable {

    static final Duration PATIENCE = Duration.ofSeconds(20);

    final HomeLoops loops;
    final BlockingQueue<ConnectionInfo> arrived = new LinkedBlockingQueue<>();
    final List<String> failures = new CopyOnWriteArrayList<>();

    EchoNode(HomeLoops.Polling polling) {
        loops = HomeLoops.start(2, polling);
    }

    Listener listen(ListenerSettings settings) throws ListenException {
        return loops.listen(settings, (channel, loop, connection) -> {
            channel.pipeline().addLast(new Echo(channel, loop, connection));
            arrived.add(connection);
        });
    }

    /** The next connection that got as far as its protocol. */
    ConnectionInfo arrival() throws InterruptedException {
        ConnectionInfo connection = arrived.poll(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        if (connection == null) {
            throw new AssertionError("no connection arrived");
        }
        return connection;
    }

    long flushes() {
        return loops.loops().stream()
                .mapToLong(loop -> loop.figures().flushes().get())
                .sum();
    }

    static void await(String what, BooleanSupplier condition) throws InterruptedException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("in time: %s", what).isLessThan(deadline);
            TimeUnit.MILLISECONDS.sleep(2);
        }
    }

    @Override
    public void close() {
        loops.close(Duration.ofSeconds(5));
        assertThat(failures).as("exceptions that reached the protocol").isEmpty();
    }

    private final class Echo extends ChannelInboundHandlerAdapter implements CoalescingWriter.Owner {

        private final CoalescingWriter writer;
        private boolean active;

        private Echo(Channel channel, NettyLoop loop, ConnectionInfo connection) {
            this.writer = new CoalescingWriter(
                    channel, loop, loop.figures(), connection.listener().writeLimits(), this);
        }

        @Override
        public void channelActive(ChannelHandlerContext context) {
            active = true;
        }

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            if (!active) {
                failures.add("read before active");
            }
            ByteBuf bytes = (ByteBuf) message;
            writer.append(bytes);
            if (bytes.getByte(bytes.writerIndex() - 1) == 'X') {
                writer.closeWhenWritten();
            }
            bytes.release();
        }

        @Override
        public void channelInactive(ChannelHandlerContext context) {
            writer.release();
        }

        @Override
        public void userEventTriggered(ChannelHandlerContext context, Object event) {
            if (event == Farewell.SERVER_SHUTTING_DOWN) {
                writer.reserve(3).writeBytes("bye".getBytes(StandardCharsets.US_ASCII));
                writer.closeWhenWritten();
            }
        }

        @Override
        public void channelWritabilityChanged(ChannelHandlerContext context) {
            writer.writabilityChanged();
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            // A client that goes away in the middle of something is nothing special.
            if (!(cause instanceof IOException)) {
                failures.add(cause.toString());
            }
            writer.closeWhenWritten();
        }

        @Override
        public void writableAgain() {
            // Echoes are written whatever waits.
        }
    }
}
