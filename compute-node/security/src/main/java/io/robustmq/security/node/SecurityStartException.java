package io.robustmq.security.node;

import java.io.Serial;

/** Security cannot be set up as it was asked for; the message is a sentence for the person who asked. */
public final class SecurityStartException extends Exception {
    @Serial
    private static final long serialVersionUID = 1L;

    public SecurityStartException(String message) {
        super(message);
    }

    public SecurityStartException(String message, Throwable cause) {
        super(message, cause);
    }
}
