package io.robustmq.storage;

/** Why storage did not do what it was asked. Operating failures, each a value that a caller can list. */
public sealed interface StorageFault {

    /** What failed, for a log line. */
    String reason();

    /** Somebody holds the shard under a higher epoch: stop being its owner. */
    record NotOwner(long higherEpoch) implements StorageFault {
        @Override
        public String reason() {
            return "the shard is owned under the higher epoch " + higherEpoch;
        }
    }

    /** The store cannot answer now (no quorum, session lost, time-out); a repetition may succeed. */
    record Unavailable(String reason) implements StorageFault {}

    /** The outcome of a change is not known; read before deciding. */
    record OutcomeUnknown(String reason) implements StorageFault {}

    /** No room for new data; deletions still work. */
    record OutOfSpace(String reason) implements StorageFault {}

    /** What was read contradicts itself (checksum, gap in LSNs, epoch going down). Never skipped; an operator must look. */
    record Damaged(String reason) implements StorageFault {}

    /** The thing named does not exist. */
    record NotFound(String reason) implements StorageFault {}

    /** A compare-and-set met another version; nothing was changed. */
    record VersionConflict(String reason) implements StorageFault {}
}
