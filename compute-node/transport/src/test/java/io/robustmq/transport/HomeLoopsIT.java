package io.robustmq.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** The transport over real sockets, with each way of waiting for them. */
@ParameterizedClass
@EnumSource(HomeLoops.Polling.class)
class HomeLoopsIT {

    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final HomeLoops loops;
    private final List<Socket> sockets = new ArrayList<>();

    HomeLoopsIT(HomeLoops.Polling polling) {
        loops = HomeLoops.start(2, polling);
    }

    @AfterEach
    void closeEverything() throws IOException {
        for (Socket socket : sockets) {
            socket.close();
        }
        loops.close(Duration.ofSeconds(5));
    }

    /** Echoes; understands 'X' (close), 'P' (pause for the rest) and 'B' (write ten mebibytes). */
    private static final class Echo extends ChannelInboundHandlerAdapter
            implements CoalescingWriter.Owner, ReadGate.Owner {

        private final NettyLoop loop;
        private final CoalescingWriter writer;
        private final ReadGate gate;
        private final BlockingQueue<String> events = new LinkedBlockingQueue<>();

        private Echo(Channel channel, NettyLoop loop, ListenerInfo listener) {
            this.loop = loop;
            this.writer = new CoalescingWriter(channel, loop, loop.figures(), listener.writeLimits(), this);
            this.gate = new ReadGate(channel, loop, loop.figures(), this);
        }

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            ByteBuf bytes = (ByteBuf) message;
            events.add("read");
            loop.atTickEnd(() -> {
                events.add("tick end");
                loop.atTickEnd(() -> events.add("end of tick end"));
            });
            switch (bytes.getByte(bytes.readerIndex())) {
                case 'X' -> {
                    writer.append(bytes);
                    writer.closeWhenWritten();
                }
                case 'P' -> gate.shut(PauseReason.LIMIT);
                case 'B' -> {
                    for (int i = 0; i < 10 * 1024; i++) {
                        writer.reserve(1024).writeZero(1024);
                    }
                    if (!writer.writable()) {
                        events.add("full");
                    }
                }
                default -> writer.append(bytes);
            }
            bytes.release();
        }

        @Override
        public void channelWritabilityChanged(ChannelHandlerContext context) {
            writer.writabilityChanged();
        }

        @Override
        public void channelInactive(ChannelHandlerContext context) {
            writer.release();
            gate.release();
            events.add("gone");
        }

        @Override
        public void userEventTriggered(ChannelHandlerContext context, Object event) {
            if (event == Farewell.SERVER_SHUTTING_DOWN) {
                writer.reserve(3).writeBytes("bye".getBytes(StandardCharsets.US_ASCII));
                writer.closeWhenWritten();
            }
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            events.add(cause.toString());
        }

        @Override
        public void writableAgain() {
            events.add("writable");
        }

