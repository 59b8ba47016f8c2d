package io.robustmq.security.token;

import java.io.Serial;

/** There are no keys to check a token with. */
final class KeysUnavailableException extends Exception {
    @Serial
    private static final long serialVersionUID = 1L;

    KeysUnavailableException(String message, Throwable cause) {
        super(message, cause);
    }
}
