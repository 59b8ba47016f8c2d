package io.robustmq.kernel;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One subscription of a session.
 *
 * @param pattern levels separated by {@code /}; a level {@code +} matches one level, a last level {@code #} the rest. Checked by the adapter
 * @param guarantee the strongest wanted
 * @param noLocal leave out what this session published itself
 * @param keepLastValueFlag deliver with the last-value flag as published (MQTT Retain As Published)
 * @param lastValues what to do with kept last values that match
 * @param identifier handed back with each delivery; 0 for none
 * @param group share the messages with the other members of the group; null: a subscription of one's own
 */
public record SubscribeRequest(
        String pattern,
        Guarantee guarantee,
        boolean noLocal,
        boolean keepLastValueFlag,
        LastValues lastValues,
        int identifier,
        @Nullable String group) {
    public SubscribeRequest {
        Objects.requireNonNull(pattern, "pattern");
        Objects.requireNonNull(guarantee, "guarantee");
        Objects.requireNonNull(lastValues, "lastValues");
    }

    /** MQTT 5.0 §3.8.3.1 Retain Handling. */
    public enum LastValues {
        SEND,
        SEND_IF_NEW,
        DO_NOT_SEND
    }
}
