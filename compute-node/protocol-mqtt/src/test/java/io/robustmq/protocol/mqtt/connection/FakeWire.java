package io.robustmq.protocol.mqtt.connection;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.robustmq.transport.PauseReason;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.EnumSet;
import java.util.Set;

/** A socket that keeps what is written to it. */
final class FakeWire implements Wire {
    final ByteBuf written;
    final Set<PauseReason> reasons = EnumSet.noneOf(PauseReason.class);
    boolean writable = true;
    boolean closed;
    long silenceNanos;

    FakeWire() {
        this(Unpooled.buffer());
    }

    FakeWire(ByteBuf written) {
        this.written = written;
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
    public InetSocketAddress address() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), 40_000);
    }

    @Override
    public String peer() {
        return "/127.0.0.1:40000";
    }
}
