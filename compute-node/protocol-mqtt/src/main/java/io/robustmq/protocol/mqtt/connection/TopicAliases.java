package io.robustmq.protocol.mqtt.connection;

import io.robustmq.kernel.Name;
import io.robustmq.protocol.mqtt.codec.DecodeFailure;
import io.robustmq.protocol.mqtt.codec.ReasonCode;
import org.jspecify.annotations.Nullable;

/**
 * The topic aliases a client has set on this connection (MQTT 5.0 §3.3.2.3.4). Holds nothing until the first. Loop only.
 */
final class TopicAliases {
    private final int maximum;
    private @Nullable Name[] names = {};

    /** @param maximum as announced, 0 for none */
    TopicAliases(int maximum) {
        this.maximum = maximum;
    }

    /** @throws DecodeFailure if the alias is above what was announced [MQTT-3.3.2-9] */
    void requireAllowed(int alias) throws DecodeFailure {
        if (alias > maximum) {
            throw DecodeFailure.of(
                    ReasonCode.TOPIC_ALIAS_INVALID,
                    "The topic alias " + alias + " is above the maximum of " + maximum + " [MQTT-3.3.2-9].");
        }
    }

    /** The name, or a failure if the alias was not set on this connection. */
    Name get(int alias) throws DecodeFailure {
        Name name = alias < names.length ? names[alias] : null;
        if (name == null) {
            throw DecodeFailure.protocolError("The topic alias " + alias + " was not set (MQTT 5.0 section 3.3.4).");
        }
        return name;
    }

    /** @param name null to forget the alias */
    void set(int alias, @Nullable Name name) {
        if (alias >= names.length) {
            if (name == null) {
                return;
            }
            @Nullable Name[] grown = new @Nullable Name[Math.min(maximum + 1, Math.max(alias + 1, names.length * 2))];
            System.arraycopy(names, 0, grown, 0, names.length);
            names = grown;
        }
        names[alias] = name;
    }
}
