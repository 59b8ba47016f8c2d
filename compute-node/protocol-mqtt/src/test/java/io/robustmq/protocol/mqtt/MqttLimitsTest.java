package io.robustmq.protocol.mqtt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class MqttLimitsTest {
    private static MqttLimits withComponent(int position, long value) throws ReflectiveOperationException {
        Object[] values = new Object[MqttLimits.class.getRecordComponents().length];
        Class<?>[] types = new Class<?>[values.length];
        for (int i = 0; i < values.length; i++) {
            var component = MqttLimits.class.getRecordComponents()[i];
            types[i] = component.getType();
            values[i] = component.getAccessor().invoke(MqttLimits.DEFAULTS);
        }
        values[position] = types[position] == int.class ? (Object) Math.toIntExact(value) : (Object) value;
        return MqttLimits.class.getDeclaredConstructor(types).newInstance(values);
    }

    @Test
    void everyLimitRefusesANegativeValueByItsName() {
        List<String> names = Arrays.stream(MqttLimits.class.getRecordComponents())
                .map(component -> component.getName())
                .toList();
        for (int i = 0; i < names.size(); i++) {
            int position = i;
            assertThatThrownBy(() -> withComponent(position, -1))
                    .cause()
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageStartingWith(names.get(i));
        }
    }

    @Test
    void defaultsAreSafe() {
        MqttLimits defaults = MqttLimits.DEFAULTS;

        assertThat(defaults.packetBytesMax()).isGreaterThan(1 << 20).isLessThan(2 << 20);
        assertThat(defaults.connectTimeoutMillis()).isEqualTo(10_000);
        assertThat(defaults.topicLevelsMax()).isEqualTo(128);
        assertThat(defaults.receiveMaximum()).isEqualTo(1_024);
    }
}
