package io.robustmq.protocol.mqtt.connection;

import io.netty.channel.Channel;
import io.robustmq.kernel.Kernel;
import io.robustmq.kernel.KernelLoop;
import io.robustmq.kernel.SessionKey;
import io.robustmq.protocol.mqtt.MqttFigures;
import io.robustmq.protocol.mqtt.MqttSettings;
import io.robustmq.protocol.mqtt.codec.ReasonCode;
import io.robustmq.protocol.mqtt.observe.ClientListener;
import io.robustmq.protocol.mqtt.observe.ClientPortion;
import io.robustmq.protocol.mqtt.observe.ConnectedClient;
import io.robustmq.protocol.mqtt.observe.TrafficObserver;
import io.robustmq.security.node.NodeSecurity;
import io.robustmq.transport.ConnectionAcceptor;
import io.robustmq.transport.ConnectionInfo;
import io.robustmq.transport.NettyLoop;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

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
            made.add(new MqttLoop(i, kernel.loop(i), settings, security, random));
        }
        this.loops = List.copyOf(made);
        security.onExpel(who -> loops.forEach(loop -> loop.kernel().loop().execute(() -> loop.expel(who))));
    }

    @Override
    public void accepted(Channel channel, NettyLoop loop, ConnectionInfo connection) {
        channel.pipeline().addLast(new MqttChannel(loops.get(loop.index()), channel, loop, connection));
    }

    /** Tells the life of clients from now on; each loop takes it up in its own time. */
    public void listen(ClientListener listener) {
        for (MqttLoop loop : loops) {
            loop.kernel().loop().execute(() -> loop.listener(listener));
        }
    }

    /**
     * Shows packets from now on; completes when every loop does.
     *
     * @param observers one per loop by its index, used on that loop only; null for nobody
     */
    public CompletionStage<Void> observe(@Nullable IntFunction<? extends TrafficObserver> observers) {
        return CompletableFuture.allOf(loops.stream()
                .map(loop -> CompletableFuture.runAsync(
                        () -> loop.observer(observers == null ? null : observers.apply(loop.index())),
                        loop.kernel().loop()))
                .toArray(CompletableFuture<?>[]::new));
    }

    /** Home loops are numbered from 0 to this, exclusively. */
    public int loops() {
        return loops.size();
    }

    /**
     * A portion of the clients of a home loop, gathered by one short task there. A client that is connected during the whole walk is told at least once, any other at most.
     *
     * @param from {@link Integer#MAX_VALUE}, then {@link ClientPortion#next} of the portion before
     * @param wanted asked with the client identifier, on the loop; must be cheap and touch nothing that changes
     */
    public CompletionStage<ClientPortion> clients(int loop, int from, Predicate<String> wanted) {
        MqttLoop asked = loops.get(loop);
        return CompletableFuture.supplyAsync(
                () -> asked.clients().portion(from, wanted), asked.kernel().loop());
    }

    /** The connected client with this identifier. */
    public CompletionStage<Optional<ConnectedClient>> client(String clientId) {
        return first(loop -> {
            MqttConnection connection = loop.clients().find(clientId);
            return connection == null ? null : connection.describe(_ -> true);
        });
    }

    /**
     * Ends the connection of a client with a DISCONNECT that says {@code reason}; its session stays.
     *
     * @return whether it was connected
     */
    public CompletionStage<Boolean> end(String clientId, ReasonCode reason, String sentence) {
        return first(loop -> {
                    MqttConnection connection = loop.clients().find(clientId);
                    if (connection == null) {
                        return null;
                    }
                    connection.terminate(reason, sentence);
                    return Boolean.TRUE;
                })
                .thenApply(Optional::isPresent);
    }

    /**
     * Ends the session of a client, connected or not, as a clean start would (MQTT 5.0 section 3.1.2.4).
     *
     * @return empty when it is over, else why it cannot be ended now
     */
    public CompletionStage<Optional<String>> endSession(String clientId) {
        KernelLoop kernel = loops.getFirst().kernel();
        return CompletableFuture.supplyAsync(
                        () -> SessionEnding.begin(kernel, new SessionKey(0, clientId)), kernel.loop())
                .thenCompose(Function.identity())
                .thenApply(Optional::ofNullable);
    }

    /**
     * A publisher for the server itself, on one of the loops.
     *
     * @param name tells the publishers of a server apart
     */
    public ServerPublisher publisher(String name) {
        return new ServerPublisher(loops.getFirst().kernel(), name);
    }

    private <R> CompletionStage<Optional<R>> first(Function<MqttLoop, @Nullable R> question) {
        CompletionStage<Optional<R>> found = CompletableFuture.completedFuture(Optional.empty());
        for (MqttLoop loop : loops) {
            found = found.thenCombine(
                    CompletableFuture.supplyAsync(
                            () -> Optional.ofNullable(question.apply(loop)),
                            loop.kernel().loop()),
                    (one, other) -> one.isPresent() ? one : other);
        }
        return found;
    }

    /** What was counted since the start, per loop in the order of their indexes. */
    public List<MqttFigures> figures() {
        return loops.stream().map(MqttLoop::figures).toList();
    }
}
