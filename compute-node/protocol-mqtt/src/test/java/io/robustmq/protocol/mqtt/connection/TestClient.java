package io.robustmq.protocol.mqtt.connection;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.robustmq.protocol.mqtt.MqttEvent;
import io.robustmq.protocol.mqtt.MqttLimits;
import io.robustmq.protocol.mqtt.MqttSettings;
import io.robustmq.protocol.mqtt.codec.BinaryData;
import io.robustmq.protocol.mqtt.codec.ConnAck;
import io.robustmq.protocol.mqtt.codec.Connect;
import io.robustmq.protocol.mqtt.codec.DecodeFailure;
import io.robustmq.protocol.mqtt.codec.Packet;
import io.robustmq.protocol.mqtt.codec.PacketDecoder;
import io.robustmq.protocol.mqtt.codec.PacketEncoder;
import io.robustmq.protocol.mqtt.codec.Properties;
import io.robustmq.protocol.mqtt.codec.ProtocolVersion;
import io.robustmq.protocol.mqtt.codec.Publish;
import io.robustmq.protocol.mqtt.codec.QualityOfService;
import io.robustmq.protocol.mqtt.codec.Will;
import io.robustmq.security.Login;
import io.robustmq.security.access.Subject;
import io.robustmq.security.authentication.AuthenticationSource;
import io.robustmq.security.authentication.Verdict;
import io.robustmq.security.node.NodeSecurity;
import io.robustmq.security.node.SecuritySettings;
import java.net.InetAddress;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A client that talks packets to a connection over a {@link FakeWire}, with a {@link FakeKernel} behind it. */
final class TestClient {
    final FakeKernel kernel = new FakeKernel();
    final FakeWire wire;
    final MqttLoop loop;
    final MqttConnection connection;
    final ProtocolVersion version;

    TestClient(ProtocolVersion version) {
        this(version, MqttSettings.DEFAULTS, NodeSecurity.open());
    }

    TestClient(ProtocolVersion version, MqttSettings settings, NodeSecurity security) {
        this(version, settings, security, null);
    }

    TestClient(ProtocolVersion version, MqttSettings settings, NodeSecurity security, @Nullable String mountPoint) {
        this.version = version;
        this.wire = new FakeWire(settings.limits(), mountPoint);
        this.loop = new MqttLoop(kernel, settings, security, new Random(1));
        this.connection = new MqttConnection(loop, wire, ByteBufAllocator.DEFAULT);
        connection.opened();
    }

    /** Security whose chain is that one source. */
    static NodeSecurity secured(Function<Login, CompletionStage<Verdict>> source) {
        return NodeSecurity.of(
                List.of(new AuthenticationSource() {
                    @Override
                    public String name() {
                        return "test";
                    }

                    @Override
                    public CompletionStage<Verdict> check(Login login) {
                        return source.apply(login);
                    }
                }),
                SecuritySettings.open());
    }

    /** Client {@code c} of user {@code u}. */
    static Verdict accepted() {
        return new Verdict.Accepted(
                new Subject("c", "u", InetAddress.getLoopbackAddress(), null, false, "test", List.of()), Verdict.NEVER);
    }

    /** A client past its CONNACK, which is taken. */
    static TestClient live(ProtocolVersion version) {
        return live(version, MqttSettings.DEFAULTS);
    }

    static TestClient live(ProtocolVersion version, MqttSettings settings) {
        return live(version, settings, Properties.NONE);
    }

    static TestClient live(ProtocolVersion version, MqttSettings settings, Properties connectProperties) {
        TestClient client = new TestClient(version, settings, NodeSecurity.open());
        client.send(new Connect(version, "c", true, 60, connectProperties, null, null, null));
        client.attach(false);
        assertThat(client.receiveOne(ConnAck.class).reason().isError()).isFalse();
        return client;
    }

    static Connect connect(ProtocolVersion version, String clientId, boolean clean) {
        return new Connect(version, clientId, clean, 60, Properties.NONE, null, null, null);
    }

    static Connect connect(ProtocolVersion version, Properties properties, @Nullable Will will) {
        return new Connect(version, "c", true, 60, properties, will, null, null);
    }

    static Publish publish(QualityOfService qos, int packetId, String topic, String payload) {
        return new Publish(false, qos, false, topic, packetId, Properties.NONE, BinaryData.ofUtf8(payload));
    }

    /** The defaults with one change. */
    static MqttSettings settings(MqttLimits limits) {
        return new MqttSettings(limits, false, MqttSettings.RefusedPublish.ACKNOWLEDGE_AND_DROP, null);
    }

    FakeKernel.Attachment session() {
        return kernel.last();
    }

    /** The kernel attaches the session and reading goes on. */
    void attach(boolean resumed) {
        session().attached(resumed);
        resumeIfOpen();
    }

    /** What a read gate does once nothing holds it. */
    void resumeIfOpen() {
        if (wire.isOpen()) {
            connection.readingResumed();
        }
    }

    void send(Packet... packets) {
        ByteBuf bytes = Unpooled.buffer();
        for (Packet packet : packets) {
            PacketEncoder.encode(packet, version, bytes);
        }
        receive(bytes);
    }

    void sendBytes(int... octets) {
        ByteBuf bytes = Unpooled.buffer();
        for (int octet : octets) {
            bytes.writeByte(octet);
        }
        receive(bytes);
    }

    private void receive(ByteBuf bytes) {
        connection.received(bytes);
        kernel.loop.tick();
    }

    /** All that was written since the last call. */
    List<Packet> received() {
        try {
            List<Packet> packets = PacketDecoder.ofServerPackets(version, MqttLimits.PACKET_BYTES_CEILING)
                    .decodeRecords(wire.written);
            assertThat(wire.written.isReadable()).as("an incomplete packet").isFalse();
            return packets;
        } catch (DecodeFailure failure) {
            throw new AssertionError("the server wrote something that is not allowed", failure);
        }
    }

    /** The only packet that was written since the last call. */
    <P extends Packet> P receiveOne(Class<P> type) {
        List<Packet> packets = received();
        assertThat(packets).hasSize(1);
        assertThat(packets.getFirst()).isInstanceOf(type);
        return type.cast(packets.getFirst());
    }

    long events(MqttEvent event) {
        Long count = loop.figures().events().get(event);
        return count == null ? 0 : count;
    }
}
