package io.robustmq.protocol.mqtt.connection;

import static org.assertj.core.api.Assertions.assertThat;

import io.robustmq.protocol.mqtt.MqttLimits;
import io.robustmq.protocol.mqtt.codec.ReasonCode;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FilterReadingTest {
    private final TopicRules rules = new TopicRules(MqttLimits.DEFAULTS);

    @Test
    void plainFilterIsItsOwnPattern() {
        assertThat(FilterReading.of("a/+/#", rules)).isEqualTo(new FilterReading.Understood("a/+/#", null));
    }

    @Test
    @Tag("MQTT5-4.8.2-1")
    void sharedFilterNamesItsGroup() {
        assertThat(FilterReading.of("$share/g/a/#", rules)).isEqualTo(new FilterReading.Understood("a/#", "g"));
    }

    @Test
    void queueFormIsAGroupThatNoShareNameIs() {
        assertThat(FilterReading.of("$queue/a", rules)).isEqualTo(new FilterReading.Understood("a", "$queue/"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"a#", "#/a", "a+", "+a/b", "$share/g", "$share//a", "$share/g+/a", "$share/g/", "$queue/"})
    @Tag("MQTT5-4.7.1-1")
    @Tag("MQTT5-4.7.1-2")
    @Tag("MQTT5-4.8.2-2")
    void filterThatBreaksARuleIsInvalid(String filter) {
        assertThat(FilterReading.of(filter, rules))
                .isEqualTo(new FilterReading.Invalid(ReasonCode.TOPIC_FILTER_INVALID));
    }

    @Test
    void filterBeyondALimitIsInvalid() {
        assertThat(FilterReading.of("/".repeat(128), rules)).isInstanceOf(FilterReading.Invalid.class);
        assertThat(FilterReading.of("/".repeat(127), rules)).isInstanceOf(FilterReading.Understood.class);
        assertThat(FilterReading.of("x".repeat(4_097), rules)).isInstanceOf(FilterReading.Invalid.class);
        assertThat(FilterReading.of("ü".repeat(2_049), rules)).isInstanceOf(FilterReading.Invalid.class);
    }
}
