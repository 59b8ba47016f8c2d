package io.robustmq.kernel;

import java.util.Objects;

/**
 * A message that the kernel publishes in the name of a session if its attachment ends without {@link Detach#suppressParting} (MQTT: the will). Kept in the log from attach
 * on, so that it is published even if the node that held the connection dies.
 *
 * @param message name, guarantee, headers and payload; copied by {@link EncodedMessage}. What limits its life is {@link PublishDraft#expiresAfterMillis}
 * @param delayMillis how long after the end of the attachment; the end of the session cuts it short, a new attachment cancels it
 */
public record PartingMessage(EncodedMessage message, long delayMillis) {
    public PartingMessage {
        Objects.requireNonNull(message, "message");
        if (delayMillis < 0) {
            throw new IllegalArgumentException("delayMillis must not be negative: " + delayMillis);
        }
    }
}
