package io.robustmq.acceptance.clients;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.hivemq.client.mqtt.MqttClientSslConfig;
import com.hivemq.client.mqtt.MqttGlobalPublishFilter;
import com.hivemq.client.mqtt.datatypes.MqttQos;
import com.hivemq.client.mqtt.lifecycle.MqttDisconnectSource;
import com.hivemq.client.mqtt.mqtt3.Mqtt3AsyncClient;
import com.hivemq.client.mqtt.mqtt3.Mqtt3ClientBuilder;
import com.hivemq.client.mqtt.mqtt3.message.connect.Mqtt3ConnectBuilder;
import java.nio.ByteBuffer;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/** HiveMQ's client, 3.1.1. */
record HiveThree(Mqtt3AsyncClient client, boolean sessionPresent) implements Library {
    static Library open(Options options, Listener listener) throws Exception {
        Mqtt3ClientBuilder builder = com.hivemq.client.mqtt.MqttClient.builder()
                .useMqttVersion3()
                .identifier(options.id())
                .serverHost(options.broker().getHost())
                .serverPort(options.broker().getPort())
                .addDisconnectedListener(context -> {
                    if (context.getSource() != MqttDisconnectSource.USER) {
                        listener.lost(-1);
                    }
                });
        if (options.broker().getScheme().equals("mqtts")) {
            builder = builder.sslConfig(MqttClientSslConfig.builder()
                    .trustManagerFactory(Trust.managers())
                    .build());
        }
        Mqtt3AsyncClient client = builder.buildAsync();
        client.publishes(
                MqttGlobalPublishFilter.ALL,
                publish -> listener.arrived(new Message(
                        publish.getTopic().toString(),
                        ByteBuffer.wrap(publish.getPayloadAsBytes()),
                        publish.getQos().getCode(),
                        publish.isRetain(),
                        Extra.NONE)));
        Mqtt3ConnectBuilder.Send<
                        java.util.concurrent.CompletableFuture<
                                com.hivemq.client.mqtt.mqtt3.message.connect.connack.Mqtt3ConnAck>>
                connect = client.connectWith().cleanSession(!options.keep());
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
        return new HiveThree(client, present);
    }

    @Override
    public int subscribe(String filter, int qos, int identifier) throws Exception {
        return client.subscribeWith()
                .topicFilter(filter)
                .qos(Objects.requireNonNull(MqttQos.fromCode(qos)))
                .send()
                .get(JavaClient.PATIENCE.toSeconds(), TimeUnit.SECONDS)
                .getReturnCodes()
                .getFirst()
                .getCode();
    }

    @Override
    public int unsubscribe(String filter) throws Exception {
        client.unsubscribeWith().topicFilter(filter).send().get(JavaClient.PATIENCE.toSeconds(), TimeUnit.SECONDS);
        return 0;
    }

    @Override
    public void publish(Message message) throws Exception {
        client.publishWith()
                .topic(message.topic())
                .payload(message.bytes())
                .qos(Objects.requireNonNull(MqttQos.fromCode(message.qos())))
                .retain(message.retain())
                .send()
                .get(JavaClient.PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }

    @Override
    public void disconnect() throws Exception {
        if (client.getState().isConnected()) {
            client.disconnect().get(JavaClient.PATIENCE.toSeconds(), TimeUnit.SECONDS);
        }
    }
}
