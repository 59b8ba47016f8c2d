package io.robustmq.acceptance.clients;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;

/** A publish in either direction. */
record Message(String topic, ByteBuffer payload, int qos, boolean retain, Extra extra) {
    static Message of(String topic, String payload) {
        return new Message(topic, ByteBuffer.wrap(payload.getBytes(UTF_8)), 1, false, Extra.NONE);
    }

    Message withQos(int quality) {
        return new Message(topic, payload, quality, retain, extra);
    }

    Message retained() {
        return new Message(topic, payload, qos, true, extra);
    }

    Message with(Extra more) {
        return new Message(topic, payload, qos, retain, more);
    }

    byte[] bytes() {
        byte[] bytes = new byte[payload.remaining()];
        payload.duplicate().get(bytes);
        return bytes;
    }

    String text() {
        return new String(bytes(), UTF_8);
    }
}
