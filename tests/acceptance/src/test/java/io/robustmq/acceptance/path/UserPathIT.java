package io.robustmq.acceptance.path;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.hivemq.client.mqtt.MqttGlobalPublishFilter;
import com.hivemq.client.mqtt.datatypes.MqttQos;
import com.hivemq.client.mqtt.mqtt3.Mqtt3BlockingClient;
import com.hivemq.client.mqtt.mqtt3.message.publish.Mqtt3Publish;
import com.hivemq.client.mqtt.mqtt5.Mqtt5BlockingClient;
import com.hivemq.client.mqtt.mqtt5.message.publish.Mqtt5Publish;
import io.robustmq.acceptance.broker.Broker;
import io.robustmq.acceptance.broker.SharedBroker;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The clients people bring along: Mosquitto's commands, Paho for Python and Java, HiveMQ's client. */
@ExtendWith(SharedBroker.class)
final class UserPathIT {
    private final Broker broker;

    UserPathIT(Broker broker) {
        this.broker = broker;
    }

    @ParameterizedTest
    @CsvSource({
        "mqttv31, 0",
        "mqttv31, 1",
        "mqttv31, 2",
        "mqttv311, 0",
        "mqttv311, 1",
        "mqttv311, 2",
        "mqttv5, 0",
        "mqttv5, 1",
        "mqttv5, 2"
    })
    void mosquittoCommandsInEveryVersionAndQuality(String version, int qos) {
        String topic = "path/" + version + "/" + qos;
        String port = Integer.toString(broker.mqttPort());
        String quality = Integer.toString(qos);
        try (ForeignCommand subscriber = new ForeignCommand(
                "stdbuf",
                "-oL",
                "mosquitto_sub",
                "-d",
                "-p",
                port,
                "-V",
                version,
                "-q",
                quality,
                "-C",
                "3",
                "-t",
                topic,
                "-F",
                "got %p with %q")) {
            subscriber.await(
                    "subscribed", lines -> lines.stream().anyMatch(line -> line.startsWith("Subscribed (mid:")));
            for (int i = 0; i < 3; i++) {
                new ForeignCommand(
                                "mosquitto_pub",
                                "-p",
                                port,
                                "-V",
                                version,
                                "-q",
                                quality,
                                "-t",
                                topic,
                                "-m",
                                "message " + i)
                        .finish();
            }

            assertThat(subscriber.finish())
                    .filteredOn(line -> line.startsWith("got "))
                    .containsExactly(
                            "got message 0 with " + qos, "got message 1 with " + qos, "got message 2 with " + qos);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"4", "5"})
    void pahoForPython(String version) {
        Path python = Path.of("target", "clients", "bin", "python3");
        assertThat(Files.isExecutable(python))
                .as("Paho for Python: run tests/tools/install-clients")
                .isTrue();

        List<String> lines = new ForeignCommand(
                        python.toString(),
                        "src/test/python/paho_client.py",
                        Integer.toString(broker.mqttPort()),
                        version)
                .finish();

        assertThat(lines.getLast()).isEqualTo("ok");
    }

    @Test
    void hiveMqClientForVersion5() throws InterruptedException {
        Mqtt5BlockingClient subscriber = com.hivemq.client.mqtt.MqttClient.builder()
                .useMqttVersion5()
                .identifier("path-hivemq-5")
                .serverHost("127.0.0.1")
                .serverPort(broker.mqttPort())
                .buildBlocking();
        subscriber.connectWith().cleanStart(false).sessionExpiryInterval(600).send();
        subscriber
                .subscribeWith()
                .topicFilter("path/hivemq/5/#")
                .qos(MqttQos.EXACTLY_ONCE)
                .send();
        subscriber.disconnect();
        Mqtt5BlockingClient publisher = com.hivemq.client.mqtt.MqttClient.builder()
                .useMqttVersion5()
                .serverHost("127.0.0.1")
                .serverPort(broker.mqttPort())
                .buildBlocking();
        publisher.connect();
        for (MqttQos qos : List.of(MqttQos.AT_LEAST_ONCE, MqttQos.EXACTLY_ONCE)) {
            publisher
                    .publishWith()
                    .topic("path/hivemq/5/" + qos.getCode())
                    .qos(qos)
                    .payload("offline".getBytes(UTF_8))
                    .contentType("text/plain")
                    .userProperties()
                    .add("room", "kitchen")
                    .applyUserProperties()
                    .send();
        }

        try (Mqtt5BlockingClient.Mqtt5Publishes publishes = subscriber.publishes(MqttGlobalPublishFilter.ALL)) {
            assertThat(subscriber.connectWith().cleanStart(false).send().isSessionPresent())
                    .isTrue();
            for (int i = 0; i < 2; i++) {
                Mqtt5Publish received = publishes
                        .receive(ForeignCommand.PATIENCE.toSeconds(), TimeUnit.SECONDS)
                        .orElseThrow();
                assertThat(new String(received.getPayloadAsBytes(), UTF_8)).isEqualTo("offline");
                assertThat(received.getContentType()).hasToString("Optional[text/plain]");
                assertThat(received.getUserProperties().asList()).hasSize(1);
            }
        }
        subscriber.disconnectWith().sessionExpiryInterval(0).send();
        publisher.disconnect();
    }

