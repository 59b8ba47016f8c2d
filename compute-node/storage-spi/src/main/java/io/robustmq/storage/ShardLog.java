package io.robustmq.storage;

import io.netty.buffer.ByteBuf;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * The log of one shard in the hands of its owner. Records are numbered by dense LSNs (64 bits, per shard, from 1), assigned by the owner;
 * an entry carries one or more whole records. Everything here runs on the loop given to {@link LogStore#takeOver}.
 */
public interface ShardLog {

    /** Bytes that the owner leaves free at the start of an entry; the store writes its header there. */
    int HEADER_BYTES = 40;

    /** The epoch under which this log was taken over. */
    long epoch();

    /** The newest checkpoint, or empty if there never was one (replay then starts at LSN 1). The manifest belongs to the log: copy, do not release. */
    Optional<Checkpoint> checkpoint();

    /**
     * Reads everything committed after the checkpoint, in LSN order. To be called once, before the first append.
     *
     * @return completes with the LSN that the next append must start at; fails with {@link StorageFault.Damaged} at a gap, a wrong checksum or an
     *     epoch that goes down
     */
    CompletionStage<Long> replay(ReplayListener listener);

    /**
     * Appends one entry. At most {@link #freeSlots()} may be in flight; an append beyond that is a programmer's mistake.
     *
     * @param entry {@link #HEADER_BYTES} free bytes, then the records; from reader index 0. One reference is taken over and released when the outcome is
     *     known; the bytes after the header are not changed
     * @param firstLsn LSN of the first record: the last appended LSN + 1
     * @param count number of records, at least 1
     */
    void append(ByteBuf entry, long firstLsn, int count);

    /**
     * How many further appends may be started now. 0 before replay ended and for a moment while the log rolls to a new ledger; {@link #onSlotFree} tells when that
     * ends. After an {@link AppendOutcome#UNKNOWN} it is above 0: what is appended then is reported UNKNOWN too.
     */
    int freeSlots();

    /** Sets what is run whenever {@link #freeSlots()} rises from 0. */
    void onSlotFree(Runnable task);

    /** Largest entry in bytes, header included. */
    int entryBytesMax();

    /**
     * Declares that all state up to {@code flushedLsn} is kept elsewhere, described by {@code manifest}: one atomic step that installs the manifest
     * and shortens the log. Space is given back after it, never before. One at a time.
     *
     * @param manifest opaque to the store, at most 64 KiB; from its reader index, released by the store
     * @param flushedLsn not below that of the checkpoint in force and not above the last committed LSN
     * @return completes when installed; fails with {@link StorageFault.NotOwner} or {@link StorageFault.Unavailable}; after a failure the old checkpoint or the
     *     new one is in force, and the owner must treat the log as after {@link AppendOutcome#UNKNOWN} unless the fault is Unavailable
     */
    CompletionStage<Void> checkpoint(ByteBuf manifest, long flushedLsn);

    /** Bytes appended after the checkpoint, the measure of what a takeover replays. */
    long tailBytes();

    /** Closes the log cleanly after all appends in flight. No append may follow. */
    CompletionStage<Void> close();

    /** Lets go without closing: for an owner that lost the shard or met an unknown outcome. Appends in flight are reported UNKNOWN at once. */
    void abandon();

    /**
     * @param manifest as handed to {@link #checkpoint}
     * @param flushedLsn replay starts at the next one
     */
    record Checkpoint(ByteBuf manifest, long flushedLsn) {}

    /** Takes replayed entries. */
    @FunctionalInterface
    interface ReplayListener {
        /**
         * @param records the bytes after the header; valid during the call, retain to keep
         * @param firstLsn LSN of the first record in it; the first entry of a replay may start at or below the flushed LSN, if the checkpoint was made inside
         *     it: an entry is never cut, its listener passes over those records
         * @param count number of records
         */
        void entry(ByteBuf records, long firstLsn, int count);
    }
}
