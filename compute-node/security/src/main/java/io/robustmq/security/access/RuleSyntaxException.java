package io.robustmq.security.access;

import java.io.Serial;

/** A text is not a rule; the message says in which line and why. */
public final class RuleSyntaxException extends Exception {
    @Serial
    private static final long serialVersionUID = 1L;

    public RuleSyntaxException(String message) {
        super(message);
    }

    public RuleSyntaxException(String message, Throwable cause) {
        super(message, cause);
    }
}
