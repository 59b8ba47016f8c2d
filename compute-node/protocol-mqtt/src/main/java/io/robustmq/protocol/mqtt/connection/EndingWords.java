package io.robustmq.protocol.mqtt.connection;

import io.robustmq.protocol.mqtt.codec.ReasonCode;
import java.util.Locale;

/** The word by which the end of a connection is told to those who watch; the usual ones are those of EMQX. */
final class EndingWords {
    private EndingWords() {}

    static String of(ReasonCode reason) {
        if (reason == ReasonCode.KEEP_ALIVE_TIMEOUT) {
            return "keepalive_timeout";
        }
        if (reason == ReasonCode.SESSION_TAKEN_OVER) {
            return "takenover";
        }
        if (reason == ReasonCode.ADMINISTRATIVE_ACTION) {
            return "kicked";
        }
        if (reason == ReasonCode.SERVER_SHUTTING_DOWN) {
            return "server_shutdown";
        }
        return reason.name().toLowerCase(Locale.ROOT);
    }
}
