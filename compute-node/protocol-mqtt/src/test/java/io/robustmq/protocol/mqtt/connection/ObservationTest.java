package io.robustmq.protocol.mqtt.connection;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.robustmq.kernel.CloseReason;
import io.robustmq.kernel.Delivery;
import io.robustmq.kernel.Guarantee;
import io.robustmq.kernel.KernelFault;
import io.robustmq.kernel.Name;
import io.robustmq.kernel.PublishDraft;
import io.robustmq.kernel.SubscribeResult;
import io.robustmq.protocol.mqtt.MqttSettings;
import io.robustmq.protocol.mqtt.codec.Disconnect;
import io.robustmq.protocol.mqtt.codec.Packet;
import io.robustmq.protocol.mqtt.codec.PacketEncoder;
import io.robustmq.protocol.mqtt.codec.PingReq;
import io.robustmq.protocol.mqtt.codec.Properties;
import io.robustmq.protocol.mqtt.codec.ProtocolVersion;
import io.robustmq.protocol.mqtt.codec.PublishView;
import io.robustmq.protocol.mqtt.codec.QualityOfService;
import io.robustmq.protocol.mqtt.codec.ReasonCode;
import io.robustmq.protocol.mqtt.codec.RetainHandling;
import io.robustmq.protocol.mqtt.codec.Subscribe;
import io.robustmq.protocol.mqtt.codec.SubscriptionOptions;
import io.robustmq.protocol.mqtt.codec.Unsubscribe;
import io.robustmq.protocol.mqtt.observe.ClientDescription;
import io.robustmq.protocol.mqtt.observe.ClientEvent;
import io.robustmq.protocol.mqtt.observe.ClientPortion;
import io.robustmq.protocol.mqtt.observe.TrafficObserver;
import io.robustmq.security.node.NodeSecurity;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ObservationTest {
    private static final ProtocolVersion V5 = ProtocolVersion.MQTT_5;

    private final List<ClientEvent> events = new ArrayList<>();
    private final List<String> seen = new ArrayList<>();

    private TestClient client() {
        return client(NodeSecurity.open(), null);
    }

    private TestClient client(NodeSecurity security, @Nullable String mountPoint) {
        TestClient client = new TestClient(V5, MqttSettings.DEFAULTS, security, mountPoint);
        client.loop.listener(events::add);
        client.send(TestClient.connect(V5, "c", true));
        client.attach(false);
        return client;
    }

    @Test
    void theLifeOfAClientIsToldOnceAndInOrder() {
        TestClient client = client();
        client.send(new Subscribe(
                1,
                Properties.NONE,
                List.of(
                        new Subscribe.Entry("a/+", options()),
                        new Subscribe.Entry("no", options()),
                        new Subscribe.Entry("$share/g/b", options()))));
        client.session()
                .sink
                .subscribed(
                        client.session().subscribes.getLast().token(),
                        List.of(
                                new SubscribeResult.Granted(Guarantee.AT_LEAST_ONCE),
                                new SubscribeResult.Refused(new KernelFault.LimitReached("x")),
                                new SubscribeResult.Granted(Guarantee.AT_MOST_ONCE)));
        client.send(new Unsubscribe(2, Properties.NONE, List.of("a/+", "other")));
        client.session()
                .sink
                .unsubscribed(client.session().unsubscribes.getLast().token(), List.of(true, false));
        client.send(new Disconnect(ReasonCode.SUCCESS, Properties.NONE));
        client.connection.lost();

        assertThat(events.stream().map(ObservationTest::words))
                .containsExactly(
                        "connected c 127.0.0.1:40000",
                        "subscribed c a/+ 1",
                        "subscribed c $share/g/b 0",
                        "unsubscribed c a/+",
                        "disconnected c normal");
    }

    @Test
    void whoWatchesSeesTheMountPointAndTheNameThatWasProven() {
        TestClient client = client(
                TestClient.secured(_ -> CompletableFuture.completedFuture(TestClient.accepted())),
                "tenant/${clientid}/");
        client.send(new Subscribe(
                1,
                Properties.NONE,
                List.of(new Subscribe.Entry("a/+", options()), new Subscribe.Entry("$share/g/b", options()))));
        client.session()
                .sink
                .subscribed(
                        client.session().subscribes.getLast().token(),
                        List.of(
                                new SubscribeResult.Granted(Guarantee.AT_LEAST_ONCE),
                                new SubscribeResult.Granted(Guarantee.AT_LEAST_ONCE)));
        client.loop.observer(new Writing());
        client.send(TestClient.publish(QualityOfService.AT_MOST_ONCE, 0, "t", "x"));

        assertThat(events.stream().skip(1).map(ObservationTest::words))
                .containsExactly("subscribed c tenant/c/a/+ 1", "subscribed c $share/g/tenant/c/b 1");
        assertThat(seen).containsExactly("in c tenant/c/t");
        ClientDescription described = client.loop
                .clients()
                .portion(Integer.MAX_VALUE, _ -> true)
                .clients()
                .getFirst()
                .client();
        assertThat(described.userName()).isEqualTo("u");
        assertThat(described.listener()).isEqualTo("mqtt");
        assertThat(described.mountPoint()).isEqualTo("tenant/c/");
    }

    @Test
    void everyoneIsMetWhileClientsAreExpelled() {
        TestClient client = client();
        List<MqttConnection> connections = new ArrayList<>(List.of(client.connection));
        for (String clientId : List.of("d", "e", "f")) {
            MqttConnection connection = new MqttConnection(
                    client.loop, new FakeWire(MqttSettings.DEFAULTS.limits()), ByteBufAllocator.DEFAULT);
            connection.opened();
            ByteBuf connect = Unpooled.buffer();
            PacketEncoder.encode(TestClient.connect(V5, clientId, true), V5, connect);
            connection.received(connect);
            client.attach(false);
            connections.add(connection);
        }
        client.loop.expel(subject -> !subject.clientId().equals("d"));
        assertThat(connections.stream().map(MqttConnection::isLive)).containsExactly(false, true, false, false);
        assertThat(client.loop.clients().find("d")).isSameAs(connections.get(1));
        client.loop.expel(_ -> true);
        assertThat(connections).noneMatch(MqttConnection::isLive);
        assertThat(client.loop.clients().portion(Integer.MAX_VALUE, _ -> true).clients())
                .isEmpty();
    }

    @Test
    void everyWayToEndHasItsWord() {
        client().connection.lost();
        client().session().sink.closed(CloseReason.TAKEN_OVER);
        client().connection.silentTooLong();
        client().connection.farewell();
        client().connection.terminate(ReasonCode.ADMINISTRATIVE_ACTION, "kicked");
        assertThat(events.stream()
                        .filter(ClientEvent.Disconnected.class::isInstance)
                        .map(ObservationTest::words))
                .containsExactly(
                        "disconnected c tcp_closed",
                        "disconnected c takenover",
                        "disconnected c keepalive_timeout",
                        "disconnected c server_shutdown",
                        "disconnected c kicked");
    }

    @Test
    void theRegistryHasWhoIsConnectedAndNobodyElse() {
        TestClient client = client();
        ClientRegistry registry = client.loop.clients();
        assertThat(registry.portion(Integer.MAX_VALUE, _ -> true).clients())
                .extracting(one -> one.client().clientId())
                .containsExactly("c");
        assertThat(registry.portion(Integer.MAX_VALUE, _ -> false).clients()).isEmpty();
        assertThat(registry.find("c")).isSameAs(client.connection);
        client.connection.lost();
        assertThat(registry.find("c")).isNull();
        ClientPortion left = registry.portion(Integer.MAX_VALUE, _ -> true);
        assertThat(left.clients()).isEmpty();
        assertThat(left.next()).isEqualTo(ClientPortion.END);
    }

    @Test
    void anObserverSeesPacketsOnlyWhileItIsSet() {
        TestClient client = client();
        client.loop.observer(new Writing());
        client.send(TestClient.publish(QualityOfService.AT_MOST_ONCE, 0, "t", "x"));
        client.send(TestClient.publish(QualityOfService.AT_MOST_ONCE, 0, "$t", "x"));
        client.send(new PingReq());
        byte[] payload = {1};
        PublishDraft draft = new PublishDraft()
                .begin(new FakeKernel.FakeName("d"), Guarantee.AT_LEAST_ONCE)
                .payload(Unpooled.wrappedBuffer(payload), 0, 1);
        client.session().deliver(1, Guarantee.AT_LEAST_ONCE, draft, false);
        client.loop.observer(null);
        client.send(new PingReq());
        assertThat(seen).containsExactly("in c t", "in c refused", "PINGREQ c", "out c d");
    }

    private static SubscriptionOptions options() {
        return new SubscriptionOptions(QualityOfService.AT_LEAST_ONCE, false, false, RetainHandling.SEND_AT_SUBSCRIBE);
    }

    private static String words(ClientEvent event) {
        return switch (event) {
            case ClientEvent.Connected(ClientDescription client) ->
                "connected " + client.clientId() + " " + client.address() + ":" + client.port();
            case ClientEvent.Disconnected(ClientDescription client, String reason, long _) ->
                "disconnected " + client.clientId() + " " + reason;
            case ClientEvent.Subscribed(String id, String filter, int qos, long _) ->
                "subscribed " + id + " " + filter + " " + qos;
            case ClientEvent.Unsubscribed(String id, String filter, long _) -> "unsubscribed " + id + " " + filter;
        };
    }

    private final class Writing implements TrafficObserver {
        @Override
        public void published(ClientDescription client, @Nullable Name name, PublishView publish) {
            seen.add("in " + client.clientId() + " " + (name == null ? "refused" : name.text()));
        }

        @Override
        public void delivered(ClientDescription client, Delivery delivery) {
            seen.add("out " + client.clientId() + " " + delivery.message().name());
        }

        @Override
        public void dropped(ClientDescription client, Delivery delivery, Drop why) {
            seen.add(why + " " + client.clientId());
        }

        @Override
        public void received(ClientDescription client, Packet packet) {
            seen.add(packet.type() + " " + client.clientId());
        }
    }
}
