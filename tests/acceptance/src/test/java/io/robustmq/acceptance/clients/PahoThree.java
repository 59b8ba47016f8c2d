package io.robustmq.acceptance.clients;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import org.eclipse.paho.client.mqttv3.IMqttDeliveryToken;
import org.eclipse.paho.client.mqttv3.IMqttToken;
import org.eclipse.paho.client.mqttv3.MqttAsyncClient;
import org.eclipse.paho.client.mqttv3.MqttCallback;
import org.eclipse.paho.client.mqttv3.MqttConnectOptions;
import org.eclipse.paho.client.mqttv3.MqttException;
import org.eclipse.paho.client.mqttv3.MqttMessage;
import org.eclipse.paho.client.mqttv3.persist.MemoryPersistence;

/** Paho for Java, 3.1.1. */
record PahoThree(MqttAsyncClient client, boolean sessionPresent) implements Library {
    static Library open(Options options, Listener listener) throws MqttException {
        MqttAsyncClient client = new MqttAsyncClient(
                JavaClient.transport(options.broker(), "tcp", "ssl"), options.id(), new MemoryPersistence());
        client.setCallback(new MqttCallback() {
            @Override
            public void connectionLost(Throwable cause) {
                listener.lost(-1);
            }

            @Override
            public void messageArrived(String topic, MqttMessage message) {
                listener.arrived(new Message(
                        topic,
                        ByteBuffer.wrap(message.getPayload()),
                        message.getQos(),
                        message.isRetained(),
                        Extra.NONE));
            }

            @Override
            public void deliveryComplete(IMqttDeliveryToken token) {
                // publish() waits for it.
            }
        });
        MqttConnectOptions connect = new MqttConnectOptions();
        connect.setMqttVersion(MqttConnectOptions.MQTT_VERSION_3_1_1);
        connect.setCleanSession(!options.keep());
        if (options.willTopic() != null) {
            connect.setWill(options.willTopic(), "gone".getBytes(UTF_8), 1, false);
        }
        IMqttToken token = client.connect(connect);
        token.waitForCompletion(JavaClient.PATIENCE.toMillis());
        return new PahoThree(client, token.getSessionPresent());
    }

    @Override
    public int subscribe(String filter, int qos, int identifier) throws MqttException {
        IMqttToken token = client.subscribe(filter, qos);
        token.waitForCompletion(JavaClient.PATIENCE.toMillis());
        return token.getGrantedQos()[0];
    }

    @Override
    public int unsubscribe(String filter) throws MqttException {
        client.unsubscribe(filter).waitForCompletion(JavaClient.PATIENCE.toMillis());
        return 0;
    }

    @Override
    public void publish(Message message) throws MqttException {
        client.publish(message.topic(), message.bytes(), message.qos(), message.retain())
                .waitForCompletion(JavaClient.PATIENCE.toMillis());
    }

    @Override
    public void disconnect() throws MqttException {
        if (client.isConnected()) {
            client.disconnect().waitForCompletion(JavaClient.PATIENCE.toMillis());
        }
        client.close();
    }
}
