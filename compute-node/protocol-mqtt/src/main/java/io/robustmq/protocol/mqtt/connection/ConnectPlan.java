package io.robustmq.protocol.mqtt.connection;

import io.robustmq.protocol.mqtt.codec.ReasonCode;
import org.jspecify.annotations.Nullable;

/** What becomes of a CONNECT by its content alone, before anybody is asked. */
sealed interface ConnectPlan {
    /** The client may prove who it is. */
    record Proceed(ClientProfile profile) implements ConnectPlan {}

    /**
     * The client is turned away.
     *
     * @param sentence for the log and the reason string
     * @param serverReference where the client should go, null for nowhere in particular
     */
    record Refuse(
            ReasonCode reason, String sentence, @Nullable String serverReference) implements ConnectPlan {
        Refuse(ReasonCode reason, String sentence) {
            this(reason, sentence, null);
        }
    }
}
