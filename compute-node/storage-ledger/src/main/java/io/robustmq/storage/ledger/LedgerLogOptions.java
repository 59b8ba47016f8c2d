package io.robustmq.storage.ledger;

import java.util.EnumSet;
import java.util.Objects;
import java.util.Set;

/**
 * How a shard's chain of ledgers is kept.
 *
 * @param cluster name of the cluster, a label of every ledger
 * @param appendsInFlightMax appends of one shard under way at once, 1 .. 1024
 * @param rollBytes a ledger that holds so many bytes is followed by a new one
 * @param rollAgeMillis a ledger that was opened so long ago, and holds something, is followed by a new one
 * @param replayReadsInFlight batches read ahead during replay
 * @param replayBatchBytes aimed size of one such batch
 * @param recoveredLedgerRetentionMillis how long a ledger closed by recovery is kept after it left the chain: the longest lease plus ten minutes
 * @param orphanGraceMillis how old a ledger that no chain names must be to be swept away
 * @param sweepDelayMillis from takeover to the first sweep
 * @param sweepIntervalMillis between sweeps
 * @param attemptsMax how often a takeover starts again before it reports the store unavailable, and how often a read is repeated
 * @param retryMillis wait before the first repetition; doubles with each
 * @param retryMillisMax longest wait between repetitions
 * @param rules {@link ChainRule}s in force; all of them outside the simulation
 */
public record LedgerLogOptions(
        String cluster,
        int appendsInFlightMax,
        long rollBytes,
        long rollAgeMillis,
        int replayReadsInFlight,
        int replayBatchBytes,
        long recoveredLedgerRetentionMillis,
        long orphanGraceMillis,
        long sweepDelayMillis,
        long sweepIntervalMillis,
        int attemptsMax,
        long retryMillis,
        long retryMillisMax,
        Set<ChainRule> rules) {

    private static final long MINUTE_MILLIS = 60_000;

    public LedgerLogOptions {
        Objects.requireNonNull(cluster, "cluster");
        range("appendsInFlightMax", appendsInFlightMax, 1, 1024);
        range("rollBytes", rollBytes, 1, Long.MAX_VALUE);
        range("rollAgeMillis", rollAgeMillis, 1, Long.MAX_VALUE / 1_000_000);
        range("replayReadsInFlight", replayReadsInFlight, 1, 1024);
        range("replayBatchBytes", replayBatchBytes, 1, Integer.MAX_VALUE);
        range("recoveredLedgerRetentionMillis", recoveredLedgerRetentionMillis, 0, Long.MAX_VALUE / 1_000_000);
        range("orphanGraceMillis", orphanGraceMillis, 0, Long.MAX_VALUE / 1_000_000);
        range("sweepDelayMillis", sweepDelayMillis, 0, Long.MAX_VALUE / 1_000_000);
        range("sweepIntervalMillis", sweepIntervalMillis, 1, Long.MAX_VALUE / 1_000_000);
        range("attemptsMax", attemptsMax, 1, 1_000_000);
        range("retryMillis", retryMillis, 1, Long.MAX_VALUE / 1_000_000);
        range("retryMillisMax", retryMillisMax, retryMillis, Long.MAX_VALUE / 1_000_000);
        rules = Set.copyOf(rules);
    }

    /** The defaults, for the cluster of the given name. */
    public static LedgerLogOptions defaults(String cluster) {
        return new LedgerLogOptions(
                cluster,
                4,
                256L << 20,
                10 * MINUTE_MILLIS,
                16,
                1 << 20,
                11 * MINUTE_MILLIS,
                24 * 60 * MINUTE_MILLIS,
                MINUTE_MILLIS,
                24 * 60 * MINUTE_MILLIS,
                12,
                20,
                1_000,
                EnumSet.allOf(ChainRule.class));
    }

    /** The same with another number of appends in flight. */
    public LedgerLogOptions withAppendsInFlightMax(int appends) {
        return new LedgerLogOptions(
                cluster,
                appends,
                rollBytes,
                rollAgeMillis,
                replayReadsInFlight,
                replayBatchBytes,
                recoveredLedgerRetentionMillis,
                orphanGraceMillis,
                sweepDelayMillis,
                sweepIntervalMillis,
                attemptsMax,
                retryMillis,
                retryMillisMax,
                rules);
    }

    /** The same with other limits of a ledger. */
    public LedgerLogOptions withRoll(long bytes, long ageMillis) {
        return new LedgerLogOptions(
                cluster,
                appendsInFlightMax,
                bytes,
                ageMillis,
                replayReadsInFlight,
                replayBatchBytes,
                recoveredLedgerRetentionMillis,
                orphanGraceMillis,
                sweepDelayMillis,
                sweepIntervalMillis,
                attemptsMax,
                retryMillis,
                retryMillisMax,
                rules);
    }

    /** The same with other waits before deletions. */
    public LedgerLogOptions withDeletion(
            long recoveredRetentionMillis, long graceMillis, long firstSweepMillis, long everyMillis) {
        return new LedgerLogOptions(
                cluster,
                appendsInFlightMax,
                rollBytes,
                rollAgeMillis,
                replayReadsInFlight,
                replayBatchBytes,
                recoveredRetentionMillis,
                graceMillis,
                firstSweepMillis,
                everyMillis,
                attemptsMax,
                retryMillis,
                retryMillisMax,
                rules);
    }

    /** The same without one rule: for the simulation only, which must notice. */
    public LedgerLogOptions without(ChainRule rule) {
        EnumSet<ChainRule> kept = EnumSet.allOf(ChainRule.class);
        kept.retainAll(rules);
        kept.remove(rule);
        return new LedgerLogOptions(
                cluster,
                appendsInFlightMax,
                rollBytes,
                rollAgeMillis,
                replayReadsInFlight,
                replayBatchBytes,
                recoveredLedgerRetentionMillis,
                orphanGraceMillis,
                sweepDelayMillis,
                sweepIntervalMillis,
                attemptsMax,
                retryMillis,
                retryMillisMax,
                kept);
    }

    boolean obeys(ChainRule rule) {
        return rules.contains(rule);
    }

    /** The wait before repetition number {@code attempt} (from 0). */
    long retryNanos(int attempt) {
        long millis = retryMillis << Math.min(attempt, 20);
        return Math.min(millis, retryMillisMax) * 1_000_000L;
    }

    private static void range(String name, long value, long min, long max) {
        if (value < min || value > max) {
            throw new IllegalArgumentException(name + " must be " + min + " .. " + max + ": " + value);
        }
    }
}
