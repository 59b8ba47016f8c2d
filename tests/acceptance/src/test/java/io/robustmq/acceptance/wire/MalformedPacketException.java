package io.robustmq.acceptance.wire;

import java.io.Serial;

/** The broker sent what the specification forbids. */
public final class MalformedPacketException extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1L;

    public MalformedPacketException(String message) {
        super(message);
    }
}
