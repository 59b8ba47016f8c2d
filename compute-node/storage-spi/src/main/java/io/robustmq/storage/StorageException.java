package io.robustmq.storage;

import java.util.Objects;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/** Carries a {@link StorageFault} through a {@code CompletionStage}. */
public final class StorageException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient StorageFault fault;

    public StorageException(StorageFault fault) {
        this(fault, null);
    }

    public StorageException(StorageFault fault, @Nullable Throwable cause) {
        super(fault.reason(), cause);
        this.fault = Objects.requireNonNull(fault, "fault");
    }

    public StorageFault fault() {
        return fault;
    }

    /** The fault behind a failed stage; anything that is not a storage fault is {@link StorageFault.OutcomeUnknown}. */
    public static StorageFault faultOf(Throwable failure) {
        Throwable at = failure;
        while (at instanceof CompletionException && at.getCause() != null) {
            at = at.getCause();
        }
        return at instanceof StorageException storage
                ? storage.fault()
                : new StorageFault.OutcomeUnknown(String.valueOf(at));
    }
}
