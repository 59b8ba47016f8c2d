package io.robustmq.kernel;

import java.util.Set;

/**
 * The kernel's limits, by name. All counts per node unless said otherwise.
 *
 * @param nameCacheEntries names whose match a loop remembers, a power of two
 * @param windowMax unsettled deliveries per session at most, below what the client allows
 * @param windowBytesMax bytes on the way at which a shard sends no more until some are settled: of the deliveries of a durable session, of those of a queue to one of its
 *     consumers, and of one portion of looked-up last values. What passes the bound still goes, so that a message of any size does
 * @param backlogMessagesMax at-least-once messages that wait for a transient session beyond its window; the newest is dropped above it
 * @param backlogBytesMax the same in bytes
 * @param pendingMessagesMax messages a durable session may have waiting; the oldest is dropped (and logged) above it
 * @param subscriptionsMax subscriptions per session
 * @param retainedMax last values kept per shard
 * @param delayedMax messages kept per shard until they are due; further ones are refused
 * @param entryTargetBytes a log entry is closed at this size
 * @param pressedBytes log bytes waiting or in flight per shard at which its publishers stop reading
 * @param flushBytes log tail of all shards of the node at which the largest is flushed
 * @param flushRecords log tail of a shard in records at which it is flushed
 * @param flushAgeMillis age of the oldest unflushed record at which a shard is flushed
 * @param tailFactor a shard whose tail is this many times {@code flushBytes} refuses publishes until a flush succeeds
 * @param queueLengthMax messages in a queue; the oldest is dropped above it
 * @param queueCredit deliveries a consumer of a group has unsettled at most
 * @param runCacheBytes flushed messages kept in memory for reading, per shard
 * @param rules {@link KernelRule}s in force; all of them outside the simulation
 */
public record KernelOptions(
        int nameCacheEntries,
        int windowMax,
        int windowBytesMax,
        int backlogMessagesMax,
        int backlogBytesMax,
        int pendingMessagesMax,
        int subscriptionsMax,
        int retainedMax,
        int delayedMax,
        int entryTargetBytes,
        long pressedBytes,
        long flushBytes,
        long flushRecords,
        long flushAgeMillis,
        int tailFactor,
        int queueLengthMax,
        int queueCredit,
        long runCacheBytes,
        Set<KernelRule> rules) {

    public static final KernelOptions DEFAULTS = new KernelOptions(
            65_536,
            1024,
            1 << 20,
            10_000,
            4 << 20,
            100_000,
            100_000,
            1_000_000,
            1_000_000,
            256 << 10,
            4L << 20,
            64L << 20,
            200_000,
            60_000,
            4,
            1_000_000,
            128,
            16L << 20,
            KernelRule.ALL);

    /** Smallest size at which a log entry may be closed. */
    public static final int ENTRY_TARGET_BYTES_MIN = 4 << 10;

    public KernelOptions {
        if (nameCacheEntries < 64 || Integer.bitCount(nameCacheEntries) != 1) {
            throw new IllegalArgumentException("nameCacheEntries must be a power of two of at least 64");
        }
        positive("windowMax", windowMax);
        if (windowMax > Delivery.SEQUENCE_MODULUS / 2) {
            throw new IllegalArgumentException("windowMax must be at most " + Delivery.SEQUENCE_MODULUS / 2);
        }
        positive("windowBytesMax", windowBytesMax);
        positive("backlogMessagesMax", backlogMessagesMax);
        positive("backlogBytesMax", backlogBytesMax);
        positive("pendingMessagesMax", pendingMessagesMax);
        positive("subscriptionsMax", subscriptionsMax);
        positive("retainedMax", retainedMax);
        positive("delayedMax", delayedMax);
        if (entryTargetBytes < ENTRY_TARGET_BYTES_MIN) {
            throw new IllegalArgumentException("entryTargetBytes must be at least " + ENTRY_TARGET_BYTES_MIN);
        }
        positive("pressedBytes", pressedBytes);
        positive("flushBytes", flushBytes);
        positive("flushRecords", flushRecords);
        positive("flushAgeMillis", flushAgeMillis);
        positive("tailFactor", tailFactor);
        positive("queueLengthMax", queueLengthMax);
        positive("queueCredit", queueCredit);
        positive("runCacheBytes", runCacheBytes);
        rules = Set.copyOf(rules);
    }

    /** The same with these rules only: for the simulation, which must notice. */
    public KernelOptions withRules(Set<KernelRule> inForce) {
        return new KernelOptions(
                nameCacheEntries,
                windowMax,
                windowBytesMax,
                backlogMessagesMax,
                backlogBytesMax,
                pendingMessagesMax,
                subscriptionsMax,
                retainedMax,
                delayedMax,
                entryTargetBytes,
                pressedBytes,
                flushBytes,
                flushRecords,
                flushAgeMillis,
                tailFactor,
                queueLengthMax,
                queueCredit,
                runCacheBytes,
                inForce);
    }

    /** Whether the rule is in force; whoever asks per message keeps the answer in a final field. */
    public boolean obeys(KernelRule rule) {
        return rules.contains(rule);
    }

    private static void positive(String name, long value) {
        if (value <= 0) {
            throw new IllegalArgumentException(name + " must be positive: " + value);
        }
    }
}
