package io.robustmq.storage;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

/**
 * Small facts with compare-and-set: the owner and ledger chain of each shard, members, the identity of the cluster. Never anything per topic or per
 * session. Paths are absolute, {@code /}-separated; missing parents are made, with an empty value. Any thread; completes on any thread.
 *
 * <p>Every stage may fail with {@link StorageFault.Unavailable} (nothing was done) or {@link StorageFault.OutcomeUnknown} (a change may have been done).
 */
public interface CoordStore extends AutoCloseable {

    /** The version to give when the node must not exist yet. */
    long ABSENT = -1;

    /** Reads a node, at least as new as every change that completed anywhere before the call (a synced read). */
    CompletionStage<Optional<Versioned>> get(String path);

    /**
     * Writes a node if its version is {@code expectedVersion} ({@link #ABSENT}: if it does not exist).
     *
     * @param value copied, at most 512 KiB
     * @return completes with the new version; fails with {@link StorageFault.VersionConflict}
     */
    CompletionStage<Long> compareAndSet(String path, byte[] value, long expectedVersion);

    /**
     * Deletes a node if its version is the given one; succeeds if it does not exist. Fails with {@link StorageFault.VersionConflict}, also if the node has
     * children.
     */
    CompletionStage<Void> delete(String path, long expectedVersion);

    /** Names (not paths) of the children, sorted; empty if the node does not exist. */
    CompletionStage<List<String>> children(String path);

    /** Creates a node that vanishes with this client's session. Fails with {@link StorageFault.VersionConflict} if it exists. */
    CompletionStage<Void> ephemeral(String path, byte[] value);

    /** Calls the listener after every change of the node or its direct children, and when the session state changes. Close to stop. */
    Watch watch(String path, Consumer<CoordEvent> listener);

    SessionState state();

    @Override
    void close();

    /** Whether this client is in contact. */
    enum SessionState {
        CONNECTED,
        SUSPENDED,
        LOST
    }

    /** What a watch tells: something changed, read again. */
    sealed interface CoordEvent {
        /** The node or one of its children changed. */
        record Changed(String path) implements CoordEvent {}

        /** The session state changed. */
        record Session(SessionState state) implements CoordEvent {}
    }

    /** A running watch. */
    interface Watch extends AutoCloseable {
        @Override
        void close();
    }

    /** A value and its version. */
    final class Versioned {
        private final byte[] bytes;
        private final long version;

        /**
         * @param bytes handed over, not copied
         * @param version to be given to {@link CoordStore#compareAndSet}
         */
        public Versioned(byte[] bytes, long version) {
            this.bytes = bytes;
            this.version = version;
        }

        /** The value; the receiver's own copy. */
        public byte[] bytes() {
            return bytes;
        }

        public long version() {
            return version;
        }
    }
}
