package io.robustmq.storage.ledger;

import java.util.ArrayDeque;

/**
 * Sparse positions in a shard's log, so that a checkpoint in the middle of a ledger shortens what the next takeover reads, and the length of what it
 * would read now. One mark per ledger and per {@value #SPACING_BYTES} bytes. Owned by the home loop of the shard.
 */
final class ReplayMarks {
    static final int SPACING_BYTES = 256 << 10;

    private final ArrayDeque<Mark> marks = new ArrayDeque<>();
    private long bytes;

    ReplayMarks(ShardRecord.Start start) {
        marks.add(new Mark(start, 0));
    }

    /** Counts an entry that follows all former ones. */
    void entry(long ledgerId, long entryId, long firstLsn, int entryBytes) {
        Mark last = marks.getLast();
        if (last.start.ledgerId() != ledgerId || bytes - last.bytesBefore >= SPACING_BYTES) {
            mark(ledgerId, entryId, firstLsn);
        }
        bytes += entryBytes;
    }

    /** Sets a mark at the entry that is to be counted next. */
    void mark(long ledgerId, long entryId, long firstLsn) {
        marks.add(new Mark(new ShardRecord.Start(ledgerId, entryId, firstLsn), bytes));
    }

    /** Where replay starts if everything up to {@code flushedLsn} is kept elsewhere. */
    ShardRecord.Start startFor(long flushedLsn) {
        ShardRecord.Start found = marks.getFirst().start;
        for (Mark mark : marks) {
            if (mark.start.lsn() > flushedLsn + 1) {
                break;
            }
            found = mark.start;
        }
        return found;
    }

    /** Forgets everything before {@code start}, which {@link #startFor} gave. */
    void startAt(ShardRecord.Start start) {
        while (!marks.getFirst().start.equals(start)) {
            marks.removeFirst();
        }
    }

    /** Bytes from the start of replay to the end. */
    long tailBytes() {
        return bytes - marks.getFirst().bytesBefore;
    }

    private record Mark(ShardRecord.Start start, long bytesBefore) {}
}
