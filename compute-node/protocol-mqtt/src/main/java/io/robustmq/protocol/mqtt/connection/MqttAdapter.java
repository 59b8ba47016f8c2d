package io.robustmq.protocol.mqtt.connection;

import io.netty.channel.Channel;
import io.robustmq.kernel.Kernel;
import io.robustmq.protocol.mqtt.MqttFigures;
import io.robustmq.protocol.mqtt.MqttSettings;
import io.robustmq.security.node.NodeSecurity;
import io.robustmq.transport.ConnectionAcceptor;
import io.robustmq.transport.ConnectionInfo;
import io.robustmq.transport.NettyLoop;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * MQTT for the connections of listeners: give it to a listener as its acceptor. One object serves any number of listeners
 * that share settings and security. The loops of the kernel and those of the listeners are the same, with the same
 * indexes. {@link #accepted} on the loop that owns the connection, all else on any thread.
 */
public final class MqttAdapter implements ConnectionAcceptor {
    private final List<MqttLoop> loops;

    /**
     * @param security asked for every CONNECT, PUBLISH and SUBSCRIBE
     * @param random source of client identifiers; must not be guessable from outside and is used by all loops
     */
    public MqttAdapter(Kernel kernel, MqttSettings settings, NodeSecurity security, RandomGenerator random) {
        List<MqttLoop> made = new ArrayList<>();
        for (int i = 0; i < kernel.loops(); i++) {
            made.add(new MqttLoop(kernel.loop(i), settings, security, random));
        }
        this.loops = List.copyOf(made);
        security.onExpel(who -> loops.forEach(loop -> loop.kernel().loop().execute(() -> loop.expel(who))));
    }

    @Override
    public void accepted(Channel channel, NettyLoop loop, ConnectionInfo connection) {
        channel.pipeline().addLast(new MqttChannel(loops.get(loop.index()), channel, loop, connection));
    }

    /** What was counted since the start, per loop in the order of their indexes. */
    public List<MqttFigures> figures() {
        return loops.stream().map(MqttLoop::figures).toList();
    }
}