    @Test
    void hiveMqClientForVersion3() throws InterruptedException {
        Mqtt3BlockingClient client = com.hivemq.client.mqtt.MqttClient.builder()
                .useMqttVersion3()
                .identifier("path-hivemq-3")
                .serverHost("127.0.0.1")
                .serverPort(broker.mqttPort())
                .buildBlocking();
        client.connect();
        client.subscribeWith()
                .topicFilter("path/hivemq/3/+")
                .qos(MqttQos.EXACTLY_ONCE)
                .send();

        try (Mqtt3BlockingClient.Mqtt3Publishes publishes = client.publishes(MqttGlobalPublishFilter.ALL)) {
            for (MqttQos qos : MqttQos.values()) {
                client.publishWith()
                        .topic("path/hivemq/3/" + qos.getCode())
                        .qos(qos)
                        .payload("x".getBytes(UTF_8))
                        .send();
                Mqtt3Publish received = publishes
                        .receive(ForeignCommand.PATIENCE.toSeconds(), TimeUnit.SECONDS)
                        .orElseThrow();
                assertThat(received.getQos()).isEqualTo(qos);
                assertThat(received.getTopic()).hasToString("path/hivemq/3/" + qos.getCode());
            }
        }
        client.disconnect();
    }

    @Test
    void pahoForJavaVersion3() throws Exception {
        BlockingQueue<String> received = new LinkedBlockingQueue<>();
        try (org.eclipse.paho.client.mqttv3.MqttClient client = new org.eclipse.paho.client.mqttv3.MqttClient(
                "tcp://127.0.0.1:" + broker.mqttPort(),
                "path-paho-3",
                new org.eclipse.paho.client.mqttv3.persist.MemoryPersistence())) {
            client.setTimeToWait(ForeignCommand.PATIENCE.toMillis());
            client.connect();
            client.subscribe("path/paho/3/+", 2, (topic, message) -> {
                boolean added = received.offer(topic + " " + message + " " + message.getQos());
                assertThat(added).isTrue();
            });
            for (int qos = 0; qos <= 2; qos++) {
                client.publish("path/paho/3/" + qos, "x".getBytes(UTF_8), qos, false);
                assertThat(received.poll(ForeignCommand.PATIENCE.toSeconds(), TimeUnit.SECONDS))
                        .isEqualTo("path/paho/3/" + qos + " x " + qos);
            }
            client.disconnect();
        }
    }

    @Test
    void pahoForJavaVersion5() throws Exception {
        BlockingQueue<String> received = new LinkedBlockingQueue<>();
        org.eclipse.paho.mqttv5.client.MqttClient client = new org.eclipse.paho.mqttv5.client.MqttClient(
                "tcp://127.0.0.1:" + broker.mqttPort(),
                "path-paho-5",
                new org.eclipse.paho.mqttv5.client.persist.MemoryPersistence());
        try {
            client.setTimeToWait(ForeignCommand.PATIENCE.toMillis());
            client.setCallback(new CollectingCallback(received));
            client.connect();
            client.subscribe("path/paho/5/+", 2);
            for (int qos = 0; qos <= 2; qos++) {
                client.publish("path/paho/5/" + qos, "x".getBytes(UTF_8), qos, false);
                assertThat(received.poll(ForeignCommand.PATIENCE.toSeconds(), TimeUnit.SECONDS))
                        .isEqualTo("path/paho/5/" + qos + " x " + qos);
            }
            client.disconnect();
        } finally {
            client.close();
        }
    }
}
