package io.robustmq.acceptance.clients;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.eclipse.paho.mqttv5.client.IMqttToken;
import org.eclipse.paho.mqttv5.client.MqttAsyncClient;
import org.eclipse.paho.mqttv5.client.MqttCallback;
import org.eclipse.paho.mqttv5.client.MqttConnectionOptions;
import org.eclipse.paho.mqttv5.client.MqttDisconnectResponse;
import org.eclipse.paho.mqttv5.client.persist.MemoryPersistence;
import org.eclipse.paho.mqttv5.common.MqttException;
import org.eclipse.paho.mqttv5.common.MqttMessage;
import org.eclipse.paho.mqttv5.common.MqttSubscription;
import org.eclipse.paho.mqttv5.common.packet.MqttProperties;
import org.eclipse.paho.mqttv5.common.packet.UserProperty;

/** Paho for Java, 5. */
record PahoFive(MqttAsyncClient client, boolean sessionPresent) implements Library {
    static Library open(Options options, Listener listener) throws MqttException {
        MqttAsyncClient client = new MqttAsyncClient(
                JavaClient.transport(options.broker(), "tcp", "ssl"), options.id(), new MemoryPersistence());
        client.setCallback(new Callback(listener));
        MqttConnectionOptions connect = new MqttConnectionOptions();
        connect.setAutomaticReconnect(false);
        connect.setCleanStart(!options.keep());
        connect.setSessionExpiryInterval(options.keep() ? 600L : 0L);
        // Otherwise the library numbers subscriptions itself and takes the first digit it finds for a match.
        connect.setUseSubscriptionIdentifiers(false);
        options.receiveMaximum().ifPresent(connect::setReceiveMaximum);
        if (options.willTopic() != null) {
            connect.setWill(options.willTopic(), new MqttMessage("gone".getBytes(UTF_8), 1, false, null));
        }
        IMqttToken token = client.connect(connect);
        token.waitForCompletion(JavaClient.PATIENCE.toMillis());
        return new PahoFive(client, token.getSessionPresent());
    }

    @Override
    public int subscribe(String filter, int qos, int identifier) throws MqttException {
        MqttProperties properties = new MqttProperties();
        if (identifier > 0) {
            properties.setSubscriptionIdentifier(identifier);
        }
        IMqttToken token =
                client.subscribe(new MqttSubscription[] {new MqttSubscription(filter, qos)}, null, null, properties);
        token.waitForCompletion(JavaClient.PATIENCE.toMillis());
        return token.getReasonCodes()[0];
    }

    @Override
    public int unsubscribe(String filter) throws MqttException {
        IMqttToken token = client.unsubscribe(filter);
        token.waitForCompletion(JavaClient.PATIENCE.toMillis());
        return token.getReasonCodes()[0];
    }

    @Override
    public void publish(Message message) throws MqttException {
        Extra extra = message.extra();
        MqttProperties properties = new MqttProperties();
        extra.expirySeconds().ifPresent(properties::setMessageExpiryInterval);
        extra.alias().ifPresent(properties::setTopicAlias);
        if (extra.responseTopic() != null) {
            properties.setResponseTopic(extra.responseTopic());
        }
        if (extra.correlation() != null) {
            properties.setCorrelationData(extra.correlation().getBytes(UTF_8));
        }
        properties.setUserProperties(extra.user().stream()
                .map(pair -> new UserProperty(pair.getKey(), pair.getValue()))
                .toList());
        client.publish(message.topic(), new MqttMessage(message.bytes(), message.qos(), message.retain(), properties))
                .waitForCompletion(JavaClient.PATIENCE.toMillis());
    }

    @Override
    public void disconnect() throws MqttException {
        if (client.isConnected()) {
            client.disconnect().waitForCompletion(JavaClient.PATIENCE.toMillis());
        }
        client.close();
    }

    private record Callback(Listener listener) implements MqttCallback {
        @Override
        public void messageArrived(String topic, MqttMessage message) {
            MqttProperties properties = message.getProperties();
            Long expiry = properties.getMessageExpiryInterval();
            byte[] correlation = properties.getCorrelationData();
            listener.arrived(new Message(
                    topic,
                    ByteBuffer.wrap(message.getPayload()),
                    message.getQos(),
                    message.isRetained(),
                    new Extra(
                            properties.getUserProperties().stream()
                                    .map(pair -> Map.entry(pair.getKey(), pair.getValue()))
                                    .toList(),
                            expiry == null ? OptionalLong.empty() : OptionalLong.of(expiry),
                            properties.getResponseTopic(),
                            correlation == null ? null : new String(correlation, UTF_8),
                            OptionalInt.empty(),
                            List.copyOf(properties.getSubscriptionIdentifiers()))));
        }

        @Override
        public void disconnected(MqttDisconnectResponse response) {
            listener.lost(response.getReturnCode());
        }

        @Override
        public void mqttErrorOccurred(MqttException exception) {
            System.err.println("paho: " + exception);
        }

        @Override
        public void deliveryComplete(IMqttToken token) {
            // publish() waits for it.
        }

        @Override
        public void connectComplete(boolean reconnect, String serverUri) {
            // open() waits for it.
        }

        @Override
        public void authPacketArrived(int reasonCode, MqttProperties properties) {
            // No authentication is asked for.
        }
    }
}
