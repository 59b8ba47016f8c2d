package io.robustmq.security.authentication;

import io.robustmq.security.access.Subject;
import java.util.Objects;

/** What a source says of a login. */
public sealed interface Verdict {

    /**
     * The client is who it says it is.
     *
     * @param expiresAtMillis since the epoch, when the proof ends; {@link #NEVER} if it does not
     */
    record Accepted(Subject subject, long expiresAtMillis) implements Verdict {
        public Accepted {
            Objects.requireNonNull(subject, "subject");
        }
    }

    /**
     * The client is not let in.
     *
     * @param sentence for log lines and reason strings; tells nothing that helps to guess
     */
    record Denied(Refusal reason, String sentence) implements Verdict {
        public Denied {
            Objects.requireNonNull(reason, "reason");
            Objects.requireNonNull(sentence, "sentence");
        }
    }

    /** The source knows nothing of this client; the next one is asked. */
    record Ignored() implements Verdict {}

    /** Of a proof that does not end. */
    long NEVER = Long.MAX_VALUE;

    /** The one {@link Ignored}. */
    Ignored IGNORED = new Ignored();
}
