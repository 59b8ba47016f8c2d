package io.robustmq.bookie;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Carries a {@link StartFault}. */
public final class StartException extends Exception {
    private static final long serialVersionUID = 1L;

    private final transient StartFault fault;

    StartException(StartFault fault, @Nullable Throwable cause) {
        super(fault.reason(), cause);
        this.fault = Objects.requireNonNull(fault, "fault");
    }

    StartException(StartFault fault) {
        this(fault, null);
    }

    public StartFault fault() {
        return fault;
    }
}
