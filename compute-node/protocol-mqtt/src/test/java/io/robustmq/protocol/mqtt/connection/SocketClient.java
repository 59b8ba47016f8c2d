package io.robustmq.protocol.mqtt.connection;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.robustmq.protocol.mqtt.MqttLimits;
import io.robustmq.protocol.mqtt.codec.ConnAck;
import io.robustmq.protocol.mqtt.codec.Connect;
import io.robustmq.protocol.mqtt.codec.DecodeFailure;
import io.robustmq.protocol.mqtt.codec.Packet;
import io.robustmq.protocol.mqtt.codec.PacketDecoder;
import io.robustmq.protocol.mqtt.codec.PacketEncoder;
import io.robustmq.protocol.mqtt.codec.Properties;
import io.robustmq.protocol.mqtt.codec.ProtocolVersion;
import io.robustmq.protocol.mqtt.codec.QualityOfService;
import io.robustmq.protocol.mqtt.codec.SubAck;
import io.robustmq.protocol.mqtt.codec.Subscribe;
import io.robustmq.protocol.mqtt.codec.SubscriptionOptions;
import io.robustmq.protocol.mqtt.codec.Will;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A blocking MQTT client that talks packets over a real socket. */
final class SocketClient implements AutoCloseable {
    private static final int READ_TIMEOUT_MILLIS = 20_000;

    final ProtocolVersion version;
    private final Socket socket;
    private final PacketDecoder decoder;
    private final ByteBuf in = Unpooled.buffer();
    private final Deque<Packet> packets = new ArrayDeque<>();

    SocketClient(int port, ProtocolVersion version) throws IOException {
        this.version = version;
        this.socket = new Socket(InetAddress.getLoopbackAddress(), port);
        this.socket.setSoTimeout(READ_TIMEOUT_MILLIS);
        this.socket.setTcpNoDelay(true);
        this.decoder = PacketDecoder.ofServerPackets(version, MqttLimits.PACKET_BYTES_CEILING);
    }

    /** Connects and takes the CONNACK. */
    ConnAck connect(String clientId, boolean clean, Properties properties, @Nullable Will will) {
        send(new Connect(version, clientId, clean, 30, properties, will, null, null));
        return take(ConnAck.class);
    }

    ConnAck connect(String clientId, boolean clean) {
        return connect(clientId, clean, Properties.NONE, null);
    }

    void subscribe(String filter, QualityOfService qos) {
        send(new Subscribe(1, Properties.NONE, List.of(new Subscribe.Entry(filter, SubscriptionOptions.ofQos(qos)))));
        assertThat(take(SubAck.class).reasons()).noneMatch(reason -> reason.isError());
    }

    void send(Packet... all) {
        ByteBuf bytes = Unpooled.buffer();
        for (Packet packet : all) {
            PacketEncoder.encode(packet, version, bytes);
        }
        sendBytes(bytes);
    }

    void sendBytes(ByteBuf bytes) {
        try {
            socket.getOutputStream().write(bytes.array(), bytes.arrayOffset(), bytes.readableBytes());
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }

    /** The next packet, which must be of that type. */
    <P extends Packet> P take(Class<P> type) {
        Packet packet = next();
        assertThat(packet).isInstanceOf(type);
        return type.cast(packet);
    }

    /** The next packet, or null at the end of the stream. */
    @Nullable Packet next() {
        byte[] chunk = new byte[16 << 10];
        while (packets.isEmpty()) {
            int read;
            try {
                read = socket.getInputStream().read(chunk);
            } catch (IOException broken) {
                throw new UncheckedIOException(broken);
            }
            if (read < 0) {
                return null;
            }
            in.discardReadBytes().writeBytes(chunk, 0, read);
            try {
                packets.addAll(decoder.decodeRecords(in));
            } catch (DecodeFailure failure) {
                throw new AssertionError("the server wrote something that is not allowed", failure);
            }
        }
        return packets.removeFirst();
    }

    /** Whether nothing arrives and the connection stays for so long. */
    boolean silentFor(int millis) {
        try {
            socket.setSoTimeout(millis);
            next();
            return false;
        } catch (UncheckedIOException silence) {
            return silence.getCause() instanceof SocketTimeoutException;
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }

    /** Ends the connection without a goodbye. */
    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }
}
