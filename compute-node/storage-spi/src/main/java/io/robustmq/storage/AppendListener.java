package io.robustmq.storage;

/** Hears what became of the appends of one {@link ShardLog}, in LSN order, on the log's loop. */
@FunctionalInterface
public interface AppendListener {

    /**
     * @param lastLsn LSN of the last record of the entry
     * @param outcome after the first {@link AppendOutcome#UNKNOWN} every later append of this log is UNKNOWN as well
     */
    void appended(long lastLsn, AppendOutcome outcome);
}
