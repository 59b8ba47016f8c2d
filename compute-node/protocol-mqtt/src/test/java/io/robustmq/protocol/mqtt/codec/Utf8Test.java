package io.robustmq.protocol.mqtt.codec;

import static io.robustmq.protocol.mqtt.codec.Wire.raw;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("MQTT-1.5.3-1")
@Tag("MQTT-1.5.3-2")
@Tag("MQTT5-1.5.4-1")
@Tag("MQTT5-1.5.4-2")
class Utf8Test {
    /** A lone continuation, surrogates, overlong forms, too great, cut short, U+0000: at word positions and alone. */
    static final List<byte[]> ILL_FORMED = List.of(
            raw(0x80),
            raw(0xED, 0xA0, 0x80),
            raw(0xED, 0xBF, 0xBF),
            raw(0xC0, 0xAF),
            raw(0xC1, 0x81),
            raw(0xE0, 0x9F, 0xBF),
            raw(0xF0, 0x8F, 0xBF, 0xBF),
            raw(0xF4, 0x90, 0x80, 0x80),
            raw(0xF5, 0x80, 0x80, 0x80),
            raw(0xFF),
            raw(0xC3),
            raw(0xE2, 0x82),
            raw(0xF0, 0x9D, 0x84),
            raw(0xC3, 'a'),
            raw(0xE2, 0x82, 'a'),
            raw(0x00),
            raw('0', '1', '2', '3', '4', '5', '6', 0x00),
            raw('0', '1', '2', '3', '4', '5', '6', '7', '8', 0x00),
            raw('0', '1', '2', '3', '4', '5', '6', 0xC3, '8', '9'),
            raw('0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 0xED, 0xA0, 0x80));

    @Test
    void knownOffencesAreFound() {
        for (byte[] text : ILL_FORMED) {
            assertThat(validate(text)).as(Arrays.toString(text)).isFalse();
        }
    }

    @Test
    @Tag("MQTT-1.5.3-3")
    @Tag("MQTT5-1.5.4-3")
    void byteOrderMarkIsAnOrdinaryCharacter() {
        byte[] publish = Wire.packet(0x30, "\uFEFFt", 0);

        assertThat(Wire.decode(Wire.serverDecoder(ProtocolVersion.MQTT_5), publish)
                        .getFirst())
                .isInstanceOfSatisfying(
                        Publish.class, packet -> assertThat(packet.topic()).isEqualTo("\uFEFFt"));
    }

    @Test
    void everyCodePointIsJudgedRightly() {
        for (int codePoint = 0; codePoint <= 0x10FFFF; codePoint++) {
            boolean surrogate = codePoint >= 0xD800 && codePoint <= 0xDFFF;
            byte[] text = encode(codePoint);
            if (validate(text) != (codePoint != 0 && !surrogate)) {
                throw new AssertionError("U+" + Integer.toHexString(codePoint));
            }
        }
        assertThat(validate(new byte[0])).isTrue();
    }

    @Test
    void everyPairOfBytesIsJudgedAsTheStrictDecoderDoes() {
        for (int pair = 0; pair < 0x10000; pair++) {
            byte[] text = raw(pair >> 8, pair & 0xFF);
            if (validate(text) != isStrictUtf8WithoutNull(text)) {
                throw new AssertionError("bytes " + Integer.toHexString(pair));
            }
        }
    }

    @Test
    void mutatedTextsAreJudgedAsTheStrictDecoderDoes() {
        Random random = new Random(41);
        byte[] sample = "sensors/Zürich/温度/𝄞/0123456789/value".getBytes(StandardCharsets.UTF_8);
        for (int round = 0; round < 50_000; round++) {
            byte[] text = Arrays.copyOf(sample, 1 + random.nextInt(sample.length));
            for (int change = random.nextInt(3); change > 0; change--) {
                text[random.nextInt(text.length)] = (byte) random.nextInt(256);
            }
            assertThat(validate(text)).isEqualTo(isStrictUtf8WithoutNull(text));
        }
    }

    @Test
    void wildcardIsFoundAtEveryPosition() {
        for (int length = 1; length <= 40; length++) {
            for (int position = 0; position < length; position++) {
                for (byte wildcard : new byte[] {'#', '+'}) {
                    byte[] text = "x".repeat(length).getBytes(StandardCharsets.US_ASCII);
                    text[position] = wildcard;

                    assertThat(inspect(text)).isEqualTo(Utf8.WILDCARD);
                    assertThat(validate(text)).isTrue();
                }
            }
        }
        assertThat(inspect("!\"$%&'()*,-./0129:;<=>?@AZ[]^_az{|}~\u007F\u0001".getBytes(StandardCharsets.UTF_8)))
                .isEqualTo(Utf8.ACCEPTABLE);
    }

    @Test
    void onlyTheGivenRangeIsLookedAt() {
        ByteBuf buffer = Unpooled.wrappedBuffer(raw(0, 0xFF, 'a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 0xFF, 0));
        try {
            assertThat(Utf8.validate(buffer, 2, 9)).isTrue();
            assertThat(Utf8.validate(buffer, 2, 10)).isFalse();
            assertThat(Utf8.validate(buffer, 1, 3)).isFalse();
        } finally {
            buffer.release();
        }
    }

    @Test
    void textThatCannotBeSentIsKnown() {
        assertThat(Utf8.isEncodable("sensors/Zürich/温度/𝄞")).isTrue();
        assertThat(Utf8.isEncodable("\uD834")).isFalse();
        assertThat(Utf8.isEncodable("\uDD1E\uD834")).isFalse();
        assertThat(Utf8.isEncodable("a\u0000b")).isFalse();
        assertThat(Utf8.isEncodable("é".repeat(32_767) + "a")).isTrue();
        assertThat(Utf8.isEncodable("é".repeat(32_768))).isFalse();
        assertThat(Utf8.isEncodable("温".repeat(21_845))).isTrue();
        assertThat(Utf8.isEncodable("𝄞".repeat(16_384))).isFalse();
    }

    private static byte[] encode(int codePoint) {
        if (codePoint < 0x80) {
            return raw(codePoint);
        }
        if (codePoint < 0x800) {
            return raw(0xC0 | (codePoint >> 6), 0x80 | (codePoint & 0x3F));
        }
        if (codePoint < 0x10000) {
            return raw(0xE0 | (codePoint >> 12), 0x80 | ((codePoint >> 6) & 0x3F), 0x80 | (codePoint & 0x3F));
        }
        return raw(
                0xF0 | (codePoint >> 18),
                0x80 | ((codePoint >> 12) & 0x3F),
                0x80 | ((codePoint >> 6) & 0x3F),
                0x80 | (codePoint & 0x3F));
    }

    private static boolean isStrictUtf8WithoutNull(byte[] text) {
        // A fresh decoder reports malformed input as a result; the convenience methods would throw.
        CharBuffer chars = CharBuffer.allocate(text.length);
        boolean wellFormed = !StandardCharsets.UTF_8
                .newDecoder()
                .decode(ByteBuffer.wrap(text), chars, true)
                .isError();
        return wellFormed && chars.flip().chars().noneMatch(unit -> unit == 0);
    }

    private static boolean validate(byte[] text) {
        ByteBuf buffer = Unpooled.wrappedBuffer(text);
        try {
            return Utf8.validate(buffer, 0, text.length);
        } finally {
            buffer.release();
        }
    }

    private static int inspect(byte[] text) {
        ByteBuf buffer = Unpooled.wrappedBuffer(text);
        try {
            return Utf8.inspectTopicName(buffer, 0, text.length);
        } finally {
            buffer.release();
        }
    }
}
