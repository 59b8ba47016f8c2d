package io.robustmq.protocol.mqtt.codec;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class VariableByteIntegerTest {
    @ParameterizedTest
    @CsvSource({"0, 1", "1, 1", "127, 1", "128, 2", "16383, 2", "16384, 3", "2097151, 3", "2097152, 4", "268435455, 4"})
    @Tag("MQTT5-1.5.5-1")
    void valueTakesTheFewestBytes(int value, int length) {
        byte[] bytes = Wire.variable(value);

        assertThat(bytes).hasSize(length);
        assertThat(VariableByteInteger.encodedLength(value)).isEqualTo(length);
        int packed = decode(bytes);
        assertThat(VariableByteInteger.value(packed)).isEqualTo(value);
        assertThat(VariableByteInteger.length(packed)).isEqualTo(length);
        assertThat(VariableByteInteger.isMinimal(packed)).isTrue();
    }

    @Test
    void incompleteTooLongAndPaddedIntegersAreTold() {
        assertThat(decode(Wire.raw())).isEqualTo(VariableByteInteger.INCOMPLETE);
        assertThat(decode(Wire.raw(0xFF, 0xFF, 0xFF))).isEqualTo(VariableByteInteger.INCOMPLETE);
        assertThat(decode(Wire.raw(0xFF, 0xFF, 0xFF, 0xFF))).isEqualTo(VariableByteInteger.TOO_LONG);
        assertThat(VariableByteInteger.isMinimal(decode(Wire.raw(0x80, 0x00)))).isFalse();
        assertThat(VariableByteInteger.isMinimal(decode(Wire.raw(0xFF, 0x80, 0x00))))
                .isFalse();
    }

    private static int decode(byte[] bytes) {
        ByteBuf in = Unpooled.wrappedBuffer(bytes);
        try {
            return VariableByteInteger.decode(in, 0, bytes.length);
        } finally {
            in.release();
        }
    }
}
