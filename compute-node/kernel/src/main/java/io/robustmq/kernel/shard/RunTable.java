package io.robustmq.kernel.shard;

import io.robustmq.kernel.session.MessageRow;
import io.robustmq.storage.RunId;
import io.robustmq.storage.RunReader;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The message runs of a shard and how many messages in each are still needed. Numbers are given once and not reused while the owner lives. */
final class RunTable {
    /** One run. */
    static final class Run {
        final RunId id;
        final int number;
        int live;

        @Nullable RunReader reader;

        Run(RunId id, int number) {
            this.id = id;
            this.number = number;
        }
    }

    private final List<Run> runs = new ArrayList<>();
    private int nextNumber;
    private @Nullable RunId snapshot;

    /** A number for a run that is being written. */
    int reserve() {
        return nextNumber++;
    }

    Run add(RunId id, int number) {
        Run run = new Run(id, number);
        runs.add(run);
        nextNumber = Math.max(nextNumber, number + 1);
        return run;
    }

    /** The snapshot in force, null before the first. */
    @Nullable RunId snapshot() {
        return snapshot;
    }

    void snapshot(RunId inForce) {
        snapshot = inForce;
    }

    Run get(int number) {
        for (Run run : runs) {
            if (run.number == number) {
                return run;
            }
        }
        throw new IllegalStateException("no run has number " + number);
    }

    List<Run> all() {
        return runs;
    }

    /** A message is needed by nobody any more. */
    void died(MessageRow row) {
        if (row.run != MessageRow.NO_RUN) {
            get(row.run).live--;
        }
    }

    /** Takes out the runs that hold nothing that is needed. */
    List<Run> removeEmpty() {
        List<Run> empty = new ArrayList<>();
        for (Run run : runs) {
            if (run.live == 0) {
                empty.add(run);
            }
        }
        runs.removeAll(empty);
        return empty;
    }
}
