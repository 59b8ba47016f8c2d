package io.robustmq.protocol.mqtt.connection;

import io.netty.buffer.ByteBuf;
import io.robustmq.transport.PauseReason;
import java.net.InetSocketAddress;

/** The socket as its MQTT connection sees it. Loop only. */
interface Wire {

    /**
     * The buffer to append a packet to, with room for {@code sizeBytes}; belongs to the wire and is valid until its next
     * method is called. What is in it leaves at the end of the tick.
     */
    ByteBuf reserve(int sizeBytes);

    /** Whether the peer drains what it is given. */
    boolean writable();

    /** Stops reading for a reason, until {@link #open} takes it away. */
    void shut(PauseReason reason);

    void open(PauseReason reason);

    /** Whether nothing holds back reading. */
    boolean isOpen();

    /** Tells {@link MqttConnection#silentTooLong} once nothing was received for so long; replaces the former limit. */
    void watchSilence(long silenceNanos);

    /** Any length of silence is fine. */
    void stopWatching();

    /** Writes what was appended, then ends the connection; reading goes on, and the connection discards what comes. */
    void closeWhenWritten();

    /** Address and port of the peer. */
    InetSocketAddress address();

    /** Address and port of the peer, for log lines. */
    String peer();
}
