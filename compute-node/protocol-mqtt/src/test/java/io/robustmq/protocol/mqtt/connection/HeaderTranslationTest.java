package io.robustmq.protocol.mqtt.connection;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.robustmq.kernel.Guarantee;
import io.robustmq.protocol.mqtt.MqttSettings;
import io.robustmq.protocol.mqtt.codec.BinaryData;
import io.robustmq.protocol.mqtt.codec.Properties;
import io.robustmq.protocol.mqtt.codec.Property;
import io.robustmq.protocol.mqtt.codec.ProtocolVersion;
import io.robustmq.protocol.mqtt.codec.Publish;
import io.robustmq.protocol.mqtt.codec.QualityOfService;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class HeaderTranslationTest {
    private static final Properties ALL = Properties.builder()
            .set(Property.PAYLOAD_FORMAT_INDICATOR, 1)
            .set(Property.CONTENT_TYPE, "text/plain")
            .set(Property.RESPONSE_TOPIC, "answers/ü")
            .set(Property.CORRELATION_DATA, BinaryData.copyOf(new byte[] {0, 1, (byte) 0xFF}))
            .userProperty("a", "1")
            .userProperty("", "")
            .userProperty("a", "2")
            .build();

    @Test
    @Tag("MQTT5-3.3.2-4")
    @Tag("MQTT5-3.3.2-15")
    @Tag("MQTT5-3.3.2-16")
    @Tag("MQTT5-3.3.2-17")
    @Tag("MQTT5-3.3.2-18")
    @Tag("MQTT5-3.3.2-20")
    void propertiesOfAMessageReachTheReceiverUnchangedAndInOrder() {
        TestClient client = TestClient.live(ProtocolVersion.MQTT_5);

        client.send(new Publish(false, QualityOfService.AT_MOST_ONCE, false, "t", 0, ALL, BinaryData.EMPTY));
        String headersHex = client.session().published.getFirst().headersHex();
        ByteBuf headers = Unpooled.wrappedBuffer(java.util.HexFormat.of().parseHex(headersHex));
        client.session()
                .deliver(
                        0,
                        Guarantee.AT_MOST_ONCE,
                        new io.robustmq.kernel.PublishDraft()
                                .begin(client.kernel.intern("t"), Guarantee.AT_MOST_ONCE)
                                .headers(headers, 0, headers.readableBytes()),
                        false);

        assertThat(client.receiveOne(Publish.class).properties()).isEqualTo(ALL);
    }

    @Test
    void willAndPublishGiveTheSameHeaders() {
        TestClient client = TestClient.live(ProtocolVersion.MQTT_5, MqttSettings.DEFAULTS);
        client.send(new Publish(false, QualityOfService.AT_MOST_ONCE, false, "t", 0, ALL, BinaryData.EMPTY));
        ByteBuf fromWill = Unpooled.buffer();

        HeaderTranslation.toHeaders(ALL, fromWill);

        assertThat(io.netty.buffer.ByteBufUtil.hexDump(fromWill))
                .isEqualTo(client.session().published.getFirst().headersHex());
    }

    @Test
    void headerOfAnotherProtocolIsLeftOut() {
        ByteBuf headers = Unpooled.buffer();
        headers.writeByte(99).writeShort(3).writeCharSequence("abc", StandardCharsets.UTF_8);
        HeaderTranslation.toHeaders(
                Properties.builder().set(Property.CONTENT_TYPE, "x").build(), headers);
        ByteBuf properties = Unpooled.buffer();

        HeaderTranslation.toProperties(headers, 0, headers.readableBytes(), properties);

        assertThat(io.netty.buffer.ByteBufUtil.hexDump(properties)).isEqualTo("03000178");
    }
}
