package io.robustmq.protocol.mqtt.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.robustmq.protocol.mqtt.codec.ProtocolVersion;
import io.robustmq.protocol.mqtt.connection.ServerMessage;
import io.robustmq.protocol.mqtt.observe.ClientDescription;
import io.robustmq.protocol.mqtt.observe.ClientEvent;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class SystemTopicsTest {
    private final SystemTopics topics = new SystemTopics("node@host");

    private static String payload(ServerMessage message) {
        return new String(message.payload().toByteArray(), StandardCharsets.UTF_8);
    }

    @Test
    void aDisconnectIsToldWithItsReasonAndTextsOfTheClientAreEscaped() {
        ClientDescription client = new ClientDescription(
                "a/b+\"", "u\n", "127.0.0.1", 4, "mqtt", "", ProtocolVersion.MQTT_5, true, false, 60, 0, 10, 0, 1);
        ServerMessage message = topics.message(new ClientEvent.Disconnected(client, "kicked", 7));
        assertThat(message.topic()).isEqualTo("$SYS/brokers/node@host/clients/a_b_\"/disconnected");
        assertThat(payload(message))
                .isEqualTo(
                        "{\"clientid\":\"a/b+\\\"\",\"ts\":7,\"username\":\"u\\u000a\",\"ipaddress\":\"127.0.0.1\","
                                + "\"port\":4,\"proto_name\":\"MQTT\",\"proto_ver\":5,\"reason\":\"kicked\",\"disconnected_at\":7}");
        assertThat(message.retain()).isFalse();
    }

    @Test
    void constantsAreRetainedAndValuesAreNot() {
        assertThat(topics.constant("version", "1").retain()).isTrue();
        assertThat(topics.value("uptime", "1").retain()).isFalse();
        assertThat(topics.brokers().topic()).isEqualTo("$SYS/brokers");
        assertThat(payload(topics.brokers())).isEqualTo("node@host");
    }

    @Test
    void aNodeNameIsOneLevel() {
        assertThatThrownBy(() -> new SystemTopics("a/b")).hasMessageContaining("node must be one level");
    }
}
