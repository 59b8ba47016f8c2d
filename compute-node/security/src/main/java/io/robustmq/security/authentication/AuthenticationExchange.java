package io.robustmq.security.authentication;

import java.util.Objects;

/**
 * A proof in several steps (MQTT 5.0 §4.12, SASL of RFC 4422). Loop only; one client at a time; computes and never waits.
 */
public interface AuthenticationExchange {

    /** Takes what the client sent and says what comes of it. Not to be called again after anything but a challenge. */
    Step next(byte[] data);

    /** What comes of a step. */
    sealed interface Step {
        /** Something to be answered by the client; the array belongs to the receiver. */
        @SuppressWarnings("ArrayRecordComponent") // handed over once and never compared
        record Challenge(byte[] data) implements Step {
            public Challenge {
                Objects.requireNonNull(data, "data");
            }
        }

        /**
         * The client proved who it is.
         *
         * @param data the last word to the client; belongs to the receiver
         */
        @SuppressWarnings("ArrayRecordComponent") // handed over once and never compared
        record Proven(byte[] data, String userName, boolean superuser) implements Step {
            public Proven {
                Objects.requireNonNull(data, "data");
                Objects.requireNonNull(userName, "userName");
            }
        }

        /** The proof is wrong. */
        record Failed(String sentence) implements Step {}
    }
}
