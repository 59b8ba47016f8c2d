package io.robustmq.acceptance.clients;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.hivemq.client.mqtt.MqttClientSslConfig;
import com.hivemq.client.mqtt.MqttGlobalPublishFilter;
import com.hivemq.client.mqtt.datatypes.MqttQos;
import com.hivemq.client.mqtt.lifecycle.MqttClientDisconnectedContext;
import com.hivemq.client.mqtt.lifecycle.MqttDisconnectSource;
import com.hivemq.client.mqtt.mqtt5.Mqtt5AsyncClient;
import com.hivemq.client.mqtt.mqtt5.Mqtt5ClientBuilder;
import com.hivemq.client.mqtt.mqtt5.exceptions.Mqtt5DisconnectException;
import com.hivemq.client.mqtt.mqtt5.message.publish.Mqtt5Publish;
import com.hivemq.client.mqtt.mqtt5.message.publish.Mqtt5PublishBuilder;
import com.hivemq.client.mqtt.mqtt5.message.publish.Mqtt5PublishResult;
import com.hivemq.client.mqtt.mqtt5.message.subscribe.Mqtt5Subscribe;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** HiveMQ's client, 5. It uses topic aliases and checks subscription identifiers by itself, and shows neither. */
record HiveFive(Mqtt5AsyncClient client, boolean sessionPresent) implements Library {
    static Library open(Options options, Listener listener) throws Exception {
        Mqtt5ClientBuilder builder = com.hivemq.client.mqtt.MqttClient.builder()
                .useMqttVersion5()
                .identifier(options.id())
                .serverHost(options.broker().getHost())
                .serverPort(options.broker().getPort())
                .addDisconnectedListener(context -> disconnected(context, listener));
        if (options.broker().getScheme().equals("mqtts")) {
            builder = builder.sslConfig(MqttClientSslConfig.builder()
                    .trustManagerFactory(Trust.managers())
                    .build());
        }
        Mqtt5AsyncClient client = builder.buildAsync();
        client.publishes(MqttGlobalPublishFilter.ALL, publish -> listener.arrived(received(publish)));
        var connect = client.connectWith().cleanStart(!options.keep()).sessionExpiryInterval(options.keep() ? 600 : 0);
        if (options.receiveMaximum().isPresent()) {
            connect = connect.restrictions()
                    .receiveMaximum(options.receiveMaximum().getAsInt())
                    .applyRestrictions();
        }
        if (options.willTopic() != null) {
            connect = connect.willPublish()
                    .topic(options.willTopic())
                    .payload("gone".getBytes(UTF_8))
                    .qos(MqttQos.AT_LEAST_ONCE)
                    .applyWillPublish();
        }
        boolean present = connect.send()
                .get(JavaClient.PATIENCE.toSeconds(), TimeUnit.SECONDS)
                .isSessionPresent();
        return new HiveFive(client, present);
    }

    private static void disconnected(MqttClientDisconnectedContext context, Listener listener) {
        if (context.getSource() == MqttDisconnectSource.USER) {
            return;
        }
        listener.lost(
                context.getCause() instanceof Mqtt5DisconnectException told
                        ? told.getMqttMessage().getReasonCode().getCode()
                        : -1);
    }

    private static Message received(Mqtt5Publish publish) {
        return new Message(
                publish.getTopic().toString(),
                ByteBuffer.wrap(publish.getPayloadAsBytes()),
                publish.getQos().getCode(),
                publish.isRetain(),
                new Extra(
                        publish.getUserProperties().asList().stream()
                                .map(pair -> Map.entry(
                                        pair.getName().toString(),
                                        pair.getValue().toString()))
                                .toList(),
                        publish.getMessageExpiryInterval(),
                        publish.getResponseTopic().map(Object::toString).orElse(null),
                        publish.getCorrelationData().map(HiveFive::text).orElse(null),
                        OptionalInt.empty(),
                        List.of()));
    }

    private static String text(ByteBuffer bytes) {
        return UTF_8.decode(bytes).toString();
    }

    @Override
    public int subscribe(String filter, int qos, int identifier) throws Exception {
        Mqtt5Subscribe subscribe = Mqtt5Subscribe.builder()
                .topicFilter(filter)
                .qos(Objects.requireNonNull(MqttQos.fromCode(qos)))
                .build();
        return client.subscribe(subscribe)
                .get(JavaClient.PATIENCE.toSeconds(), TimeUnit.SECONDS)
                .getReasonCodes()
                .getFirst()
                .getCode();
    }

    @Override
    public int unsubscribe(String filter) throws Exception {
        return client.unsubscribeWith()
                .topicFilter(filter)
                .send()
                .get(JavaClient.PATIENCE.toSeconds(), TimeUnit.SECONDS)
                .getReasonCodes()
                .getFirst()
                .getCode();
    }

    @Override
    public void publish(Message message) throws Exception {
        Extra extra = message.extra();
        Mqtt5PublishBuilder.Complete builder = Mqtt5Publish.builder()
                .topic(message.topic())
                .payload(message.bytes())
                .qos(Objects.requireNonNull(MqttQos.fromCode(message.qos())))
                .retain(message.retain())
                .responseTopic(extra.responseTopic())
                .correlationData(bytes(extra.correlation()));
        if (extra.expirySeconds().isPresent()) {
            builder = builder.messageExpiryInterval(extra.expirySeconds().getAsLong());
        }
        for (Map.Entry<String, String> pair : extra.user()) {
            builder =
                    builder.userProperties().add(pair.getKey(), pair.getValue()).applyUserProperties();
        }
        Mqtt5PublishResult result =
                client.publish(builder.build()).get(JavaClient.PATIENCE.toSeconds(), TimeUnit.SECONDS);
        if (result.getError().isPresent()) {
            throw new IllegalStateException("publishing", result.getError().get());
        }
    }

    private static byte @Nullable [] bytes(@Nullable String text) {
        return text == null ? null : text.getBytes(UTF_8);
    }

    @Override
    public void disconnect() throws Exception {
        if (client.getState().isConnected()) {
            client.disconnect().get(JavaClient.PATIENCE.toSeconds(), TimeUnit.SECONDS);
        }
    }
}
