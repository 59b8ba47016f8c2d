package io.robustmq.storage.bookkeeper;

import io.robustmq.storage.StorageException;
import io.robustmq.storage.StorageFault;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.apache.bookkeeper.client.api.BKException;
import org.apache.zookeeper.KeeperException;
import org.jspecify.annotations.Nullable;

/** What BookKeeper's and ZooKeeper's errors mean to us. */
final class Faults {
    private Faults() {}

    static <T extends @Nullable Object> CompletableFuture<T> translate(CompletionStage<T> stage) {
        return stage.exceptionallyCompose(failure -> CompletableFuture.failedStage(of(failure)))
                .toCompletableFuture();
    }

    static StorageException of(Throwable failure) {
        Throwable cause = failure;
        while (cause instanceof CompletionException && cause.getCause() != null) {
            cause = cause.getCause();
        }
        if (cause instanceof StorageException known) {
            return known;
        }
        return new StorageException(
                cause instanceof BKException bookKeeper
                        ? of(bookKeeper)
                        : new StorageFault.Unavailable(String.valueOf(cause)),
                cause);
    }

    private static StorageFault of(BKException failure) {
        String reason = String.valueOf(failure.getMessage());
        return switch (failure.getCode()) {
            case BKException.Code.NoSuchLedgerExistsException,
                    BKException.Code.NoSuchLedgerExistsOnMetadataServerException,
                    BKException.Code.NoSuchEntryException -> new StorageFault.NotFound(reason);
            case BKException.Code.DigestMatchException -> new StorageFault.Damaged(reason);
            case BKException.Code.NotEnoughBookiesException ->
                new StorageFault.Unavailable("not enough bookies that take writes: " + reason);
            default -> new StorageFault.Unavailable(reason);
        };
    }

    /** A read changes nothing: whatever fails may be repeated. */
    static StorageFault ofRead(KeeperException.Code code, String path) {
        return new StorageFault.Unavailable("reading " + path + ": " + code);
    }

    /** A write may have arrived unless the server says why it refused. */
    static StorageFault ofWrite(KeeperException.Code code, String path) {
        return switch (code) {
            case BADVERSION, NONODE, NODEEXISTS, NOTEMPTY ->
                new StorageFault.VersionConflict("writing " + path + ": " + code);
            case CONNECTIONLOSS,
                    SESSIONEXPIRED,
                    SESSIONMOVED,
                    OPERATIONTIMEOUT,
                    REQUESTTIMEOUT,
                    SYSTEMERROR,
                    RUNTIMEINCONSISTENCY,
                    DATAINCONSISTENCY,
                    MARSHALLINGERROR,
                    UNKNOWNSESSION -> new StorageFault.OutcomeUnknown("writing " + path + ": " + code);
            default -> new StorageFault.Unavailable("writing " + path + ": " + code);
        };
    }
}
