package io.robustmq.acceptance.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.StandardSocketOptions;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * One connection to a broker, at packet level.
 *
 * <p>A thread of its own reads; what it read waits in an inbox until a test asks for it. Everything that waits ends with
 * what it waited for or fails after {@link #PATIENCE}. Methods may be called from any thread.
 */
public final class WireClient implements AutoCloseable {
    /** How long a test waits for what must come. Long, because it only matters when the test fails anyway. */
    public static final Duration PATIENCE = Duration.ofSeconds(Long.getLong("acceptance.patience", 20));

    private final Version version;
    private final Socket socket;
    private final OutputStream out;
    private final Object monitor = new Object();

    // Guarded by the monitor.
    private final Deque<Packet> inbox = new ArrayDeque<>();
    private final Set<Integer> incomingQos2 = new HashSet<>();
    private boolean acknowledging = true;
    private boolean reading = true;
    private boolean closed;
    private @Nullable RuntimeException malformed;
    private int lastPacketId;
    private long publishesReceived;

    private @Nullable ConnAck connAck;

    private WireClient(Version version, Socket socket) throws IOException {
        this.version = version;
        this.socket = socket;
        this.out = socket.getOutputStream();
    }

    /** A TCP connection on which nothing was sent yet. */
    public static WireClient open(Version version, int port) {
        return open(version, port, _ -> {});
    }

    /** A TCP connection whose socket is shaped before it connects. */
    public static WireClient open(Version version, int port, Consumer<Socket> shape) {
        Socket socket = new Socket();
        try {
            socket.setTcpNoDelay(true);
            shape.accept(socket);
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), (int) PATIENCE.toMillis());
            WireClient client = new WireClient(version, socket);
            // Not virtual: with few cores a handful of waiting virtual threads can hold every carrier.
            Thread.ofPlatform().daemon().name("wire-" + port).start(client::readLoop);
            return client;
        } catch (IOException e) {
            closeQuietly(socket);
            throw new UncheckedIOException("connect to " + port, e);
        }
    }

    /** The same over a socket that is connected already, whatever carries it. */
    public static WireClient over(Version version, Socket socket) {
        try {
            WireClient client = new WireClient(version, socket);
            Thread.ofPlatform().daemon().name("wire-" + socket.getPort()).start(client::readLoop);
            return client;
        } catch (IOException e) {
            closeQuietly(socket);
            throw new UncheckedIOException("use " + socket, e);
        }
    }

    /** A connection over such a socket that was accepted. */
    public static WireClient connectOver(Socket socket, Connect connect) {
        return accepted(over(connect.version(), socket).greet(connect), connect);
    }

    /** A connection that was accepted; QoS 1 and 2 deliveries are acknowledged as they come. */
    public static WireClient connect(int port, Connect connect) {
        return accepted(attempt(port, connect), connect);
    }

    /** A connection that was accepted; the test acknowledges deliveries itself. */
    public static WireClient connectWithoutAcknowledging(int port, Connect connect) {
        WireClient client = open(connect.version(), port);
        synchronized (client.monitor) {
            client.acknowledging = false;
        }
        return accepted(client.greet(connect), connect);
    }

    /**
     * A connection of a client that copes with a broker that is gone or goes: null when there is no CONNACK. The
     * caller acknowledges deliveries and looks at the answer.
     */
    public static @Nullable WireClient tryConnect(int port, Connect connect) {
        WireClient client;
        try {
            client = open(connect.version(), port);
        } catch (UncheckedIOException _) {
            return null;
        }
        synchronized (client.monitor) {
            client.acknowledging = false;
        }
        client.sendIfOpen(connect.toBytes());
        ConnAck answer = client.poll(ConnAck.class, _ -> true, PATIENCE);
        if (answer == null) {
            client.close();
            return null;
        }
        client.connAck = answer;
        return client;
    }

    private static WireClient accepted(WireClient client, Connect connect) {
        ConnAck answer = client.connAck();
        if (answer.reason() != 0) {
            client.close();
        }
        assertThat(answer.reason())
                .as("CONNACK reason for %s", connect.clientId())
                .isZero();
        return client;
    }

    /** A connection whose CONNECT was answered, with whatever answer. */
    public static WireClient attempt(int port, Connect connect) {
        return open(connect.version(), port).greet(connect);
    }

    private WireClient greet(Connect connect) {
        send(connect.toBytes());
        connAck = await(ConnAck.class);
        return this;
    }

    /** The answer to CONNECT. */
    public ConnAck connAck() {
        ConnAck answer = connAck;
        if (answer == null) {
            throw new IllegalStateException("CONNECT was not answered");
        }
        return answer;
    }

    public Version version() {
        return version;
    }

    /** Stops taking bytes from the socket, so that the broker's writes back up. */
    public void pauseReading() {
        synchronized (monitor) {
            reading = false;
        }
    }

    public void resumeReading() {
        synchronized (monitor) {
            reading = true;
            monitor.notifyAll();
        }
    }

    // ---- sending ----

    /** Sends bytes as they are. */
    public void send(byte[] bytes) {
        try {
            synchronized (out) {
                out.write(bytes);
                out.flush();
            }
        } catch (IOException e) {
            throw new UncheckedIOException("send", e);
        }
    }

    /** Sends bytes to a peer that may have closed the connection already. */
    public void sendIfOpen(byte[] bytes) {
        try {
            synchronized (out) {
                out.write(bytes);
                out.flush();
            }
        } catch (IOException _) {
            // The peer has gone; awaitClosed() is where a test looks at that.
            closeQuietly(socket);
        }
    }

    public int nextPacketId() {
        synchronized (monitor) {
            lastPacketId = lastPacketId == 0xFFFF ? 1 : lastPacketId + 1;
            return lastPacketId;
        }
    }

    /** Sends a PUBLISH and returns its packet identifier (0 for QoS 0) without waiting. */
    public int publish(Publish publish) {
        Publish numbered = publish.qos() > 0 && publish.packetId() == 0 ? publish.packetId(nextPacketId()) : publish;
        send(numbered.toBytes(version));
        return numbered.packetId();
    }

    /** Publishes and waits for the end of the flow: returns PUBACK, PUBCOMP, or the PUBREC that refused. */
    public Ack publishAndAwait(Publish publish) {
        int packetId = publish(publish);
        if (publish.qos() == 1) {
            return awaitAck(Ack.Kind.PUBACK, packetId);
        }
        assertThat(publish.qos()).as("a QoS with acknowledgement").isEqualTo(2);
        Ack received = awaitAck(Ack.Kind.PUBREC, packetId);
        if (received.reason() >= 0x80) {
            return received;
        }
        send(Ack.of(Ack.Kind.PUBREL, packetId).toBytes());
        return awaitAck(Ack.Kind.PUBCOMP, packetId);
    }

    public SubAck subscribe(Subscription... subscriptions) {
        return subscribe(Properties.NONE, subscriptions);
    }

    public SubAck subscribe(Properties properties, Subscription... subscriptions) {
        int packetId = nextPacketId();
        send(subscribeBytes(packetId, properties, subscriptions));
        SubAck answer = await(SubAck.class);
        assertThat(answer.packetId()).as("SUBACK's packet identifier").isEqualTo(packetId);
        assertThat(answer.reasons()).as("SUBACK's reasons").hasSize(subscriptions.length);
        return answer;
    }

    public byte[] subscribeBytes(int packetId, Properties properties, Subscription... subscriptions) {
        PacketBytes packet = new PacketBytes();
        packet.u16(packetId);
        if (version.hasProperties()) {
            properties.writeTo(packet);
        }
        for (Subscription subscription : subscriptions) {
            packet.text(subscription.filter());
            packet.u8(subscription.options());
        }
        return packet.framed(0x82);
    }

    public UnsubAck unsubscribe(String... filters) {
        int packetId = nextPacketId();
        PacketBytes packet = new PacketBytes();
        packet.u16(packetId);
        if (version.hasProperties()) {
            Properties.NONE.writeTo(packet);
        }
        for (String filter : filters) {
            packet.text(filter);
        }
        send(packet.framed(0xA2));
        UnsubAck answer = await(UnsubAck.class);
        assertThat(answer.packetId()).as("UNSUBACK's packet identifier").isEqualTo(packetId);
        return answer;
    }

    /** A PINGREQ and its answer: everything sent before was read by the broker. */
    public void ping() {
        send(PacketBytes.of(0xC0, 0));
        await(PingResp.class);
    }

    /** DISCONNECT with the normal reason, then the end of the connection. */
    public void disconnect() {
        disconnect(0, Properties.NONE);
    }

    public void disconnect(int reason, Properties properties) {
        PacketBytes packet = new PacketBytes();
        if (version.hasProperties() && (reason != 0 || !properties.list().isEmpty())) {
            packet.u8(reason);
            properties.writeTo(packet);
        }
        sendIfOpen(packet.framed(0xE0));
        awaitClosed();
        close();
    }

    // ---- waiting ----

    /** The oldest packet of that type in the inbox, waiting for it if need be. Others stay. */
    public <T extends Packet> T await(Class<T> type) {
        return await(type, _ -> true, type.getSimpleName());
    }

    public Publish awaitPublish() {
        return await(Publish.class);
    }

    /** The oldest PUBLISH, which must be on that topic. */
    public Publish awaitPublish(String topic) {
        Publish publish = await(Publish.class);
        assertThat(publish.topic()).as("topic of %s", publish).isEqualTo(topic);
        return publish;
    }

    public List<Publish> awaitPublishes(int count) {
        List<Publish> publishes = new ArrayList<>();
        while (publishes.size() < count) {
            publishes.add(awaitPublish());
        }
        return publishes;
    }

    public Ack awaitAck(Ack.Kind kind, int packetId) {
        return await(
                Ack.class, ack -> ack.kind() == kind && ack.packetId() == packetId, kind + " of packet " + packetId);
    }

    public <T extends Packet> T await(Class<T> type, Predicate<T> condition, String what) {
        T packet = poll(type, condition, PATIENCE);
        if (packet == null) {
            synchronized (monitor) {
                throw new AssertionError("no " + what + (closed ? " before the connection ended" : " in " + PATIENCE)
                        + "; in the inbox: " + inbox);
            }
        }
        return packet;
    }

    /** The oldest fitting packet, or null when the connection ended or the time passed without one. */
    public <T extends Packet> @Nullable T poll(Class<T> type, Predicate<T> condition, Duration patience) {
        Predicate<Packet> fits = packet -> type.isInstance(packet) && condition.test(type.cast(packet));
        synchronized (monitor) {
            waitUntil(() -> closed || inbox.stream().anyMatch(fits), patience);
            for (Iterator<Packet> packets = inbox.iterator(); packets.hasNext(); ) {
                Packet packet = packets.next();
                if (fits.test(packet)) {
                    packets.remove();
                    return type.cast(packet);
                }
            }
            throwIfMalformed();
            return null;
        }
    }

    /** Everything in the inbox, waiting for at least one packet; empty when the connection ended or time passed. */
    public List<Packet> takeAll(Duration patience) {
        synchronized (monitor) {
            waitUntil(() -> closed || !inbox.isEmpty(), patience);
            throwIfMalformed();
            List<Packet> packets = List.copyOf(inbox);
            inbox.clear();
            return packets;
        }
    }

    /** Waits until the broker has ended the connection; false when it has not in that time. */
    public boolean closedWithin(Duration patience) {
        synchronized (monitor) {
            boolean ended = waitUntil(() -> closed, patience);
            throwIfMalformed();
            return ended;
        }
    }

    public void awaitClosed() {
        assertThat(closedWithin(PATIENCE)).as("connection ended by the broker").isTrue();
    }

    /** The DISCONNECT the broker sends before it closes, and the close. */
    public Disconnect awaitDisconnect() {
        Disconnect disconnect = await(Disconnect.class);
        awaitClosed();
        return disconnect;
    }

    public boolean isClosed() {
        synchronized (monitor) {
            return closed;
        }
    }

    /** What waits in the inbox now. */
    public List<Packet> unread() {
        synchronized (monitor) {
            return List.copyOf(inbox);
        }
    }

    /** PUBLISH packets received so far, repeated ones included. */
    public long publishesReceived() {
        synchronized (monitor) {
            return publishesReceived;
        }
    }

    /** Waits for a condition on what the monitor guards; the caller holds the monitor. */
    private boolean waitUntil(BooleanSupplier condition, Duration patience) {
        long deadline = System.nanoTime() + patience.toNanos();
        try {
            while (!condition.getAsBoolean()) {
                long left = deadline - System.nanoTime();
                if (left <= 0) {
                    return false;
                }
                monitor.wait(left / 1_000_000 + 1);
            }
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    private void throwIfMalformed() {
        if (malformed != null) {
            throw malformed;
        }
    }

    // ---- ending ----

    /** Ends the connection without a word, as a network failure does. */
    public void abort() {
        try {
            socket.setOption(StandardSocketOptions.SO_LINGER, 0);
        } catch (IOException _) {
            // Then it is closed already, which is what is wanted.
        }
        closeQuietly(socket);
    }

    @Override
    public void close() {
        closeQuietly(socket);
        resumeReading();
    }

    private static void closeQuietly(Socket socket) {
        try {
            socket.close();
        } catch (IOException _) {
            // Nothing is left to be closed.
        }
    }

    // ---- reading ----

    private void readLoop() {
        try (DataInputStream in = new DataInputStream(new BufferedInputStream(socket.getInputStream(), 1 << 16))) {
            while (true) {
                awaitPermissionToRead();
                int firstByte = in.readUnsignedByte();
                byte[] body = new byte[remainingLength(in)];
                in.readFully(body);
                received(new PacketReader(body, version).read(firstByte));
            }
        } catch (EOFException _) {
            ended(null);
        } catch (IOException _) {
            ended(null);
        } catch (MalformedPacketException e) {
            ended(e);
        }
    }

    private void awaitPermissionToRead() {
        synchronized (monitor) {
            while (!waitUntil(() -> reading, PATIENCE)) {
                // A test may let the broker wait as long as it wants.
            }
        }
    }

    private static int remainingLength(DataInputStream in) throws IOException {
        int length = 0;
        for (int shift = 0; shift < 28; shift += 7) {
            int digit = in.readUnsignedByte();
            length |= (digit & 0x7F) << shift;
            if ((digit & 0x80) == 0) {
                return length;
            }
        }
        throw new MalformedPacketException("remaining length of five bytes");
    }

    private void received(Packet packet) {
        byte @Nullable [] answer = null;
        synchronized (monitor) {
            boolean fresh = true;
            if (packet instanceof Publish publish) {
                publishesReceived++;
                if (acknowledging && publish.qos() == 1) {
                    answer = Ack.of(Ack.Kind.PUBACK, publish.packetId()).toBytes();
                } else if (acknowledging && publish.qos() == 2) {
                    fresh = incomingQos2.add(publish.packetId());
                    answer = Ack.of(Ack.Kind.PUBREC, publish.packetId()).toBytes();
                }
            } else if (packet instanceof Ack ack && ack.kind() == Ack.Kind.PUBREL && acknowledging) {
                incomingQos2.remove(ack.packetId());
                answer = Ack.of(Ack.Kind.PUBCOMP, ack.packetId()).toBytes();
                fresh = false;
            }
            if (fresh) {
                inbox.add(packet);
                monitor.notifyAll();
            }
        }
        if (answer != null) {
            sendIfOpen(answer);
        }
    }

    private void ended(@Nullable RuntimeException reason) {
        closeQuietly(socket);
        synchronized (monitor) {
            closed = true;
            malformed = reason;
            monitor.notifyAll();
        }
    }
}
