package io.robustmq.protocol.mqtt.connection;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.robustmq.protocol.mqtt.MqttLimits;
import io.robustmq.security.CertificateIdentity;
import io.robustmq.transport.ConnectionInfo;
import io.robustmq.transport.ListenerInfo;
import io.robustmq.transport.PauseReason;
import io.robustmq.transport.Transport;
import io.robustmq.transport.WriteLimits;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A socket that keeps what is written to it. */
final class FakeWire implements Wire {
    final ByteBuf written;
    final Set<PauseReason> reasons = EnumSet.noneOf(PauseReason.class);
    boolean writable = true;
    boolean closed;

    @Nullable CertificateIdentity certificate;

    long silenceNanos;

    private final ConnectionInfo origin;

    FakeWire(MqttLimits limits) {
        this(limits, null);
    }

    FakeWire(MqttLimits limits, @Nullable String mountPoint) {
        this(Unpooled.buffer(), limits.packetBytesMax(), mountPoint);
    }

    FakeWire(ByteBuf written, int packetBytesMax, @Nullable String mountPoint) {
        this.written = written;
        InetSocketAddress here = new InetSocketAddress(InetAddress.getLoopbackAddress(), 1883);
        this.origin = new ConnectionInfo(
                new ListenerInfo("mqtt", Transport.TCP, here, packetBytesMax, WriteLimits.DEFAULT, mountPoint),
                1,
                here,
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 40_000),
                null,
                null,
                null);
    }

    @Override
    public ByteBuf reserve(int sizeBytes) {
        return written.ensureWritable(sizeBytes);
    }

    @Override
    public boolean writable() {
        return writable;
    }

    @Override
    public void shut(PauseReason reason) {
        reasons.add(reason);
    }

    @Override
    public void open(PauseReason reason) {
        reasons.remove(reason);
    }

    @Override
    public boolean isOpen() {
        return reasons.isEmpty();
    }

    @Override
    public void watchSilence(long nanos) {
        silenceNanos = nanos;
    }

    @Override
    public void stopWatching() {
        silenceNanos = 0;
    }

    @Override
    public void closeWhenWritten() {
        closed = true;
        reasons.clear();
    }

    @Override
    public InetAddress address() {
        return InetAddress.getLoopbackAddress();
    }

    @Override
    public @Nullable CertificateIdentity certificate() {
        return certificate;
    }

    @Override
    public ConnectionInfo origin() {
        return origin;
    }

    @Override
    public String peer() {
        return "/127.0.0.1:40000";
    }
}
