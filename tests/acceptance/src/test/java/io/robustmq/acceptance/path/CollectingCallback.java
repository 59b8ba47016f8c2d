package io.robustmq.acceptance.path;

import java.nio.charset.StandardCharsets;
import java.util.concurrent.BlockingQueue;
import org.eclipse.paho.mqttv5.client.IMqttToken;
import org.eclipse.paho.mqttv5.client.MqttCallback;
import org.eclipse.paho.mqttv5.client.MqttDisconnectResponse;
import org.eclipse.paho.mqttv5.common.MqttException;
import org.eclipse.paho.mqttv5.common.MqttMessage;
import org.eclipse.paho.mqttv5.common.packet.MqttProperties;

/** Puts what Paho delivers into a queue as {@code topic payload qos}. Called on Paho's threads. */
record CollectingCallback(BlockingQueue<String> received) implements MqttCallback {
    @Override
    public void messageArrived(String topic, MqttMessage message) {
        received.add(topic + " " + new String(message.getPayload(), StandardCharsets.UTF_8) + " " + message.getQos());
    }

    @Override
    public void disconnected(MqttDisconnectResponse response) {
        // The test's next wait fails when this was not wanted.
    }

    @Override
    public void mqttErrorOccurred(MqttException exception) {
        // The test's next wait fails.
    }

    @Override
    public void deliveryComplete(IMqttToken token) {
        // Publishing blocks until then.
    }

    @Override
    public void connectComplete(boolean reconnect, String serverUri) {
        // Connecting blocks until then.
    }

    @Override
    public void authPacketArrived(int reasonCode, MqttProperties properties) {
        // No authentication is asked for.
    }
}
