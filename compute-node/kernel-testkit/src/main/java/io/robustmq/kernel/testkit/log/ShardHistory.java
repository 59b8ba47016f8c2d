package io.robustmq.kernel.testkit.log;

import io.robustmq.kernel.testkit.Invariant;
import io.robustmq.kernel.testkit.SimJudge;
import io.robustmq.storage.ShardId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * All that is known of one shard's log from outside: which content each LSN had when it was reported committed or recovered, under which epochs, and what each
 * takeover found. Records are known by a number that no two records share.
 */
final class ShardHistory {
    private final ShardId shard;
    private final SimJudge judge;
    private final List<Recovery> recoveries = new ArrayList<>();
    private long[] contents = new long[1024];
    private long[] digests = new long[1024];
    /** The epoch under which an LSN was reported committed, 0 if it was only recovered. */
    private long[] committedUnder = new long[1024];

    private long end;
    private long checkpointEpoch;
    private long checkpointLsn;

    private record Recovery(long epoch, long end) {}

    ShardHistory(ShardId shard, SimJudge judge) {
        this.shard = shard;
        this.judge = judge;
    }

    static long digest(long before, long content) {
        return before * 0x9E3779B97F4A7C15L + content;
    }

    /** The last LSN known. */
    long end() {
        return end;
    }

    /** A record was reported committed to its owner. */
    void committed(long epoch, long lsn, long content) {
        if (lsn > end + 1) {
            judge.broken(
                    Invariant.ONE_HISTORY, shard + " committed LSN " + lsn + " under epoch " + epoch + " after " + end);
            return;
        }
        for (Recovery recovery : recoveries) {
            if (recovery.epoch > epoch && recovery.end < lsn) {
                judge.broken(
                        Invariant.ACKNOWLEDGED_IS_KEPT,
                        shard + " LSN " + lsn + " was committed under epoch " + epoch + ", but epoch " + recovery.epoch
                                + " had recovered only up to " + recovery.end);
                return;
            }
        }
        fix(epoch, lsn, content);
        committedUnder[(int) lsn] = Math.max(committedUnder[(int) lsn], epoch);
    }

    /** A checkpoint was confirmed to its owner. */
    void checkpointed(long epoch, long flushedLsn) {
        if (epoch >= checkpointEpoch) {
            checkpointEpoch = epoch;
            checkpointLsn = Math.max(checkpointLsn, flushedLsn);
        }
    }

    /**
     * An owner rebuilt its state.
     *
     * @param flushedLsn of the checkpoint it started from
     * @param flushedDigest what the manifest says of everything up to there
     * @param replayed contents from flushedLsn + 1 on
     */
    void recovered(long epoch, long flushedLsn, long flushedDigest, List<Long> replayed) {
        long recoveredEnd = flushedLsn + replayed.size();
        if (flushedLsn > end || digests[(int) flushedLsn] != flushedDigest) {
            judge.broken(
                    Invariant.ONE_HISTORY,
                    shard + " epoch " + epoch + " found a manifest for LSN " + flushedLsn
                            + " that is not of this history");
            return;
        }
        if (epoch > checkpointEpoch && flushedLsn < checkpointLsn) {
            judge.broken(
                    Invariant.ACKNOWLEDGED_IS_KEPT,
                    shard + " epoch " + epoch + " found the checkpoint at LSN " + flushedLsn + " in force, but one at "
                            + checkpointLsn + " was confirmed under " + checkpointEpoch);
        }
        for (int i = 0; i < replayed.size(); i++) {
            fix(epoch, flushedLsn + 1 + i, replayed.get(i));
        }
        for (long lsn = recoveredEnd + 1; lsn <= end; lsn++) {
            if (committedUnder[(int) lsn] != 0 && committedUnder[(int) lsn] < epoch) {
                judge.broken(
                        Invariant.ACKNOWLEDGED_IS_KEPT,
                        shard + " LSN " + lsn + " was committed under epoch " + committedUnder[(int) lsn]
                                + ", but epoch " + epoch + " recovered only up to " + recoveredEnd);
                return;
            }
        }
        for (Recovery earlier : recoveries) {
            if (earlier.epoch < epoch && earlier.end > recoveredEnd) {
                judge.broken(
                        Invariant.ONE_HISTORY,
                        shard + " epoch " + earlier.epoch + " recovered up to " + earlier.end + ", but epoch " + epoch
                                + " only up to " + recoveredEnd);
                return;
            }
        }
        recoveries.add(new Recovery(epoch, recoveredEnd));
    }

    private void fix(long epoch, long lsn, long content) {
        if (lsn <= end) {
            if (contents[(int) lsn] != content) {
                judge.broken(
                        Invariant.ONE_HISTORY,
                        shard + " LSN " + lsn + " has another content under epoch " + epoch + " than before");
            }
            return;
        }
        end = lsn;
        if (lsn >= contents.length) {
            contents = Arrays.copyOf(contents, contents.length * 2);
            digests = Arrays.copyOf(digests, digests.length * 2);
            committedUnder = Arrays.copyOf(committedUnder, committedUnder.length * 2);
        }
        contents[(int) lsn] = content;
        digests[(int) lsn] = digest(digests[(int) lsn - 1], content);
    }
}
