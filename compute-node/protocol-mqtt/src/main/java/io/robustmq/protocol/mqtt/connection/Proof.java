package io.robustmq.protocol.mqtt.connection;

import io.robustmq.protocol.mqtt.codec.BinaryData;
import java.util.Objects;

/**
 * How a client proved who it is by extended authentication (MQTT 5.0 §4.12).
 *
 * @param lastWord what the method says to the client when it succeeded
 */
record Proof(String method, BinaryData lastWord) {
    Proof {
        Objects.requireNonNull(method, "method");
        Objects.requireNonNull(lastWord, "lastWord");
    }
}