        @Override
        public void readingResumed() {
            events.add("resumed");
        }
    }

    private static ListenerSettings settings(int connectionsMax, int acceptsPerSecondMax) {
        return ListenerSettings.tcp(
                "test", "127.0.0.1", 0, 128, connectionsMax, acceptsPerSecondMax, 1024, WriteLimits.DEFAULT);
    }

    private final List<Echo> echoes = new CopyOnWriteArrayList<>();
    private final List<Long> connectionIds = new CopyOnWriteArrayList<>();

    private Listener listen(ListenerSettings settings) throws ListenException {
        return loops.listen(settings, (channel, loop, connection) -> {
            Echo echo = new Echo(channel, loop, connection.listener());
            channel.pipeline().addLast(echo);
            connectionIds.add(connection.connectionId());
            echoes.add(echo);
        });
    }

    private Socket connect(Listener listener) throws IOException {
        Socket socket =
                new Socket(InetAddress.getLoopbackAddress(), listener.info().port());
        socket.setSoTimeout((int) PATIENCE.toMillis());
        sockets.add(socket);
        return socket;
    }

    private static void send(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
    }

    private static String receive(Socket socket, int bytes) throws IOException {
        return new String(socket.getInputStream().readNBytes(bytes), StandardCharsets.US_ASCII);
    }

    private static void await(String what, BooleanSupplier condition) throws InterruptedException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("in time: %s", what).isLessThan(deadline);
            TimeUnit.MILLISECONDS.sleep(2);
        }
    }

    private static String next(Echo echo) throws InterruptedException {
        String event = echo.events.poll(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        return event == null ? "nothing" : event;
    }

    private long sum(Function<LoopFigures, LoopCounter> counter) {
        return loops.loops().stream()
                .mapToLong(loop -> counter.apply(loop.figures()).get())
                .sum();
    }

    @Test
    void bytesComeAndGoAndAreCounted() throws Exception {
        Listener listener = listen(settings(10, 1000));
        Socket first = connect(listener);
        Socket second = connect(listener);
        send(first, "hello");
        assertThat(receive(first, 5)).isEqualTo("hello");
        send(second, "world");
        assertThat(receive(second, 5)).isEqualTo("world");

        assertThat(listener.acceptedConnections()).isEqualTo(2);
        assertThat(listener.openConnections()).isEqualTo(2);
        assertThat(connectionIds).doesNotHaveDuplicates().hasSize(2);
        assertThat(echoes.stream().map(echo -> echo.loop.index())).containsExactlyInAnyOrder(0, 1);
        assertThat(sum(LoopFigures::connections)).isEqualTo(2);
        assertThat(sum(LoopFigures::readBytes)).isEqualTo(10);
        assertThat(sum(LoopFigures::writtenBytes)).isEqualTo(10);
        first.close();
        second.close();
        await("both gone", () -> listener.openConnections() == 0 && sum(LoopFigures::connections) == 0);
    }

    @Test
    void theEndOfATickComesAfterItsReadsAndTakesItsOwnTasksAlong() throws Exception {
        Listener listener = listen(settings(10, 1000));
        Socket socket = connect(listener);
        // The first write may meet the registration's tasks; the second tick has nothing but the read in it.
        for (int i = 0; i < 2; i++) {
            send(socket, "a");
            assertThat(receive(socket, 1)).isEqualTo("a");
            assertThat(next(echoes.getFirst())).isEqualTo("read");
            assertThat(next(echoes.getFirst())).isEqualTo("tick end");
            assertThat(next(echoes.getFirst())).isEqualTo("end of tick end");
        }
    }

    @Test
    void tasksRunInTheOrderOfTheThreadThatHandsThemOverAndTickEndsAfterThem() throws Exception {
        NettyLoop loop = loops.loops().getFirst();
        List<String> order = new CopyOnWriteArrayList<>();
        CompletableFuture<Void> done = new CompletableFuture<>();
        loop.execute(() -> {
            loop.atTickEnd(() -> order.add("end"));
            loop.atTickEnd(() -> {
                throw new IllegalStateException("a mistake");
            });
            loop.execute(() -> order.add("second"));
            order.add("first");
            loop.after(1_000_000, () -> {
                order.add("timer");
                done.complete(null);
            });
            loop.after(0, () -> order.add("cancelled")).cancel();
            assertThat(loop.inLoop()).isTrue();
        });
        done.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        assertThat(order).containsExactly("first", "second", "end", "timer");
        assertThat(loop.inLoop()).isFalse();
        assertThat(loop.figures().failedTickEnds().get()).isEqualTo(1);
    }

    @Test
    void connectionsOverTheLimitAreClosedAtOnceAndCounted() throws Exception {
        Listener listener = listen(settings(2, 1000));
        Socket first = connect(listener);
        Socket second = connect(listener);
        Socket third = connect(listener);
        assertThat(third.getInputStream().read()).isEqualTo(-1);
        assertThat(listener.refusedConnections()).isEqualTo(1);
        send(first, "1");
        assertThat(receive(first, 1)).isEqualTo("1");
        second.close();
        await("room again", () -> listener.openConnections() == 1);
        Socket fourth = connect(listener);
        send(fourth, "4");
        assertThat(receive(fourth, 1)).isEqualTo("4");
    }

    @Test
    void connectsOverTheRateWaitInTheBacklogInsteadOfBeingLost() throws Exception {
        Listener listener = listen(settings(100, 50));
        long started = System.nanoTime();
        for (int i = 0; i < 30; i++) {
            connect(listener);
        }
        for (Socket socket : sockets) {
            send(socket, "x");
            assertThat(receive(socket, 1)).isEqualTo("x");
        }
        // A tenth of a second's worth (5) at once, the others 20 ms apart; accepting happens in rounds of up to 16.
        assertThat(Duration.ofNanos(System.nanoTime() - started)).isGreaterThan(Duration.ofMillis(150));
        assertThat(listener.acceptPauses()).isPositive();
        assertThat(listener.acceptedConnections()).isEqualTo(30);
    }

    @Test
    void aTakenPortIsToldInOneSentence() throws Exception {
        int port = listen(settings(10, 10)).info().port();
        ListenerSettings same = ListenerSettings.tcp("mqtt", "127.0.0.1", port, 1, 1, 1, 1, WriteLimits.DEFAULT);
        assertThatThrownBy(() -> listen(same))
                .isInstanceOf(ListenException.class)
                .hasMessageContaining("Listener mqtt cannot use 127.0.0.1:" + port)
                .hasMessageContaining("in use")
                .message()
                .doesNotContain("\n");
    }

    @Test
    void aSlowReaderFillsItsConnectionAndFreesItByReading() throws Exception {
        Listener listener = listen(settings(10, 1000));
        Socket socket = connect(listener);
        send(socket, "B");
        Echo echo = awaitEcho();
        assertThat(next(echo)).isEqualTo("read");
        assertThat(next(echo)).isEqualTo("full");
        InputStream in = socket.getInputStream();
        assertThat(in.readNBytes(10 * 1024 * 1024)).hasSize(10 * 1024 * 1024);
        await("writable", () -> echo.events.contains("writable"));
    }

    @Test
    void aShutGateLeavesBytesInTheSocketAndOpeningReadsThem() throws Exception {
        Listener listener = listen(settings(10, 1000));
        Socket socket = connect(listener);
        send(socket, "P");
        Echo echo = awaitEcho();
        await("paused", () -> sum(figures -> figures.paused(PauseReason.LIMIT)) == 1);
        send(socket, "more");
        // The bytes are in the socket; a loop that still read them would do so between two of its tasks.
        for (int i = 0; i < 3; i++) {
            CompletableFuture.runAsync(() -> {}, echo.loop).get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        }
        assertThat(sum(LoopFigures::readBytes)).isEqualTo(1);
        echo.loop.execute(() -> echo.gate.open(PauseReason.LIMIT));
        assertThat(receive(socket, 4)).isEqualTo("more");
        assertThat(echo.events).contains("resumed");
    }

    @Test
    void theLastWordArrivesAlthoughInputIsStillUnread() throws Exception {
        Listener listener = listen(settings(100, 1000));
        for (int i = 0; i < 20; i++) {
            Socket socket = connect(listener);
            send(socket, "X" + "y".repeat(200_000));
            assertThat((char) socket.getInputStream().read()).isEqualTo('X');
        }
        for (Socket socket : sockets) {
            socket.close();
        }
        await("all gone", () -> listener.openConnections() == 0);
    }

    @Test
    void aClosingConnectionThatNeverClosesItsSideIsCutOff() throws Exception {
        WriteLimits hasty = new WriteLimits(1024, 512, 512, 64, 1024, 100_000_000L);
        Listener listener = listen(ListenerSettings.tcp("test", "127.0.0.1", 0, 128, 10, 1000, 1024, hasty));
        Socket socket = connect(listener);
        send(socket, "X");
        assertThat(receive(socket, 2)).isEqualTo("X");
        await("cut off", () -> listener.openConnections() == 0);
    }

    @Test
    void drainSaysGoodbyeToEveryConnection() throws Exception {
        Listener listener = listen(settings(100, 1000));
        for (int i = 0; i < 20; i++) {
            connect(listener);
        }
        await("all in", () -> echoes.size() == 20);
        long started = System.nanoTime();
        CompletableFuture<Void> drained = loops.drain(100, PATIENCE);
        assertThat(listener.isListening()).isFalse();
        for (Socket socket : sockets) {
            assertThat(receive(socket, 4)).isEqualTo("bye");
            socket.close();
        }
        drained.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        assertThat(Duration.ofNanos(System.nanoTime() - started)).isGreaterThan(Duration.ofMillis(150));
        assertThat(listener.openConnections()).isZero();
    }

    @Test
    void drainClosesThoseThatDoNotLeave() throws Exception {
        Listener listener = loops.listen(settings(10, 1000), (channel, loop, connection) -> {
            // No handler: nobody hears the farewell.
        });
        Socket socket = connect(listener);
        await("in", () -> listener.openConnections() == 1);
        loops.drain(10, Duration.ofMillis(200)).get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        assertThat(socket.getInputStream().read()).isEqualTo(-1);
    }

    private Echo awaitEcho() throws InterruptedException {
        await("accepted", () -> !echoes.isEmpty());
        return echoes.getFirst();
    }
}
